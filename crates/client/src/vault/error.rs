//! What can go wrong with a vault.

use std::io::ErrorKind;

use tongban_contract::problem::Problem;

use crate::keyring::KeyringError;

// Primary result codes of SQLite. The first is what SQLCipher answers once it has met a
// damaged page; no statement of ours has it otherwise.
const FAILED: i64 = 1;
const BUSY: i64 = 5;
const READ_ONLY: i64 = 8;
const CORRUPT: i64 = 11;
const FULL: i64 = 13;
const CANNOT_OPEN: i64 = 14;
const NOT_A_DATABASE: i64 = 26;

/// What can go wrong with a vault. Nothing in it is ever deleted because of one.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database failed.
    #[error("the vault's database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// Bringing the schema up to date failed.
    #[error("the vault could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A file beside the vault could not be read or written.
    #[error("a copy of the vault could not be made: {0}")]
    Backup(std::io::Error),
    /// A newer version of the app wrote it.
    #[error("the vault was written by a newer version")]
    Newer,
    /// The file is there, but the keyring has no key for it.
    #[error("the vault's key is not in the keyring")]
    KeyLost,
    /// The file is there, and not one page of it was written with the key of the keyring.
    #[error("the vault's key is another one than that in the keyring")]
    KeyMismatch,
    /// A row that cannot be read; says which column.
    #[error("the vault holds a {0} that cannot be read")]
    Damaged(&'static str),
    /// No such row.
    #[error("the vault holds no such {0}")]
    Missing(&'static str),
    /// The keyring failed.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

impl VaultError {
    fn database_code(&self) -> Option<i64> {
        let (Self::Database(error) | Self::Migration(sqlx::migrate::MigrateError::Execute(error))) =
            self
        else {
            return None;
        };
        error.as_database_error()?.code()?.parse().ok()
    }

    /// Whether the file holds something else than was written.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_))
            || matches!(self.database_code(), Some(code)
                if [FAILED, CORRUPT, NOT_A_DATABASE].contains(&(code & 0xff)))
    }

    /// The sentence for the person.
    pub fn problem(&self) -> Problem {
        // What a file beside the vault met is told as what the vault itself meets.
        let met = match self {
            Self::Backup(error) => code_of(error.kind()),
            _ => self.database_code().map(|code| code & 0xff),
        };
        let (code, sentence, next) = match (self, met) {
            (_, Some(FULL)) => (
                "device.full",
                "设备存储空间已满，刚才的内容没能保存。",
                "请先清理一些空间再继续；已保存的内容都还在。",
            ),
            // There is a vault, or would be one: what keeps it from being opened is its folder.
            (_, Some(READ_ONLY | CANNOT_OPEN)) => (
                "device.read-only",
                "本机不允许在存放数据的文件夹里写入。",
                "请检查文件夹权限，或请设备管理员处理后再打开。",
            ),
            (_, Some(BUSY)) => (
                "vault.in-use",
                "您的数据正被另一个“通办”窗口使用。",
                "请先关闭另一个窗口，再打开这里。",
            ),
            (Self::Damaged(_), _) | (_, Some(FAILED | CORRUPT | NOT_A_DATABASE)) => (
                "vault.damaged",
                "本机保存的数据有一部分已经损坏，读不出来。",
                "请关闭“通办”再打开，打开时会自动救回还能读的内容；请不要卸载应用或删除文件。",
            ),
            (Self::KeyLost, _) => (
                "vault.key-lost",
                "系统钥匙串里找不到打开数据的钥匙。",
                "请确认登录的是原来的系统用户，找回钥匙串后即可打开；确实找不回来，可以重新开始使用这个账号，打不开的数据会原样留着。",
            ),
            (Self::KeyMismatch, _) => (
                "vault.key-mismatch",
                "系统钥匙串里的钥匙不是这份数据的那一把，打不开；数据没有改动。",
                "请确认登录的是原来的系统用户，或请设备管理员恢复原来的钥匙串，换回钥匙即可打开；确实找不回来，可以重新开始使用这个账号，打不开的数据会原样留着。",
            ),
            (Self::Newer, _) => (
                "vault.newer",
                "这些数据由更新版本的应用保存，当前版本打不开。",
                "请更新应用后再打开；数据都还在。",
            ),
            (Self::Keyring(error), _) => return error.problem(),
            (Self::Missing(_), _) => ("item.unknown", "没有找到这一件。", "请回到列表刷新后再试。"),
            (Self::Database(_) | Self::Migration(_) | Self::Backup(_), _) => {
                ("vault.failed", "读写本机数据时出错。", "请重新打开应用再试；已保存的内容都还在。")
            }
        };
        Problem::new(code, sentence, next)
    }
}

/// What SQLite would have said of it.
fn code_of(kind: ErrorKind) -> Option<i64> {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(FULL),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Some(READ_ONLY),
        _ => None,
    }
}

/// Why a filing waits that lacks files: they stood where the vault was damaged.
pub(crate) fn lacks_files(names: &[&str]) -> Problem {
    let which = match names {
        [] => String::new(),
        names => format!("“{}”", names.join("”“")),
    };
    Problem::new(
        "filing.file-lost",
        format!("这件申请的附件{which}在本机已经损坏，申请没有发给平台。"),
        "请打开这件申请，点“修改”，重新添加附件后再提交；打不开的，请重新填写一份。",
    )
}

/// What the person is told of rows that cannot be read, as those of another version.
pub(super) fn unreadable(count: usize) -> Problem {
    Problem::new(
        "vault.unreadable-rows",
        format!(
            "本机有 {count} 条申请或等待发送的记录读不出来，暂时没有列出，也没有发送；其他的照常办理。"
        ),
        "请更新应用后再打开；仍然这样，请不要删除数据文件，请设备管理员协助恢复。",
    )
}
