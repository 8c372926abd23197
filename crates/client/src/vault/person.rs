//! Who the vault belongs to, and where they are.

use tongban_contract::{numbers::DivisionCode, page::Person};

use super::{Vault, VaultError, courier, from_json, parse, to_json};

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

    /// The place that the person chose last.
    pub(crate) async fn home(&self) -> Result<Option<DivisionCode>, VaultError> {
        let division: Option<String> =
            sqlx::query_scalar("SELECT division FROM home WHERE one = 1")
                .fetch_optional(&self.pool)
                .await?;
        division.map(|division| parse("division", &division)).transpose()
    }

    /// Keeps the place that the person chose.
    pub(crate) async fn keep_home(&self, division: &DivisionCode) -> Result<(), VaultError> {
        sqlx::query(
            "INSERT INTO home (one, division) VALUES (1, ?)
             ON CONFLICT (one) DO UPDATE SET division = excluded.division",
        )
        .bind(division.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
