//! What a browser makes of the platform's sign-in page; who carries its requests is the
//! caller's business.

use anyhow::{Context as _, Result};
use tongban_platform::demo;

/// Who signs in.
const LOGIN: &str = "lixiulan";

/// Where the filled-in form is sent, seen from the page.
pub(crate) const PATH: &str = "/oidc/sign-in";

/// The form filled in, as the body of a request.
pub(crate) fn filled_in(html: &str) -> Result<String> {
    let hidden = |name: &str| {
        let start = html.find(&format!("name=\"{name}\" value=\""))?;
        html.get(start..)?.split('"').nth(3).map(str::to_owned)
    };
    Ok(url::form_urlencoded::Serializer::new(String::new())
        .append_pair("request", &hidden("request").context("no form")?)
        .append_pair("form_token", &hidden("form_token").context("no form")?)
        .append_pair("login", LOGIN)
        .append_pair("password", demo::PASSWORD)
        .append_pair("action", "sign-in")
        .finish())
}

/// What goes back of a `Set-Cookie`.
pub(crate) fn cookie(set: &str) -> String {
    set.split(';').next().unwrap_or_default().to_owned()
}
