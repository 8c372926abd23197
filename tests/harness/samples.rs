//! Files a person could attach: a photo and a PDF, made here.

use std::path::{Path, PathBuf};

use anyhow::Result;
use image::{ImageFormat, Rgb, RgbImage};

/// A photo of a shop front, roughly: sky, wall, door.
///
/// # Errors
/// Where it cannot be written.
pub fn photo(folder: &Path, name: &str) -> Result<PathBuf> {
    let picture = RgbImage::from_fn(1600, 1200, |x, y| {
        let shade = ((x * 7 + y * 13) % 17) as u8;
        match (x, y) {
            (600..=1000, 500..) => Rgb([92 + shade, 58 + shade, 40]),
            (_, 0..=360) => Rgb([150, 190 + shade, 230]),
            (_, 361..=480) => Rgb([200, 40 + shade, 40]),
            _ => Rgb([220 - shade, 214 - shade, 200 - shade]),
        }
    });
    std::fs::create_dir_all(folder)?;
    let path = folder.join(name);
    picture.save_with_format(&path, ImageFormat::Jpeg)?;
    Ok(path)
}

/// A PDF of one empty page.
///
/// # Errors
/// Where it cannot be written.
pub fn pdf(folder: &Path, name: &str) -> Result<PathBuf> {
    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n\
        trailer<</Root 1 0 R>>\n%%EOF\n";
    written(folder, name, PDF)
}

/// A file with any content.
///
/// # Errors
/// Where it cannot be written.
pub fn written(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}
