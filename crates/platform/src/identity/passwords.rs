//! Passwords: Argon2id hashes, made and checked off the runtime's threads.

use std::sync::LazyLock;

use argon2::{
    Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash,
};

use crate::{Error, Result};

/// The hash of `password` in PHC format, with a random salt.
pub async fn hash(password: String) -> Result<String> {
    tokio::task::spawn_blocking(move || hash_now(&password)).await?
}

/// Whether `password` is the one that was hashed. Without a hash (nobody has this login)
/// it takes as long and answers no, so that the time tells nothing.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    tokio::task::spawn_blocking(move || {
        let stored = match &hash {
            Some(hash) => hash.as_str(),
            None => NOBODY.as_str(),
        };
        let stored = PasswordHash::new(stored).map_err(|e| Error::Password(e.to_string()))?;
        let right = Argon2::default().verify_password(password.as_bytes(), &stored).is_ok();
        Ok(right && hash.is_some())
    })
    .await?
}

fn hash_now(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| Error::Password(e.to_string()))
}

static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_now(&super::secrets::random()).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_somebody_is_right() {
        let hash = hash("demo-2026".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("demo-2026".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!verify("demo-2027".to_owned(), Some(hash)).await.unwrap());
        assert!(!verify("demo-2026".to_owned(), None).await.unwrap());
    }
}
