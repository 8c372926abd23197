//! Secrets that a person keeps in a file for the command line. What they open is not known here.

use std::path::Path;

use secrecy::SecretString;

use crate::exit::Failure;

/// The secret in a file, which is its first line. `option` is how the file was named.
pub(crate) fn read(file: &Path, option: &str) -> Result<SecretString, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        tracing::info!(%error, option, "a secret's file");
        let sentence = format!("{option} 给出的文件读不出来。");
        Failure::usage(sentence, "请核对文件的路径和权限。")
    })?;
    Ok(SecretString::from(text.lines().next().unwrap_or_default()))
}
