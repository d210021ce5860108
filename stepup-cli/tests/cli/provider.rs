//! `stepup call` with a certified provider, and the example as the API, in both frameworks.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::partner::Partner;
use crate::process::Process;

const API: &str = "https://api.example";

/// The example, as a process that ends with its test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(issuer: &str, framework: &str) -> Self {
        let built = Path::new(env!("CARGO_BIN_EXE_stepup")).with_file_name("resource-server");
        assert!(built.is_file(), "{}: `cargo build -p resource-server`", built.display());
        let mut child = Command::new(built)
            .args(["--issuer", issuer, "--audience", API, "--framework", framework, "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
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

/// A provider, and a token of a login with a password.
struct Scene {
    issuer: String,
    provider: Partner,
    token: String,
}

impl Scene {
    fn begin() -> Self {
        let mut provider = Partner::start("../../client/node/provider.mjs", &[]);
        let issuer = provider.hear()["issuer"].as_str().unwrap().to_owned();
        let mut client = Partner::start("client.mjs", &[&issuer]);
        let login = client.ask(&json!({ "login": {} }));
        let token = login["access_token"].as_str().unwrap().to_owned();
        Self { issuer, provider, token }
    }

    fn call(&self, api: &Server, more: &[&str]) -> Process {
        let page = format!("{}/fresh", api.address);
        let arguments = [
            &["call", "POST", &page, "--issuer", &self.issuer, "--client-id", "desktop"][..],
            &["--scope", "openid accounts", "--resource", API],
            more,
        ];
        Process::start(&arguments.concat(), &self.token)
    }
}

/// A program that is a browser without a screen, and keeps the environment that it was started in.
struct Browser(PathBuf);

impl Browser {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("stepup-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/client/node/browser.mjs");
        let (program, script) = (folder.join("browser"), script.display());
        let lines = format!(
            "#!/bin/sh\nenv > {}/environment\necho \"{{\\\"go\\\":\\\"$1\\\"}}\" | node {script}\n",
            folder.display()
        );
        std::fs::write(&program, lines).unwrap();
        std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn program(&self) -> String {
        self.0.join("browser").display().to_string()
    }

    fn environment(&self) -> String {
        std::fs::read_to_string(self.0.join("environment")).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_10_a_login_in_the_browser_finishes_the_call() {
    let scene = Scene::begin();
    let browser = Browser::new("browser");
    for framework in ["axum", "poem"] {
        let api = Server::start(&scene.issuer, framework);
        let mut process = scene.call(&api, &["--browser", &browser.program()]);
        let told = process.hear("If no browser opens, go to").await;
        assert!(told.contains(&scene.issuer), "{told}");
        let ended = process.ended().await;
        assert_eq!(ended.code, 0, "{framework}: {}", ended.stderr);
        assert!(!ended.stdout.is_empty() && !ended.stderr.contains(&scene.token));
        assert!(!browser.environment().contains(&scene.token), "it is not the browser's");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn a_no_in_the_browser_is_a_no() {
    let mut scene = Scene::begin();
    let browser = Browser::new("no");
    let api = Server::start(&scene.issuer, "axum");
    scene.provider.ask(&json!({ "denies": true }));
    let ended = scene.call(&api, &["--browser", &browser.program()]).ended().await;
    assert_eq!(ended.code, 5, "{}", ended.stderr);
    assert!(ended.stderr.contains("refused the step-up"), "{}", ended.stderr);
}

/// Another account in the same browser.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn t23_the_login_of_somebody_else_is_refused() {
    let mut scene = Scene::begin();
    let browser = Browser::new("bob");
    let api = Server::start(&scene.issuer, "axum");
    let arguments = ["--browser", &browser.program(), "--subject", "alice"];
    let ended = scene.call(&api, &arguments).ended().await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    scene.provider.ask(&json!({ "user": "bob" }));
    let ended = scene.call(&api, &arguments).ended().await;
    assert_eq!(ended.code, 5, "{}", ended.stderr);
    assert!(ended.stderr.contains("somebody else logged in"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_8628_a_login_on_another_device_finishes_the_call() {
    let scene = Scene::begin();
    for framework in ["axum", "poem"] {
        let api = Server::start(&scene.issuer, framework);
        let mut process = scene.call(&api, &["--device"]);
        let address = process.hear("Open ").await.replace("Open ", "");
        let code = process.hear("and type in ").await.replace("and type in ", "");
        process.hear("Waiting for your login there").await;
        let mut browser = Partner::start("../../client/node/browser.mjs", &[]);
        browser.ask(&json!({ "go": format!("{address}?user_code={code}") }));
        let ended = process.ended().await;
        assert_eq!(ended.code, 0, "{framework}: {}", ended.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn ctrl_c_ends_the_wait_for_a_browser_and_asks_nobody_again() {
    let mut scene = Scene::begin();
    let api = Server::start(&scene.issuer, "axum");
    let mut process = scene.call(&api, &[]);
    process.hear("Go to ").await;
    process.hear("Waiting for your browser").await;
    process.interrupts();
    assert_eq!(process.ended().await.code, 130);
    let requests = scene.provider.ask(&json!({}))["requests"].clone();
    assert_eq!(requests["/request"], 1, "{requests}");
}
