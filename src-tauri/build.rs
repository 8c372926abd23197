//! Builds the window's manifest: which commands exist comes from the contract, which of
//! them the page may call from `src-tauri/capabilities`.

use std::{path::Path, time::SystemTime};

macro_rules! names {
    ($($name:ident $command:ident,)*) => {
        &[$(stringify!($name),)* "attach", "courier_piece", "read_attachment", "open_address"]
    };
}

const COMMANDS: &[&str] = tongban_contract::commands!(names);

/// Waits for the page, where it is being made at this moment.
fn wait_for_the_page() -> std::io::Result<()> {
    let Some(lock) = std::env::var_os("TONGBAN_PAGE_LOCK") else { return Ok(()) };
    match std::fs::File::open(lock) {
        Ok(lock) => lock.lock_shared(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes what was generated as old as the configuration it was made of. Tauri's build script
/// has cargo watch a folder that it writes itself, so that every first build would be followed
/// by a second one.
fn make_as_old(folder: &Path, age: SystemTime) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            make_as_old(&path, age)?;
        } else {
            std::fs::File::options().write(true).open(path)?.set_modified(age)?;
        }
    }
    std::fs::File::open(folder)?.set_modified(age)
}

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=tauri.conf.json");
    println!("cargo:rerun-if-changed=ui/dist");
    if let Err(error) = wait_for_the_page() {
        // A build script has no other way to say so.
        panic!("the page that is being made: {error}");
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("tauri build: {error:#}");
    }
    let configuration = std::fs::metadata("tauri.conf.json").and_then(|file| file.modified());
    if let Err(error) = configuration.and_then(|age| make_as_old("permissions".as_ref(), age)) {
        // Only a second build comes of it.
        println!("cargo:warning=what was generated stays new: {error}");
    }
}
