//! One issuer, one clock, and the API in both frameworks: rows go in, verdicts come out.

use std::fmt::Display;
use std::sync::Arc;

use http::{Request, StatusCode};
use stepup_core::{Algorithm, Gate, ManualClock, Timestamp};
use stepup_tests::{Answer, Api, Framework, Issuer, NOW, Payload, Token, block_on, clock, gate};

/// What must come of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The handler ran, once.
    Admitted,
    /// 401 `invalid_token`, without a hint at the requirement.
    Invalid,
    /// 400 `invalid_request`.
    Malformed,
    /// 401 without an error code.
    NoCredential,
    /// 401 `insufficient_user_authentication`, with what is demanded.
    Short,
}
use Verdict::{Admitted, Invalid, Malformed, NoCredential, Short};

pub(crate) struct Trial {
    pub(crate) issuer: Issuer,
    pub(crate) clock: Arc<ManualClock>,
    apis: [(Framework, Api); 2],
}

impl Trial {
    /// With an ES256 key.
    pub(crate) fn new() -> Self {
        Self::of(Issuer::new(Algorithm::Es256))
    }

    pub(crate) fn of(issuer: Issuer) -> Self {
        let clock = clock();
        let gate = gate(&issuer, &clock);
        Self::behind(issuer, clock, &gate)
    }

    /// With a gate of the test's own.
    pub(crate) fn behind(issuer: Issuer, clock: Arc<ManualClock>, gate: &Gate) -> Self {
        let apis = Framework::ALL.map(|framework| (framework, Api::new(framework, gate)));
        Self { issuer, clock, apis }
    }

    /// A token that every row is measured against.
    pub(crate) fn good(&self) -> String {
        self.issuer.token(&Token::new())
    }

    /// The usual header over this payload, signed.
    pub(crate) fn payload(&self, payload: &str) -> String {
        self.issuer.sign(&self.issuer.header().to_string(), payload)
    }

    /// This header over the good payload, signed.
    pub(crate) fn header(&self, header: &str) -> String {
        self.issuer.sign(header, &Token::new().payload())
    }

    /// The usual header with these members added, letter for letter, over the good payload.
    pub(crate) fn header_and(&self, members: &str) -> String {
        let header = self.issuer.header().to_string();
        self.header(&format!("{},{members}}}", &header[..header.len() - 1]))
    }

    /// Each token gets this verdict; the good token is admitted before and after.
    pub(crate) fn each<N: Display>(
        &self,
        path: &str,
        verdict: Verdict,
        rows: impl IntoIterator<Item = (N, String)>,
    ) {
        self.control(path);
        let mut count = 0;
        for (name, token) in rows {
            self.judge(&name, path, &[&format!("Bearer {token}")], verdict);
            count += 1;
        }
        assert!(count > 0, "there are rows");
        self.control(path);
    }

    /// The good token is admitted.
    pub(crate) fn control(&self, path: &str) {
        let now = stepup_core::Clock::now(&self.clock);
        self.at(NOW);
        self.judge("the control", path, &[&format!("Bearer {}", self.good())], Admitted);
        self.clock.set(now);
    }

    pub(crate) fn at(&self, seconds: u64) {
        self.clock.set(Timestamp::from_secs(seconds));
    }

    /// A request with these `Authorization` lines gets this verdict.
    pub(crate) fn judge(
        &self,
        name: impl Display,
        path: &str,
        authorization: &[&str],
        verdict: Verdict,
    ) {
        self.judge_request(name, verdict, || {
            let mut request = Request::post(path);
            for line in authorization {
                request = request.header("authorization", line.as_bytes());
            }
            request.body(Payload::NONE).expect("a request")
        });
    }

    /// Any request gets this verdict.
    pub(crate) fn judge_request(
        &self,
        name: impl Display,
        verdict: Verdict,
        request: impl Fn() -> Request<Payload>,
    ) {
        for (framework, answer) in self.answers(request) {
            let found = read(&answer);
            assert_eq!(found, Ok(verdict), "{framework:?}: {name}: {}", answer.challenge());
        }
    }

    /// What each framework answers.
    pub(crate) fn answers(
        &self,
        request: impl Fn() -> Request<Payload>,
    ) -> Vec<(Framework, Answer)> {
        let answer =
            |(framework, api): &(Framework, Api)| (*framework, block_on(api.call(request())));
        self.apis.iter().map(answer).collect()
    }
}

/// The verdict that an answer is, or what does not fit together in it.
fn read(answer: &Answer) -> Result<Verdict, String> {
    if answer.status == StatusCode::OK && answer.ran == 1 {
        return Ok(Admitted);
    }
    let expect = |holds: bool, what: &str| {
        let status = answer.status;
        if holds { Ok(()) } else { Err(format!("{status}, ran {}: {what}", answer.ran)) }
    };
    expect(answer.ran == 0, "the handler ran")?;
    expect(!answer.status.is_success(), "a handler that did not run succeeded")?;
    expect(answer.headers.get("cache-control").is_some_and(|v| v == "no-store"), "it is cached")?;
    expect(answer.headers.get_all("www-authenticate").iter().count() == 1, "one challenge line")?;
    let challenges = http_auth::parse_challenges(answer.challenge())
        .map_err(|error| format!("the challenge cannot be read: {error}"))?;
    let [challenge] = challenges.as_slice() else { return Err("not one challenge".to_owned()) };
    expect(challenge.scheme == "Bearer", "another scheme")?;
    let parameter = |name: &str| {
        let found = challenge.params.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.to_unescaped())
    };
    let body = answer.json();
    let error = parameter("error");
    expect(body["error"].as_str() == error.as_deref(), "header and body disagree")?;
    expect(body["status"] == answer.status.as_u16(), "status and body disagree")?;
    let hints = ["acr_values", "max_age", "scope", "amr_values", "shortfall", "step_up_required"];
    let in_header = hints.iter().any(|name| parameter(name).is_some());
    let in_body = hints.iter().any(|name| !body[name].is_null());
    let (verdict, status) = match error.as_deref() {
        None => (NoCredential, StatusCode::UNAUTHORIZED),
        Some("invalid_token") => (Invalid, StatusCode::UNAUTHORIZED),
        Some("invalid_request") => (Malformed, StatusCode::BAD_REQUEST),
        Some("insufficient_user_authentication") => (Short, StatusCode::UNAUTHORIZED),
        Some(other) => return Err(format!("an error code of another kind: {other}")),
    };
    expect(answer.status == status, "another status than the error code's")?;
    expect((verdict == Short) == in_header, "hints in the header")?;
    expect((verdict == Short) == in_body, "hints in the body")?;
    Ok(verdict)
}
