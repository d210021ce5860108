//! Against a certified provider, with the example as the API, in both frameworks.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientWithMiddleware, Middleware, Next};
use serde_json::{Value, json};
use stepup_client::{
    AccessToken, DeviceStepper, Error, OAuthClient, OAuthStepper, StepUp, StepUpError, Stepper,
};

use crate::partner::Partner;
use crate::scripted::{post, with};

const API: &str = "https://api.example";

/// The example, as a process that ends with its test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(issuer: &str, framework: &str) -> Self {
        let mut child = Command::new(example())
            .args(["--issuer", issuer, "--audience", API, "--framework", framework, "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let lines = BufReader::new(child.stdout.take().expect("its output is ours")).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        Self { child, address: address.expect("it goes on until it listens") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Beside this test, where all that belongs to the workspace is built.
fn example() -> PathBuf {
    let folder = std::env::current_exe().expect("this test is a file");
    let example = folder.ancestors().nth(2).expect("a target folder").join("resource-server");
    assert!(example.is_file(), "{}: `cargo build -p resource-server`", example.display());
    example
}

/// A provider, the user's browser, and a token of a login with a password.
struct Scene {
    issuer: String,
    provider: Partner,
    browser: Arc<Mutex<Partner>>,
    base: String,
}

impl Scene {
    fn begin(options: &[&str]) -> Self {
        let mut provider = Partner::start("../../client/node/provider.mjs", options);
        let issuer = provider.hear()["issuer"].as_str().expect("an address").to_owned();
        let mut client = Partner::start("client.mjs", &[&issuer]);
        let login = client.ask(&json!({ "login": {} }));
        let base = login["access_token"].as_str().expect("a token").to_owned();
        let browser = Partner::start("../../client/node/browser.mjs", &[]);
        Self { issuer, provider, browser: Arc::new(Mutex::new(browser)), base }
    }

    fn client(&self) -> OAuthClient {
        let client = OAuthClient::new(&self.issuer, "desktop").unwrap();
        client.scope("openid accounts").resource(API).subject("alice")
    }

    /// Goes there on a thread, as a browser does that was opened.
    fn goes(&self) -> impl Fn(&str) + Send + Sync + use<> {
        let browser = self.browser.clone();
        move |address| {
            let (browser, address) = (browser.clone(), address.to_owned());
            std::thread::spawn(move || browser.lock().unwrap().ask(&json!({ "go": address })));
        }
    }

    fn step_up(&self, api: &Server, stepper: impl Stepper) -> StepUp {
        let builder = StepUp::builder(AccessToken::bearer(self.base.as_str()), stepper);
        let builder = builder.origin(&api.address).time_limit(Duration::from_secs(30));
        builder.build().unwrap()
    }

    fn calls(&self, api: &Server, stepper: impl Stepper) -> ClientWithMiddleware {
        with(self.step_up(api, stepper))
    }

    fn state(&mut self) -> Value {
        self.provider.ask(&json!({}))
    }
}

async fn in_a_browser(options: &[&str]) -> Value {
    let mut scene = Scene::begin(options);
    for framework in ["axum", "poem"] {
        let api = Server::start(&scene.issuer, framework);
        let stepper = OAuthStepper::new(scene.client(), scene.goes());
        let client = scene.calls(&api, stepper);
        let page = |path: &str| format!("{}{path}", api.address);
        assert_eq!(post(&client, &page("/fresh")).await, Ok(200), "{framework}");
        // As it stood in the challenge.
        let params = scene.state()["params"].clone();
        assert_eq!(params["acr_values"], "mfa phr phrh");
        assert_eq!(params["max_age"].to_string().trim_matches('"'), "300");
        assert_eq!(params["code_challenge_method"], "S256");
        assert!(params["nonce"].is_string() && params["state"].is_string(), "{params}");
        let mfa = post(&client, &page("/mfa")).await;
        assert_eq!(mfa, Ok(200), "the token that is there does");
        let phr = post(&client, &page("/phr")).await.unwrap_err();
        let unmet = matches!(phr, Error::StepUp { error: StepUpError::Unmet { .. }, .. });
        assert!(unmet, "{phr:?}");
        let me = client.get(page("/me")).send().await.unwrap();
        assert_eq!(me.status(), 200);
    }
    scene.state()["requests"].clone()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_10_a_login_in_the_browser_goes_on_with_the_call() {
    let requests = in_a_browser(&[]).await;
    // Two step-ups an API, each pushed ahead (RFC 9126).
    assert_eq!(requests["/request"], 4, "{requests}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_10_the_same_where_requests_cannot_be_pushed() {
    let requests = in_a_browser(&["--no-par"]).await;
    assert_eq!(requests["/request"], Value::Null, "{requests}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn a_no_in_the_browser_is_a_no() {
    let mut scene = Scene::begin(&[]);
    let api = Server::start(&scene.issuer, "axum");
    let client = scene.calls(&api, OAuthStepper::new(scene.client(), scene.goes()));
    scene.provider.ask(&json!({ "denies": true }));
    let error = post(&client, &format!("{}/mfa", api.address)).await.unwrap_err();
    assert!(matches!(error, Error::StepUp { error: StepUpError::Denied, .. }), "{error:?}");
}

/// T23: the browser is somebody else's by now.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn t23_a_step_up_of_somebody_else_is_refused() {
    let mut scene = Scene::begin(&[]);
    let api = Server::start(&scene.issuer, "axum");
    let client = scene.calls(&api, OAuthStepper::new(scene.client(), scene.goes()));
    scene.provider.ask(&json!({ "user": "bob" }));
    let error = post(&client, &format!("{}/mfa", api.address)).await.unwrap_err();
    assert!(error.to_string().ends_with("somebody else logged in"), "{error}");
}

/// What every request came to that was sent, the second ones too.
#[derive(Clone, Default)]
struct Statuses(Arc<Mutex<Vec<u16>>>);

#[async_trait::async_trait]
impl Middleware for Statuses {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let answer = next.run(request, extensions).await?;
        self.0.lock().unwrap().push(answer.status().as_u16());
        Ok(answer)
    }
}

/// `pages` are called fifty times in all; how often the user was sent to log in.
async fn fifty_calls(pages: impl Fn(usize) -> &'static str) -> Vec<u64> {
    let mut scene = Scene::begin(&[]);
    let mut prompts = Vec::new();
    for framework in ["axum", "poem"] {
        let before = scene.state()["requests"]["/request"].as_u64().unwrap_or_default();
        let api = Server::start(&scene.issuer, framework);
        let step_up = scene.step_up(&api, OAuthStepper::new(scene.client(), scene.goes()));
        let sent = Statuses::default();
        let http = step_up.client(reqwest::Client::builder()).unwrap().with(sent.clone()).build();
        let urls: Vec<_> = (0..50).map(|call| format!("{}{}", api.address, pages(call))).collect();
        let calls = join_all(urls.iter().map(|url| post(&http, url))).await;
        assert_eq!(calls, vec![Ok(200); 50], "{framework}");
        // No handler ran twice, and none for a call that was refused.
        let sent = sent.0.lock().unwrap().clone();
        assert_eq!(sent.iter().filter(|status| **status == 200).count(), 50, "{sent:?}");
        assert!(sent.iter().all(|status| [200, 401].contains(status)), "{sent:?}");
        prompts.push(scene.state()["requests"]["/request"].as_u64().unwrap() - before);
    }
    prompts
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn b8_fifty_calls_are_one_login() {
    assert_eq!(fifty_calls(|_| "/fresh").await, [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn b8_fifty_calls_of_which_ten_need_more_are_two_logins_at_most() {
    let prompts = fifty_calls(|call| if call % 5 == 2 { "/fresh" } else { "/mfa" }).await;
    assert!(prompts.iter().all(|prompts| (1..=2).contains(prompts)), "{prompts:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_8628_a_login_on_another_device_goes_on_with_the_call() {
    let mut scene = Scene::begin(&[]);
    for framework in ["axum", "poem"] {
        let browser = scene.goes();
        let stepper = DeviceStepper::new(scene.client(), move |shown| {
            assert!(!shown.user_code().is_empty());
            browser(shown.verification_uri_complete().expect("the provider gives one"));
        });
        let api = Server::start(&scene.issuer, framework);
        let client = scene.calls(&api, stepper);
        assert_eq!(post(&client, &format!("{}/fresh", api.address)).await, Ok(200), "{framework}");
        let params = scene.state()["params"].clone();
        assert_eq!(params["acr_values"], "mfa phr phrh");
        assert_eq!(params["max_age"].to_string().trim_matches('"'), "300");
    }
}
