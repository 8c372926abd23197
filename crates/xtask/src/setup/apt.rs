//! Debian packages: the webview, the virtual screen, the keyring and the browser of the tests.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::{
    shell,
    steps::{Outcome, say},
};

pub(super) const ADVICE: &str = "Read what apt-get says above; as root, `apt-get update` and then this command again usually help.";

/// What building and testing need beyond Rust and Node.
const PACKAGES: [&str; 18] = [
    // Building.
    "build-essential",
    "pkg-config",
    "file",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libdbus-1-dev",
    // A screen, a session bus and a keyring for the tests.
    "xvfb",
    "xauth",
    "dbus-x11",
    "gnome-keyring",
    "fonts-noto-cjk",
    // What drives the window, and the browser in which one signs in.
    "webkit2gtk-driver",
    "chromium",
    "chromium-driver",
    "xdg-utils",
    // Sends the signals with which the tests stop programs.
    "procps",
    // Holds the tools from PyPI.
    "python3-venv",
];

/// Installs what is missing.
pub(super) fn install() -> Result<Outcome> {
    install_these(&PACKAGES)
}

/// Installs which of `packages` are missing; for the other parts of the set-up too.
pub(super) fn install_these(packages: &[&str]) -> Result<Outcome> {
    if shell::find("apt-get").is_none() {
        bail!(
            "this system has no apt-get; install what Debian calls {} by its own means",
            packages.join(" ")
        );
    }
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(Outcome::AlreadyThere);
    }
    let root = shell::answer(shell::program("id").arg("-u"))? == "0";
    if !root && shell::find("sudo").is_none() {
        bail!(
            "{} packages are missing and neither root nor sudo is at hand; as root, call: apt-get install {}",
            missing.len(),
            missing.join(" ")
        );
    }
    if root {
        say(&format!("  installing with apt-get: {}", missing.join(" ")));
    } else {
        say(&format!(
            "  installing with `sudo apt-get`, which may ask for your password: {}",
            missing.join(" ")
        ));
    }
    apt_get(root, &["update", "-q"])?;
    let mut arguments = vec!["install", "--yes", "-q", "--no-install-recommends"];
    arguments.extend(&missing);
    apt_get(root, &arguments)?;
    Ok(Outcome::Noted(format!("{} packages", missing.len())))
}

fn apt_get(root: bool, arguments: &[&str]) -> Result<()> {
    // `sudo` drops the environment: `env` sets it on the other side.
    let mut command = shell::program(if root { "env" } else { "sudo" });
    if !root {
        command.arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]);
    shell::run(command.args(arguments))
}

fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    // It ends with an error when it does not know a package, and still lists the others.
    let output = shell::program("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(packages)
        .output();
    let listing =
        output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    let installed = installed(&listing);
    packages.iter().copied().filter(|name| !installed.contains(name)).collect()
}

fn installed(listing: &str) -> BTreeSet<&str> {
    listing.lines().filter_map(|line| line.strip_suffix(" installed")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_packages_count_as_missing() {
        let listing = "xvfb installed\nxauth config-files\nfile not-installed\n";
        assert_eq!(installed(listing).into_iter().collect::<Vec<_>>(), ["xvfb"]);
    }
}
