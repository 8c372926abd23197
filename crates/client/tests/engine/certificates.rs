//! Servers whose certificates are not to be trusted.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tongban_client::{Client, HttpTransport, Options, Surroundings, Transport};
use tongban_contract::page::SignIn;

use crate::{
    person::code,
    world::{MemoryKeyring, choose_county},
};

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, "a test's authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Serves TLS with this certificate. Answers the port.
async fn serve(params: CertificateParams, issuer: &CertifiedIssuer<'static, KeyPair>) -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Whoever does not trust it hangs up.
            drop(acceptor.accept(stream).await);
        }
    });
    port
}

/// The codes of choosing a county and of signing in at this address.
async fn codes(address: &str, trusted: Vec<Vec<u8>>) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    let transport: Arc<dyn Transport> =
        Arc::new(HttpTransport::with_certificates(trusted).unwrap());
    let keyring = Arc::new(MemoryKeyring::default());
    let surroundings = Surroundings::real(transport, keyring, Arc::new(|_| Ok(())));
    let options = Options {
        directory: folder.path().to_owned(),
        exports: folder.path().join("exports"),
        platform: address.parse().unwrap(),
        public_key: None,
    };
    let client = Client::open(options, surroundings).await.unwrap();
    [code(choose_county(&client).await), code(client.sign_in(SignIn { assurance: None }).await)]
}

#[tokio::test]
async fn a_certificate_that_nobody_known_has_signed_is_not_trusted() {
    let issuer = authority();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let port = serve(params, &issuer).await;
    let told = codes(&format!("https://localhost:{port}"), Vec::new()).await;
    assert_eq!(told, ["network.certificate"; 2]);
}

#[tokio::test]
async fn a_certificate_of_another_name_is_not_trusted() {
    let issuer = authority();
    let params = CertificateParams::new(vec!["another.example".to_owned()]).unwrap();
    let port = serve(params, &issuer).await;
    let trusted = vec![issuer.pem().into_bytes()];
    let told = codes(&format!("https://localhost:{port}"), trusted).await;
    assert_eq!(told, ["network.certificate"; 2]);
}

#[tokio::test]
async fn a_certificate_that_has_expired_or_does_not_hold_yet_points_at_the_clock() {
    let issuer = authority();
    for (from, to) in [(2001, 2002), (2190, 2191)] {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let port = serve(params, &issuer).await;
        let trusted = vec![issuer.pem().into_bytes()];
        let told = codes(&format!("https://localhost:{port}"), trusted).await;
        assert_eq!(told, ["network.certificate-time"; 2]);
    }
}

#[tokio::test]
async fn a_certificate_that_is_right_is_taken() {
    let issuer = authority();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let port = serve(params, &issuer).await;
    let trusted = vec![issuer.pem().into_bytes()];
    // The handshake is made; then the server hangs up, which is another matter.
    for told in codes(&format!("https://localhost:{port}"), trusted).await {
        assert!(!told.starts_with("network.certificate"), "{told}");
    }
}
