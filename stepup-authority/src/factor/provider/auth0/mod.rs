//! Auth0's MFA API.

mod checked;
mod factor;
mod outcome;
mod sort;
mod tenant;
mod tests;
mod verify;

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use self::sort::Sort;
pub use self::tenant::Auth0Tenant;
use crate::factor::provider::pace::Pace;
use crate::factor::{DeliveryError, FactorFuture, User};

/// Seconds between two questions about one push.
const PACE: u64 = 5;

type UserId = dyn Fn(User<'_>) -> Option<String> + Send + Sync;
type Tokens = dyn Fn(String) -> FactorFuture<'static, Result<String, DeliveryError>> + Send + Sync;

/// An authenticator that a user has at Auth0, asked by its MFA API. One factor for each sort; the
/// methods `auth0-otp`, `auth0-sms`, `auth0-voice`, `auth0-email` and `auth0-push`.
///
/// **Take [`OidcFactor`](crate::factor::OidcFactor) first**: a redirect to Auth0, where all of its
/// factors work, passkeys too, and which shows the page that its users know. This API answers to who
/// has an `mfa_token`, which comes of a login of the user's that was answered `mfa_required`; the
/// authority has no password and so cannot begin one. There are two ways:
///
/// * **The service** makes one (`tokens`), by a refresh token or a token exchange that a policy of
///   the tenant's answers `mfa_required`. Asked for, the factor lists and challenges; the answer is
///   `{ "factor", "code" }`, or of a push, `{ "factor" }` until it is answered.
/// * **The client** has logged in, as the same application, and posts
///   `{ "factor", "mfa_token", "code" }`. Codes of an [app](Self::otp) are all that is taken so: of
///   a code that somebody had sent, Auth0 does not say whether it went to a telephone or a mailbox.
///
/// An answer is right where Auth0 takes it **and the tokens that it gives are of the very user**
/// that `user_id` names: an `mfa_token` says nothing of whose it is. The tokens are dropped, a
/// refresh token is revoked. Ask for the scope `openid` where the `mfa_token` is made.
///
/// Recovery codes of Auth0's are none of its sorts: the new one that takes the place of a code that
/// was used would be lost. [`RecoveryCodes`](crate::factor::RecoveryCodes) are.
///
/// ```
/// use stepup_authority::factor::{Auth0Mfa, Auth0Tenant, DeliveryError};
///
/// async fn exchanged(user_id: String) -> Result<String, DeliveryError> {
///     # let _ = user_id;
///     Err(DeliveryError::new("no refresh token of this user"))
/// }
///
/// # fn example(secret: String) -> Result<(), stepup_authority::StartError> {
/// let tenant = Auth0Tenant::new("https://bank.eu.auth0.com", "client", secret)?;
/// let app = Auth0Mfa::otp(&tenant, |user| Some(user.subject.to_owned()));
/// let text = Auth0Mfa::sms(
///     &tenant,
///     |user| Some(user.subject.to_owned()),
///     |user_id| Box::pin(exchanged(user_id)),
/// );
/// # Ok(())
/// # }
/// ```
pub struct Auth0Mfa {
    method: String,
    sort: Sort,
    tenant: Auth0Tenant,
    user_id: Box<UserId>,
    tokens: Option<Box<Tokens>>,
    counts: bool,
    pace: Pace,
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
    at: u64,
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.mfa_token.zeroize();
        self.oob_code.zeroize();
    }
}

