//! Sender-constrained tokens: demonstrating proof of possession (RFC 9449).

mod nonce;
mod proof;
mod replay;
mod target;

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use self::nonce::Nonces;
use self::proof::Proof;
use self::replay::Replays;
use self::target::Target;
use super::credential::Credential;
use super::request_head::RequestHead;
use super::seen::Seen;
use super::verifier::VerifyError;
use crate::clock::Timestamp;

/// That a gate takes tokens bound to a key of the client's (RFC 9449): sent as
/// `Authorization: DPoP …` with a proof, made for this one request, that the sender holds the key.
///
/// A gate without it refuses bound tokens. With it, tokens that are bound to no key are still
/// taken as bearer tokens; a bound one never is.
///
/// Each proof is good once. A process remembers 200 000 of them, 5 000 of one key, for about as long
/// as they live; whoever sends more is answered 503. Each remembers for itself: with several instances a
/// proof that somebody could intercept would be good once at each, for as long as it lives
/// ([`proofs_live_for`](Self::proofs_live_for)).
///
/// ```
/// use stepup_core::{Dpop, Gate};
/// let builder = Gate::builder("https://idp.example", "https://api.example")
///     .dpop(Dpop::at("https://api.example"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Dpop {
    base: String,
    life: Duration,
    nonces: Option<Nonces>,
    /// The key for nonces is all zeros: somebody forgot to fill it.
    no_key: bool,
}

impl Dpop {
    /// For an API whose clients see it at this URL: scheme, host and, where a proxy takes one off,
    /// the path that comes before those of the routes. A proof names the whole URL (`htu`), and a
    /// `Host` header could be anything.
    ///
    /// ```
    /// let dpop = stepup_core::Dpop::at("https://api.example/v1");
    /// ```
    pub fn at(url: &str) -> Self {
        Self { base: url.to_owned(), life: Duration::from_secs(60), nonces: None, no_key: false }
    }

    /// How old a proof may be (`iat`): a minute unless set, five minutes at most.
    ///
    /// ```
    /// use std::time::Duration;
    /// let dpop = stepup_core::Dpop::at("https://api.example").proofs_live_for(Duration::from_secs(20));
    /// ```
    pub fn proofs_live_for(self, span: Duration) -> Self {
        Self { life: span, ..self }
    }

    /// Demands a nonce of ours in each proof (RFC 9449 §9), so that none can be made in advance. A
    /// request without a current one is answered with `use_dpop_nonce` and the nonce to use.
    ///
    /// Nonces are made with this key and good for five minutes. All instances of a service share
    /// the key; it is 32 random bytes.
    ///
    /// ```
    /// # let key = [7; 32];
    /// let dpop = stepup_core::Dpop::at("https://api.example").with_nonces(&key);
    /// ```
    pub fn with_nonces(self, key: &[u8; 32]) -> Self {
        Self { nonces: Some(Nonces::new(key)), no_key: *key == [0; 32], ..self }
    }

    pub(super) fn settle(self, skew: Duration) -> Result<DpopVerifier, String> {
        if self.life < Duration::from_secs(1) || self.life > Duration::from_secs(5 * 60) {
            return Err("DPoP proofs live for one second to five minutes: set that with \
                 `Dpop::proofs_live_for(…)`"
                .to_owned());
        }
        if self.no_key {
            return Err("the key of `Dpop::with_nonces(…)` is all zeros: give it 32 random bytes"
                .to_owned());
        }
        let target = Target::base(&self.base).ok_or_else(|| {
            "the URL of `Dpop::at(…)` is not one that clients see this API at: write for example \
             `https://api.example`, without query and fragment"
                .to_owned()
        })?;
        Ok(DpopVerifier {
            target,
            life: self.life,
            skew,
            replays: Replays::new(self.life + skew),
            nonces: self.nonces,
        })
    }
}

impl fmt::Debug for Dpop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dpop").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Checks the proof that comes with a request.
pub(super) struct DpopVerifier {
    target: Target,
    life: Duration,
    skew: Duration,
    replays: Replays,
    nonces: Option<Nonces>,
}

