//! Licences, as the wallet reads them and looks at their signature.

use std::sync::LazyLock;

use tongban_client::fuzzing::licence_is_signed;
use tongban_contract::{licence::Licence, vocabulary::LicenceState};

use crate::{
    keys::{PLATFORM_KEY, platform_signature, platform_signed},
    rules::is_written_as_read,
};

/// A licence in JSON.
pub(crate) fn licence(bytes: &[u8]) {
    let Ok(mut licence) = serde_json::from_slice::<Licence>(bytes) else { return };
    is_written_as_read(&licence);
    let id = licence.id.to_string();
    assert_eq!(id.parse().as_ref(), Ok(&licence.id));

    let signed = licence.signed_bytes().expect("a licence can be written");
    if licence_is_signed(&licence, PLATFORM_KEY) {
        assert!(platform_signed(&signed, &licence.signature), "a signature that is none");
    }
    licence.signature = platform_signature(&signed);
    assert!(licence_is_signed(&licence, PLATFORM_KEY), "a right signature is not seen");
    let text = is_written_as_read(&licence);
    let again: Licence = serde_json::from_str(&text).expect("it has been read before");
    assert!(licence_is_signed(&again, PLATFORM_KEY), "the signature is lost on the way");

    let revoked = Licence { state: LicenceState::from("9"), ..licence.clone() };
    assert!(licence_is_signed(&revoked, PLATFORM_KEY), "what the feed tells is not signed");
    let another = Licence { holder: format!("{}。", licence.holder), ..licence };
    assert!(!licence_is_signed(&another, PLATFORM_KEY), "the holder may be changed");
}

static SAMPLE: LazyLock<Licence> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../corpus/licence/seed-food.json"))
        .expect("the seed is a licence")
});

/// The signature of a licence.
pub(crate) fn signature(bytes: &[u8]) {
    let Ok(signature) = std::str::from_utf8(bytes) else { return };
    let licence = Licence { signature: signature.to_owned(), ..SAMPLE.clone() };
    if licence_is_signed(&licence, PLATFORM_KEY) {
        let signed = licence.signed_bytes().expect("a licence can be written");
        assert!(platform_signed(&signed, signature), "a signature that is none");
        let another = Licence { name: "另一本证照".to_owned(), ..licence };
        assert!(!licence_is_signed(&another, PLATFORM_KEY), "it is good for any licence");
    }
}
