//! Opens the engine as the command line asks: where the data lies, which platform, which
//! keyring. The engine is not started: a command does one thing and ends.

use std::{path::PathBuf, sync::Arc};

use etcetera::BaseStrategy as _;
use tongban_client::{Client, Error, HttpTransport, Options, Surroundings};
use tongban_contract::problem::Problem;
use url::Url;

use crate::{
    args::Global,
    exit::{Exit, Failure},
    keyring::ChosenKeyring,
    output::Output,
    secret_file,
};

/// Opens the engine. Whoever opens it closes it. `for_sign_in` makes sure of the keyring
/// first, so that nobody is asked for a passphrase while their browser waits.
pub(crate) async fn open(
    global: &Global,
    output: Output,
    for_sign_in: bool,
) -> Result<Client, Failure> {
    let directory = directory(global)?;
    let given = global.passphrase_file.as_deref();
    let passphrase = given.map(|file| secret_file::read(file, "--passphrase-file")).transpose()?;
    let transport = HttpTransport::new().map_err(|error| {
        tracing::error!(%error, "TLS could not be set up");
        let next = "请更新系统的安全证书后再试。";
        Failure::new(Exit::Failed, Problem::new("device.tls", "本机无法建立安全连接。", next))
    })?;
    let keyring = Arc::new(ChosenKeyring::new(directory.clone(), passphrase));
    let kept = Arc::clone(&keyring);
    let surroundings = Surroundings::real(
        Arc::new(transport),
        kept,
        Arc::new(move |address: &Url| output.address(address)),
    );
    let options = Options {
        // The command line is told where to: it never asks for this folder.
        exports: directory.join("exports"),
        directory,
        platform: global.platform.clone(),
        public_key: None,
    };
    let client = Client::open(options, surroundings).await?;
    if for_sign_in && let Err(error) = keyring.prepare().await {
        client.close().await;
        return Err(Error::from(error).into());
    }
    Ok(client)
}

fn directory(global: &Global) -> Result<PathBuf, Failure> {
    let data = match &global.data_dir {
        Some(folder) => folder.clone(),
        None => etcetera::base_strategy::choose_native_strategy()
            .map_err(|_| {
                Failure::usage("找不到当前用户的数据文件夹。", "请用 --data-dir 指定一个文件夹。")
            })?
            .data_dir()
            .join("tongban"),
    };
    Ok(data.join(&global.profile))
}
