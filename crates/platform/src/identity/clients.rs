//! The apps that may sign people in, and where they may be answered.

use url::Url;

/// A public native client.
pub(super) struct AppClient {
    pub(super) id: &'static str,
    /// Name shown on the sign-in page.
    pub(super) name: &'static str,
}

/// The app, its window and its command line alike.
pub(super) const APP: AppClient = AppClient { id: "tongban-app", name: "通办" };

/// The client with this id.
pub(super) fn find(id: &str) -> Option<&'static AppClient> {
    (id == APP.id).then_some(&APP)
}

/// Whether `uri` is the loopback redirect of a native app (RFC 8252, 7.3): exactly
/// `http://127.0.0.1:PORT/callback` or `http://[::1]:PORT/callback`, with any port.
pub(super) fn is_redirect(uri: &str) -> bool {
    let port = ["http://127.0.0.1:", "http://[::1]:"]
        .iter()
        .find_map(|start| uri.strip_prefix(start)?.strip_suffix("/callback"));
    port.is_some_and(|port| port.parse::<u16>().is_ok_and(|n| n != 0 && n.to_string() == port))
}

/// `uri` with these parameters added to its query.
pub(super) fn with_query(uri: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let Ok(mut url) = Url::parse(uri) else {
        return uri.to_owned();
    };
    {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in parameters {
            if let Some(value) = value {
                pairs.append_pair(name, value);
            }
        }
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_loopback_redirect_is_taken() {
        for good in [
            "http://127.0.0.1:1/callback",
            "http://127.0.0.1:65535/callback",
            "http://[::1]:4000/callback",
        ] {
            assert!(is_redirect(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:080/callback",
            "http://127.0.0.1:+80/callback",
            "http://127.0.0.1:65536/callback",
            "http://127.0.0.1:80/callback/",
            "http://127.0.0.1:80/callback?x=1",
            "http://127.0.0.1:80/callback#x",
            "http://127.0.0.1:80@evil.example/callback",
            "http://127.0.0.1:80/x/../callback",
            "https://127.0.0.1:80/callback",
            "http://localhost:80/callback",
            "http://evil.example/?http://127.0.0.1:80/callback",
        ] {
            assert!(!is_redirect(bad), "{bad}");
        }
    }
}
