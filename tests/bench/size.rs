//! What a phone on a slow link pays for: the page's WebAssembly, as it is and compressed.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

use crate::figure::{Figure, Sample};

const FLOOR: &str = "a Yew page of one heading, built and bundled the same way";

/// The module's name, in the page and in its floor.
const MODULE: &str = "tongban_ui_bg.wasm";

/// Measures both pages.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    eprintln!("· size of the page");
    let page =
        Sizes::of(&Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist")).join(MODULE))?;
    let floor = Sizes::of(&floor_page()?.join(MODULE))?;
    Ok([
        (
            "page.wasm.raw",
            page.raw,
            floor.raw,
            "The file that the window embeds, after wasm-opt -Oz.",
        ),
        ("page.wasm.gzip", page.gzip, floor.gzip, "The same file, gzip level 9."),
        ("page.wasm.brotli", page.brotli, floor.brotli, "The same file, Brotli quality 11."),
    ]
    .map(|(name, value, floor, how)| {
        let floor = Sample::once(floor as f64);
        Figure::new((name, "bytes"), &Sample::once(value as f64), (FLOOR, &floor), how)
    })
    .into())
}

/// Where `cargo xtask bench` has put the floor's page.
fn floor_page() -> Result<PathBuf> {
    let folder = std::env::var_os("TONGBAN_FLOOR_PAGE");
    Ok(folder.context("the floor is not built: use `cargo xtask bench`")?.into())
}

struct Sizes {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Sizes {
    fn of(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file)
            .with_context(|| format!("{} is not there: use `cargo xtask bench`", file.display()))?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&bytes)?;
        let mut small = Vec::new();
        // 11 is the highest quality, 22 the usual window.
        brotli::CompressorWriter::new(&mut small, 4096, 11, 22).write_all(&bytes)?;
        Ok(Self { raw: bytes.len(), gzip: gzip.finish()?.len(), brotli: small.len() })
    }
}
