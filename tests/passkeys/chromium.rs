//! The same in Chromium, with its virtual authenticator: what pages do with what they are sent, and
//! what a browser lets them do.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::Maker;

use crate::scene::{
    Asked, Browser, ORIGIN, bank, begin_enrolment, enrol, factors, finish_enrolment, is_wrong,
    keys, setups, step_up, token, with,
};

/// Chromium, with one authenticator at a time.
struct Chromium {
    process: Child,
    /// None: it is to end.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Chromium {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("passkeys/node");
        assert!(
            folder.join("node_modules").is_dir(),
            "{}: the packages are not installed; `cargo xtask test` does it",
            folder.display(),
        );
        let mut command = Command::new("node");
        command.arg(folder.join("browser.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("node starts");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("its output is ours"));
        let mut chromium = Self { process, input, output };
        chromium.device("internal");
        chromium
    }

    fn ask(&mut self, control: &Value) -> Result<Value, String> {
        let input = self.input.as_mut().expect("its input is ours");
        writeln!(input, "{control}").expect("the browser listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the browser answers");
        let answer: Value = serde_json::from_str(&line).expect("a line of the browser's");
        assert_eq!(answer["failed"], Value::Null, "{control}");
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer),
        }
    }

    /// Another authenticator in place of the one before.
    fn device(&mut self, transport: &str) {
        self.ask(&json!({ "do": "device", "transport": transport })).unwrap();
    }

    fn set_verified(&mut self, is_verified: bool) {
        self.ask(&json!({ "do": "verified", "isUserVerified": is_verified })).unwrap();
    }

    fn keys(&mut self) -> usize {
        let keys = self.ask(&json!({ "do": "keys" })).unwrap();
        keys["credentials"].as_array().unwrap().len()
    }

    fn create_within(&mut self, within: &str, options: &Value) -> Result<Value, String> {
        let create =
            json!({ "do": "create", "origin": ORIGIN, "within": within, "options": options });
        self.ask(&create).map(|answer| answer["credential"].clone())
    }

    fn get_within(&mut self, within: &str, options: &Value) -> Result<Value, String> {
        let get = json!({ "do": "get", "origin": ORIGIN, "within": within, "options": options });
        self.ask(&get).map(|answer| answer["credential"].clone())
    }
}

impl Browser for Chromium {
    async fn create(&mut self, origin: &str, options: &Value) -> Result<Value, String> {
        let create = json!({ "do": "create", "origin": origin, "options": options });
        self.ask(&create).map(|answer| answer["credential"].clone())
    }

    async fn get(&mut self, origin: &str, options: &Value) -> Result<Value, String> {
        let get = json!({ "do": "get", "origin": origin, "options": options });
        self.ask(&get).map(|answer| answer["credential"].clone())
    }
}

/// It ends, with its browser, when nobody speaks to it any more.
impl Drop for Chromium {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

#[tokio::test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn r_wa_02_chromium_reaches_what_resists_phishing_with_each_of_two_keys() {
    for setup in setups() {
        let mut chromium = Chromium::start();
        let service = bank(setup).await;
        let login = service.login("alice").await;
        enrol(&login, &mut chromium, "laptop").await;
        let stepped_up = step_up(&login, &mut chromium, "phr").await;
        let alice = login.with_token(&stepped_up);
        let answer = alice.post("/phr").await;
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));

        let (_, options) = begin_enrolment(&alice, "laptop again").await;
        let again = chromium.create(ORIGIN, &options).await;
        assert_eq!(again, Err("InvalidStateError".to_owned()), "it has one");
        chromium.device("usb");
        enrol(&alice, &mut chromium, "stick").await;
        step_up(&login, &mut chromium, "phr").await;
        assert_eq!(factors(&login).await["factors"].as_array().unwrap().len(), 2);
        // Its maker's word is not taken here.
        assert_eq!(alice.try_begin(json!({ "acr_values": "phrh" })).await.status, 403);
    }
}

#[tokio::test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn o19_o20_o21_what_chromium_gives_to_another_page_or_twice_or_unverified_is_wrong() {
    for setup in setups() {
        let mut chromium = Chromium::start();
        let service = bank(setup).await;
        let alice = service.login("alice").await;
        enrol(&alice, &mut chromium, "laptop").await;

        let asked = Asked::begin(&alice, "phr").await;
        let evil = chromium.get("https://evil.example", &asked.options).await;
        assert_eq!(evil, Err("SecurityError".to_owned()));
        let below = chromium.get("https://login.bank.example", &asked.options).await.unwrap();
        assert!(is_wrong(&asked.answer(&alice, &below).await));
        // A page in between, that has the user make a key for it, and hands on what the bank asks.
        let (_, mut options) = begin_enrolment(&service.login("bob").await, "bait").await;
        options["rp"]["id"] = "evil.example".into();
        let bait = chromium.create("https://evil.example", &options).await.unwrap();
        let mut options = asked.options.clone();
        options["rpId"] = "evil.example".into();
        options["allowCredentials"][0]["id"] = bait["id"].clone();
        let mut phished = chromium.get("https://evil.example", &options).await.unwrap();
        assert!(is_wrong(&asked.answer(&alice, &phished).await));
        phished["id"] = asked.id().into();
        phished["rawId"] = asked.id().into();
        phished["response"]["userHandle"] = Value::Null;
        assert!(is_wrong(&asked.answer(&alice, &phished).await));

        chromium.set_verified(false);
        let unverified = chromium.get(ORIGIN, &asked.options).await;
        assert_eq!(unverified, Err("NotAllowedError".to_owned()));
        let mut options = asked.options.clone();
        options["userVerification"] = "discouraged".into();
        let unverified = chromium.get(ORIGIN, &options).await.unwrap();
        assert!(is_wrong(&asked.answer(&alice, &unverified).await));
        chromium.set_verified(true);

        let given = chromium.get(ORIGIN, &asked.options).await.unwrap();
        token(&asked.answer(&alice, &given).await);
        assert_ne!(asked.answer(&alice, &given).await.status, 200);
        let other = Asked::begin(&alice, "phr").await;
        assert!(is_wrong(&other.answer(&alice, &given).await));
    }
}

