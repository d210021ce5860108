//! Authorization servers that are broken, or are not the one that was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use serde_json::{Value, json};
use stepup_client::{
    AccessToken, Asked, BoxFuture, DeviceStepper, Error, OAuthClient, OAuthStepper, StepUp,
    StepUpError, SteppedUp, Stepper,
};
use url::Url;

use crate::double::{Double, Seen, levels};
use crate::scripted::{post, with};

/// A server that answers these pages, and knows its own address.
pub(crate) struct Server(Double);

impl Server {
    /// `answer` is given the issuer.
    fn start(answer: impl Fn(&str, &Seen) -> Response + Send + Sync + 'static) -> Self {
        let issuer = Arc::new(OnceLock::<String>::new());
        let of_server = issuer.clone();
        let double = Double::start(move |seen| answer(of_server.get().unwrap(), seen));
        issuer.set(double.url("")).unwrap();
        Self(double)
    }

    pub(crate) fn client(&self) -> OAuthClient {
        OAuthClient::new(&self.0.url(""), "desktop").unwrap().scope("accounts")
    }

    pub(crate) fn asked(&self, path: &str) -> usize {
        self.0.seen().iter().filter(|seen| seen.path == path).count()
    }

    /// The form that this page was sent first.
    pub(crate) fn form(&self, path: &str) -> Vec<(String, String)> {
        let seen = self.0.seen();
        let body = &seen.iter().find(|seen| seen.path == path).unwrap().body;
        url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
    }
}

pub(crate) fn answer(status: u16, body: &Value) -> Response {
    Response::builder().status(status).body(Body::from(body.to_string())).unwrap()
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "device_authorization_endpoint": format!("{issuer}/device"),
        "authorization_response_iss_parameter_supported": true,
    })
}

pub(crate) fn device_code(issuer: &str, interval: u64, expires_in: u64) -> Response {
    answer(
        200,
        &json!({
            "device_code": "d-1", "user_code": "WDJB-MJHT", "verification_uri": issuer,
            "interval": interval, "expires_in": expires_in,
        }),
    )
}

fn token() -> Response {
    answer(200, &json!({ "access_token": "mfa", "token_type": "bearer", "expires_in": 60 }))
}

/// A server that is as it should be, but for what `other` answers.
pub(crate) fn but(
    other: impl Fn(&str, &Seen) -> Option<Response> + Send + Sync + 'static,
) -> Server {
    Server::start(move |issuer, seen| {
        other(issuer, seen).unwrap_or_else(|| match seen.path.as_str() {
            "/.well-known/openid-configuration" => answer(200, &metadata(issuer)),
            "/device" => device_code(issuer, 0, 60),
            "/token" => token(),
            _ => answer(404, &Value::Null),
        })
    })
}

pub(crate) async fn step_up(stepper: impl Stepper, limit: Duration) -> Result<u16, StepUpError> {
    let api = Double::start(levels);
    let builder = StepUp::builder(AccessToken::bearer("base"), stepper).origin(api.url("/"));
    let client = with(builder.time_limit(limit).build().unwrap());
    match post(&client, &api.url("/mfa")).await {
        Ok(status) => Ok(status),
        Err(Error::StepUp { error, .. }) => Err(error),
        Err(error) => panic!("{error:?}"),
    }
}

/// A browser that comes back with these parameters, one after the other; `{state}` stands for the
/// right one.
fn back_with(server: &Server, queries: Vec<String>) -> OAuthStepper {
    OAuthStepper::new(server.client(), move |address| {
        let url = Url::parse(address).unwrap();
        let sent = |name: &str| {
            let found = url.query_pairs().find(|(known, _)| known == name);
            found.unwrap_or_else(|| panic!("no {name}")).1.into_owned()
        };
        let (state, back) = (sent("state"), sent("redirect_uri"));
        let queries = queries.clone();
        tokio::spawn(async move {
            for query in queries {
                let query = query.replace("{state}", &state);
                // What comes after the answer finds nobody there.
                let _ = reqwest::get(format!("{back}?{query}")).await;
            }
        });
    })
}

pub(crate) const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_code_is_redeemed_with_its_verifier() {
    let server = but(|_, _| None);
    let iss = server.0.url("");
    let query = format!("code=c%201&state={{state}}&iss={iss}");
    assert_eq!(step_up(back_with(&server, vec![query]), LIMIT).await, Ok(200));
    let seen = server.0.seen();
    let redeemed = seen.iter().find(|seen| seen.path == "/token").unwrap();
    for part in ["grant_type=authorization_code", "code=c+1", "client_id=desktop", "code_verifier="]
    {
        assert!(redeemed.body.contains(part), "{part}: {}", redeemed.body);
    }
}

