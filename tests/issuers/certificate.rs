//! J2: an issuer is who its certificate says, and the system says whom to believe that.

mod served;

use std::net::Ipv4Addr;
use std::process::Command;

use served::{Certificate, HttpsIssuer};
use stepup_core::{Gate, Network};
use stepup_tests::{AUDIENCE, clock};

/// The system's roots are read once in a process: each case has one of its own.
const ISSUER: &str = "STEPUP_TEST_ISSUER";
const TEST: &str = "certificate::j2_a_certificate_counts_if_the_system_trusts_it";

/// What a gate in another process says of this issuer, where these are the system's roots.
fn said_by_a_gate(idp: &HttpsIssuer, roots: &str) -> String {
    let file = std::env::temp_dir().join(format!("stepup-roots-{}.pem", std::process::id()));
    std::fs::write(&file, roots).expect("a file");
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", TEST, "--nocapture"])
        .env(ISSUER, idp.url())
        .env("SSL_CERT_FILE", &file)
        .env_remove("SSL_CERT_DIR")
        // Nobody answers there, and nobody asks.
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .output()
        .expect("it runs");
    std::fs::remove_file(&file).expect("it is there");
    let text = String::from_utf8(output.stdout).expect("text");
    let said = text.lines().find_map(|line| line.split_once("said: ")).expect(&text).1;
    said.replace(idp.url(), "IDP")
}

fn say(issuer: &str) {
    let gate = Gate::builder(issuer, AUDIENCE).network(Network::Private).clock(clock());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.expect("a runtime can be made").block_on(gate.discover()) {
        Ok(_) => println!("said: all is well"),
        Err(error) => println!("said: {error}"),
    }
}

#[test]
fn j2_a_certificate_counts_if_the_system_trusts_it() {
    if let Ok(issuer) = std::env::var(ISSUER) {
        return say(&issuer);
    }
    let certificate = Certificate::new(Ipv4Addr::LOCALHOST, 2099);
    let idp = HttpsIssuer::start(&certificate);
    let unusable = |why: &str| format!("the gate's issuer IDP cannot be used: {why}");
    let failed =
        |why: &str| unusable(&format!("the request failed: invalid peer certificate: {why}"));
    assert_eq!(said_by_a_gate(&idp, &certificate.pem()), "all is well");
    let another = Certificate::new(Ipv4Addr::LOCALHOST, 2099);
    assert_eq!(said_by_a_gate(&idp, &another.pem()), failed("UnknownIssuer"));
    assert_eq!(
        said_by_a_gate(&idp, ""),
        unusable(
            "the system has no root certificates (unexpected error: No CA certificates were loaded \
             from the system): install them (the package `ca-certificates`, mostly), or name a file \
             of them in `SSL_CERT_FILE`"
        )
    );
    for (address, until, expected) in [
        (Ipv4Addr::LOCALHOST, 2020, "certificate expired: "),
        (Ipv4Addr::new(127, 0, 0, 2), 2099, "certificate not valid for name "),
    ] {
        let certificate = Certificate::new(address, until);
        let idp = HttpsIssuer::start(&certificate);
        let said = said_by_a_gate(&idp, &certificate.pem());
        assert!(said.starts_with(&failed(expected)), "{said}");
    }
}
