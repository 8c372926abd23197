//! Says what the window is made of. (Tauri embeds the page into the folder that cargo
//! gives to packages with a build script.)

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../../../../tauri.conf.json");
    println!("cargo:rerun-if-env-changed=TAURI_CONFIG");
    if let Ok(page) = std::env::var("TONGBAN_FLOOR_PAGE") {
        println!("cargo:rerun-if-changed={page}");
    }
}
