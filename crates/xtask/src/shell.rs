//! Starting other programs: with a clean environment, and with errors that name the call.

use std::{
    env,
    ffi::OsStr,
    io,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// A program from the path.
///
/// What cargo told xtask about xtask's own package is taken out: a build script that watches
/// those variables would otherwise run again after every call by hand.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    for (key, _) in env::vars_os() {
        let Some(key) = key.to_str() else { continue };
        if key.starts_with("CARGO_PKG_")
            || key.starts_with("CARGO_MANIFEST_")
            || key == "CARGO_BIN_NAME"
        {
            command.env_remove(key);
        }
    }
    command
}

/// The cargo that started xtask.
pub(crate) fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs to the end; its output goes to standard error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    command.stdout(Stdio::from(io::stderr()));
    run_to_stdout(command)
}

/// Runs to the end; its output is ours.
pub(crate) fn run_to_stdout(command: &mut Command) -> Result<()> {
    let status =
        command.status().with_context(|| format!("{} could not be started", spoken(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", spoken(command));
    }
    Ok(())
}

/// What it prints, without the last line break.
pub(crate) fn answer(command: &mut Command) -> Result<String> {
    let output =
        command.output().with_context(|| format!("{} could not be started", spoken(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", spoken(command), output.status, complaint.trim());
    }
    let text = String::from_utf8(output.stdout)
        .with_context(|| format!("{} printed no text", spoken(command)))?;
    Ok(text.trim_end().to_owned())
}

/// Whether it can be started and ends well; says nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// Where a program lies on the path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// The call as a person would type it, shortened where it is long.
fn spoken(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let mut words =
        vec![program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()];
    let arguments: Vec<_> = command.get_args().collect();
    words.extend(arguments.iter().take(6).map(|a| a.to_string_lossy().into_owned()));
    if arguments.len() > 6 {
        words.push("…".to_owned());
    }
    format!("`{}`", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named() {
        let error = run(program("sh").args(["-c", "exit 3"])).unwrap_err();
        assert!(
            error.to_string().starts_with("`sh -c exit 3` ended with exit status: 3"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = answer(&mut program("no-such-program-here")).unwrap_err();
        assert!(
            error.to_string().contains("`no-such-program-here` could not be started"),
            "{error}"
        );
    }

    #[test]
    fn what_a_program_complains_about_is_passed_on() {
        let error = answer(program("sh").args(["-c", "echo too late >&2; exit 1"])).unwrap_err();
        assert!(error.to_string().ends_with("too late"), "{error}");
    }

    #[test]
    fn what_cargo_says_about_xtask_is_not_inherited() {
        let shown = answer(program("sh").args(["-c", "echo ${CARGO_PKG_NAME-none}"])).unwrap();
        assert_eq!(shown, "none");
    }
}
