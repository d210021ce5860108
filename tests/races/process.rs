//! This program again, as a process of the service: with the factors that only users enrol, and
//! whose answers are decided here.

use std::io::Read as _;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use stepup_authority::factor::{FirebaseFactor, OidcClient, OidcFactor, Push, WebAuthn};
use stepup_authority::{Authority, FirstEnrolment, Issuer, Limits, SealingKeys};
use stepup_core::{Gate, KeySet, Level, Profile};
use stepup_tests::authority::{AUTHORITY, BANK_API, Kept, Outbox, Place, serve};
use stepup_tests::{Api, Framework};
use tokio::net::TcpListener;

use crate::client::{call, request};
use crate::control::{Control, router};
use crate::key::{ORIGIN, RP_ID};
use crate::mortal_store::{Death, MortalStore};
use crate::provider::{CLIENT, FIREBASE, LEVEL, Provider, RETURN_TO};
use crate::server::Server;

/// 32 bytes that every instance has.
const SEALING_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// So that a busy machine refuses nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the process is told what to serve.
const TOLD: &str = "STEPUP_RACES_PROCESS";

/// Runs this program as a process that serves.
pub fn command(place: &Place, framework: Framework, provider: &Provider) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("it has a name"));
    command.args(["process::a_process_ends_with_its_test", "--exact", "--nocapture"]);
    let told = json!({
        "url": place.url,
        "namespace": place.namespace,
        "framework": Framework::ALL.iter().position(|one| *one == framework),
        "provider": provider.url,
    });
    command.env(TOLD, told.to_string());
    command
}

/// Whatever ends a test closes its end of the pipe, and no process stays behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_ends_with_its_test() {
    if let Ok(told) = std::env::var(TOLD) {
        return serves(&serde_json::from_str(&told).expect("JSON")).await;
    }
    let (kept, provider) = (Kept::sqlite(), Provider::start().await);
    let mut server = Server::of_all_factors(&kept.place().await, Framework::Axum, &provider);
    let answer = call(server.api, &request("POST", "/single", "", &Value::Null)).await;
    assert_eq!(answer.expect("it answers").status, 401);
    assert!(server.ends_with_its_input().success());
}

async fn serves(told: &Value) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let text = |name: &str| told[name].as_str().expect("a text").to_owned();
    let place = Place { url: text("url"), namespace: text("namespace") };
    let framework = told["framework"].as_u64().and_then(|at| Framework::ALL.get(at as usize));
    let provider = text("provider");

    let death = Death::default();
    let store = MortalStore::new(place.open().await, death.clone());
    let sealing = SealingKeys::from_base64(SEALING_KEY).expect("32 bytes");
    let issuer = Issuer::builder(AUTHORITY, BANK_API);
    let issuer = issuer.open(Arc::new(store), Arc::new(sealing)).await.expect("the issuer opens");
    let gate = issuer.gate().build().expect("the gate is built");
    let authority = Authority::builder(issuer.clone(), gate.clone())
        .factor(WebAuthn::new(RP_ID, [ORIGIN]).expect("an origin of the domain"))
        .factor(Push::new(&issuer))
        .factor(firebase(&provider).await)
        .factor(oidc(&provider))
        .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
        .limits(Limits::default().open_ceremonies(1000))
        .store_patience(PATIENCE)
        .build()
        .expect("the authority is built");
    let api = Api::with_authority(*framework.expect("a framework"), &gate, &authority);
    let control = router(Control { issuer, authority, outbox: Outbox::default(), death });
    let listener = || TcpListener::bind("127.0.0.1:0");
    let (for_api, for_control) = tokio::try_join!(listener(), listener()).expect("ports are free");
    let address = |listener: &TcpListener| listener.local_addr().expect("it is bound");
    // Behind whatever a program of tests says of itself.
    println!("\n{} {}", address(&for_api), address(&for_control));
    let served =
        tokio::try_join!(serve(api, for_api), async { axum::serve(for_control, control).await });
    served.expect("it serves until the process ends");
}

async fn firebase(provider: &str) -> FirebaseFactor {
    let address = provider.strip_prefix("http://").and_then(|address| address.parse().ok());
    let keys = call(address.expect("an address"), &request("GET", "/keys", "", &Value::Null)).await;
    let keys = keys.expect("it answers").body.to_string();
    let gate = Gate::builder(FIREBASE, CLIENT)
        .profile(Profile::firebase())
        .keys(KeySet::from_jwks(keys.as_bytes()).expect("keys"))
        .except_module("stepup_tests")
        .build()
        .expect("the gate is built");
    let known_as = |user: stepup_authority::factor::User<'_>| Some(user.subject.to_owned());
    FirebaseFactor::new(gate).expect("a gate for Firebase alone").known_as(known_as)
}

fn oidc(provider: &str) -> OidcFactor {
    let client = OidcClient::secret_basic(CLIENT, "secret");
    let oidc = OidcFactor::new("oidc", provider, client, RETURN_TO).expect("a provider");
    oidc.level(Level::MFA, LEVEL).expect("one level")
}
