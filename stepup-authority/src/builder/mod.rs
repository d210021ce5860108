//! Settling an authority.

mod times;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use stepup_core::{Authentication, Gate};

use crate::authority::{Address, Authority, FirstEnrolment, Subjects};
use crate::event::{EventSink, Notify};
use crate::factor::{Factor, Kind};
use crate::issuer::Issuer;
use crate::limits::Limits;
use crate::start_error::StartError;

/// Settles an [`Authority`]. Its factors and the policy of the first enrolment have to be given;
/// everything else has a default.
///
/// ```
/// # use std::time::Duration;
/// # use stepup_authority::factor::Totp;
/// # use stepup_authority::{AuthorityBuilder, FirstEnrolment};
/// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
///     builder
///         .factor(Totp::new("Bank"))
///         .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
/// }
/// ```
#[must_use]
pub struct AuthorityBuilder {
    pub(crate) issuer: Issuer,
    pub(crate) gate: Gate,
    pub(crate) factors: Vec<Arc<dyn Factor>>,
    pub(crate) limits: Limits,
    pub(crate) path: String,
    pub(crate) origins: Vec<String>,
    pub(crate) problem_types: String,
    pub(crate) first_enrolment: Option<FirstEnrolment>,
    pub(crate) undeclared: Option<Kind>,
    pub(crate) combine_within: Duration,
    pub(crate) change_within: Duration,
    pub(crate) factor_rest: Duration,
    pub(crate) token_lifetime: Duration,
    pub(crate) outlives_login: bool,
    pub(crate) store_patience: Duration,
    pub(crate) subjects: Option<Subjects>,
    pub(crate) address: Option<Address>,
    pub(crate) sink: Option<Box<dyn EventSink>>,
    pub(crate) notify: Option<Arc<dyn Notify>>,
}

