//! Against oidc-provider, a certified server that nobody here wrote: what the standard
//! asks of an app, and what other providers rightly do otherwise than the reference
//! platform. They name levels by addresses, tell names at userinfo alone, want consent for
//! refresh tokens, and keep the person signed in in the browser.

use secrecy::{ExposeSecret as _, SecretString};

use self::software::{Browser, End, Person, Provider};
use super::*;
use crate::{keyring::Keyring as _, transport::Transport};

#[path = "../../../tests/certified/mod.rs"]
mod software;

const LI: Person = Person::Is("lixiulan");
const WANG: Person = Person::Is("wangjianguo");

/// A device, and the provider that its people sign in at.
struct Device {
    identity: Identity,
    keyring: MemoryKeyring,
    /// Seconds by which its clock is ahead.
    ahead: Arc<AtomicI64>,
    browser: Browser,
    info: PlatformInfo,
}

impl Device {
    fn of(provider: &Provider) -> Self {
        let keyring = MemoryKeyring::default();
        let ahead = Arc::new(AtomicI64::new(0));
        let identity = real(&keyring, &ahead);
        Self { identity, keyring, ahead, browser: Browser::default(), info: provider.info() }
    }

    /// The app is started anew: only the keyring remembers.
    fn restart(&mut self) {
        self.identity = real(&self.keyring, &self.ahead);
    }

    async fn sign_in_at(
        &self,
        person: Person,
        level: Option<u8>,
    ) -> Result<SignedIn, IdentityError> {
        let pending = self.identity.begin(&self.info, level).await?;
        let back = self.browser.open(&pending.prompt.address, person).await.back.unwrap();
        tokio::join!(pending.finish(), visit(&back)).0
    }

    async fn sign_in(&self, person: Person) -> SignedIn {
        self.sign_in_at(person, None).await.unwrap()
    }

    /// How a sign-in ends where the request, or the answer to it, is changed on its way.
    async fn ends(
        &self,
        asking: impl FnOnce(&mut Url),
        answering: impl FnOnce(&mut Url),
    ) -> String {
        let pending = self.identity.begin(&self.info, None).await.unwrap();
        let mut address = pending.prompt.address.clone();
        asking(&mut address);
        let mut back = self.browser.open(&address, LI).await.back.unwrap();
        answering(&mut back);
        let code = tokio::join!(pending.finish(), visit(&back)).0.unwrap_err().problem().code;
        assert!(self.keyring.names().is_empty(), "{code}: something was kept");
        code
    }

    async fn token(&self, account: &str) -> Result<SecretString, IdentityError> {
        self.identity.access_token(&self.info, account).await
    }

    /// A new access token, although the last one would still do.
    async fn renew(&self, account: &str) -> Result<SecretString, IdentityError> {
        let token = self.token(account).await?;
        self.identity.forget_access_token(account, &token).await;
        self.token(account).await
    }

    fn kept(&self, account: &str) -> SecretString {
        SecretString::from(self.keyring.peek(&format!("{account}/tokens")).unwrap())
    }
}

fn real(keyring: &MemoryKeyring, ahead: &Arc<AtomicI64>) -> Identity {
    let ahead = Arc::clone(ahead);
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::new().unwrap());
    let clock =
        move || Timestamp::now() + jiff::SignedDuration::from_secs(ahead.load(Ordering::SeqCst));
    Identity::new(Surroundings {
        clock: Arc::new(clock),
        ..Surroundings::real(transport, Arc::new(keyring.clone()), Arc::new(|_| Ok(())))
    })
}

/// The same address with this parameter changed.
fn set(address: &mut Url, name: &str, value: &str) {
    let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    assert!(pairs.iter().any(|(known, _)| known == name), "{name} is not there");
    address.query_pairs_mut().clear().extend_pairs(
        pairs
            .iter()
            .map(|(known, old)| (known.as_str(), if known == name { value } else { old.as_str() })),
    );
}

