//! The window's entry point. What it does is in the library.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> anyhow::Result<()> {
    tongban_app::run()
}
