//! The office: how departments handle cases, as pages for people and as JSON for
//! scripts, both by the same plans. It has a sign-in of its own; tokens of citizens open
//! nothing here, and its own open nothing elsewhere. A department sees only cases in
//! which it has a step.
//!
//! # Layout
//! - `session`: who is signed in.
//! - `view`: what of a case is shown. `actions`: what is done to one.
//! - `pages`: server-rendered pages. [`api`]: the same for scripts.
//! - `materials`: handing out what was handed in.
//! - `automatic`: plays the departments in a demonstration.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header};

use crate::{Platform, Result, cases::deadline};

mod actions;
pub mod api;
mod automatic;
mod materials;
mod pages;
mod session;
mod view;

/// How often limits are looked at.
const WATCH_EVERY: Duration = Duration::from_secs(60);

/// The pages of the office, under `/office`.
pub fn router() -> Router<Arc<Platform>> {
    pages::router()
}

/// What the office does on its own until `platform.stop` is cancelled: watching limits
/// and, in a demonstration, playing the departments.
pub async fn run(platform: Arc<Platform>) {
    let playing = async {
        match platform.config.auto_office {
            Some(pace) => automatic::play(&platform, pace).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = platform.stop.cancelled() => (),
        () = watch(&platform) => (),
        () = playing => (),
    }
}

async fn watch(platform: &Platform) {
    loop {
        match deadline::watch(platform).await {
            Ok(0) => (),
            Ok(noticed) => tracing::info!(noticed, "limits that come near or were missed"),
            Err(error) => tracing::error!(code = error.code(), %error, "limits were not looked at"),
        }
        tokio::time::sleep(WATCH_EVERY).await;
    }
}

/// A page that no script, frame, cache or other site can make use of.
fn page(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    (status, headers, html).into_response()
}

/// Draws a template as a page.
fn draw(status: StatusCode, template: &impl askama::Template) -> Result<Response> {
    Ok(page(status, template.render()?))
}
