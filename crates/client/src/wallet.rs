//! The wallet: licences the platform has issued, readable without a network, their
//! signatures checked on this device.

use minisign_verify::{PublicKey, Signature};
use tongban_contract::{
    licence::Licence,
    page::{LicenceRow, LicenceView, ListLicences, ReadLicence, WalletView},
    vocabulary::LicenceState,
};

use crate::{
    client::Client,
    error::{Error, Result},
};

impl Client {
    /// The wallet: valid licences first, latest first.
    ///
    /// # Errors
    /// Where nobody is signed in, or the vault fails.
    pub async fn list_licences(&self, _request: ListLicences) -> Result<WalletView> {
        let mut licences = self.vault()?.licences().await?;
        licences.sort_by_key(|licence| {
            (licence.state != LicenceState::Valid, std::cmp::Reverse(licence.issued_at))
        });
        let licences = licences
            .into_iter()
            .map(|licence| LicenceRow {
                id: licence.id,
                name: licence.name,
                holder: licence.holder,
                issuer: licence.issuer,
                state: licence.state,
                valid_until: licence.valid_until,
            })
            .collect();
        Ok(WalletView { licences })
    }

    /// One licence, with its signature checked.
    ///
    /// # Errors
    /// Where it is not in the wallet.
    pub async fn read_licence(&self, request: ReadLicence) -> Result<LicenceView> {
        let licence = self.vault()?.licence(&request.licence).await?.ok_or_else(|| {
            Error::refused(
                "licence.unknown",
                "证照夹里没有这本证照。",
                "请回到证照列表刷新后再试。",
            )
        })?;
        let key = self.device().platform.map(|platform| platform.public_key);
        let signature_is_right = key.is_some_and(|key| signed(&licence, &key));
        Ok(LicenceView { licence, signature_is_right })
    }
}

/// Whether the platform with this minisign key signed the licence as it is.
pub(crate) fn signed(licence: &Licence, key: &str) -> bool {
    let Ok(key) = PublicKey::from_base64(key) else { return false };
    let Ok(signature) = Signature::decode(&licence.signature) else { return false };
    let Ok(bytes) = licence.signed_bytes() else { return false };
    key.verify(&bytes, &signature, false).is_ok()
}