impl DpopVerifier {
    /// RFC 9449 §4.3, each check in its order.
    pub(super) fn check(
        &self,
        head: RequestHead<'_>,
        credential: Credential<'_>,
        thumbprint: &str,
        now: Timestamp,
        seen: Option<&Seen>,
    ) -> Result<(), ProofError> {
        let text = the_proof(head.headers)?;
        let proof = Proof::read(text)?;
        if proof.method != head.method.as_str() {
            return Err(ProofFault::Method.into());
        }
        if !self.target.is(&proof.target, head.uri) {
            return Err(ProofFault::Target.into());
        }
        if let Some(nonces) = &self.nonces
            && !proof.nonce.as_deref().is_some_and(|nonce| nonces.hold(nonce, now, self.skew))
        {
            return Err(ProofFault::Nonce.into());
        }
        if proof.issued_at.ceil > now.plus(self.skew)
            || now.seconds_since(proof.issued_at.floor) > self.life.as_secs()
        {
            return Err(ProofFault::Age.into());
        }
        if !proof.is_for_token(credential.token()) {
            return Err(ProofFault::Token.into());
        }
        if proof.thumbprint != thumbprint {
            return Err(ProofFault::Key.into());
        }
        if seen.is_some_and(|seen| seen.has_proof(text)) {
            return Ok(());
        }
        let taken = self.replays.take(&proof.thumbprint, &proof.id, proof.issued_at.floor, now);
        if taken == Err(ProofError::Unremembered) {
            tracing::warn!("no room to remember a DPoP proof, or the clock was put back");
        }
        taken?;
        if let Some(seen) = seen {
            seen.keep_proof(text);
        }
        Ok(())
    }

    /// Whether the request carries what may be a proof.
    pub(super) fn is_tried(headers: &HeaderMap) -> bool {
        headers.contains_key("dpop")
    }

    /// The nonce to use from now on, if nonces are demanded.
    pub(super) fn nonce(&self, now: Timestamp) -> Option<HeaderValue> {
        HeaderValue::try_from(self.nonces.as_ref()?.new_at(now)).ok()
    }
}

impl fmt::Debug for DpopVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopVerifier").finish_non_exhaustive()
    }
}

/// Exactly one `DPoP` header with exactly one JWT.
fn the_proof(headers: &HeaderMap) -> Result<&str, ProofFault> {
    let mut lines = headers.get_all("dpop").iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return Err(ProofFault::Count) };
    let text = line.to_str().map_err(|_| ProofFault::Form)?;
    if text.len() > MAX_PROOF_BYTES {
        return Err(ProofFault::Form);
    }
    Ok(text)
}

/// The longest proof that is read: one with an 8192-bit RSA key fits.
const MAX_PROOF_BYTES: usize = 6 * 1024;

/// Why a proof is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProofError {
    Invalid(ProofFault),
    /// Whether it came before cannot be told: so many came that the next could not be remembered,
    /// or the clock was ahead for a while.
    Unremembered,
}

impl From<ProofFault> for ProofError {
    fn from(fault: ProofFault) -> Self {
        Self::Invalid(fault)
    }
}

impl ProofError {
    pub(super) const UNREMEMBERED: VerifyError =
        VerifyError::Unavailable { retry_after: Duration::from_secs(5) };
}

/// What is wrong with a proof. For the service's own log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProofFault {
    Age,
    Claims,
    Count,
    Form,
    Header,
    Key,
    Method,
    Nonce,
    Replayed,
    Signature,
    Target,
    Token,
}

impl fmt::Display for ProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Age => "it was made too long ago, or in the future (`iat`)",
            Self::Claims => "a claim is missing, malformed or stands twice",
            Self::Count => "there is not exactly one `DPoP` header",
            Self::Form => "it is no JWT in compact form",
            Self::Header => "its header is malformed, or its key is not a public one of its `alg`",
            Self::Key => "it is made with another key than the token is bound to",
            Self::Method => "it is for another method (`htm`)",
            Self::Nonce => "it lacks a current nonce of ours",
            Self::Replayed => "it came before",
            Self::Signature => "its signature does not match",
            Self::Target => "it is for another URL (`htu`)",
            Self::Token => "it is for another token (`ath`)",
        })
    }
}
