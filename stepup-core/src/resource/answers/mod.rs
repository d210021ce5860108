//! The HTTP answers: one place for their status, headers and bodies.

mod problem;

use base64_simd::STANDARD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use problem::{Answer, Problem};

use super::algorithm::Algorithm;
use super::credential::{MalformedCredential, Scheme};
use super::dpop::ProofFault;
use super::gate::Inner;
use super::rejection::Why;
use super::verifier::{TokenFault, Verifier};
use crate::authentication::Authentication;
use crate::challenge::{Challenge, HeaderText, INSUFFICIENT_USER_AUTHENTICATION};
use crate::requirement::Requirement;
use crate::shortfall::{Gap, Shortfall};

/// The answers of one gate. Those that do not depend on a requirement are made once.
pub(super) struct Answers {
    problem_types: Box<str>,
    no_credential: Answer,
    bearer: OfScheme,
    dpop: Option<OfScheme>,
    unavailable: Answer,
}

/// Those whose challenge is of one scheme.
struct OfScheme {
    /// What each of its challenges begins with.
    begin: HeaderText,
    malformed: Answer,
    several: Answer,
    invalid_token: Answer,
    expired_token: Answer,
    invalid_proof: Answer,
    no_nonce: Answer,
}

/// What the challenges of a gate begin with.
pub(super) struct Beginning<'a> {
    pub(super) realm: &'a str,
    /// Where the API's metadata is (RFC 9728 §5.1).
    pub(super) resource_metadata: Option<&'a str>,
    pub(super) takes_dpop: bool,
}

impl Answers {
    pub(super) fn new(begin: &Beginning<'_>, problem_types: &str) -> Self {
        let bearer = begin.of("Bearer");
        let dpop =
            begin.takes_dpop.then(|| begin.of("DPoP").with("algs", &Algorithm::names().join(" ")));
        // RFC 6750 §3: no error code for who sent nothing, and so no hint at a requirement.
        let no_credential = Problem::new(
            StatusCode::UNAUTHORIZED,
            "credential-required",
            "Authentication required",
            if begin.takes_dpop {
                "Sign in, and send the access token as `Authorization: Bearer …`, or as \
                 `Authorization: DPoP …` with a proof."
            } else {
                "Sign in, and send the access token as `Authorization: Bearer …`."
            },
        );
        let no_credential = no_credential.answer(problem_types).with(bearer.clone());
        let no_credential = match &dpop {
            Some(dpop) => no_credential.with(dpop.clone()),
            None => no_credential,
        };
        Self {
            problem_types: problem_types.into(),
            no_credential,
            bearer: OfScheme::new(bearer, problem_types),
            dpop: dpop.map(|dpop| OfScheme::new(dpop, problem_types)),
            unavailable: Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "verification-unavailable",
                "Access tokens cannot be verified at present",
                "This is no fault of yours. Try again a little later.",
            )
            .answer(problem_types),
        }
    }

    pub(super) fn to(&self, scheme: Scheme, why: &Why, gate: &Inner) -> Response<Bytes> {
        let of_scheme = match (scheme, &self.dpop) {
            (Scheme::Dpop, Some(dpop)) => dpop,
            _ => &self.bearer,
        };
        let prepared = match why {
            Why::Invalid(TokenFault::Expired) => &of_scheme.expired_token,
            Why::Invalid(_) => &of_scheme.invalid_token,
            Why::Malformed(MalformedCredential::Alphabet) => &of_scheme.malformed,
            Why::Malformed(MalformedCredential::Several) => &of_scheme.several,
            Why::NoCredential => &self.no_credential,
            // R-9110-06: never challenged. It gives no leave either, so the call is not made.
            Why::Preflight => return Self::empty(),
            Why::Proof(fault, now) => {
                let wants_nonce = *fault == ProofFault::Nonce;
                let answer =
                    if wants_nonce { &of_scheme.no_nonce } else { &of_scheme.invalid_proof };
                let mut response = answer.response();
                if let Some(nonce) = gate.dpop_nonce(*now) {
                    response.headers_mut().insert("dpop-nonce", nonce);
                }
                return response;
            }
            Why::Unavailable { retry_after } => {
                let mut response = self.unavailable.response();
                let seconds = retry_after.as_secs().max(1);
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                return response;
            }
            Why::Short { requirement, shortfall, authentication } => {
                let short = Short { requirement, shortfall, authentication };
                return short.answer(of_scheme, &self.problem_types, &*gate.verifier).response();
            }
        };
        prepared.response()
    }

    /// Nothing to say, and nothing to keep.
    pub(super) fn empty() -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// Where there is no gate there are no settings to go by.
    pub(super) fn no_gate() -> Response<Bytes> {
        let problem = Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "",
            "Service misconfigured",
            "This service is set up wrongly; its log says how.",
        );
        problem.answer("about:blank").response()
    }
}

impl Beginning<'_> {
    fn of(&self, scheme: &'static str) -> HeaderText {
        let text = HeaderText::new(scheme, self.realm);
        match self.resource_metadata {
            Some(url) => text.with("resource_metadata", url),
            None => text,
        }
    }
}

