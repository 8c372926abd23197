//! The one window. It never leaves its own page: a link elsewhere goes to the system's
//! browser, after the person has agreed, by a command.

use tauri::{App, Url, WebviewWindowBuilder};

pub(crate) fn open(app: &App) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        let window = WebviewWindowBuilder::from_config(app.handle(), config)?
            .on_navigation(is_own_page)
            .build()?;
        #[cfg(target_os = "linux")]
        if crate::painting::in_memory_without_device(&window)? {
            tracing::info!("no graphics device: the page is painted in memory");
        }
        #[cfg(not(target_os = "linux"))]
        drop(window);
    }
    Ok(())
}

/// Whether an address is the page that was built into the app.
fn is_own_page(address: &Url) -> bool {
    address.scheme() == "tauri" || address.host_str() == Some("tauri.localhost")
}

#[cfg(test)]
mod tests {
    use super::is_own_page;

    #[test]
    fn only_the_built_in_page_may_be_shown() {
        for (address, own) in [
            ("tauri://localhost/", true),
            ("http://tauri.localhost/guides", true),
            ("https://example.org/", false),
            ("https://tauri.localhost.example.org/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_own_page(&address.parse().unwrap()), own, "{address}");
        }
    }
}
