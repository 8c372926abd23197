//! Builds the window's manifest: which commands exist comes from the contract, which of
//! them the page may call from `src-tauri/capabilities`.

macro_rules! names {
    ($($name:ident $command:ident,)*) => {
        &[$(stringify!($name),)* "attach", "courier_piece", "read_attachment", "open_address"]
    };
}

const COMMANDS: &[&str] = tongban_contract::commands!(names);

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=tauri.conf.json");
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script has no other way to say so.
        panic!("tauri build: {error:#}");
    }
}
