//! Texts that the database keeps compressed: items, what places change of them, and offices.
//! Each is short and much like the others, so that they share one dictionary, trained on the
//! first items that come and kept beside them. What was written without one is read all the
//! same. Compressed texts are never compared: what they are known by is made of the text itself.

use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;
use zstd::bulk::{Compressor, Decompressor};

use super::error::CatalogueError;

/// How hard texts are compressed. Above this they take long and get little smaller.
const LEVEL: i32 = 9;

/// Largest dictionary, as zstd's own tool makes them.
const DICTIONARY: usize = 112_640;

/// Least bytes of samples to each byte of dictionary.
const SAMPLES: usize = 8;

/// Fewer texts say too little of the rest, and a dictionary would take the room that it saves.
const FEW: usize = 64;

/// Largest text: above any record, as its line is shorter, and below what would hurt.
const LARGEST: usize = 16 * 1024 * 1024;

/// Compresses the texts of a database that is being built.
pub(super) struct Packer {
    compressor: Compressor<'static>,
    trained: bool,
}

impl Packer {
    /// The one of this database, with the dictionary that is kept in it, if any.
    pub(super) async fn of(database: &mut SqliteConnection) -> Result<Self, CatalogueError> {
        let dictionary = dictionary(database).await?;
        Ok(Self { compressor: compressor(&dictionary)?, trained: !dictionary.is_empty() })
    }

    /// Makes a dictionary of these texts and keeps it, where there is none yet and they are
    /// enough for one.
    pub(super) async fn train(
        &mut self,
        database: &mut SqliteConnection,
        texts: &[String],
    ) -> Result<(), CatalogueError> {
        if self.trained || texts.len() < FEW {
            return Ok(());
        }
        let bytes: usize = texts.iter().map(String::len).sum();
        // Texts of which nothing can be learnt do without.
        let Ok(dictionary) = zstd::dict::from_samples(texts, DICTIONARY.min(bytes / SAMPLES))
        else {
            return Ok(());
        };
        sqlx::query("INSERT INTO dictionary (body) VALUES (?)")
            .bind(&dictionary)
            .execute(database)
            .await?;
        *self = Self { compressor: compressor(&dictionary)?, trained: true };
        Ok(())
    }

    /// A text, compressed.
    pub(super) fn pack(&mut self, text: &str) -> Result<Vec<u8>, CatalogueError> {
        Ok(self.compressor.compress(text.as_bytes())?)
    }
}

/// Reads the texts of a database.
pub(super) struct Unpacker(Decompressor<'static>);

impl Unpacker {
    /// The one of this database.
    pub(super) async fn of(database: &mut SqliteConnection) -> Result<Self, CatalogueError> {
        let dictionary = dictionary(database).await?;
        let decompressor = Decompressor::with_dictionary(&dictionary);
        Ok(Self(decompressor.map_err(|_| CatalogueError::Damaged)?))
    }

    /// What a compressed text says.
    ///
    /// # Errors
    /// [`CatalogueError::Damaged`] where it is not what was written.
    pub(super) fn read<T: DeserializeOwned>(&mut self, packed: &[u8]) -> Result<T, CatalogueError> {
        let text = self.0.decompress(packed, LARGEST).map_err(|_| CatalogueError::Damaged)?;
        serde_json::from_slice(&text).map_err(|_| CatalogueError::Damaged)
    }
}

/// What a text is known by: eight bytes of its digest.
pub(super) fn known_by(text: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(text).into();
    let mut id = [0; 8];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    i64::from_le_bytes(id)
}

fn compressor(dictionary: &[u8]) -> Result<Compressor<'static>, CatalogueError> {
    let mut compressor = Compressor::with_dictionary(LEVEL, dictionary)?;
    // There is one at most; four bytes of each text would say which.
    compressor.include_dictid(false)?;
    Ok(compressor)
}

/// The dictionary that is kept in a database; empty where there is none.
async fn dictionary(database: &mut SqliteConnection) -> Result<Vec<u8>, CatalogueError> {
    let found: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT body FROM dictionary").fetch_optional(database).await?;
    Ok(found.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

    use super::*;

    fn texts() -> Vec<String> {
        let text = |number: usize| {
            let name = ["变更登记", "注销登记", "补贴申领", "许可"][number % 4];
            format!(
                r#"{{"code":"{number:012}","name":"第{number}号{name}","days":{}}}"#,
                number % 7
            )
        };
        (0..2000).map(text).collect()
    }

    fn block<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Runtime::new().unwrap().block_on(future)
    }

    async fn database() -> SqliteConnection {
        let mut database = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        let schema = include_str!("schema.sql");
        sqlx::raw_sql(schema).execute(&mut database).await.unwrap();
        database
    }

    #[tokio::test]
    async fn what_was_written_before_and_after_the_dictionary_is_read_and_takes_little_room() {
        let mut database = database().await;
        let mut packer = Packer::of(&mut database).await.unwrap();
        let texts = texts();
        let plain = packer.pack(&texts[0]).unwrap();
        packer.train(&mut database, &texts[..FEW - 1]).await.unwrap();
        assert!(!packer.trained, "of too few");
        packer.train(&mut database, &texts[..1000]).await.unwrap();
        assert!(packer.trained);
        let short = packer.pack(&texts[0]).unwrap();
        assert!(short.len() * 2 < plain.len(), "{} of {}", short.len(), plain.len());
        // Opened again it is the same dictionary, and none is trained beside it.
        let mut again = Packer::of(&mut database).await.unwrap();
        again.train(&mut database, &texts[1000..]).await.unwrap();
        assert_eq!(again.pack(&texts[0]).unwrap(), short);
        let mut unpacker = Unpacker::of(&mut database).await.unwrap();
        let expected: serde_json::Value = serde_json::from_str(&texts[0]).unwrap();
        for packed in [plain, short] {
            assert_eq!(unpacker.read::<serde_json::Value>(&packed).unwrap(), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn damage_is_told_and_whatever_was_written_is_read(
            text in any::<String>(),
            at in any::<prop::sample::Index>(),
        ) {
            block(async {
                let mut database = database().await;
                let mut packer = Packer::of(&mut database).await.unwrap();
                packer.train(&mut database, &texts()).await.unwrap();
                let mut unpacker = Unpacker::of(&mut database).await.unwrap();
                let packed = packer.pack(&serde_json::to_string(&text).unwrap()).unwrap();
                assert_eq!(unpacker.read::<String>(&packed).unwrap(), text);
                let cut = unpacker.read::<String>(&packed[..at.index(packed.len())]);
                assert!(matches!(cut, Err(CatalogueError::Damaged)), "{cut:?}");
            });
        }
    }
}
