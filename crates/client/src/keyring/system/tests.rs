//! Against the mock store of `keyring-core`, for what a real keyring does not do at will,
//! and against the Secret Service of this machine, for what it does.

use std::sync::Mutex;

use keyring_core::mock;

use super::*;

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// A keyring over a mock store, and the store.
fn mocked(patience: Duration) -> (SystemKeyring, Arc<mock::Store>) {
    let store = mock::Store::new().unwrap();
    let found: Arc<CredentialStore> = store.clone();
    (SystemKeyring::with_store(Box::new(move || Ok(found.clone())), patience).unwrap(), store)
}

/// Makes the next call on this entry fail.
fn fail_next(store: &Arc<mock::Store>, name: &str, error: Error) {
    let found: Arc<CredentialStore> = store.clone();
    let entry = found.build(SERVICE, name, None).unwrap();
    entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
}

#[tokio::test]
async fn what_is_written_is_read_until_it_is_deleted() {
    let (keyring, _) = mocked(PATIENCE);
    assert!(keyring.read("a/tokens").await.unwrap().is_none());
    keyring.write("a/tokens", &secret("one")).await.unwrap();
    keyring.write("a/tokens", &secret("two")).await.unwrap();
    keyring.write("b/tokens", &secret("other")).await.unwrap();
    assert_eq!(keyring.read("a/tokens").await.unwrap().unwrap().expose_secret(), "two");
    keyring.delete("a/tokens").await.unwrap();
    keyring.delete("a/tokens").await.unwrap();
    assert!(keyring.read("a/tokens").await.unwrap().is_none());
    assert_eq!(keyring.read("b/tokens").await.unwrap().unwrap().expose_secret(), "other");
}

#[tokio::test]
async fn a_locked_keyring_is_named_and_loses_nothing() {
    let (keyring, store) = mocked(PATIENCE);
    keyring.write("a", &secret("kept")).await.unwrap();
    fail_next(&store, "a", Error::NoStorageAccess("locked".into()));
    let error = keyring.read("a").await.unwrap_err();
    assert!(matches!(error, KeyringError::Locked));
    assert_eq!(error.problem().code, "keyring.locked");
    assert_eq!(keyring.read("a").await.unwrap().unwrap().expose_secret(), "kept");
}

#[tokio::test]
async fn an_entry_that_is_no_text_is_damaged_and_its_bytes_are_not_told() {
    let (keyring, store) = mocked(PATIENCE);
    fail_next(&store, "a", Error::BadEncoding(b"hidden\xff".to_vec()));
    let error = keyring.read("a").await.unwrap_err();
    assert!(matches!(error, KeyringError::Damaged(_)));
    assert!(!format!("{error} {error:?}").contains("hidden"));
}

#[tokio::test]
async fn a_machine_without_a_keyring_is_named() {
    let keyring =
        SystemKeyring::with_store(Box::new(|| Err(Error::NoDefaultStore)), PATIENCE).unwrap();
    let error = keyring.read("a").await.unwrap_err();
    assert_eq!(error.problem().code, "keyring.absent");
}

#[tokio::test]
async fn a_question_nobody_answers_times_out_and_what_was_given_up_is_not_done_later() {
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let store = mock::Store::new().unwrap();
    let found: Arc<CredentialStore> = store.clone();
    let keyring = SystemKeyring::with_store(
        Box::new(move || {
            // Blocks as a locked collection does.
            let _ = gate.lock().unwrap().recv();
            Ok(found.clone())
        }),
        Duration::from_millis(50),
    )
    .unwrap();

    let error = keyring.read("a").await.unwrap_err();
    assert_eq!(error.problem().code, "keyring.timed-out");
    // Waits behind the first, and is given up before its turn.
    assert!(matches!(keyring.write("a", &secret("late")).await, Err(KeyringError::TimedOut)));

    drop(open);
    assert!(keyring.read("a").await.unwrap().is_none(), "the write given up was done after all");
    keyring.write("a", &secret("now")).await.unwrap();
    assert_eq!(keyring.read("a").await.unwrap().unwrap().expose_secret(), "now");
}

/// Needs a session bus with an unlocked Secret Service, as the project's test command
/// provides it.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn the_secret_service_of_this_machine_keeps_what_it_is_given() {
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        eprintln!("SKIPPED: no session bus (DBUS_SESSION_BUS_ADDRESS); run by `cargo xtask test`");
        return;
    }
    let keyring = SystemKeyring::new().unwrap();
    // A name of its own, so that runs at the same time do not meet.
    let name = format!("test-{}/tokens", std::process::id());
    assert!(keyring.read(&name).await.unwrap().is_none());
    keyring.write(&name, &secret("第一个")).await.unwrap();
    keyring.write(&name, &secret("第二个")).await.unwrap();

    // Another opening of it, as after a restart.
    let again = SystemKeyring::new().unwrap();
    assert_eq!(again.read(&name).await.unwrap().unwrap().expose_secret(), "第二个");
    again.delete(&name).await.unwrap();
    assert!(keyring.read(&name).await.unwrap().is_none());
}
