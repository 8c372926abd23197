//! Tokens, keys and ID numbers appear in no log, no address and no file in plain text.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tongban_contract::page::*;

use crate::{person::*, world::*};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Typed in no other number of the test.
const PIN: &str = "927146083815";

/// Everything that was ever put into the keyring: tokens and keys.
fn keyring_secrets(world: &World) -> Vec<String> {
    let mut secrets = Vec::new();
    for (name, secret) in world.keyring.history.lock().unwrap().iter() {
        if name.ends_with("-key") {
            secrets.push(secret.clone());
        } else if name.ends_with("/tokens") {
            let tokens: Value = serde_json::from_str(secret).unwrap();
            for token in ["access", "refresh"] {
                secrets.extend(tokens[token].as_str().map(str::to_owned));
            }
        }
    }
    secrets
}

fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[tokio::test]
async fn nothing_secret_is_logged_asked_for_in_an_address_or_written_in_plain_text() {
    let log = Log::default();
    let written = log.clone();
    // Also what other crates log by the older facade.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || written.clone())
        .init();

    let world = World::start().await;
    let client = world.device().await;
    client.start();
    let case = food_draft(&client).await;
    let wrong = Answer {
        case,
        pointer: "/applicant/id_number".to_owned(),
        value: "340524198001010011".into(),
    };
    client.answer(wrong).await.unwrap();
    assert_eq!(code(client.submit(Submit { case }).await), "filing.faults");
    fill_in(&client, case, &[("/applicant/id_number", json!(LI_ID))]).await;
    submit(&client, case).await;
    until("it is sent", async || kind(&state(&client, case).await) == "submitted").await;
    world.office(MARKET, case, json!({ "action": "accept" })).await;
    for department in [CITY, MARKET, APPROVAL] {
        world.office(department, case, json!({ "action": "pass" })).await;
    }
    until("the licence has come", async || overview(&client).await.counts.licences == 1).await;
    client.set_pin(SetPin { current: None, pin: Pin::new(PIN) }).await.unwrap();
    client.lock(Lock {}).await.unwrap();
    client.unlock(Unlock { pin: Pin::new(PIN) }).await.unwrap();
    client.remove_pin(RemovePin { pin: Pin::new(PIN) }).await.unwrap();
    // The token is renewed, refused, and the session ends.
    world.later(2 * 3600);
    sync(&client).await.unwrap();
    let on_disk = world.folder(&world.crash("device"));
    world.change_platform("UPDATE oidc_grants SET revoked_at = 1").await;
    assert_eq!(code(sync(&client).await), "sign-in.expired");
    world.later(-2 * 3600);
    world.sign_in(&client, LI).await;
    client.sign_out(SignOut {}).await.unwrap();
    client.close().await;

    let mut secrets = keyring_secrets(&world);
    assert!(secrets.len() >= 8, "two sign-ins, a renewal and two keys: {}", secrets.len());
    assert!(secrets.iter().all(|secret| secret.len() >= 20));
    secrets.extend(
        [PIN, LI_ID, "340524198001010011", tongban_platform::demo::PASSWORD].map(Into::into),
    );

    let log = log.0.lock().unwrap().clone();
    assert!(holds(&log, "told the person of a problem"), "the log was heard");
    assert!(holds(&log, "TRACE"), "down to the lowest level");
    for secret in &secrets {
        if holds(&log, secret) {
            let text = String::from_utf8_lossy(&log);
            let line = text.lines().find(|line| line.contains(secret.as_str())).unwrap_or_default();
            panic!("in the log: {line}");
        }
    }
    for asked in world.wire.asked().iter() {
        for secret in &secrets {
            assert!(!asked.url.contains(secret.as_str()), "{}", asked.url);
        }
    }
    let mut on_device = Vec::new();
    files(&on_disk, &mut on_device);
    assert!(on_device.iter().any(|(name, _)| name.ends_with(".db-wal")), "{}", on_device.len());
    secrets.extend(["秀兰".to_owned(), "13812345678".to_owned()]);
    for (name, bytes) in &on_device {
        for secret in &secrets {
            assert!(!holds(bytes, secret), "{name} holds a secret in plain text");
        }
    }
}
