//! Putting an authority together.

use std::sync::Arc;
use std::time::Duration;

use stepup_authority::factor::{EmailCode, RecoveryCodes, TextCode, Totp};
use stepup_authority::store::{MemoryStore, Store};
use stepup_authority::{Authority, AuthorityBuilder, FirstEnrolment, Issuer, Login, SealingKeys};
use stepup_core::{Gate, ManualClock, Method, Timestamp};

use super::{AUTHORITY, BANK_API, Events, Outbox, User};
use crate::{Api, Framework, NOW};

/// 32 bytes that every instance has.
const SEALING_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

type Change = dyn FnOnce(AuthorityBuilder, &Issuer) -> AuthorityBuilder;

/// What an authority is put together of.
pub struct Setup {
    pub framework: Framework,
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub outbox: Outbox,
    pub events: Events,
    change: Box<Change>,
}

/// An authority and the API of the tests, in one framework.
pub struct Service {
    pub api: Api,
    pub authority: Authority,
    pub issuer: Issuer,
    pub gate: Gate,
    pub clock: Arc<ManualClock>,
    pub outbox: Outbox,
    pub events: Events,
}

impl Setup {
    /// All factors, the default limits, a store in memory, and a clock that reads [`NOW`].
    pub fn new(framework: Framework) -> Self {
        Self {
            framework,
            store: Arc::new(MemoryStore::new()),
            clock: Arc::new(ManualClock::at(Timestamp::from_secs(NOW))),
            outbox: Outbox::default(),
            events: Events::default(),
            change: Box::new(|builder, _| builder),
        }
    }

    /// On this store.
    pub fn store(self, store: Arc<dyn Store>) -> Self {
        Self { store, ..self }
    }

    /// On this clock.
    pub fn clock(self, clock: Arc<ManualClock>) -> Self {
        Self { clock, ..self }
    }

    /// With other settings.
    pub fn with(self, change: impl FnOnce(AuthorityBuilder) -> AuthorityBuilder + 'static) -> Self {
        self.with_issuer(|builder, _| change(builder))
    }

    /// With others that take the issuer.
    pub fn with_issuer(
        self,
        change: impl FnOnce(AuthorityBuilder, &Issuer) -> AuthorityBuilder + 'static,
    ) -> Self {
        let before = self.change;
        let change = move |builder, issuer: &Issuer| change(before(builder, issuer), issuer);
        Self { change: Box::new(change), ..self }
    }

    /// The authority and the API.
    pub async fn start(self) -> Service {
        let Self { framework, store, clock, outbox, events, change } = self;
        let sealing = SealingKeys::from_base64(SEALING_KEY).expect("32 bytes");
        let issuer = Issuer::builder(AUTHORITY, BANK_API).clock(clock.clone());
        let issuer = issuer.open(store, Arc::new(sealing)).await.expect("the issuer opens");
        let gate = issuer.gate().build().expect("the gate is built");
        let builder = Authority::builder(issuer.clone(), gate.clone())
            .factor(Totp::new("Bank"))
            .factor(EmailCode::new(outbox.clone()).accepted_as_second_factor())
            .factor(TextCode::new(outbox.clone()))
            .factor(RecoveryCodes::new())
            // Tests of what is right do not depend on how fast the machine is.
            .store_patience(Duration::from_secs(10))
            .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
            .events(events.clone());
        let authority = change(builder, &issuer).build().expect("the authority is built");
        let api = Api::with_authority(framework, &gate, &authority);
        Service { api, authority, issuer, gate, clock, outbox, events }
    }
}

impl Service {
    /// A user who just logged in with their password.
    pub async fn login(&self, subject: &str) -> User<'_> {
        let login = Login::of(subject).client_id("web").scope("read pay").method(Method::PWD);
        let token = self.issuer.issue_login(login).await.expect("a token is issued");
        User::new(self, subject, token)
    }

    /// Now, in seconds.
    pub fn now(&self) -> u64 {
        stepup_core::Clock::now(&*self.clock).as_secs()
    }

    /// Lets time go by.
    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}
