//! What each route takes, and answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stepup_core::Clock as _;

use super::{CLIENT, CODE, Challenge, Inner, Pushed, SECRET};

/// It asks to be asked "in a few seconds".
const POLL_SECONDS: u64 = 5;

fn error(status: u16, error: &str, description: &str) -> (u16, Value) {
    (status, json!({ "error": error, "error_description": description }))
}

impl Inner {
    pub(super) fn fault(&mut self, what: impl Into<String>) -> (u16, Value) {
        self.faults.push(what.into());
        error(400, "invalid_request", "")
    }

    pub(super) fn challenge(&mut self, mfa_token: &str, authenticator: &str) -> (u16, Value) {
        let binds = self.binds_always || !authenticator.starts_with("push");
        let made = self.challenges.len();
        let oob_code = format!("Fe26.2*oob*{made}");
        // Each its own, and none that the app shows.
        let code = binds.then(|| (200_000 + made).to_string());
        let mut answer = json!({ "challenge_type": "oob", "oob_code": oob_code });
        if let Some(code) = &code {
            answer["binding_method"] = "prompt".into();
            self.received.insert(authenticator.to_owned(), code.clone());
        }
        let mfa_token = mfa_token.to_owned();
        self.challenges.insert(oob_code, Challenge { mfa_token, code, polled_at: None });
        (200, answer)
    }

    pub(super) fn list(&mut self, authorization: Option<&str>) -> (u16, Value) {
        let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
        if token.is_none_or(|token| !self.tokens.contains_key(token)) {
            let why = "The mfa_token provided is invalid. Try getting a new token.";
            return error(401, "invalid_grant", why);
        }
        (200, self.authenticators.clone())
    }

    pub(super) fn start(&mut self, content_type: Option<&str>, body: &str) -> (u16, Value) {
        let Ok(Value::Object(body)) = serde_json::from_str(body) else {
            return self.fault("the challenge is no JSON");
        };
        let mut names: Vec<_> = body.keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected =
            ["authenticator_id", "challenge_type", "client_id", "client_secret", "mfa_token"];
        if content_type != Some("application/json")
            || names != expected
            || body["client_id"] != CLIENT
            || body["client_secret"] != SECRET
            || body["challenge_type"] != "oob"
        {
            return self.fault(format!("not a challenge: {names:?}"));
        }
        let (token, id) = (body["mfa_token"].as_str().unwrap(), &body["authenticator_id"]);
        if !self.tokens.contains_key(token) {
            return error(401, "expired_token", "mfa_token is expired");
        }
        let listed = self.authenticators.as_array().unwrap().clone();
        if !listed.iter().any(|one| one["id"] == *id && one["active"] == true) {
            return error(403, "association_required", "");
        }
        self.challenge(token, id.as_str().unwrap())
    }

    pub(super) fn verify(&mut self, content_type: Option<&str>, body: &str) -> (u16, Value) {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let form: BTreeMap<String, String> = pairs.iter().cloned().collect();
        let mut names: Vec<_> = form.keys().map(String::as_str).collect();
        names.retain(|name| {
            !["client_id", "client_secret", "grant_type", "mfa_token"].contains(name)
        });
        let field = |name: &str| form.get(name).map(String::as_str);
        let grant = field("grant_type").and_then(|grant| {
            grant.strip_prefix("http://auth0.com/oauth/grant-type/").map(str::to_owned)
        });
        let fits = match grant.as_deref() {
            Some("mfa-otp") => names == ["otp"],
            Some("mfa-oob") => names == ["oob_code"] || names == ["binding_code", "oob_code"],
            _ => false,
        };
        if content_type != Some("application/x-www-form-urlencoded")
            || pairs.len() != form.len()
            || !fits
            || field("client_id") != Some(CLIENT)
            || field("client_secret") != Some(SECRET)
        {
            return self.fault(format!("not an answer: {names:?} {grant:?}"));
        }
        let now = self.clock.now().as_secs();
        let mfa_token = field("mfa_token").unwrap_or_default();
        let Some(user) = self.tokens.get(mfa_token).cloned() else {
            return error(403, "invalid_grant", "Malformed mfa_token");
        };
        if let Some(oob_code) = field("oob_code") {
            let Some(challenge) = self.challenges.get_mut(oob_code) else {
                return error(403, "invalid_grant", "Malformed oob_code");
            };
            if challenge.mfa_token != mfa_token {
                let why = "The oob_code doesn't match the mfa_token";
                return error(400, "invalid_request", why);
            }
            match (&challenge.code, field("binding_code")) {
                (Some(_), None) => {
                    let why = "Missing required parameter: binding_code";
                    return error(400, "invalid_request", why);
                }
                (Some(code), Some(typed)) if code == typed => {}
                (Some(_), Some(_)) => {
                    return error(403, "invalid_grant", "Invalid binding_code.");
                }
                (None, _) => {
                    let before = challenge.polled_at.replace(now);
                    if before.is_some_and(|before| now < before + POLL_SECONDS) {
                        return self.fault("a push is asked about too often");
                    }
                    match self.pushed {
                        Pushed::Waits => {
                            let why = "Authorization pending: please repeat the request in a few \
                                       seconds.";
                            return error(400, "authorization_pending", why);
                        }
                        Pushed::Rejected => {
                            return error(400, "access_denied", "MFA Authorization rejected.");
                        }
                        Pushed::Approved => {}
                    }
                }
            }
        } else if field("otp") != Some(CODE) {
            return error(403, "invalid_grant", "Invalid otp_code.");
        }
        // It is good once, and with it what was asked by it.
        self.tokens.remove(mfa_token);
        let mut header = self.signer.header();
        header["typ"] = "JWT".into();
        let mut claims = json!({
            "iss": format!("{}/", self.url), "aud": CLIENT, "sub": user, "iat": now,
            "exp": now + 36_000,
        });
        (self.bend_claims)(&mut claims);
        let mut tokens = json!({
            "access_token": format!("of {user}"), "token_type": "Bearer", "expires_in": 86_400,
            "scope": "openid", "id_token": self.signer.sign(&header.to_string(), &claims.to_string()),
        });
        (self.bend)(&mut tokens);
        (200, tokens)
    }
}
