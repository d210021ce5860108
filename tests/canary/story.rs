//! Whole flows of every factor, right and wrong, with all that is secret in them.

use serde_json::{Value, json};
use stepup_authority::{EventKind, SealingKeys};
use stepup_core::Forget;
use stepup_tests::authority::{AUTHORITY, Service, TotpApp, User};

use crate::secrets::{Secrets, from_base32};
use crate::strong::Hook;

/// The sealing key of the tests' authorities.
const SEALING_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const EMAIL: &str = "Canary.Alice@mail.example";
const PHONE: &str = "+4915198765432";
/// What a client sends that is of no form: it is nobody's to repeat.
pub const ODD: &str = "canary-odd-answer-7d1f";

pub struct Story<'a> {
    pub service: &'a Service,
    pub secrets: Secrets,
    codes: usize,
}

/// Runs all of it: what was secret.
pub async fn run(service: &Service, hook: &Hook) -> Secrets {
    let mut story = Story { service, secrets: Secrets::default(), codes: 0 };
    let raw: Vec<u8> = (0..32).collect();
    story.secrets.bytes("the sealing key", &raw);
    story.secrets.text("the sealing key as it is given", SEALING_KEY.trim_end_matches('='));
    assert!(SealingKeys::from_base64(SEALING_KEY).is_ok());
    // How a private key begins that is written down: PKCS #8 of P-256, PEM, a JWK's own member.
    let pkcs8 = [0x30, 0x81, 0x87, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    story.secrets.bytes("a private key", &pkcs8[..15]);
    story.secrets.text("a private key in PEM", "BEGIN PRIVATE KEY");
    story.secrets.text("a private key in a JWK", "\"kty\":\"EC\",\"d\":");
    story.secrets.text("the address", EMAIL);
    story.secrets.text("the number", PHONE);
    story.secrets.text("an odd answer", ODD);
    story.everything().await;
    story.strong(hook).await;
    for sent in service.outbox.sent() {
        story.secrets.code("a code that was sent", &sent.code);
    }
    for kind in [
        EventKind::Proved,
        EventKind::Failed,
        EventKind::Unsent,
        EventKind::Removed,
        EventKind::Denied,
    ] {
        assert!(service.events.count(kind) > 0, "{kind:?} did not happen");
    }
    assert!(service.events.count(EventKind::Proved) >= 7);
    story.secrets
}

impl<'a> Story<'a> {
    pub async fn login(&mut self, subject: &str) -> User<'a> {
        let user = self.service.login(subject).await;
        self.token("a login's token", &user.token);
        user
    }

    pub fn token(&mut self, name: &str, token: &str) {
        self.secrets.text(name, token);
        let (signed, signature) = token.rsplit_once('.').expect("a JWT");
        self.secrets.text(&format!("{name}: its signature"), signature);
        self.secrets.text(&format!("{name}: its payload"), signed.split('.').nth(1).unwrap());
    }

    /// The token that an answer has, kept as a secret.
    pub fn stepped_up(&mut self, user: &User<'a>, answer: &stepup_tests::Answer) -> User<'a> {
        assert_eq!(answer.status, 200, "{}", answer.json());
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        self.token("a stepped-up token", &token);
        user.with_token(&token)
    }

    fn app(&mut self, base32: &str) -> TotpApp {
        self.secrets.text("a TOTP secret in base32", base32);
        self.secrets.bytes("a TOTP secret", &from_base32(base32));
        TotpApp::scan(base32)
    }

    fn code(&mut self, app: &TotpApp) -> String {
        let code = app.code(self.service.now());
        self.codes += 1;
        self.secrets.code(&format!("TOTP code {}", self.codes), &code);
        code
    }

    async fn everything(&mut self) {
        let service = self.service;
        let alice = self.login("alice").await;
        assert_eq!(alice.post("/mfa_fresh").await.status, 401);
        assert_eq!(alice.try_begin(json!({ "acr_values": "mfa" })).await.status, 403);
        assert_eq!(alice.try_begin(json!({ "acr_values": ODD })).await.status, 403);
        // An app, answered wrong, odd and right.
        let begun = alice.enrol(json!({ "method": "totp" })).await;
        let mut app = self.app(begun["secret"].as_str().unwrap());
        let enrolment = begun["id"].as_str().unwrap();
        assert_eq!(alice.confirm(enrolment, &app.wrong_code(service.now())).await.status, 403);
        assert_eq!(alice.confirm(enrolment, ODD).await.status, 400);
        let code = self.code(&app);
        let answer = alice.confirm(enrolment, &code).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        app.factor = answer.json()["factor"]["id"].as_str().unwrap().to_owned();
        service.wait(30);
        let stepped_up = self.totp(&alice, &app).await;
        // Mail, text and paper.
        let email = stepped_up.enrol_email(EMAIL).await;
        let text = stepped_up.enrol_text(PHONE).await;
        let (recovery, codes) = stepped_up.enrol_recovery().await;
        for code in &codes {
            self.secrets.text("a recovery code", code);
            self.secrets.text("a recovery code without hyphens", &code.replace('-', ""));
        }
        for factor in [&email, &text] {
            self.sent(&alice, factor).await;
        }
        let ceremony = alice.begin_mfa().await;
        let answer = alice.prove(&ceremony.id, &recovery, &codes[0]).await;
        self.stepped_up(&alice, &answer);
        assert_eq!(alice.prove(&ceremony.id, &recovery, &codes[1]).await.status, 409);
        let ceremony = alice.begin_mfa().await;
        assert_eq!(alice.prove(&ceremony.id, &recovery, &codes[0]).await.status, 403);
        self.refusals(&alice, &app, &email).await;
        // Asked for anew, changed and forgotten.
        service.wait(60);
        let stepped_up = self.totp(&alice, &app).await;
        let body = json!({ "method": "totp", "replaces": app.factor });
        let begun = stepped_up.enrol(body).await;
        let new = self.app(begun["secret"].as_str().unwrap());
        let code = self.code(&new);
        let answer = stepped_up.confirm(begun["id"].as_str().unwrap(), &code).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let path = format!("/step-up/factors/{email}");
        assert_eq!(stepped_up.call("DELETE", &path, &Value::Null).await.status, 401);
        assert_eq!(alice.get("/step-up/factors").await.status, 200);
        service.gate.forget(Forget::Subject { issuer: AUTHORITY, subject: "alice" });
        assert_eq!(alice.get("/step-up/factors").await.status, 401);
    }

    async fn totp(&mut self, user: &User<'a>, app: &TotpApp) -> User<'a> {
        let ceremony = user.begin_mfa().await;
        let code = self.code(app);
        let answer = user.prove(&ceremony.id, &app.factor, &code).await;
        let stepped_up = self.stepped_up(user, &answer);
        let again = user.state(&ceremony.id).await;
        self.stepped_up(user, &again);
        assert_eq!(stepped_up.post("/mfa_fresh").await.status, 200);
        self.service.wait(30);
        stepped_up
    }

    async fn sent(&mut self, user: &User<'a>, factor: &str) {
        let service = self.service;
        let ceremony = user.begin_mfa().await;
        service.wait(30);
        assert_eq!(user.prompt(&ceremony.id, factor).await.status, 200);
        service.wait(31);
        service.outbox.set_down(true);
        assert_eq!(user.prompt(&ceremony.id, factor).await.status, 503);
        service.outbox.set_down(false);
        // The code before went with the one that did not arrive.
        let code = service.outbox.last_code();
        assert_eq!(user.prove(&ceremony.id, factor, &code).await.status, 403);
        service.wait(600);
        let ceremony = user.begin_mfa().await;
        assert_eq!(user.prompt(&ceremony.id, factor).await.status, 200);
        let answer = user.prove(&ceremony.id, factor, &service.outbox.last_code()).await;
        self.stepped_up(user, &answer);
    }

    async fn refusals(&mut self, alice: &User<'a>, app: &TotpApp, email: &str) {
        let bob = self.login("bob").await;
        let ceremony = alice.begin_mfa().await;
        let code = self.code(app);
        assert_eq!(bob.prove(&ceremony.id, &app.factor, &code).await.status, 404);
        assert_eq!(alice.prove(ODD, &app.factor, &code).await.status, 404);
        assert_eq!(alice.prove(&ceremony.id, ODD, &code).await.status, 404);
        assert_eq!(alice.prove(&ceremony.id, email, &code).await.status, 409);
        let odd = json!({ "factor": app.factor, "code": { ODD: code } });
        assert_eq!(alice.prove_with(&ceremony.id, &odd).await.status, 400);
        assert_eq!(alice.cancel(&ceremony.id).await.status, 204);
        let odd = json!({ "method": "email", "email": ODD });
        assert_eq!(bob.try_enrol(odd).await.status, 422);
        let stranger = alice.with_token(&format!("{}x", alice.token));
        assert_eq!(stranger.get("/step-up/factors").await.status, 401);
    }
}

/// What the objects of an authority say of themselves.
pub fn debug(service: &Service) -> String {
    let Service { authority, issuer, gate, events, .. } = service;
    format!("{authority:?} {authority:#?} {issuer:?} {issuer:#?} {gate:#?} {events:?}")
}
