//! A virtual screen and a session bus of their own, for programs that open windows.

use std::{env, ffi::OsStr, path::Path, process::Command};

use crate::{builds::Profile, project::Project, shell};

/// Starts the real Secret Service, unlocked, before anything can wake a locked one; its files
/// are thrown away at the end. Then runs the program.
const WITH_KEYRING: &str = r#"
home=$(mktemp -d)
printf 'only for tests' | XDG_DATA_HOME="$home" XDG_RUNTIME_DIR="$home" \
    gnome-keyring-daemon --components=secrets --daemonize --unlock >/dev/null 2>&1
"$@"
status=$?
rm -rf "$home"
exit $status
"#;

/// `program` within Xvfb and a private session bus, with the environment that the tests,
/// the tour and the benchmarks agree on.
pub(crate) fn within(project: &Project, profile: Profile, program: impl AsRef<OsStr>) -> Command {
    let mut command = shell::program("xvfb-run");
    command
        .current_dir(&project.root)
        .args(["--auto-servernum", "--server-args", "-screen 0 1280x1000x24"])
        .args(["dbus-run-session", "--", "sh", "-c", WITH_KEYRING, "sh"])
        .arg(program);
    hand_over(&mut command, &profile.folder(project), &project.file("assets"));
    command.env("TONGBAN_TOOLS_DIR", project.python_home().join("bin"));
    command
}

fn hand_over(command: &mut Command, programs: &Path, assets: &Path) {
    command
        .env("TONGBAN_BIN_DIR", programs)
        .env("TONGBAN_ASSETS", assets)
        // No accessibility bus answers here, and waiting for one delays every window.
        .env("NO_AT_BRIDGE", "1")
        // The window belongs on the virtual screen, wherever the person's own one is.
        .env("GDK_BACKEND", "x11")
        .env_remove("WAYLAND_DISPLAY");
    if ["LC_ALL", "LC_CTYPE", "LANG"].iter().all(|name| env::var_os(name).is_none()) {
        command.env("LANG", "C.UTF-8");
    }
}

/// Whether a window could be shown to the person.
pub(crate) fn person_has_one() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|v| !v.is_empty()))
}
