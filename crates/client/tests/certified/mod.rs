//! oidc-provider, a certified OpenID provider that nobody here wrote, as a real process on
//! a free port of this machine, and a browser that fills in its pages.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it"
)]

use std::{
    collections::BTreeMap,
    process::Stdio,
    sync::{Arc, Mutex},
};

use reqwest::{Client, Response, StatusCode, header, redirect::Policy};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use tongban_contract::discovery::PlatformInfo;
use url::Url;

/// Pages that a browser goes through at most: more is going in circles.
const MOST_PAGES: usize = 20;

pub struct Provider {
    pub issuer: Url,
    // Ends with the process that holds its standard input, and when dropped.
    process: Child,
    // It says more later, and must have somewhere to say it.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Provider {
    /// A provider that signs id tokens with RS256.
    pub async fn start() -> Self {
        Self::serve(0, "RS256").await
    }

    /// The same provider after a restart: with new signing keys, for this algorithm, and
    /// without a memory of who signed in.
    pub async fn restart(mut self, alg: &str) -> Self {
        self.process.kill().await.unwrap();
        Self::serve(self.issuer.port().unwrap(), alg).await
    }

    async fn serve(port: u16, alg: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certified/provider.mjs");
        let mut process = Command::new("node")
            .args([script, &format!(r#"{{"port":{port},"alg":"{alg}"}}"#)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node does not start; `cargo xtask setup` installs it");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        loop {
            let line = lines.next_line().await.unwrap();
            let line = line.expect("oidc-provider does not start: see what it said above");
            if let Some(issuer) = line.strip_prefix("issuer ") {
                return Self { issuer: issuer.parse().unwrap(), process, _said: lines };
            }
        }
    }

    /// A platform whose people sign in here.
    pub fn info(&self) -> PlatformInfo {
        PlatformInfo {
            name: "某省政务服务平台".to_owned(),
            issuer: self.issuer.as_str().trim_end_matches('/').to_owned(),
            client_id: "tongban-app".to_owned(),
            public_key: String::new(),
            courier_recipient: None,
        }
    }

    /// What its userinfo endpoint answers to this access token.
    pub async fn userinfo(&self, token: &str) -> StatusCode {
        let address = self.issuer.join("/me").unwrap();
        http().get(address.as_str()).bearer_auth(token).send().await.unwrap().status()
    }
}

fn http() -> Client {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(Policy::none()).build().unwrap()
}

/// What the person does on the provider's pages.
#[derive(Clone, Copy)]
pub enum Person {
    /// Signs in under this name, where they are asked, and consents.
    Is(&'static str),
    /// Follows the link that gives up.
    GivesUp,
}

/// A browser. Clones share its cookies.
#[derive(Clone, Default)]
pub struct Browser {
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// Where the browser ended.
pub struct End {
    /// What it was asked on the way: `login`, `consent`, `logout`.
    pub asked: Vec<String>,
    /// Where the app is answered, unless the provider showed a page instead.
    pub back: Result<Url, (StatusCode, String)>,
}

impl Browser {
    /// Opens an address, and goes on until the app is answered or nothing is left to do.
    pub async fn open(&self, address: &Url, person: Person) -> End {
        let mut asked = Vec::new();
        let mut here = address.clone();
        let mut reply = self.get(&here).await;
        for _ in 0..MOST_PAGES {
            let status = reply.status();
            if status.is_redirection() {
                let location = reply.headers()[header::LOCATION].to_str().unwrap();
                here = here.join(location).unwrap();
                if here.path() == "/callback" {
                    return End { asked, back: Ok(here) };
                }
                reply = self.get(&here).await;
                continue;
            }
            let html = reply.text().await.unwrap();
            let Some(action) = between(&html, "action=\"", "\"") else {
                return End { asked, back: Err((status, html)) };
            };
            let mut fields = hidden(&html);
            let prompt = fields.iter().find(|(name, _)| name == "prompt");
            let prompt = prompt.map_or("logout", |(_, prompt)| prompt).to_owned();
            asked.push(prompt.clone());
            let page = here.clone();
            match person {
                Person::GivesUp => {
                    let cancel = between(&html, "<a href=\"", "\"").expect("a way to give up");
                    here = page.join(cancel).unwrap();
                    reply = self.get(&here).await;
                }
                Person::Is(login) => {
                    match prompt.as_str() {
                        "login" => {
                            fields.push(("login".to_owned(), login.to_owned()));
                            fields.push(("password".to_owned(), "any will do".to_owned()));
                        }
                        // The button that ends the sign-in of this browser; a form that sends
                        // itself, as somebody else signs in, says so already.
                        "logout" if fields.iter().all(|(name, _)| name != "logout") => {
                            fields.push(("logout".to_owned(), "yes".to_owned()));
                        }
                        _ => {}
                    }
                    here = page.join(action).unwrap();
                    reply = self.post(&here, &fields).await;
                }
            }
        }
        panic!("the browser goes in circles: {asked:?}");
    }

    async fn get(&self, address: &Url) -> Response {
        let request = http().get(address.as_str()).header(header::COOKIE, self.cookies());
        self.keep(request.send().await.unwrap())
    }

    async fn post(&self, address: &Url, fields: &[(String, String)]) -> Response {
        let request = http().post(address.as_str()).header(header::COOKIE, self.cookies());
        self.keep(request.form(fields).send().await.unwrap())
    }

    fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, reply: Response) -> Response {
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in reply.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        drop(cookies);
        reply
    }
}

/// The text between the first `start` and the next `end`.
fn between<'a>(html: &'a str, start: &str, end: &str) -> Option<&'a str> {
    html.split_once(start)?.1.split_once(end).map(|(text, _)| text)
}

/// The hidden fields of a form.
fn hidden(html: &str) -> Vec<(String, String)> {
    html.split("<input type=\"hidden\" ")
        .skip(1)
        .filter_map(|field| {
            let name = between(field, "name=\"", "\"")?;
            Some((name.to_owned(), between(field, "value=\"", "\"")?.to_owned()))
        })
        .collect()
}
