//! Settling an issuer.

use std::fmt;
use std::sync::Arc;

use http::Uri;
use stepup_core::{Algorithm, Clock, SystemClock};

use super::held_keys::HeldKeys;
use super::signing_keys::{Settled, SigningKeys};
use super::stored_keys::StoredKeys;
use super::{Inner, Issuer};
use crate::loopback::is_loopback;
use crate::sealing::SealingKeys;
use crate::start_error::StartError;
use crate::store::Store;

/// Settles an [`Issuer`].
///
/// ```
/// use std::sync::Arc;
/// use stepup_authority::{Issuer, SealingKeys, StartError};
/// use stepup_authority::store::MemoryStore;
///
/// # async fn example() -> Result<(), StartError> {
/// let issuer = Issuer::builder("https://login.example", "https://api.example")
///     .open(Arc::new(MemoryStore::new()), Arc::new(SealingKeys::generate()?))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct IssuerBuilder {
    issuer: String,
    audience: String,
    keys: SigningKeys,
    clock: Arc<dyn Clock>,
}

impl IssuerBuilder {
    pub(super) fn new(issuer: &str, audience: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            keys: SigningKeys::in_store(Algorithm::Es256),
            clock: Arc::new(SystemClock),
        }
    }

    /// What it signs with; ES256 keys in the store unless set.
    ///
    /// ```
    /// use stepup_authority::{Issuer, SigningKey, SigningKeys, StartError};
    ///
    /// # fn example() -> Result<(), StartError> {
    /// let key = SigningKey::from_file("/etc/orders/signing-key.pem")?;
    /// let builder = Issuer::builder("https://login.example", "https://api.example")
    ///     .keys(SigningKeys::of(key));
    /// # Ok(())
    /// # }
    /// ```
    pub fn keys(self, keys: SigningKeys) -> Self {
        Self { keys, ..self }
    }

    /// The clock; the system's unless set.
    ///
    /// ```
    /// use stepup_authority::Issuer;
    /// use stepup_core::{ManualClock, Timestamp};
    /// let builder = Issuer::builder("https://login.example", "https://api.example")
    ///     .clock(ManualClock::at(Timestamp::from_secs(1_800_000_000)));
    /// ```
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Reads the keys from the store, or makes the first. Instances that do this at once agree on
    /// one.
    ///
    /// Call it on the Tokio runtime that the service runs on: keys in the store are looked at again
    /// every half minute, for as long as it runs.
    ///
    /// # Errors
    ///
    /// An issuer that is no https URL (http for this machine alone), or has a query, a fragment or
    /// a slash at its end; an empty audience; keys that are set wrongly; a store that does not
    /// answer, or whose keys cannot be read.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use stepup_authority::store::MemoryStore;
    /// use stepup_authority::{Issuer, SealingKeys, StartError};
    ///
    /// async fn issuer(sealing: SealingKeys) -> Result<Issuer, StartError> {
    ///     Issuer::builder("https://login.example", "https://api.example")
    ///         .open(Arc::new(MemoryStore::new()), Arc::new(sealing))
    ///         .await
    /// }
    /// ```
    pub async fn open(
        self,
        store: Arc<dyn Store>,
        sealing: Arc<SealingKeys>,
    ) -> Result<Issuer, StartError> {
        check_issuer(&self.issuer)?;
        if self.audience.is_empty() || self.audience.trim() != self.audience {
            return Err(StartError::new(
                "the issuer's audience is empty or has white space around it: give the API's own \
                 identifier, which its gate looks for in tokens (`aud`)",
            ));
        }
        let Self { issuer, audience, keys, clock } = self;
        let keys = match keys.settle()? {
            Settled::Given(ring) => Arc::new(HeldKeys::given(ring, clock.clone())?),
            Settled::Store(algorithm, schedule) => {
                let stored =
                    StoredKeys::new(store.clone(), sealing.clone(), &issuer, algorithm, schedule);
                HeldKeys::open(stored, clock.clone()).await?
            }
        };
        Ok(Issuer(Arc::new(Inner { issuer, audience, clock, keys, store, sealing })))
    }
}

impl fmt::Debug for IssuerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerBuilder")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

/// RFC 8414 §2: an https URL without query and fragment. Without a slash at its end, because
/// tokens and settings name it to the letter, and that is where they differ.
fn check_issuer(issuer: &str) -> Result<(), StartError> {
    if issuer.contains('@') {
        // Not repeated: there may be a password in it.
        return Err(StartError::new(
            "the issuer has a user in it (`@`): give the URL of this service alone, such as \
             `https://login.example`",
        ));
    }
    let wrong = |what: &str| {
        Err(StartError::new(format!(
            "the issuer `{issuer}` {what}: give the URL of this service, such as \
             `https://login.example`"
        )))
    };
    let Ok(uri) = issuer.parse::<Uri>() else { return wrong("is no URL") };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return wrong("is no URL with scheme and host");
    };
    // Seen in the text: a fragment is no part of what was parsed.
    if issuer.contains(['?', '#']) {
        return wrong("has a query or a fragment");
    }
    if issuer.ends_with('/') {
        return wrong("ends with a slash");
    }
    // Routers take other characters for patterns.
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b);
    if !uri.path().bytes().all(is_plain) || uri.path().contains("//") {
        return wrong(
            "has a path with more than letters, digits, `-`, `_`, `.` and `~` between slashes",
        );
    }
    // As browsers write it: pages of the service's own are known by their `Origin`.
    let own_port = if scheme == "https" { 443 } else { 80 };
    if authority.as_str().bytes().any(|b| b.is_ascii_uppercase())
        || authority.port_u16() == Some(own_port)
    {
        return wrong("has upper-case letters in its host, or the port that its scheme has anyway");
    }
    match scheme {
        "https" => Ok(()),
        "http" if is_loopback(authority.host()) => Ok(()),
        "http" => wrong("is not https, without which anybody on the way can put keys of their own"),
        _ => wrong("is neither https nor, on this machine, http"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p3_an_issuer_is_the_url_of_a_service() {
        for (issuer, said) in [
            ("https://login.example", None),
            ("https://login.example:8443/step-up", None),
            ("http://localhost:8080", None),
            ("http://127.0.0.1:8080", None),
            ("http://127.9.9.9", None),
            ("http://[::1]:8080", None),
            ("", Some("is no URL")),
            ("login.example", Some("scheme and host")),
            ("/step-up", Some("scheme and host")),
            ("https://", Some("is no URL")),
            ("https://login example", Some("is no URL")),
            ("https://login.example/", Some("slash")),
            ("https://login.example/step-up/", Some("slash")),
            ("https://login.example?tenant=1", Some("query")),
            ("https://login.example/a#b", Some("fragment")),
            ("https://user:password@login.example", Some("user")),
            ("http://login.example", Some("not https")),
            ("http://localhost.example", Some("not https")),
            ("http://192.168.1.1", Some("not https")),
            ("http://127.0.0.1.example", Some("not https")),
            ("ftp://login.example", Some("neither https")),
            ("https://login.example/:tenant", Some("path")),
            ("https://login.example/a//b", Some("path")),
            ("https://login.example/*", Some("path")),
            ("https://Login.example", Some("upper-case")),
            ("https://login.example:443", Some("port")),
            ("http://localhost:80", Some("port")),
            ("https://login.example/Tenant-1", None),
        ] {
            let error = check_issuer(issuer).err().map(|error| error.to_string());
            match (&error, said) {
                (None, None) => {}
                (Some(error), Some(said)) => assert!(error.contains(said), "{issuer}: {error}"),
                _ => panic!("{issuer}: {error:?}"),
            }
        }
    }
}
