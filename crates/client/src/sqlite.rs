//! How any SQLite file is opened. What is in the files is none of its business.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;

/// Options for the file at `path`: where every file of the engine is opened from.
///
/// A program may end while sqlx's threads still work on connections or close them. OpenSSL,
/// below SQLCipher, would tear itself down by `atexit` at that moment and bring the program
/// down, with an exit code that is not ours and a core dump of what was in memory; it is told
/// not to. SQLCipher's own `atexit` is left out by `.cargo/config.toml`.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    // Before SQLite, which would start OpenSSL its own way.
    openssl_sys::init();
    SqliteConnectOptions::new().filename(path)
}

#[cfg(test)]
mod tests {
    use std::{
        process::{Command, ExitStatus},
        time::Duration,
    };

    use sqlx::ConnectOptions as _;

    use super::*;

    /// Tells the program that it is the one that ends.
    const FOLDER: &str = "TONGBAN_TEST_OF_AN_END";

    fn end(folder: &Path) -> ExitStatus {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::tests::a_program_may_end_while_files_are_being_closed"])
            .env(FOLDER, folder)
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap()
    }

    #[tokio::test]
    async fn a_program_may_end_while_files_are_being_closed() {
        let Some(folder) = std::env::var_os(FOLDER) else {
            for _ in 0..4 {
                let folder = tempfile::tempdir().unwrap();
                let status = end(folder.path());
                assert!(status.success(), "{status}");
            }
            return;
        };
        let mut open = Vec::new();
        for number in 0..20 {
            let file = Path::new(&folder).join(number.to_string());
            let key = format!("\"x'{}'\"", "5c".repeat(32));
            let mut file =
                options(&file).create_if_missing(true).pragma("key", key).connect().await.unwrap();
            sqlx::raw_sql("CREATE TABLE t (a)").execute(&mut file).await.unwrap();
            open.push(file);
        }
        drop(open);
        // Some of them are closed by now, and others are just being closed.
        std::thread::sleep(Duration::from_micros(300));
        std::process::exit(0);
    }
}