#[tokio::test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn o22_another_users_key_of_the_same_chromium_is_wrong() {
    for setup in setups() {
        let mut chromium = Chromium::start();
        let service = bank(setup).await;
        let (alice, bob) = (service.login("alice").await, service.login("bob").await);
        enrol(&alice, &mut chromium, "laptop").await;
        enrol(&bob, &mut chromium, "laptop").await;
        assert_eq!(chromium.keys(), 2);
        let (asked, of_bob) = (Asked::begin(&alice, "phr").await, Asked::begin(&bob, "phr").await);
        let mut options = asked.options.clone();
        options["allowCredentials"] = of_bob.options["allowCredentials"].clone();
        let given = chromium.get(ORIGIN, &options).await.unwrap();
        assert!(is_wrong(&asked.answer(&alice, &given).await));
        let given = chromium.get(ORIGIN, &asked.options).await.unwrap();
        token(&asked.answer(&alice, &given).await);
    }
}

#[tokio::test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn o23_what_chromium_gives_with_a_lower_count_or_in_a_frame_is_wrong() {
    for setup in setups() {
        let mut chromium = Chromium::start();
        let keys = keys().within_frames_of(["https://shop.example"]).unwrap();
        let service = setup.with(with(keys)).start().await;
        let alice = service.login("alice").await;
        let (id, options) = begin_enrolment(&alice, "laptop").await;
        let created = chromium.create_within("https://shop.example", &options).unwrap();
        assert!(is_wrong(&finish_enrolment(&alice, &id, &created).await));
        enrol(&alice, &mut chromium, "laptop").await;
        let framed = async |chromium: &mut Chromium, within: &str| {
            let asked = Asked::begin(&alice, "phr").await;
            let given = chromium.get_within(within, &asked.options).unwrap();
            asked.answer(&alice, &given).await.status.as_u16()
        };
        assert_eq!(framed(&mut chromium, "https://evil.example").await, 403);
        assert_eq!(framed(&mut chromium, "https://shop.example").await, 200);
        assert_eq!(framed(&mut chromium, ORIGIN).await, 200, "a frame of one's own");

        step_up(&alice, &mut chromium, "phr").await;
        assert_eq!(service.events.count(EventKind::Cloned), 0);
        chromium.ask(&json!({ "do": "count", "signCount": 1 })).unwrap();
        let asked = Asked::begin(&alice, "phr").await;
        let given = chromium.get(ORIGIN, &asked.options).await.unwrap();
        assert!(is_wrong(&asked.answer(&alice, &given).await));
        assert_eq!(service.events.count(EventKind::Cloned), 1);
    }
}

/// Its virtual authenticator has a maker of its own, who is nobody's to trust.
#[tokio::test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn r_wa_05_what_the_maker_of_chromiums_keys_says_is_no_phrh() {
    for setup in setups() {
        let mut chromium = Chromium::start();
        chromium.device("usb");
        let keys = keys().trusting(Maker::of_vectors().root(), [Maker::MODEL]).unwrap();
        let service = setup.with(with(keys)).start().await;
        let alice = service.login("alice").await;
        let (id, options) = begin_enrolment(&alice, "stick").await;
        let created = chromium.create(ORIGIN, &options).await.unwrap();
        let object = created["response"]["attestationObject"].as_str().unwrap();
        let object = URL_SAFE_NO_PAD.decode(object).unwrap();
        assert!(object.windows(4).any(|name| name == b"cx5c"), "a maker says something");
        assert_eq!(finish_enrolment(&alice, &id, &created).await.status, 201);
        step_up(&alice, &mut chromium, "phr").await;
        assert_eq!(alice.try_begin(json!({ "acr_values": "phrh" })).await.status, 403);
    }
}

#[tokio::test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn chromium_forgets_what_is_accepted_no_longer() {
    for setup in setups() {
        let mut chromium = Chromium::start();
        let service = bank(setup).await;
        let login = service.login("alice").await;
        enrol(&login, &mut chromium, "laptop").await;
        let alice = login.with_token(&step_up(&login, &mut chromium, "phr").await);
        let signal = async |chromium: &mut Chromium| {
            let accepted = factors(&login).await["signals"]["webauthn"].clone();
            let signal = json!({ "do": "signal", "origin": ORIGIN, "accepted": accepted });
            chromium.ask(&signal).unwrap();
            chromium.keys()
        };
        assert_eq!(signal(&mut chromium).await, 1);
        let list = factors(&login).await;
        let path = format!("/step-up/factors/{}", list["factors"][0]["id"].as_str().unwrap());
        assert_eq!(alice.call("DELETE", &path, &Value::Null).await.status, 204);
        assert_eq!(signal(&mut chromium).await, 0);
    }
}