#[tokio::test]
async fn a_citizen_signs_in_is_known_renews_and_signs_out() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    let done = device.sign_in(LI).await;
    assert_eq!((&*done.person.name, done.person.assurance), ("李秀兰", 3));
    assert_eq!(done.person.masked_id, "340*************1X");

    let first = device.token(&done.account).await.unwrap();
    let before = device.kept(&done.account);
    let second = device.renew(&done.account).await.unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());
    let refresh = |kept: &SecretString| {
        let kept: serde_json::Value = serde_json::from_str(kept.expose_secret()).unwrap();
        kept["refresh"].as_str().unwrap().to_owned()
    };
    assert_ne!(refresh(&before), refresh(&device.kept(&done.account)), "it was rotated");
    assert_eq!(provider.userinfo(second.expose_secret()).await, 200);

    let told = device.identity.sign_out(&device.info, &done.account).await.unwrap();
    assert_eq!(told, Revocation::Done);
    assert_eq!(provider.userinfo(second.expose_secret()).await, 401);
    assert!(device.keyring.names().is_empty());
}

#[tokio::test]
async fn a_spent_refresh_token_ends_the_session_for_thief_and_owner_alike() {
    let provider = Provider::start().await;
    let mut device = Device::of(&provider);
    let account = device.sign_in(LI).await.account;
    let thief = Device::of(&provider);
    let name = format!("{account}/tokens");
    thief.keyring.write(&name, &device.kept(&account)).await.unwrap();
    device.renew(&account).await.unwrap();

    assert_eq!(thief.renew(&account).await.unwrap_err().problem().code, "sign-in.expired");
    assert_eq!(device.renew(&account).await.unwrap_err().problem().code, "sign-in.expired");
    device.restart();
    assert_eq!(device.token(&account).await.unwrap_err().problem().code, "sign-in.expired");

    assert_eq!(device.sign_in(LI).await.account, account);
    device.renew(&account).await.unwrap();
}

#[tokio::test]
async fn a_browser_that_knows_somebody_signs_nobody_in_without_asking() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    let first = device.sign_in(LI).await.account;
    device.identity.sign_out(&device.info, &first).await.unwrap();

    // The next person at the same device.
    let pending = device.identity.begin(&device.info, None).await.unwrap();
    let End { asked, back } = device.browser.open(&pending.prompt.address, WANG).await;
    assert_eq!(asked.first().map(String::as_str), Some("login"), "{asked:?}");
    let back = back.unwrap();
    let done = tokio::join!(pending.finish(), visit(&back)).0.unwrap();
    assert_eq!(done.person.name, "王建国");
    assert_ne!(done.account, first);
}

#[tokio::test]
async fn the_browser_forgets_whom_it_knew_where_it_is_told_to() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    device.sign_in(LI).await;
    // Whether the browser by itself gets in: it would have to be asked no password.
    let silently = async || {
        let pending = device.identity.begin(&device.info, None).await.unwrap();
        let mut address = pending.prompt.address.clone();
        set(&mut address, "prompt", "none");
        let back = device.browser.open(&address, Person::GivesUp).await.back.unwrap();
        let error =
            back.query_pairs().find(|(name, _)| name == "error").map(|(_, e)| e.into_owned());
        error.unwrap_or_default()
    };
    assert_ne!(silently().await, "login_required", "the browser knows the person");
    let page = device.identity.browser_logout(&device.info).await.unwrap().unwrap();
    let end = device.browser.open(&page, LI).await;
    assert_eq!(end.asked, ["logout"], "the person is asked");
    assert_eq!(silently().await, "login_required");
}

#[tokio::test]
async fn a_level_is_asked_for_by_the_name_that_the_provider_has_for_it() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    assert_eq!(device.sign_in(WANG).await.person.assurance, 2);
    let error = device.sign_in_at(WANG, Some(3)).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.assurance");
    assert_eq!(device.sign_in_at(WANG, Some(2)).await.unwrap().person.assurance, 2);
    assert_eq!(device.sign_in_at(LI, Some(3)).await.unwrap().person.assurance, 3);
}

