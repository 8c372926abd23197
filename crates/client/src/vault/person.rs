//! Who the vault belongs to.

use tongban_contract::page::Person;

use super::{Vault, VaultError, courier, from_json, to_json};

impl Vault {
    pub(crate) async fn person(&self) -> Result<Option<Person>, VaultError> {
        let json: Option<String> =
            sqlx::query_scalar("SELECT person_json FROM person WHERE one = 1")
                .fetch_optional(&self.pool)
                .await?;
        json.map(|json| from_json("person", &json)).transpose()
    }

    /// Keeps who signed in.
    pub(crate) async fn keep_person(&self, person: &Person) -> Result<(), VaultError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO person (one, person_json) VALUES (1, ?)
             ON CONFLICT (one) DO UPDATE SET person_json = excluded.person_json",
        )
        .bind(to_json(person)?)
        .execute(&mut *transaction)
        .await?;
        courier::name_again(&mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}
