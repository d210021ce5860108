//! Tokens that only their issuer can read (RFC 7662), with the members of RFC 9470 §6.2.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64_simd::STANDARD;
use reqwest::Url;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::claims::Claims;
use super::issuer::IssuerRules;
use super::json::check_members;
use super::remote::{FetchError, HttpClient, Network};
use super::verifier::{TokenFault, VerifyError};
use crate::authentication::Authentication;
use crate::clock::{Clock, Timestamp};

/// How a gate asks an issuer about tokens that it cannot read itself (RFC 7662).
///
/// The gate is a client of the issuer's for this, with an id and a secret of its own. What the
/// issuer said is gone by for a minute, or for as long as the token lives where that is less: so
/// long a revoked token may still be let in.
///
/// ```
/// use std::time::Duration;
/// use stepup_core::Introspection;
///
/// # let secret = "known to nobody";
/// let introspection = Introspection::new("orders-api", secret)
///     .remember_for(Duration::from_secs(10));
/// assert_eq!(format!("{introspection:?}"), r#"Introspection { client_id: "orders-api", .. }"#);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Introspection {
    client_id: String,
    secret: Secret,
    in_body: bool,
    endpoint: Option<String>,
    remember_for: Duration,
    any_audience: bool,
}

impl Introspection {
    /// As this client, which authenticates with its secret in the `Authorization` header
    /// (`client_secret_basic`, RFC 6749 §2.3.1).
    ///
    /// ```
    /// let introspection = stepup_core::Introspection::new("orders-api", "known to nobody");
    /// ```
    pub fn new(client_id: &str, secret: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            secret: Secret::new(secret),
            in_body: false,
            endpoint: None,
            remember_for: Duration::from_secs(60),
            any_audience: false,
        }
    }

    /// Sends the client's secret in the body (`client_secret_post`), for issuers that take it no
    /// other way.
    ///
    /// ```
    /// let introspection = stepup_core::Introspection::new("orders-api", "known to nobody").secret_in_body();
    /// ```
    pub fn secret_in_body(self) -> Self {
        Self { in_body: true, ..self }
    }

    /// Where to ask; the `introspection_endpoint` of the issuer's metadata unless set.
    ///
    /// ```
    /// let introspection = stepup_core::Introspection::new("orders-api", "known to nobody")
    ///     .endpoint("https://idp.example/introspect");
    /// ```
    pub fn endpoint(self, url: &str) -> Self {
        Self { endpoint: Some(url.to_owned()), ..self }
    }

    /// How long to go by what the issuer said: a minute unless set, ten minutes at most, zero to
    /// ask every time.
    ///
    /// ```
    /// use std::time::Duration;
    /// let introspection = stepup_core::Introspection::new("orders-api", "known to nobody")
    ///     .remember_for(Duration::ZERO);
    /// ```
    pub fn remember_for(self, span: Duration) -> Self {
        Self { remember_for: span, ..self }
    }

    /// Accepts answers without `aud`, from an issuer that answers each client about tokens for it
    /// alone. An `aud` that is there must name this API all the same.
    ///
    /// ```
    /// let introspection = stepup_core::Introspection::new("orders-api", "known to nobody")
    ///     .audience_may_be_absent();
    /// ```
    pub fn audience_may_be_absent(self) -> Self {
        Self { any_audience: true, ..self }
    }

    pub(super) fn wants_endpoint(&self) -> bool {
        self.endpoint.is_none()
    }

    pub(super) fn settle(
        self,
        network: Network,
        published: Option<&str>,
    ) -> Result<Introspector, String> {
        if self.client_id.is_empty() || self.secret.0.is_empty() {
            return Err(
                "introspection needs a client id and a secret: register this API as a client at \
                 the issuer (RFC 7662 §2.1)"
                    .to_owned(),
            );
        }
        if self.remember_for > Duration::from_secs(10 * 60) {
            return Err(
                "introspection would be remembered for more than ten minutes, and revoked tokens \
                 with it: set less with `.remember_for(…)`"
                    .to_owned(),
            );
        }
        let endpoint = self.endpoint.as_deref().or(published).ok_or(
            "the issuer's metadata names no `introspection_endpoint`: set it with \
             `Introspection::endpoint(…)`",
        )?;
        let failed =
            |error: FetchError| format!("the introspection endpoint cannot be used: {error}");
        let client = HttpClient::keeping_connections(network).map_err(failed)?;
        let endpoint = client.url(endpoint).map_err(failed)?;
        let (authorization, form) = self.authentication()?;
        Ok(Introspector {
            client,
            endpoint,
            authorization,
            form,
            remember_for: self.remember_for,
            any_audience: self.any_audience,
            asking: Semaphore::new(MAX_ASKING),
            failing: AtomicBool::new(false),
        })
    }

    fn authentication(&self) -> Result<(Option<HeaderValue>, Secret), String> {
        let (id, secret) = (encoded(&self.client_id), encoded(&self.secret.0));
        if self.in_body {
            return Ok((None, Secret::new(&format!("&client_id={id}&client_secret={secret}"))));
        }
        let pair = Secret::new(&format!("{id}:{secret}"));
        let basic = Secret::new(&format!("Basic {}", STANDARD.encode_to_string(pair.0.as_bytes())));
        let mut header = HeaderValue::try_from(&*basic.0)
            .map_err(|_| "the introspection client's secret fits no header".to_owned())?;
        header.set_sensitive(true);
        Ok((Some(header), Secret::new("")))
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Wiped when dropped, never printed.
#[derive(Clone)]
struct Secret(zeroize::Zeroizing<String>);

impl Secret {
    fn new(text: &str) -> Self {
        Self(zeroize::Zeroizing::new(text.to_owned()))
    }
}

/// How many questions may be under way: beyond that the issuer is no help to anybody.
const MAX_ASKING: usize = 64;
/// The longest that a question takes, the wait for others included.
const TIMEOUT: Duration = Duration::from_secs(3);
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Asks one issuer.
pub(super) struct Introspector {
    client: HttpClient,
    endpoint: Url,
    authorization: Option<HeaderValue>,
    form: Secret,
    remember_for: Duration,
    any_audience: bool,
    asking: Semaphore,
    failing: AtomicBool,
}

#[derive(Deserialize)]
struct Answer {
    active: bool,
    token_type: Option<String>,
    /// Not the standard's; some tell the kinds apart by it.
    token_use: Option<String>,
    username: Option<String>,
}

impl Introspector {
    /// What the issuer says of this token, and until when that may be gone by.
    pub(super) async fn ask(
        &self,
        token: &str,
        rules: &IssuerRules,
        clock: &dyn Clock,
    ) -> Result<(Authentication, Timestamp, Timestamp), VerifyError> {
        // A bearer token's letters need no encoding but these (RFC 6750 §2.1).
        let form = format!("token={}&token_type_hint=access_token{}", encoded(token), *self.form.0);
        let asked = async {
            let _turn = self.asking.acquire().await.ok();
            let authorization = self.authorization.as_ref();
            self.client.post(self.endpoint.clone(), form, authorization, MAX_ANSWER_BYTES).await
        };
        let answer =
            tokio::time::timeout(TIMEOUT, asked).await.unwrap_or(Err(FetchError::TimedOut));
        let now = clock.now();
        let read = answer.map(|json| self.read(&json, rules, now)).and_then(|read| match read {
            Err(VerifyError::Unavailable { .. }) => Err(FetchError::Malformed(
                "its answer is none to an introspection request (RFC 7662 §2.2)",
            )),
            read => Ok(read),
        });
        let read = read.map_err(|error| {
            self.fails(&rules.issuer, &error);
            UNAVAILABLE
        })?;
        if self.failing.swap(false, Ordering::Relaxed) {
            tracing::info!(issuer = %rules.issuer, "the issuer answers about tokens again");
        }
        let (authentication, until) = read?;
        Ok((authentication, now, until))
    }

    /// Said once, until it is over: whoever sends tokens must not fill the log.
    fn fails(&self, issuer: &str, error: &FetchError) {
        if !self.failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(%issuer, reason = %error, "the issuer does not answer about tokens");
        }
    }

    pub(super) fn read(
        &self,
        json: &[u8],
        rules: &IssuerRules,
        now: Timestamp,
    ) -> Result<(Authentication, Timestamp), VerifyError> {
        let answer = check_members(json).and_then(|()| serde_json::from_slice::<Answer>(json));
        let answer = answer.map_err(|_| UNAVAILABLE)?;
        if !answer.active {
            return Err(TokenFault::Inactive.into());
        }
        // Issuers call refresh tokens active too (RFC 7662 §2.2).
        let kind = answer.token_type.unwrap_or_default();
        let bound = kind.eq_ignore_ascii_case("DPoP");
        let for_access =
            matches!(answer.token_use.as_deref(), None | Some("access" | "access_token"));
        if !for_access || !(bound || kind.eq_ignore_ascii_case("Bearer")) {
            return Err(TokenFault::Type.into());
        }
        let until = now.plus(self.remember_for);
        let claims = Claims::read(json, rules.profile.own_claims())?;
        // A token without an end has one here all the same.
        let lasting = until.max(now.plus(Duration::from_secs(1)));
        // Keycloak's name for a client that acts for itself.
        let service = answer.username.is_some_and(|name| name.starts_with("service-account-"));
        let authentication = rules.answer(claims, self.any_audience, service, lasting, now)?;
        if bound && authentication.key_thumbprint().is_none() {
            return Err(TokenFault::Bound.into());
        }
        Ok((authentication, until))
    }
}

/// When to ask again.
const UNAVAILABLE: VerifyError = VerifyError::Unavailable { retry_after: Duration::from_secs(5) };

impl fmt::Debug for Introspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspector").finish_non_exhaustive()
    }
}

/// `application/x-www-form-urlencoded`, as RFC 6749 §2.3.1 asks for of client ids and secrets too.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
