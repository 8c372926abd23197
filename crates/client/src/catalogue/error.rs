//! What can go wrong with the catalogue, and the sentence for each.

use std::io;

use tongban_contract::problem::Problem;

use crate::network::NetworkError;

/// What can go wrong with the catalogue. Whatever it is, the catalogue that was in use
/// before stays in use.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The manifest is not signed with the platform's key.
    #[error("the manifest's signature does not verify")]
    Signature,
    /// A file is not the one that the manifest names.
    #[error("a file's digest is not the manifest's")]
    Digest,
    /// A file is larger than the manifest says, packed or unpacked.
    #[error("a file is larger than the manifest says")]
    TooLarge,
    /// A signed file that cannot be read.
    #[error("a published file cannot be read: {0}")]
    Broken(String),
    /// An older version than the installed one is offered.
    #[error("version {offered} offered, {installed} installed")]
    Older {
        /// Version in use.
        installed: u64,
        /// Version offered.
        offered: u64,
    },
    /// A file that the manifest names is not there; a new version is being published.
    #[error("a published file is not there")]
    Missing,
    /// No such item in this county.
    #[error("unknown item")]
    UnknownItem,
    /// Nobody carries the item out in the division that was asked for.
    #[error("no place carries the item out there")]
    NoPlace,
    /// No such division in this province.
    #[error("unknown division")]
    UnknownDivision,
    /// No county has been chosen yet.
    #[error("no county chosen")]
    NoCounty,
    /// The platform publishes nothing for this region.
    #[error("the region is not published")]
    RegionNotPublished,
    /// The person stopped an update.
    #[error("the update was stopped")]
    Stopped,
    /// Nothing has been fetched yet.
    #[error("no catalogue installed")]
    NothingInstalled,
    /// The installed catalogue cannot be read any more.
    #[error("the installed catalogue is damaged")]
    Damaged,
    /// Another program on this device is updating the same catalogue.
    #[error("an update is already running")]
    Busy,
    /// No room left on this device.
    #[error("the disk is full")]
    DiskFull,
    /// A file of the catalogue cannot be read or written.
    #[error("{0}")]
    Storage(io::Error),
    /// The database of the catalogue cannot be used.
    #[error("{0}")]
    Database(sqlx::Error),
    /// The network or the platform.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl CatalogueError {
    /// Whether what changed cannot be had or believed, so that everything is fetched instead,
    /// which is judged by itself.
    pub(super) fn asks_for_everything(&self) -> bool {
        matches!(
            self,
            Self::Missing
                | Self::Signature
                | Self::Digest
                | Self::TooLarge
                | Self::Broken(_)
                | Self::Older { .. }
                | Self::Damaged
                | Self::Database(_)
        )
    }

    /// Whether the installed database is at fault, so that it must be built again.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged)
    }

    /// The sentence for the person.
    pub fn problem(&self) -> Problem {
        let (code, sentence, next) = match self {
            Self::Signature => (
                "catalogue.signature",
                "收到的办事指南没有通过真伪核验，没有采用。",
                "现有指南可照常使用；请换一个网络再更新，仍不行请拨打 12345 反映。",
            ),
            Self::Digest => (
                "catalogue.digest",
                "下载的办事指南与平台公布的不一致，没有采用。",
                "现有指南可照常使用；请再更新一次，会重新下载。",
            ),
            Self::TooLarge => (
                "catalogue.too-large",
                "下载的办事指南超出了平台公布的大小，没有采用。",
                "现有指南可照常使用；请换一个网络再更新，仍不行请拨打 12345 反映。",
            ),
            Self::Broken(_) => (
                "catalogue.broken",
                "平台发布的办事指南有一处读不懂，没有采用。",
                "现有指南可照常使用；请过些时候再更新，或看看应用有没有新版本。",
            ),
            Self::Older { .. } => (
                "catalogue.older",
                "平台给出的办事指南比本机的还旧，没有采用。",
                "现有指南可照常使用，不用处理；稍后会自动再试。",
            ),
            Self::Missing => (
                "catalogue.missing",
                "平台上暂时取不到这份办事指南，可能正在换新。",
                "现有指南可照常使用；请过几分钟再更新。",
            ),
            Self::UnknownItem => (
                "catalogue.unknown-item",
                "没有找到这个事项，可能已经取消或改了名称。",
                "请换个说法再搜一次；要确认时可拨打 12345 询问。",
            ),
            Self::NoPlace => (
                "catalogue.no-place",
                "这件事在您选的地方没有办理单位。",
                "请从本县（市、区）的乡镇、街道中重新选择；要确认时可拨打 12345 询问。",
            ),
            Self::UnknownDivision => {
                ("catalogue.unknown-division", "没有找到这个地区。", "请从列表里重新选择所在地区。")
            }
            Self::NoCounty => (
                "catalogue.no-county",
                "还没有选择所在的县（市、区）。",
                "请先选择所在地区，选好后会自动下载当地的办事指南。",
            ),
            Self::RegionNotPublished => (
                "catalogue.county-not-published",
                "平台还没有发布这个县（市、区）的办事指南。",
                "请选择相邻的地区查看，或拨打 12345 询问当地办法。",
            ),
            Self::Stopped => {
                ("catalogue.stopped", "已停止下载。", "已经下好的部分留着；以后再下载，会接着下。")
            }
            Self::NothingInstalled => (
                "catalogue.none",
                "本机还没有办事指南。",
                "请连上网络后更新一次，以后没有网络也能查看。",
            ),
            Self::Damaged => (
                "catalogue.damaged",
                "本机存的办事指南已损坏，您填写的内容不受影响。",
                "请连上网络后更新一次，会重新装好。",
            ),
            Self::Busy => {
                ("catalogue.busy", "另一个窗口正在更新办事指南。", "请稍等片刻，更新完就能看到。")
            }
            Self::DiskFull => (
                "catalogue.disk-full",
                "设备存储空间已满，新的办事指南没有装上。",
                "请先清理一些空间再更新；现有指南和您填写的内容都还在。",
            ),
            Self::Storage(_) | Self::Database(_) => (
                "catalogue.storage",
                "读写本机的办事指南时出错。",
                "请重新打开应用再试；如仍不行，请检查磁盘和文件夹权限。",
            ),
            Self::Network(error) => return error.problem(),
        };
        Problem::new(code, sentence, next)
    }
}