impl OfScheme {
    fn new(begin: HeaderText, problem_types: &str) -> Self {
        let answer = |status, name, title, detail, error, description| {
            let header = begin.clone().with("error", error).with("error_description", description);
            let problem = Problem::new(status, name, title, detail).with_error(error);
            problem.answer(problem_types).with(header)
        };
        let malformed = |detail, description| {
            let title = "Malformed credential";
            let status = StatusCode::BAD_REQUEST;
            answer(status, "malformed-credential", title, detail, "invalid_request", description)
        };
        let invalid = |detail, description| {
            let title = "Invalid access token";
            let status = StatusCode::UNAUTHORIZED;
            answer(status, "invalid-token", title, detail, "invalid_token", description)
        };
        let proof = |detail, error, description| {
            let title = "Invalid DPoP proof";
            let status = StatusCode::UNAUTHORIZED;
            answer(status, "invalid-dpop-proof", title, detail, error, description)
        };
        Self {
            malformed: malformed(
                "The access token is empty or has a character that no token has.",
                "The access token is malformed",
            ),
            several: malformed(
                "Send exactly one `Authorization` header.",
                "The request carries more than one credential",
            ),
            invalid_token: invalid(
                "The access token is not valid here. Sign in again.",
                "The access token is invalid",
            ),
            expired_token: invalid(
                "The access token has expired. Refresh it, or sign in again.",
                "The access token expired",
            ),
            invalid_proof: proof(
                "The DPoP proof is not one for this request and this access token. Make a new one.",
                "invalid_dpop_proof",
                "The DPoP proof is invalid",
            ),
            no_nonce: proof(
                "Make a new DPoP proof with the nonce of the `DPoP-Nonce` header.",
                "use_dpop_nonce",
                "The DPoP proof needs a nonce",
            ),
            begin,
        }
    }
}

/// A login that falls short, and of what.
struct Short<'a> {
    requirement: &'a Requirement,
    shortfall: &'a Shortfall,
    authentication: &'a Authentication,
}

impl Short<'_> {
    fn answer(&self, of_scheme: &OfScheme, problem_types: &str, verifier: &dyn Verifier) -> Answer {
        let Self { requirement, shortfall, authentication } = *self;
        if shortfall.no_user() {
            return Problem::new(
                StatusCode::FORBIDDEN,
                "user-required",
                "A user is required",
                "This needs a person who has signed in; the access token is a client's own.",
            )
            .answer(problem_types);
        }
        let challenge = Challenge::named(requirement, shortfall, |level| {
            verifier.acr_values(authentication.issuer(), level)
        });
        let begin = of_scheme.begin.clone();
        if !shortfall.needs_a_login() {
            let problem = Problem {
                scope: challenge.scope(),
                ..Problem::new(
                    StatusCode::FORBIDDEN,
                    "insufficient-scope",
                    "The access token lacks a scope",
                    "The access token does not allow this. Ask for one with the scope named here.",
                )
                .with_error("insufficient_scope")
            };
            let header = begin
                .with("error", "insufficient_scope")
                .with("error_description", "The access token lacks a scope")
                .with("scope", &challenge.scope().join(" "));
            return problem.answer(problem_types).with(header);
        }
        let (detail, description) = in_words(shortfall);
        let problem = Problem {
            step_up_required: true,
            acr_values: challenge.acr_values(),
            max_age: challenge.max_age(),
            amr_values: challenge.amr_values(),
            scope: challenge.scope(),
            shortfall: shortfall.parts().map(|(part, _)| part).collect(),
            ..Problem::new(
                StatusCode::UNAUTHORIZED,
                "step-up-required",
                "Step-up authentication required",
                requirement.path_reason(shortfall.alternative).unwrap_or(detail),
            )
        };
        if let Some(header) = claims_challenge(authentication, &challenge) {
            return problem.with_error("insufficient_claims").answer(problem_types).with(header);
        }
        let problem = problem.with_error(INSUFFICIENT_USER_AUTHENTICATION);
        problem.answer(problem_types).with(begin.with_challenge(description, &challenge))
    }
}

/// The claims challenge of Microsoft Entra ID, for clients that declared to understand it: it asks
/// for one authentication context, and for nothing else.
fn claims_challenge(authentication: &Authentication, challenge: &Challenge) -> Option<HeaderText> {
    if !authentication.takes_claims_challenge() {
        return None;
    }
    let context = challenge.acr_values().first()?;
    let claims = json!({"access_token": {"acrs": {"essential": true, "value": context}}});
    let tenant = authentication.issuer().strip_suffix("/v2.0");
    let tenant = tenant.unwrap_or("https://login.microsoftonline.com/common");
    let header = HeaderText::new("Bearer", "")
        .with("authorization_uri", &format!("{tenant}/oauth2/v2.0/authorize"))
        .with("error", "insufficient_claims")
        .with("claims", &STANDARD.encode_to_string(claims.to_string()));
    Some(header)
}

/// What lacks, for the person (the body) and in the header's alphabet (RFC 9470 §3).
fn in_words(shortfall: &Shortfall) -> (&'static str, &'static str) {
    match (shortfall.level().or(shortfall.methods()), shortfall.age()) {
        (Some(Gap::Missing), _) => (
            "Your sign-in does not say how it was done. Confirm that it is you to go on.",
            "The authentication level is not known; a stated one is required",
        ),
        (Some(_), _) => (
            "This needs a stronger sign-in than the one you have. Confirm that it is you to go on.",
            "A different authentication level is required",
        ),
        (None, Some(Gap::Missing)) => (
            "Your sign-in does not say when it was. Confirm that it is you to go on.",
            "The time of authentication is not known; a recent one is required",
        ),
        (None, _) => (
            "Your sign-in was too long ago for this. Confirm that it is you to go on.",
            "More recent authentication is required",
        ),
    }
}
