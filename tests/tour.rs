//! The tour: plays the main job in the real window, narrates it and leaves numbered
//! pictures in the folder named by `TONGBAN_TOUR_DIR`.

use std::path::PathBuf;

use anyhow::Result;
use tongban_tests::{main_job::Tour, stage::Stage};

#[tokio::main]
async fn main() -> Result<()> {
    let pictures = std::env::var_os("TONGBAN_TOUR_DIR").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tour").into(),
        PathBuf::from,
    );
    let mut stage = Stage::set(3).await?;
    Tour::with_pictures_in(pictures)?.play(&mut stage).await
}
