//! The example that RFC 9449 §7.1 publishes: figures 12 and 13.

use std::sync::Arc;

use http::Request;
use stepup_core::{
    Authentication, Credential, Dpop, Gate, Level, ManualClock, Timestamp, Verification, Verifier,
};
use stepup_tests::block_on;

const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
const THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

/// The example's token is opaque: what it says is agreed between issuer and API.
#[derive(Debug)]
struct Agreed;

impl Verifier for Agreed {
    fn verify<'a>(&'a self, credential: Credential<'a>, _: Timestamp) -> Verification<'a> {
        assert_eq!(credential.token(), TOKEN);
        let user = Authentication::of_user("https://server.example.com", "alice", Timestamp::MAX)
            .with_level(Level::MFA)
            .with_key_thumbprint(THUMBPRINT);
        Verification::Ready(Ok(Arc::new(user)))
    }
}

#[test]
fn the_published_example_of_rfc_9449_verifies() {
    let clock = ManualClock::at(Timestamp::from_secs(1_562_262_618));
    let gate = Gate::with_verifier(Agreed)
        .realm("example")
        .clock(clock)
        .dpop(Dpop::at("https://resource.example.org"))
        .build()
        .unwrap();
    let sent = |method: &str, path: &str, proof: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("DPoP {TOKEN}"))
            .header("dpop", proof)
            .body(())
            .unwrap()
    };
    let status = |request: Request<()>| {
        block_on(gate.verify(&request)).map_err(|refused| refused.response().status().as_u16())
    };
    assert_eq!(status(sent("POST", "/protectedresource", PROOF)).unwrap_err(), 401);
    assert_eq!(status(sent("GET", "/protectedresources", PROOF)).unwrap_err(), 401);
    let changed = PROOF.replace(".eyJqdGki", ".eyJqdGkj");
    assert_eq!(status(sent("GET", "/protectedresource", &changed)).unwrap_err(), 401);
    let login = status(sent("GET", "/protectedresource", PROOF)).unwrap();
    assert_eq!(login.key_thumbprint(), Some(THUMBPRINT));
    assert_eq!(status(sent("GET", "/protectedresource", PROOF)).unwrap_err(), 401, "used");
}