impl From<io::Error> for CatalogueError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Storage(error),
        }
    }
}

impl From<sqlx::Error> for CatalogueError {
    fn from(error: sqlx::Error) -> Self {
        // Primary result codes are the low byte: https://sqlite.org/rescode.html
        let primary = error
            .as_database_error()
            .and_then(|fault| fault.code())
            .and_then(|code| code.parse::<u32>().ok())
            .map(|code| code & 0xff);
        match primary {
            // SQLITE_CORRUPT and SQLITE_NOTADB
            Some(11 | 26) => Self::Damaged,
            // SQLITE_FULL
            Some(13) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_faults() {
        let full = CatalogueError::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.problem().code, "catalogue.disk-full");
        let other = CatalogueError::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(other.problem().code, "catalogue.storage");
    }

    #[tokio::test]
    async fn a_database_that_may_not_grow_is_a_full_disk() {
        use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};
        let mut database = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        sqlx::query("PRAGMA max_page_count = 2").execute(&mut database).await.unwrap();
        sqlx::query("CREATE TABLE t (x BLOB)").execute(&mut database).await.unwrap();
        let error = sqlx::query("INSERT INTO t (x) VALUES (zeroblob(100000))")
            .execute(&mut database)
            .await
            .unwrap_err();
        assert_eq!(CatalogueError::from(error).problem().code, "catalogue.disk-full");
    }
}
