//! Pictures of the virtual screen: what a person sees of an app's window. WebKitWebDriver takes
//! none of a page that is painted in memory.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use x11rb::{
    connection::Connection as _,
    protocol::{
        composite::{ConnectionExt as _, Redirect},
        xproto::{AtomEnum, ConnectionExt as _, ImageFormat, MapState, Window},
    },
    rust_connection::RustConnection,
};

/// Time in which a window is drawn anew where another one has covered it.
const DRAWN: Duration = Duration::from_millis(400);

/// Takes a picture of the largest window of a process.
///
/// # Errors
/// Where there is no screen or no window, or the picture cannot be written.
pub async fn picture(process: u32, file: &Path) -> Result<()> {
    let (display, screen) = x11rb::connect(None).context("no screen")?;
    let root = display.setup().roots.get(screen).context("no such screen")?.root;
    let mut windows = Vec::new();
    for window in display.query_tree(root)?.reply()?.children {
        windows.extend(shown(&display, window, process)?);
    }
    let largest = windows.into_iter().max_by_key(|(_, width, height)| width * height);
    let (window, width, height) = largest.context("no window is shown")?;
    // Others may lie above it: from now on it is drawn apart from them.
    display.composite_query_version(0, 2)?.reply()?;
    display.composite_redirect_window(window, Redirect::AUTOMATIC)?.check()?;
    tokio::time::sleep(DRAWN).await;
    let pixmap = display.generate_id()?;
    display.composite_name_window_pixmap(window, pixmap)?.check()?;
    let (w, h) = (u16::try_from(width)?, u16::try_from(height)?);
    let image = display.get_image(ImageFormat::Z_PIXMAP, pixmap, 0, 0, w, h, u32::MAX)?.reply()?;
    // Blue, green, red and nothing: 24 bits of colour in 32, the least first.
    let (pixels, rest) = image.data.as_chunks::<4>();
    ensure!(rest.is_empty(), "a screen of {} bits", image.depth);
    let colours: Vec<u8> = pixels.iter().flat_map(|[b, g, r, _]| [*r, *g, *b]).collect();
    ensure!(colours.len() == (width * height * 3) as usize, "a screen of {} bits", image.depth);
    Ok(image::save_buffer(file, &colours, width, height, image::ColorType::Rgb8)?)
}

/// A window of the process that is shown, with its size.
fn shown(
    display: &RustConnection,
    window: Window,
    process: u32,
) -> Result<Option<(Window, u32, u32)>> {
    let name = display.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
    let told = display.get_property(false, window, name, AtomEnum::CARDINAL, 0, 1)?.reply()?;
    let is_own = told.value32().and_then(|mut values| values.next()) == Some(process);
    let state = display.get_window_attributes(window)?.reply()?.map_state;
    if !is_own || state != MapState::VIEWABLE {
        return Ok(None);
    }
    let size = display.get_geometry(window)?.reply()?;
    Ok(Some((window, size.width.into(), size.height.into())))
}