const HOUR: Duration = Duration::from_secs(60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

impl AuthorityBuilder {
    pub(crate) fn new(issuer: Issuer, gate: Gate) -> Self {
        Self {
            issuer,
            gate,
            factors: Vec::new(),
            limits: Limits::default(),
            path: "/step-up".to_owned(),
            origins: Vec::new(),
            problem_types: "https://stepup.example/problems/".to_owned(),
            first_enrolment: None,
            undeclared: None,
            combine_within: 12 * HOUR,
            change_within: 5 * MINUTE,
            factor_rest: Duration::ZERO,
            token_lifetime: 5 * MINUTE,
            outlives_login: false,
            store_patience: Duration::from_millis(450),
            subjects: None,
            address: None,
            sink: None,
            notify: None,
        }
    }

    /// Adds a way to prove presence.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// # use stepup_authority::factor::{RecoveryCodes, Totp};
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.factor(Totp::new("Bank")).factor(RecoveryCodes::new())
    /// }
    /// ```
    pub fn factor(mut self, factor: impl Factor) -> Self {
        self.factors.push(Arc::new(factor));
        self
    }

    /// Who may enrol a user's first factor. There is no default: say it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::{AuthorityBuilder, FirstEnrolment};
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
    /// }
    /// ```
    pub fn first_enrolment(self, policy: FirstEnrolment) -> Self {
        Self { first_enrolment: Some(policy), ..self }
    }

    /// Limits other than the default ones.
    ///
    /// ```
    /// # use stepup_authority::{AuthorityBuilder, Limits};
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.limits(Limits::default().open_ceremonies(5))
    /// }
    /// ```
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Where it is mounted: `/step-up` unless set. It begins with `/` and does not end with one.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.path("/auth/step-up")
    /// }
    /// ```
    pub fn path(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// Pages of this origin (`https://app.example`) may use it from a browser, beside those of the
    /// issuer's own. Others are refused.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.allow_origin("https://app.example")
    /// }
    /// ```
    pub fn allow_origin(mut self, origin: &str) -> Self {
        self.origins.push(origin.to_owned());
        self
    }

    /// What the `type` of problem bodies begins with (RFC 9457 §3.1.1), a URI that ends in `/`.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.problem_types("https://bank.example/problems/")
    /// }
    /// ```
    pub fn problem_types(self, base: &str) -> Self {
        Self { problem_types: base.to_owned(), ..self }
    }

    /// What a login counts as whose token names no methods (`amr`): nothing unless set, so that no
    /// factor makes `mfa` of it. Set it where every login of the provider's is known to begin with
    /// a password, say.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// # use stepup_authority::factor::Kind;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.undeclared_logins_are(Kind::Knowledge)
    /// }
    /// ```
    pub fn undeclared_logins_are(self, kind: Kind) -> Self {
        Self { undeclared: Some(kind), ..self }
    }

    /// Whom a login of another issuer's belongs to: the `sub` of the tokens that it is exchanged
    /// for. `None` refuses it. It is the login's own `sub` unless set, and has to be set where
    /// logins come from several issuers, whose users may be called alike.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.subjects(|login| match login.issuer() {
    ///         "https://idp.example" => Some(format!("staff-{}", login.subject())),
    ///         "https://login.customers.example" => Some(format!("customer-{}", login.subject())),
    ///         _ => None,
    ///     })
    /// }
    /// ```
    pub fn subjects(
        self,
        of: impl Fn(&Authentication) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { subjects: Some(Box::new(of)), ..self }
    }

    /// Where a request comes from, to be shown to a user who is asked on another device: an
    /// address, or a place. Not at all unless set. Which header says so, if any does, is known to
    /// who set up what stands before the service: one that clients can send themselves is none.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.address(|head| {
    ///         let address = head.headers.get("x-real-ip")?;
    ///         Some(address.to_str().ok()?.to_owned())
    ///     })
    /// }
    /// ```
    pub fn address(self, of: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { address: Some(Box::new(of)), ..self }
    }

    /// Takes every event.
    ///
    /// ```
    /// use stepup_authority::{AuthorityBuilder, Event, EventSink};
    ///
    /// #[derive(Debug)]
    /// struct Audit;
    ///
    /// impl EventSink for Audit {
    ///     fn record(&self, event: &Event<'_>) {
    ///         println!("{} {}", event.subject, event.kind.name());
    ///     }
    /// }
    ///
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.events(Audit)
    /// }
    /// ```
    pub fn events(self, sink: impl EventSink) -> Self {
        Self { sink: Some(Box::new(sink)), ..self }
    }

    /// Tells users what was done to their factors.
    ///
    /// ```
    /// # use stepup_authority::{AuthorityBuilder, Notify};
    /// fn settle(builder: AuthorityBuilder, by_mail: impl Notify) -> AuthorityBuilder {
    ///     builder.notify(by_mail)
    /// }
    /// ```
    pub fn notify(self, notify: impl Notify) -> Self {
        Self { notify: Some(Arc::new(notify)), ..self }
    }

    /// Builds the authority, or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// No factor, two of one name, or one whose level is not on the ladder; no policy for the
    /// first enrolment; logins from several issuers that nothing tells apart; a limit, time, path
    /// or origin that is out of bounds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::factor::Totp;
    /// use stepup_authority::{Authority, FirstEnrolment, Issuer};
    ///
    /// fn authority(issuer: Issuer) -> Result<Authority, Box<dyn std::error::Error>> {
    ///     let gate = issuer.gate().build()?;
    ///     let first = FirstEnrolment::AfterLogin { within: Duration::from_secs(300) };
    ///     let builder = Authority::builder(issuer, gate).factor(Totp::new("Bank"));
    ///     Ok(builder.first_enrolment(first).build()?)
    /// }
    /// ```
    pub fn build(self) -> Result<Authority, StartError> {
        self.start()
    }
}

impl fmt::Debug for AuthorityBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorityBuilder").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