#[tokio::test]
async fn what_does_not_belong_to_the_sign_in_is_refused() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    let state = device.ends(|_| (), |back| set(back, "state", "another")).await;
    assert_eq!(state, "sign-in.state");
    let issuer = device.ends(|_| (), |back| set(back, "iss", "http://127.0.0.1:1")).await;
    assert_eq!(issuer, "sign-in.issuer");
    let nonce = device.ends(|asked| set(asked, "nonce", "another"), |_| ()).await;
    assert_eq!(nonce, "sign-in.id-token");
    // The code belongs to a secret that this device does not have (PKCE).
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let code = device.ends(|asked| set(asked, "code_challenge", challenge), |_| ()).await;
    assert_eq!(code, "sign-in.expired");

    // Another provider answers in the place of the one that was asked (RFC 9207).
    let other = Provider::start().await;
    let elsewhere = |asked: &mut Url| asked.set_port(other.issuer.port()).unwrap();
    assert_eq!(device.ends(elsewhere, |_| ()).await, "sign-in.issuer");
}

#[tokio::test]
async fn only_the_registered_redirect_is_answered_at_any_port() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    let pending = device.identity.begin(&device.info, None).await.unwrap();
    let mut address = pending.prompt.address.clone();
    set(&mut address, "redirect_uri", "http://127.0.0.1:7/elsewhere");
    let (status, page) = device.browser.open(&address, LI).await.back.unwrap_err();
    assert_eq!(status, 400, "{page}");
    // Every sign-in listens at a port of its own, and all of them are answered.
    let ports = [device.sign_in(LI).await, device.sign_in(LI).await];
    assert_eq!(ports[0].account, ports[1].account);
}

#[tokio::test]
async fn a_person_who_gives_up_is_told_so() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    let error = device.sign_in_at(Person::GivesUp, None).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.cancelled");
    assert!(device.keyring.names().is_empty());
}

#[tokio::test]
async fn new_signing_keys_are_fetched_and_another_algorithm_is_refused() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    let account = device.sign_in(LI).await.account;
    let provider = provider.restart("RS256").await;
    assert_eq!(device.renew(&account).await.unwrap_err().problem().code, "sign-in.expired");
    assert_eq!(device.sign_in(LI).await.account, account, "signed with a key not known before");

    let _other = provider.restart("ES256").await;
    let error = device.sign_in_at(LI, None).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.id-token");
}

#[tokio::test]
async fn a_clock_up_to_five_minutes_off_will_do_and_further_off_is_named() {
    let provider = Provider::start().await;
    let device = Device::of(&provider);
    for ahead in [-290, 290] {
        device.ahead.store(ahead, Ordering::SeqCst);
        let account = device.sign_in(LI).await.account;
        device.renew(&account).await.unwrap();
        device.keyring.clear();
    }
    for (ahead, direction) in [(-330, "慢"), (330, "快")] {
        device.ahead.store(ahead, Ordering::SeqCst);
        let problem = device.sign_in_at(LI, None).await.unwrap_err().problem();
        assert_eq!(problem.code, "sign-in.clock");
        assert!(problem.detail.contains(direction), "{}", problem.detail);
        assert!(problem.next.contains("校准日期和时间"), "{}", problem.next);
    }
}

#[tokio::test]
async fn a_provider_that_calls_itself_otherwise_is_not_the_issuer() {
    let provider = Provider::start().await;
    let mut device = Device::of(&provider);
    device.info.issuer = device.info.issuer.replace("127.0.0.1", "localhost");
    let error = device.identity.begin(&device.info, None).await.unwrap_err();
    assert_eq!(error.problem().code, "sign-in.provider");
}
