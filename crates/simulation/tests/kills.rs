//! A share of the kills of `cargo xtask torture`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

#[tokio::test]
async fn no_kill_loses_or_doubles_anything() {
    let programs = std::env::var_os("TONGBAN_BIN_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/debug"),
        PathBuf::from,
    );
    let report = tongban_simulation::torture(programs, 8, 7).await.unwrap();
    assert!(report.device_kills + report.platform_kills >= 8, "{report:?}");
}
