//! Sign-in and tokens: against a provider in memory, for what a real one does not do at
//! will; the loopback address is real and spoken to over TCP.

mod certified;
mod platform;
mod provider;
mod session;
mod sign_in;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use bytes::Bytes;
use jiff::Timestamp;
use tongban_contract::discovery::PlatformInfo;
use url::Url;

use self::provider::FakeProvider;
use super::{session::Revocation, sign_in::SignedIn, *};
use crate::{
    keyring::memory::MemoryKeyring,
    surroundings::Surroundings,
    transport::{HttpTransport, Transport as _},
};

/// Time at which the tests begin, in seconds since 1970.
const START: i64 = 1_790_000_000;

/// An identity with everything around it.
struct World {
    identity: Identity,
    provider: FakeProvider,
    keyring: MemoryKeyring,
    /// Seconds since 1970, by the device.
    clock: Arc<AtomicI64>,
    info: PlatformInfo,
}

impl World {
    fn new() -> Self {
        let provider = FakeProvider::new();
        let keyring = MemoryKeyring::default();
        let clock = Arc::new(AtomicI64::new(START));
        let info = PlatformInfo {
            name: "某省政务服务平台".to_owned(),
            issuer: provider::ISSUER.to_owned(),
            client_id: provider::CLIENT.to_owned(),
            public_key: String::new(),
            courier_recipient: None,
        };
        let identity = identity(&provider, &keyring, &clock);
        Self { identity, provider, keyring, clock, info }
    }

    /// The app is started anew: only the keyring remembers.
    fn restart(&mut self) {
        self.identity = identity(&self.provider, &self.keyring, &self.clock);
    }

    /// Time passes, for device and provider.
    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
        self.provider.state().now += seconds;
    }

    /// Somebody signs in, in every regard as they should.
    async fn sign_in(&self) -> SignedIn {
        let pending = self.identity.begin(&self.info, None).await.unwrap();
        let back = self.provider.authorize(&pending.prompt.address);
        let (done, page) = tokio::join!(pending.finish(), visit(&back));
        assert!(page.body.contains("登录成功"), "{}", page.body);
        done.unwrap()
    }
}

fn identity(provider: &FakeProvider, keyring: &MemoryKeyring, clock: &Arc<AtomicI64>) -> Identity {
    let clock = Arc::clone(clock);
    Identity::new(Surroundings {
        clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap()),
        random: Arc::new(|bytes| rand::fill(bytes)),
        transport: Arc::new(provider.clone()),
        keyring: Arc::new(keyring.clone()),
        // The caller's matter, not the identity's.
        browser: Arc::new(|_| Ok(())),
    })
}

/// What a browser was shown.
struct Shown {
    status: u16,
    policy: String,
    body: String,
}

/// Goes to an address as a browser does.
async fn visit(address: &Url) -> Shown {
    send(http::Request::get(address.as_str()).body(Bytes::new()).unwrap()).await
}

async fn send(request: http::Request<Bytes>) -> Shown {
    let reply = HttpTransport::new().unwrap().send(request).await.unwrap();
    Shown {
        status: reply.status.as_u16(),
        policy: reply.header("content-security-policy").to_owned(),
        body: String::from_utf8(reply.bytes(100_000).await.unwrap().to_vec()).unwrap(),
    }
}
