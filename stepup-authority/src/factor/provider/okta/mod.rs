//! Factors that Okta keeps.

mod code;
mod fault;
mod found;
mod push;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

pub use self::code::OktaCode;
use self::found::Sort;
pub use self::push::OktaPush;
use super::http::{Call, ProviderClient, base_url, below};
use crate::StartError;
use crate::factor::{GuessPool, Unreadable, User};

/// Wrong answers that are passed on: with one more in a row Okta locks the account.
const WRONG_IN_A_ROW: u32 = 4;

type Known = dyn Fn(User<'_>) -> Option<String> + Send + Sync;
type Token = dyn Fn() -> String + Send + Sync;

/// An Okta organisation, whose users have factors there: of it are made the factors that Okta asks
/// for and checks. Needs a Tokio runtime.
///
/// Enrolling one here takes one of that sort which the user has at Okta, active and not enrolled
/// here yet, and is done once it is answered.
///
/// Okta locks an account, and with it all that the user does there, after five wrong answers in a
/// row by any factor, however much time lies between them. Of one user no more than four in a row
/// are passed on, of all factors of an organisation together, whichever instance hears them: then
/// its codes are `factor-locked`, and nobody with a stolen login locks the account. What the user
/// mistypes at Okta itself nobody here knows of. A right answer frees them: a push's, which cannot be
/// guessed and so is not locked, or else the service's word, once the user has signed in at Okta
/// ([`Authority::unlock`](crate::Authority::unlock)).
///
/// Okta's codes are not made for a ceremony, as far as it documents: one that Okta has sent for
/// something else, a sign-in at Okta for example, may be good for step-up too. Where that matters use
/// the authority's own factors.
///
/// ```
/// use stepup_authority::factor::{Factor, Okta};
///
/// # fn account_of(subject: &str) -> Option<String> { None }
/// # fn example(token: &str) -> Result<(), stepup_authority::StartError> {
/// let okta = Okta::new("https://example.okta.com", token, |user| account_of(user.subject))?;
/// assert_eq!(okta.totp().method(), "totp");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Okta(Arc<Organisation>);

struct Organisation {
    client: ProviderClient,
    base: Url,
    credential: Credential,
    known: Box<Known>,
    has_complained: AtomicBool,
}

enum Credential {
    Api(Zeroizing<String>),
    Access(Box<Token>),
}

/// What is kept of a factor.
#[derive(Debug, Deserialize, Serialize)]
struct Kept {
    user: String,
    factor: String,
}

impl Kept {
    fn read(data: &[u8]) -> Result<Self, Unreadable> {
        let kept: Self = serde_json::from_slice(data).map_err(|_| Unreadable)?;
        (is_id(&kept.user) && is_id(&kept.factor)).then_some(kept).ok_or(Unreadable)
    }

    fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Whether it can stand in a path.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Okta {
    /// The organisation at this URL, with an API token (`SSWS`) of an administrator who may read
    /// users and have their factors verified, and a function that says which Okta user (`00u…`)
    /// somebody is; `None` for who is none. It is asked each time: factors of somebody who is another
    /// user at Okta by now are theirs no more.
    ///
    /// # Errors
    ///
    /// A URL that is not https, a host and no path; no token; or a system without certificate
    /// authorities.
    ///
    /// ```
    /// use stepup_authority::factor::Okta;
    /// let error = Okta::new("example.okta.com", "token", |_| None).unwrap_err();
    /// assert!(error.to_string().contains("such as `https://example.okta.com`"));
    /// ```
    pub fn new(
        url: &str,
        token: impl Into<String>,
        known: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        let token = Zeroizing::new(token.into());
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(StartError::new(
                "no API token of Okta: give the one that was shown when it was made",
            ));
        }
        Self::of(url, Credential::Api(token), Box::new(known))
    }

    /// The same with access tokens of the organisation's own authorization server, for the scopes
    /// `okta.users.read` and `okta.users.manage`: the function says the one that is good now.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    ///
    /// ```
    /// use stepup_authority::factor::Okta;
    ///
    /// # fn current() -> String { String::new() }
    /// # fn account_of(subject: &str) -> Option<String> { None }
    /// let okta = Okta::with_access_tokens("https://example.okta.com", current, |user| {
    ///     account_of(user.subject)
    /// })?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn with_access_tokens(
        url: &str,
        token: impl Fn() -> String + Send + Sync + 'static,
        known: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        Self::of(url, Credential::Access(Box::new(token)), Box::new(known))
    }

    fn of(url: &str, credential: Credential, known: Box<Known>) -> Result<Self, StartError> {
        let base = base_url(url, "https://example.okta.com")?;
        let client = ProviderClient::new()?;
        let has_complained = AtomicBool::new(false);
        Ok(Self(Arc::new(Organisation { client, base, credential, known, has_complained })))
    }

    /// Codes by text message. The method `sms`.
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaCode};
    /// # fn example(okta: &Okta) -> OktaCode {
    /// okta.sms()
    /// # }
    /// ```
    #[must_use]
    pub fn sms(&self) -> OktaCode {
        OktaCode::new(self.clone(), Sort::Sms)
    }

    /// Codes that are read out on the telephone. The method `call`.
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaCode};
    /// # fn example(okta: &Okta) -> OktaCode {
    /// okta.call()
    /// # }
    /// ```
    #[must_use]
    pub fn call(&self) -> OktaCode {
        OktaCode::new(self.clone(), Sort::Call)
    }

    /// Codes by e-mail. The method `email`; they reach `single-factor`, as those of
    /// [`EmailCode`](crate::factor::EmailCode) do, unless
    /// [accepted as a second factor](OktaCode::accepted_as_second_factor).
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaCode};
    /// # fn example(okta: &Okta) -> OktaCode {
    /// okta.email()
    /// # }
    /// ```
    #[must_use]
    pub fn email(&self) -> OktaCode {
        OktaCode::new(self.clone(), Sort::Email)
    }

    /// Codes of Okta Verify or Google Authenticator. The method `totp`.
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaCode};
    /// # fn example(okta: &Okta) -> OktaCode {
    /// okta.totp()
    /// # }
    /// ```
    #[must_use]
    pub fn totp(&self) -> OktaCode {
        OktaCode::new(self.clone(), Sort::Totp)
    }

    /// A question in Okta Verify. The method `push`.
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaPush};
    /// # fn example(okta: &Okta) -> OktaPush {
    /// okta.push()
    /// # }
    /// ```
    #[must_use]
    pub fn push(&self) -> OktaPush {
        OktaPush::new(self.clone())
    }

    fn url(&self, segments: &[&str]) -> Url {
        below(&below(&self.0.base, &["api", "v1", "users"]), segments)
    }

    fn verify_url(&self, kept: &Kept) -> Url {
        self.url(&[&kept.user, "factors", &kept.factor, "verify"])
    }

    fn get(&self, url: Url) -> Call {
        self.authorised(self.0.client.get(url))
    }

    fn delete(&self, url: Url) -> Call {
        self.authorised(self.0.client.delete(url))
    }

    fn post(&self, url: Url) -> Call {
        self.authorised(self.0.client.post(url))
    }

    fn authorised(&self, call: Call) -> Call {
        let credential = match &self.0.credential {
            Credential::Api(token) => Zeroizing::new(format!("SSWS {}", token.as_str())),
            Credential::Access(token) => Zeroizing::new(format!("Bearer {}", token())),
        };
        call.header("authorization", &credential)
    }

    fn known(&self, user: User<'_>) -> Option<String> {
        let id = (self.0.known)(user)?;
        if is_id(&id) {
            return Some(id);
        }
        if !self.0.has_complained.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "no identifier of a user at Okta: have the function say the `id` of their record \
                 (`00u…`), not the login name or the address"
            );
        }
        None
    }

    /// What is kept of a factor of this user's, who is still the same at Okta.
    fn kept(&self, data: &[u8], user: User<'_>) -> Result<Kept, Unreadable> {
        let kept = Kept::read(data)?;
        (self.known(user).as_ref() == Some(&kept.user)).then_some(kept).ok_or(Unreadable)
    }

    /// Of all factors in this organisation.
    fn guess_pool(&self) -> GuessPool {
        let place = self.0.base.as_str();
        GuessPool::new(format!("okta {place}"), WRONG_IN_A_ROW)
    }
}

/// Where it asks, without the token.
impl fmt::Debug for Okta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Okta").field("host", &self.0.base.host_str()).finish_non_exhaustive()
    }
}

mod tests;
