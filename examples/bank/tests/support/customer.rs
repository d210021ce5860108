//! A customer's client, which knows HTTP and no more.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use stepup_axum::{Clock as _, ManualClock};
use stepup_tests::authority::TotpApp;

#[derive(Clone)]
pub(crate) struct Customer {
    /// Where the bank is.
    url: String,
    /// What their authenticator app goes by.
    clock: Arc<ManualClock>,
    client: reqwest::Client,
    pub(crate) token: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Null where it is none.
    pub(crate) json: Value,
}

impl Answer {
    async fn of(answer: reqwest::Response) -> Self {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, json }
    }
}

impl Customer {
    /// Somebody who has not logged in.
    pub(crate) fn new(url: &str, clock: Arc<ManualClock>, client: &reqwest::Client) -> Self {
        Self { url: url.to_owned(), clock, client: client.clone(), token: None }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same customer at another instance.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let mut request =
            self.client.request(method.parse().unwrap(), format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, &[], body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &Value::Null).await
    }

    pub(crate) async fn login(&self, user: &str, password: &str) -> Answer {
        self.call("POST", "/login", &json!({ "user": user, "password": password })).await
    }

    /// A demo user, logged in.
    pub(crate) async fn logged_in(&self, user: &str) -> Self {
        let answer = self.login(user, "correct horse").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.with_token(answer.json["access_token"].as_str().unwrap())
    }

    /// The app that a demo user has.
    pub(crate) async fn app_of(&self, user: &str) -> TotpApp {
        let demo = self.get("/demo").await.json;
        let users = demo["users"].as_array().unwrap();
        let user = users.iter().find(|known| known["user"] == user).unwrap();
        assert_eq!(user["password"], "correct horse");
        TotpApp::scan(user["totp_secret"].as_str().unwrap())
    }

    /// The mail that went to an address, newest first.
    pub(crate) async fn mail_to(&self, address: &str) -> Vec<String> {
        let mails = self.get("/demo/outbox").await.json;
        let mails = mails.as_array().unwrap().iter().filter(|mail| mail["to"] == address);
        mails.map(|mail| format!("{}\n{}", mail["subject"], mail["text"])).collect()
    }

    /// The code that was mailed last.
    pub(crate) async fn code_mailed_to(&self, address: &str) -> String {
        let mails = self.mail_to(address).await;
        let words =
            mails.iter().flat_map(|mail| mail.split(|letter: char| !letter.is_ascii_digit()));
        words.into_iter().find(|word| word.len() == 6).unwrap().to_owned()
    }

    /// By the API and by the authority alike.
    pub(crate) async fn is_refused_everywhere(&self) {
        for (method, path) in [
            ("POST", "/step-up/enrolments"),
            ("POST", "/step-up/ceremonies"),
            ("GET", "/step-up/factors"),
            ("DELETE", "/step-up/factors/f_0"),
            ("GET", "/accounts"),
            ("GET", "/recipients/bob"),
            ("POST", "/transfers"),
            ("GET", "/transfers/once"),
            ("PUT", "/profile/email"),
            ("DELETE", "/account"),
        ] {
            let answer = self.call(method, path, &json!({ "method": "totp" })).await;
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text);
            let challenge = answer.headers["www-authenticate"].to_str().unwrap();
            assert!(challenge.contains("invalid_token"), "{method} {path}: {challenge}");
        }
    }

    pub(crate) async fn pay(&self, to: &str, amount: Value) -> Answer {
        self.call("POST", "/transfers", &json!({ "to": to, "amount": amount })).await
    }

    /// The balance of the current account.
    pub(crate) async fn balance(&self) -> String {
        let statement = self.get("/accounts").await.json;
        statement["accounts"][0]["balance"].as_str().unwrap().to_owned()
    }

    /// Begins what a challenge asks for: the ceremony's page, and the factor of this method.
    pub(crate) async fn begin(&self, challenge: &Answer, method: &str) -> (String, String) {
        assert_eq!(challenge.status, 401, "{}", challenge.text);
        let levels = challenge.json["acr_values"].as_array().unwrap();
        let levels: Vec<_> = levels.iter().map(|level| level.as_str().unwrap()).collect();
        let wanted =
            json!({ "acr_values": levels.join(" "), "max_age": challenge.json["max_age"] });
        let begun = self.call("POST", "/step-up/ceremonies", &wanted).await;
        assert_eq!(begun.status, 201, "{}", begun.json);
        let factors = begun.json["factors"].as_array().unwrap();
        let factor = factors.iter().find(|factor| factor["method"] == method);
        let factor = factor.unwrap_or_else(|| panic!("no {method} in {factors:?}"));
        let page = format!("/step-up/ceremonies/{}", begun.json["id"].as_str().unwrap());
        (page, factor["id"].as_str().unwrap().to_owned())
    }

    /// Ends it: the same customer with the token that was earned.
    pub(crate) async fn prove(&self, page: &str, proof: &Value) -> Self {
        let proved = self.call("POST", &format!("{page}/proof"), proof).await;
        assert_eq!(proved.status, 200, "{}", proved.json);
        self.with_token(proved.json["access_token"].as_str().unwrap())
    }

    /// Ends it at the token endpoint (RFC 8693), where the login's token stands in the form.
    pub(crate) async fn exchange(&self, page: &str, factor: &str, app: &TotpApp) -> Answer {
        let urn = "urn:ietf:params:oauth";
        let (_, ceremony) = page.rsplit_once('/').unwrap();
        let form = [
            ("grant_type", format!("{urn}:grant-type:token-exchange")),
            ("subject_token_type", format!("{urn}:token-type:access_token")),
            ("subject_token", self.token.clone().unwrap()),
            ("ceremony", ceremony.to_owned()),
            ("factor", factor.to_owned()),
            ("code", app.code(self.clock.now().as_secs())),
        ];
        // None of them has a character that would have to be escaped.
        let form = form.map(|(name, value)| format!("{name}={value}")).join("&");
        let request = self.client.post(format!("{}/step-up/token", self.url)).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        Answer::of(request.send().await.unwrap()).await
    }

    /// Does what a challenge asks for with an authenticator app, and lets half a minute go by: its
    /// next code is another.
    pub(crate) async fn step_up(&self, challenge: &Answer, app: &TotpApp) -> Self {
        let (page, factor) = self.begin(challenge, "totp").await;
        let proof = json!({ "factor": factor, "code": app.code(self.clock.now().as_secs()) });
        let stepped_up = self.prove(&page, &proof).await;
        self.clock.advance(Duration::from_secs(30));
        stepped_up
    }

    /// Able to send money.
    pub(crate) async fn confirmed(&self, app: &TotpApp) -> Self {
        let challenge = self.pay("bob", json!(1)).await;
        self.step_up(&challenge, app).await
    }

    /// The methods of the factors that they have.
    pub(crate) async fn methods(&self) -> Vec<String> {
        let factors = self.get("/step-up/factors").await;
        assert_eq!(factors.status, 200, "{}", factors.json);
        let factors = factors.json["factors"].as_array().unwrap();
        let method = |factor: &Value| factor["method"].as_str().unwrap().to_owned();
        let mut methods: Vec<_> = factors.iter().map(method).collect();
        methods.sort_unstable();
        methods
    }
}
