//! Builds the window's manifest: which commands exist comes from the contract, which of
//! them the page may call from `src-tauri/capabilities`.

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
}
