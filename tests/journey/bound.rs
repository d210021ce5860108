//! Logins that are bound to a key of the client's (RFC 9449): what comes of them is bound to it too.

use http::Request;
use serde_json::{Value, json};
use stepup_authority::{Login, SigningKeys};
use stepup_core::{Algorithm, Dpop, KeySet, Method, TrustedIssuer};
use stepup_tests::authority::{AUTHORITY, Service, Setup, TotpApp};
use stepup_tests::{AUDIENCE, Answer, Framework, ISSUER, Issuer, Payload, Prover};

use crate::base_tokens::login;
use crate::exchange::form;
use crate::put_together::{all_factors, claims, issuer, problem, service, token};

stepup_tests::on_every_store!(t24_a_bound_login_steps_up_to_a_bound_token);

const HOST: &str = "https://bank.example";

/// A client with a key, and a token that is bound to it.
struct Keyed<'a> {
    service: &'a Service,
    prover: &'a Prover,
    token: String,
}

impl Keyed<'_> {
    fn with_token(&self, token: &str) -> Keyed<'_> {
        Keyed { token: token.to_owned(), ..*self }
    }

    fn proof(&self, method: &str, path: &str) -> String {
        let proof = self.prover.proof(path, &self.token).with("htm", method);
        let proof = proof.with("htu", format!("{HOST}{path}")).with("iat", self.service.now());
        self.prover.sign(&proof)
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let proof = self.proof(method, path);
        send(self.service, method, path, body, &format!("DPoP {}", self.token), Some(&proof)).await
    }

    async fn begin(&self) -> String {
        let wanted = json!({ "acr_values": "mfa", "max_age": 300 });
        let answer = self.call("POST", "/step-up/ceremonies", &wanted).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn step_up(&self, app: &TotpApp) -> Answer {
        let ceremony = self.begin().await;
        let body = json!({ "factor": app.factor, "code": app.code(self.service.now()) });
        let answer =
            self.call("POST", &format!("/step-up/ceremonies/{ceremony}/proof"), &body).await;
        self.service.wait(30);
        answer
    }
}

async fn send(
    service: &Service,
    method: &str,
    path: &str,
    body: &Value,
    authorization: &str,
    proof: Option<&str>,
) -> Answer {
    let request =
        Request::builder().method(method).uri(path).header("authorization", authorization);
    let request = proof.into_iter().fold(request, |request, proof| request.header("dpop", proof));
    let payload = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let request = request.header("content-type", "application/json");
    service.api.call(request.body(Payload::Bytes(payload)).unwrap()).await
}

async fn with_keys(setup: Setup, partner: &Issuer) -> Service {
    let own = issuer(&setup, AUTHORITY, SigningKeys::in_store(Algorithm::Es256)).await;
    let keys = KeySet::from_jwks(partner.jwks().as_bytes()).unwrap();
    let gate = own.gate().trust(TrustedIssuer::new(ISSUER, AUDIENCE).keys(keys));
    let gate = gate.dpop(Dpop::at(HOST)).build().unwrap();
    let outbox = setup.outbox.clone();
    service(setup, own, gate, |builder| all_factors(builder, &outbox))
}

async fn bound_login(service: &Service, prover: &Prover, session: &str) -> String {
    let login = Login::of("alice").client_id("web").scope("read pay").method(Method::PWD);
    let login = login.session(session).key_thumbprint(&prover.thumbprint());
    service.issuer.issue_login(login).await.unwrap()
}

async fn t24_a_bound_login_steps_up_to_a_bound_token(setup: Setup) {
    let partner = Issuer::new(Algorithm::Es256);
    let service = with_keys(setup, &partner).await;
    let (prover, thief) = (Prover::new(Algorithm::Es256), Prover::new(Algorithm::EdDsa));
    let app = service.login("alice").await.enrol_totp().await;
    let own = bound_login(&service, &prover, "s-1").await;
    let foreign = login().with("cnf", json!({ "jkt": prover.thumbprint() }));
    for login in [own, partner.token(&foreign)] {
        let client = Keyed { service: &service, prover: &prover, token: login.clone() };
        let answer = client.call("POST", "/mfa_fresh", &Value::Null).await;
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
        assert!(answer.challenge().starts_with("DPoP "), "{}", answer.challenge());
        assert!(answer.challenge().contains("insufficient_user_authentication"));

        let answer = client.step_up(&app).await;
        let stepped_up = token(&answer);
        assert_eq!(answer.json()["token_type"], "DPoP");
        let cnf = json!({ "jkt": prover.thumbprint() });
        assert_eq!(claims(&stepped_up)["cnf"], cnf);
        let client = client.with_token(&stepped_up);
        let answer = client.call("POST", "/mfa_fresh", &Value::Null).await;
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{}", answer.json());

        // Stolen, without the key: at the API and at every page of the authority.
        let used = client.proof("POST", "/mfa_fresh");
        let dpop = format!("DPoP {stepped_up}");
        let null = Value::Null;
        let first = send(&service, "POST", "/mfa_fresh", &null, &dpop, Some(&used)).await;
        assert_eq!(first.status, 200);
        let thief = Keyed { service: &service, prover: &thief, token: stepped_up.clone() };
        let stranger = thief.proof("POST", "/mfa_fresh");
        let elsewhere = client.proof("POST", "/mfa");
        for (name, authorization, proof) in [
            ("as a bearer token", format!("Bearer {stepped_up}"), None),
            ("without a proof", dpop.clone(), None),
            ("with a proof that was used", dpop.clone(), Some(&used)),
            ("with a proof of another key", dpop.clone(), Some(&stranger)),
            ("with a proof for another page", dpop.clone(), Some(&elsewhere)),
        ] {
            let proof = proof.map(String::as_str);
            let answer = send(&service, "POST", "/mfa_fresh", &null, &authorization, proof).await;
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{name}");
        }
        // T22: neither does another session's key make it its own.
        let other = Keyed { service: &service, prover: thief.prover, token: login };
        let answer = other.call("POST", "/mfa_fresh", &Value::Null).await;
        assert_eq!(answer.status, 401);
    }
}