macro_rules! out_of_band {
    ($($(#[$doc:meta])* $name:ident = $sort:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// `user_id` says who the user is at Auth0 (`auth0|…`), `None`: nobody there; `tokens` makes
        /// an `mfa_token` for that one, as [`with_tokens`](Self::with_tokens) has it.
        ///
        /// ```
        /// use stepup_authority::factor::{Auth0Mfa, Auth0Tenant, DeliveryError};
        ///
        /// async fn exchanged(user_id: String) -> Result<String, DeliveryError> {
        ///     # let _ = user_id;
        ///     Err(DeliveryError::new("no refresh token of this user"))
        /// }
        ///
        /// fn factor(tenant: &Auth0Tenant) -> Auth0Mfa {
        #[doc = concat!("    Auth0Mfa::", stringify!($name), "(")]
        ///         tenant,
        ///         |user| Some(user.subject.to_owned()),
        ///         |user_id| Box::pin(exchanged(user_id)),
        ///     )
        /// }
        /// ```
        #[must_use]
        pub fn $name(
            tenant: &Auth0Tenant,
            user_id: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
            tokens: impl Fn(String) -> FactorFuture<'static, Result<String, DeliveryError>>
            + Send
            + Sync
            + 'static,
        ) -> Self {
            Self::of($sort, tenant, Box::new(user_id)).with_tokens(tokens)
        }
    )*};
}

impl Auth0Mfa {
    /// Codes of an authenticator app, or of Auth0 Guardian. The client brings the `mfa_token`,
    /// unless the service [makes one](Self::with_tokens).
    ///
    /// `user_id` says who the user is at Auth0 (`auth0|…`); `None`: nobody there.
    ///
    /// ```
    /// use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
    /// fn factor(tenant: &Auth0Tenant) -> Auth0Mfa {
    ///     Auth0Mfa::otp(tenant, |user| Some(user.subject.to_owned()))
    /// }
    /// ```
    #[must_use]
    pub fn otp(
        tenant: &Auth0Tenant,
        user_id: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::of(Sort::Otp, tenant, Box::new(user_id))
    }

    out_of_band! {
        /// Codes by text message.
        sms = Sort::Sms;
        /// Codes by a call.
        voice = Sort::Voice;
        /// Codes by mail, which count for nothing more than one factor unless
        /// [accepted](Self::accepted_as_second_factor).
        email = Sort::Email;
        /// An approval on a device with Auth0 Guardian. Nothing is typed there that stood on the
        /// screen of who asks, so a user who says yes to everything says yes to a stranger: it
        /// counts for nothing more than one factor unless
        /// [accepted](Self::accept_push_without_typed_number).
        push = Sort::Push;
    }

    fn of(sort: Sort, tenant: &Auth0Tenant, user_id: Box<UserId>) -> Self {
        let (method, tenant) = (sort.method().to_owned(), tenant.clone());
        let pace = Pace::of(PACE);
        Self { method, sort, tenant, user_id, tokens: None, counts: false, pace }
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
    /// fn on_our_own(app: Auth0Mfa) -> Auth0Mfa {
    ///     app.with_tokens(|user_id| Box::pin(exchanged(user_id)))
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
    pub fn named(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Lets mail reach `mfa` together with a login by another kind of factor; NIST SP 800-63B
    /// §3.1.3.1 is against it. Other sorts are what they were.
    ///
    /// ```
    /// # use stepup_authority::factor::Auth0Mfa;
    /// fn accepted(mail: Auth0Mfa) -> Auth0Mfa {
    ///     mail.accepted_as_second_factor()
    /// }
    /// ```
    #[must_use]
    pub fn accepted_as_second_factor(self) -> Self {
        self.counting_as(Sort::Email)
    }

    /// Lets a push reach `mfa` together with a login by another kind of factor, although the user
    /// types no number that only the one who began can see: whoever has the password can ask until
    /// the user gives in. Other sorts are what they were.
    ///
    /// ```
    /// # use stepup_authority::factor::Auth0Mfa;
    /// fn accepted(push: Auth0Mfa) -> Auth0Mfa {
    ///     push.accept_push_without_typed_number()
    /// }
    /// ```
    #[must_use]
    pub fn accept_push_without_typed_number(self) -> Self {
        self.counting_as(Sort::Push)
    }

    fn counting_as(self, sort: Sort) -> Self {
        Self { counts: self.counts || self.sort == sort, ..self }
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