/// RFC 9207: a code of one server is not shown to another.
#[tokio::test]
async fn r_9207_an_answer_of_another_issuer_is_refused() {
    for iss in ["", "&iss=https://evil.example"] {
        let server = but(|_, _| None);
        let query = format!("code=c&state={{state}}{iss}");
        let error = step_up(back_with(&server, vec![query]), LIMIT).await.unwrap_err();
        assert_eq!(error, StepUpError::Unusable("the answer is another issuer's"));
        assert_eq!(server.asked("/token"), 0);
    }
}

/// Pages that the user has open may call the port, too: they do not know the `state`.
#[tokio::test]
async fn an_answer_without_the_state_is_passed_over() {
    let server = but(|_, _| None);
    let good = format!("code=good&state={{state}}&iss={}", server.0.url(""));
    let bad = ["code=evil", "code=evil&state=guess", "error=access_denied&state=", ""];
    let queries = bad.map(str::to_owned).into_iter().chain([good]).collect();
    assert_eq!(step_up(back_with(&server, queries), LIMIT).await, Ok(200));
    let seen = server.0.seen();
    let redeemed: Vec<_> = seen.iter().filter(|seen| seen.path == "/token").collect();
    assert!(redeemed.len() == 1 && redeemed[0].body.contains("code=good"), "{redeemed:?}");
}

#[tokio::test]
async fn each_error_of_a_server_is_told_apart() {
    for (code, expected) in [
        ("access_denied", StepUpError::Denied),
        ("unmet_authentication_requirements", StepUpError::Unmet { enrol: Vec::new() }),
        (
            "temporarily_unavailable",
            StepUpError::Offline("the authorization server is down".into()),
        ),
        ("invalid_scope", StepUpError::Refused("invalid_scope".into())),
        ("<script>", StepUpError::Unusable("its error code is none")),
    ] {
        let server = but(|_, _| None);
        let iss = server.0.url("");
        let query = format!("error={code}&state={{state}}&iss={iss}");
        let error = step_up(back_with(&server, vec![query]), LIMIT).await.unwrap_err();
        assert_eq!(error, expected, "{code}");
        let server = but(move |_, seen| {
            (seen.path == "/token").then(|| answer(400, &json!({ "error": code })))
        });
        let stepper = DeviceStepper::new(server.client(), |_| {});
        assert_eq!(step_up(stepper, LIMIT).await.unwrap_err(), expected, "{code}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_the_issuer_is_not_believed() {
    type Page = fn(&str) -> Response;
    let cases: [(&str, Page); 5] = [
        ("another issuer", |_| answer(200, &metadata("https://evil.example"))),
        ("an endpoint in the open", |issuer| {
            let mut page = metadata(issuer);
            page["token_endpoint"] = json!("http://evil.example/token");
            answer(200, &page)
        }),
        ("no token endpoint", |issuer| answer(200, &json!({ "issuer": issuer }))),
        ("no JSON", |_| Response::new(Body::from("<!doctype html>"))),
        ("a redirect", |_| {
            let to = Response::builder().status(302).header("location", "https://evil.example");
            to.body(Body::empty()).unwrap()
        }),
    ];
    for (what, page) in cases {
        let server =
            but(move |issuer, seen| seen.path.starts_with("/.well-known").then(|| page(issuer)));
        let stepper = OAuthStepper::new(server.client(), |_| panic!("nobody is sent anywhere"));
        let error = step_up(stepper, LIMIT).await.unwrap_err();
        assert!(matches!(error, StepUpError::Unusable(_)), "{what}: {error:?}");
    }
}

/// One stepper of two clients.
struct Shared(Arc<DeviceStepper>);

impl Stepper for Shared {
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
        self.0.step_up(asked)
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_anew_the_next_time() {
    let calls = AtomicUsize::new(0);
    let server = but(move |_, seen| {
        let is_down =
            seen.path.starts_with("/.well-known") && calls.fetch_add(1, Ordering::SeqCst) == 0;
        is_down.then(|| answer(503, &Value::Null))
    });
    let stepper = Arc::new(DeviceStepper::new(server.client(), |_| {}));
    let error = step_up(Shared(stepper.clone()), LIMIT).await.unwrap_err();
    assert!(matches!(error, StepUpError::Offline(_)), "{error:?}");
    assert_eq!(step_up(Shared(stepper), LIMIT).await, Ok(200));
}
