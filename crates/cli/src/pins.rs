//! Where a PIN comes from: a file, or the terminal. Never an argument or the environment,
//! which others on the machine can read.

use std::{
    io::{self, IsTerminal as _},
    path::Path,
};

use secrecy::{ExposeSecret as _, SecretString};
use tongban_contract::problem::Problem;

use crate::{
    exit::{Exit, Failure},
    secret_file,
};

/// The PIN that is set: what was given, or asked for.
pub(crate) async fn current(given: Option<&SecretString>) -> Result<SecretString, Failure> {
    match given {
        Some(pin) => Ok(pin.clone()),
        None => {
            ask(|| rpassword::prompt_password("请输入解锁密码：").map(SecretString::from)).await
        }
    }
}

/// A new PIN: from a file, or asked for twice.
pub(crate) async fn new(file: Option<&Path>) -> Result<SecretString, Failure> {
    match file {
        Some(file) => secret_file::read(file, "--new-pin-file"),
        None => ask(twice).await,
    }
}

fn twice() -> io::Result<SecretString> {
    loop {
        let first =
            SecretString::from(rpassword::prompt_password("请设 6 到 12 位数字的解锁密码：")?);
        let again = SecretString::from(rpassword::prompt_password("请再输一次：")?);
        if first.expose_secret() == again.expose_secret() {
            return Ok(first);
        }
    }
}

/// Asks on the terminal, which blocks.
async fn ask(question: fn() -> io::Result<SecretString>) -> Result<SecretString, Failure> {
    let nobody = || {
        let next = "请在终端里运行，或用 --pin-file 给出解锁密码的文件。";
        Failure::new(Exit::SignIn, Problem::new("vault.locked", "“通办”已锁定。", next))
    };
    if !io::stdin().is_terminal() {
        return Err(nobody());
    }
    match tokio::task::spawn_blocking(question).await {
        Ok(Ok(pin)) => Ok(pin),
        Ok(Err(error)) => {
            tracing::info!(%error, "no PIN was typed");
            Err(nobody())
        }
        Err(_) => Err(nobody()),
    }
}