/// T24: a bound token without a proof is nobody's, at every page.
#[tokio::test]
async fn t24_no_page_of_the_authority_takes_a_bound_token_without_a_proof() {
    for framework in Framework::ALL {
        let partner = Issuer::new(Algorithm::Es256);
        let service = with_keys(Setup::new(framework), &partner).await;
        let prover = Prover::new(Algorithm::Es256);
        let app = service.login("alice").await.enrol_totp().await;
        let weak = bound_login(&service, &prover, "s-1").await;
        let client = Keyed { service: &service, prover: &prover, token: weak.clone() };
        let strong = token(&client.step_up(&app).await);
        let ceremony = client.begin().await;
        let (factor, code) = (&app.factor, app.code(service.now()));
        let body = json!({
            "factor": factor, "code": code, "acr_values": "mfa", "method": "email",
            "email": "a@example.com",
        });
        for (method, path) in [
            ("POST", "/step-up/ceremonies".to_owned()),
            ("GET", format!("/step-up/ceremonies/{ceremony}")),
            ("POST", format!("/step-up/ceremonies/{ceremony}/factors/{factor}")),
            ("POST", format!("/step-up/ceremonies/{ceremony}/proof")),
            ("DELETE", format!("/step-up/ceremonies/{ceremony}")),
            ("GET", "/step-up/factors".to_owned()),
            ("DELETE", format!("/step-up/factors/{factor}")),
            ("POST", "/step-up/enrolments".to_owned()),
            ("POST", "/step-up/enrolments/e_AAAAAAAAAAAAAAAAAAAAAA".to_owned()),
        ] {
            for token in [&weak, &strong] {
                for scheme in ["Bearer", "DPoP"] {
                    let authorization = format!("{scheme} {token}");
                    let answer = send(&service, method, &path, &body, &authorization, None).await;
                    assert_eq!(answer.status, 401, "{method} {path} {scheme}");
                }
            }
        }
        // All is as it was.
        let path = format!("/step-up/ceremonies/{ceremony}");
        let state = client.call("GET", &path, &Value::Null).await;
        assert_eq!(state.json()["status"], "pending");

        // The token endpoint takes the proof beside the form.
        let pairs = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", &*weak),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("ceremony", &*ceremony),
            ("factor", &**factor),
            ("code", &*code),
        ];
        let exchange = async |proof: Option<String>| {
            let request = Request::post("/step-up/token")
                .header("content-type", "application/x-www-form-urlencoded");
            let request =
                proof.into_iter().fold(request, |request, proof| request.header("dpop", proof));
            let payload = Payload::Bytes(form(&pairs).into_bytes());
            service.api.call(request.body(payload).unwrap()).await
        };
        let answer = exchange(None).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (400, &json!("invalid_request"))
        );
        let answer = exchange(Some(client.proof("POST", "/step-up/token"))).await;
        let stepped_up = token(&answer);
        assert_eq!(answer.json()["token_type"], "DPoP");
        assert_eq!(claims(&stepped_up)["cnf"]["jkt"], prover.thumbprint());
    }
}

/// ISS-04: a ceremony is of the key that began it, whatever else is the same.
#[tokio::test]
async fn t22_a_ceremony_of_one_key_is_not_finished_with_another_or_none() {
    for framework in Framework::ALL {
        let partner = Issuer::new(Algorithm::Es256);
        let service = with_keys(Setup::new(framework), &partner).await;
        let (prover, other) = (Prover::new(Algorithm::Es256), Prover::new(Algorithm::Es256));
        let app = service.login("alice").await.enrol_totp().await;
        let client = |prover, token| Keyed { service: &service, prover, token };
        let first = client(&prover, bound_login(&service, &prover, "s-1").await);
        let second = client(&other, bound_login(&service, &other, "s-1").await);
        let unbound = crate::put_together::session(&service, "alice", "s-1").await;
        let ceremony = first.begin().await;
        let path = format!("/step-up/ceremonies/{ceremony}/proof");
        let body = json!({ "factor": app.factor, "code": app.code(service.now()) });
        let not_there = (404, "no-such-ceremony".to_owned());
        assert_eq!(problem(&second.call("POST", &path, &body).await), not_there);
        assert_eq!(problem(&unbound.prove_with(&ceremony, &body).await), not_there);
        token(&first.call("POST", &path, &body).await);
        let path = format!("/step-up/ceremonies/{ceremony}");
        assert_eq!(problem(&second.call("GET", &path, &Value::Null).await), not_there);
        assert_eq!(problem(&unbound.state(&ceremony).await), not_there);
        token(&first.call("GET", &path, &Value::Null).await);
    }
}
