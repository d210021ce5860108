//! Auth0's MFA API.

mod checked;
mod factor;
mod outcome;
mod sort;
mod tenant;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::sort::Sort;
pub use self::tenant::Auth0Tenant;
use crate::factor::{DeliveryError, FactorFuture, User};

type UserId = dyn Fn(User<'_>) -> Option<String> + Send + Sync;
type Tokens = dyn Fn(String) -> FactorFuture<'static, Result<String, DeliveryError>> + Send + Sync;

/// An authenticator that a user has at Auth0, asked by its MFA API. One factor for each sort; the
/// methods `auth0-otp`, `auth0-sms`, `auth0-voice`, `auth0-email` and `auth0-push`.
///
/// **Take [`OidcFactor`](super::OidcFactor) first**: a redirect to Auth0, where all of its
/// factors work, passkeys too, and which shows the page that its users know. This API answers to who
/// has an `mfa_token`, which comes of a login of the user's that was answered `mfa_required`; the
/// authority has no password and so cannot begin one. There are two ways:
///
/// * **The client** has logged in, as the same application. It lists and challenges by Auth0's own
///   SDK and posts `{ "factor", "mfa_token", "code" }`, with `oob_code` beside where a code came to
///   the user. Only codes are taken: of a push it is not known when it was asked.
/// * **The service** makes one ([`with_tokens`](Self::with_tokens)), by a refresh token or a token
///   exchange that a policy of the tenant's answers `mfa_required`. Asked for, the factor lists and
///   challenges; the answer is `{ "factor", "code" }`, or of a push, `{ "factor" }` until it is
///   answered.
///
/// An answer is right where Auth0 takes it **and the tokens that it gives are of the very user**
/// that `user_id` names: an `mfa_token` says nothing of whose it is. The tokens are dropped, a
/// refresh token is revoked. Ask for the scope `openid` where the `mfa_token` is made.
///
/// Recovery codes of Auth0's are none of its sorts: the new one that takes the place of a code that
/// was used would be lost. [`RecoveryCodes`](super::RecoveryCodes) are.
///
/// ```
/// use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
///
/// # fn example(secret: String) -> Result<(), stepup_authority::StartError> {
/// let tenant = Auth0Tenant::new("https://bank.eu.auth0.com", "client", secret)?;
/// let app = Auth0Mfa::otp(&tenant, |user| Some(user.subject.to_owned()));
/// let text = Auth0Mfa::sms(&tenant, |user| Some(user.subject.to_owned()));
/// # Ok(())
/// # }
/// ```
pub struct Auth0Mfa {
    method: &'static str,
    sort: Sort,
    tenant: Auth0Tenant,
    user_id: Box<UserId>,
    tokens: Option<Box<Tokens>>,
    counts: bool,
}

/// What goes to Auth0.
#[derive(Serialize, Deserialize)]
struct Question {
    user_id: String,
    at: u64,
}

/// Kept for the answer, sealed.
#[derive(Serialize, Deserialize)]
struct Asked {
    mfa_token: String,
    oob_code: Option<String>,
    binds: bool,
    at: u64,
}

macro_rules! sorts {
    ($($(#[$doc:meta])* $name:ident = $sort:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// `user_id` says who the user is at Auth0 (`auth0|…`); `None`: nobody there.
        ///
        /// ```
        /// use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
        /// fn factor(tenant: &Auth0Tenant) -> Auth0Mfa {
        #[doc = concat!("    Auth0Mfa::", stringify!($name), "(tenant, |user| Some(user.subject.to_owned()))")]
        /// }
        /// ```
        #[must_use]
        pub fn $name(
            tenant: &Auth0Tenant,
            user_id: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
        ) -> Self {
            Self::of($sort, tenant, Box::new(user_id))
        }
    )*};
}

impl Auth0Mfa {
    sorts! {
        /// Codes of an authenticator app, or of Auth0 Guardian.
        otp = Sort::Otp;
        /// Codes by text message.
        sms = Sort::Sms;
        /// Codes by a call.
        voice = Sort::Voice;
        /// Codes by mail, which count for nothing more than one factor unless
        /// [accepted](Self::accepted_as_second_factor).
        email = Sort::Email;
    }

    /// An approval on a device with Auth0 Guardian. Nothing is typed there that stood on the screen
    /// of who asks, so a user who says yes to everything says yes to a stranger: it counts for
    /// nothing more than one factor unless [accepted](Self::accepted_as_second_factor).
    ///
    /// ```
    /// use stepup_authority::factor::{Auth0Mfa, Auth0Tenant, DeliveryError};
    ///
    /// async fn exchanged(user_id: String) -> Result<String, DeliveryError> {
    ///     # let _ = user_id;
    ///     Err(DeliveryError::new("no refresh token of this user"))
    /// }
    ///
    /// fn push(tenant: &Auth0Tenant) -> Auth0Mfa {
    ///     let user_id = |user: stepup_authority::factor::User<'_>| Some(user.subject.to_owned());
    ///     Auth0Mfa::push(tenant, user_id, |user_id| Box::pin(exchanged(user_id)))
    /// }
    /// ```
    #[must_use]
    pub fn push(
        tenant: &Auth0Tenant,
        user_id: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
        tokens: impl Fn(String) -> FactorFuture<'static, Result<String, DeliveryError>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self::of(Sort::Push, tenant, Box::new(user_id)).with_tokens(tokens)
    }

    fn of(sort: Sort, tenant: &Auth0Tenant, user_id: Box<UserId>) -> Self {
        let (method, tenant) = (sort.method(), tenant.clone());
        Self { method, sort, tenant, user_id, tokens: None, counts: false }
    }

    /// Makes an `mfa_token` for the user with this id at Auth0, each time that they are asked. It
    /// has less than five seconds, together with what follows.
    ///
    /// ```
    /// use stepup_authority::factor::{Auth0Mfa, DeliveryError};
    ///
    /// async fn exchanged(user_id: String) -> Result<String, DeliveryError> {
    ///     # let _ = user_id;
    ///     Err(DeliveryError::new("no refresh token of this user"))
    /// }
    ///
    /// fn on_our_own(text: Auth0Mfa) -> Auth0Mfa {
    ///     text.with_tokens(|user_id| Box::pin(exchanged(user_id)))
    /// }
    /// ```
    #[must_use]
    pub fn with_tokens(
        self,
        tokens: impl Fn(String) -> FactorFuture<'static, Result<String, DeliveryError>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { tokens: Some(Box::new(tokens)), ..self }
    }

    /// Under another name than its sort's.
    ///
    /// ```
    /// # use stepup_authority::factor::Auth0Mfa;
    /// fn named(text: Auth0Mfa) -> Auth0Mfa {
    ///     text.named("sms")
    /// }
    /// ```
    #[must_use]
    pub fn named(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    /// With a login by another kind of factor, mail or a push without a typed number reach `mfa`
    /// here all the same. NIST SP 800-63B §3.1.3.1 is against mail.
    ///
    /// ```
    /// # use stepup_authority::factor::Auth0Mfa;
    /// fn accepted(mail: Auth0Mfa) -> Auth0Mfa {
    ///     mail.accepted_as_second_factor()
    /// }
    /// ```
    #[must_use]
    pub fn accepted_as_second_factor(self) -> Self {
        Self { counts: true, ..self }
    }
}

/// Which sort, and where.
impl fmt::Debug for Auth0Mfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth0Mfa")
            .field("method", &self.method)
            .field("sort", &self.sort)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
