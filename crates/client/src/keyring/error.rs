//! What can go wrong with a keyring, and the sentence for the person.

use tongban_contract::problem::Problem;

/// What can go wrong with a keyring.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// It is locked, and the person did not unlock it.
    #[error("the keyring is locked")]
    Locked,
    /// It did not answer in time; most often it waits for the person to unlock it.
    #[error("the keyring did not answer in time")]
    TimedOut,
    /// This machine has none, or it cannot be reached.
    #[error("no keyring: {0}")]
    Absent(String),
    /// It is there and unlocked, but did not do what it was asked.
    #[error("the keyring refused: {0}")]
    Refused(String),
    /// What it holds cannot be read; says what.
    #[error("the keyring is damaged: {0}")]
    Damaged(&'static str),
    /// The passphrase does not open the file.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// An empty passphrase protects nothing.
    #[error("empty passphrase")]
    EmptyPassphrase,
    /// The file under the passphrase could not be read or written.
    #[error("the keyring's file: {0}")]
    File(#[from] std::io::Error),
    /// The database under the passphrase failed.
    #[error("the keyring's database: {0}")]
    Database(#[from] sqlx::Error),
    /// Making the tables of the database failed.
    #[error("the keyring's database: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl KeyringError {
    /// Whether the device lets nothing be written, so that nothing else could be kept either.
    pub(crate) fn is_of_the_disk(&self) -> bool {
        matches!(self.problem().code.as_str(), "device.full" | "device.read-only")
    }

    /// The sentence for the person.
    pub fn problem(&self) -> Problem {
        let (code, sentence, next) = match self {
            Self::Locked => (
                "keyring.locked",
                "系统钥匙串还没有解锁，暂时打不开您的数据。",
                "请在系统弹出的窗口里输入开机密码解锁，再试一次；数据都还在。",
            ),
            Self::TimedOut => (
                "keyring.timed-out",
                "系统钥匙串没有应答，可能正在等您解锁。",
                "请看看有没有弹出的解锁窗口，输入开机密码后再试一次；数据都还在。",
            ),
            Self::Absent(_) => (
                "keyring.absent",
                "本机没有可用的系统钥匙串，无法妥善保管您的登录信息。",
                "请联系设备管理员安装并启动钥匙串服务（如 GNOME 钥匙环），再重新打开应用；命令行也可以改用口令。",
            ),
            Self::Refused(_) => (
                "keyring.refused",
                "系统钥匙串没能完成这次读写。",
                "请重新打开应用再试；如仍不行，请注销系统后重新登录。",
            ),
            Self::Damaged(_) => (
                "keyring.damaged",
                "钥匙串里保存的内容读不出来，可能已损坏。",
                "请不要删除任何文件，并请设备管理员协助恢复。",
            ),
            Self::WrongPassphrase => (
                "keyring.passphrase",
                "口令不对，打不开钥匙文件。",
                "请检查大小写和输入法后再输一次；数据都还在。",
            ),
            Self::EmptyPassphrase => (
                "keyring.passphrase-empty",
                "口令不能为空。",
                "请设一个您记得住、别人猜不到的口令。",
            ),
            Self::File(error) => return file_problem(error),
            Self::Database(error)
            | Self::Migration(sqlx::migrate::MigrateError::Execute(error)) => {
                return database_problem(error);
            }
            Self::Migration(_) => return Self::Damaged("history of the tables").problem(),
        };
        Problem::new(code, sentence, next)
    }
}

fn full() -> Problem {
    Problem::new(
        "device.full",
        "设备存储空间已满，刚才的内容没能保存。",
        "请先清理一些空间再继续；已保存的内容都还在。",
    )
}

fn read_only() -> Problem {
    Problem::new(
        "device.read-only",
        "本机不允许在存放数据的文件夹里写入。",
        "请检查文件夹权限，或请设备管理员处理后再打开。",
    )
}

fn failed() -> Problem {
    Problem::new(
        "keyring.file",
        "读写钥匙文件时出错。",
        "请重新打开应用再试；如仍不行，请检查磁盘。",
    )
}

fn file_problem(error: &std::io::Error) -> Problem {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => full(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => read_only(),
        _ => failed(),
    }
}

fn database_problem(error: &sqlx::Error) -> Problem {
    /// Primary result codes of SQLite.
    const BUSY: i64 = 5;
    const READ_ONLY: i64 = 8;
    const CORRUPT: i64 = 11;
    const FULL: i64 = 13;
    const CANNOT_OPEN: i64 = 14;
    const NOT_A_DATABASE: i64 = 26;
    let code = error
        .as_database_error()
        .and_then(|database| database.code())
        .and_then(|code| code.parse::<i64>().ok())
        .map(|code| code & 0xff);
    match code {
        Some(FULL) => full(),
        Some(READ_ONLY | CANNOT_OPEN) => read_only(),
        Some(BUSY) => Problem::new(
            "keyring.in-use",
            "钥匙文件正被另一个“通办”程序使用。",
            "请等它做完，或先关闭它，再试一次。",
        ),
        Some(CORRUPT | NOT_A_DATABASE) => KeyringError::Damaged("database").problem(),
        _ => failed(),
    }
}
