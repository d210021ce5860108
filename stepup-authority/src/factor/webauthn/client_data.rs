//! What the browser says it signed for (WebAuthn Level 3 §5.8.1).

use super::RelyingParty;
use crate::json::read_object;
use crate::sealing::to_text;

/// The longest that is read. Browsers write less than 400 bytes.
const MOST: usize = 4096;

/// What is said of a key that is made, and of one that is used.
pub(super) const CREATE: &str = "webauthn.create";
pub(super) const GET: &str = "webauthn.get";

/// Why an answer is none, or is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is no answer of a browser's.
    Malformed,
    Wrong,
}

/// Checks the collected client data, every member of it that says something, byte for byte
/// (R-WA-01).
///
/// The verifier behind it reads them again, and looks at neither frames in assertions nor
/// `topOrigin` (O23), and takes an origin with a path.
pub(super) fn check(
    bytes: &[u8],
    kind: &str,
    challenge: &[u8],
    relying_party: &RelyingParty,
) -> Result<(), Refused> {
    if bytes.len() > MOST {
        return Err(Refused::Malformed);
    }
    let data = read_object(bytes).ok_or(Refused::Malformed)?;
    let text = |name: &str| data.get(name).and_then(|value| value.as_str());
    let required = |name: &str| text(name).ok_or(Refused::Malformed);
    let is_in_frame = match data.get("crossOrigin") {
        None => false,
        Some(value) => value.as_bool().ok_or(Refused::Malformed)?,
    };
    let top_origin = match data.get("topOrigin") {
        None => None,
        Some(value) => Some(value.as_str().ok_or(Refused::Malformed)?),
    };
    let is_framed_well = match (is_in_frame, top_origin) {
        (false, None) => true,
        // Who has the page in a frame decides what the user sees of what is enrolled.
        (true, Some(top_origin)) => kind == GET && relying_party.is_frame(top_origin),
        _ => false,
    };
    let is_right = required("type")? == kind
        && required("challenge")? == to_text(challenge)
        && relying_party.is_origin(required("origin")?)
        && is_framed_well;
    if is_right { Ok(()) } else { Err(Refused::Wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked_as(kind: &str, data: &str) -> Result<(), Refused> {
        let mut bank = RelyingParty::new("bank.example", ["https://bank.example"]).unwrap();
        bank.frame(["https://shop.example"]).unwrap();
        check(data.as_bytes(), kind, b"challenge", &bank)
    }

    fn checked(data: &str) -> Result<(), Refused> {
        checked_as(GET, data)
    }

    fn with(origin: &str, more: &str) -> String {
        format!(
            r#"{{"type":"{GET}","challenge":"Y2hhbGxlbmdl","origin":"{origin}","crossOrigin":{more}}}"#
        )
    }

    #[test]
    fn r_wa_01_what_browsers_write_is_taken() {
        let own = "https://bank.example";
        assert_eq!(checked(&with(own, "false")), Ok(()));
        assert_eq!(checked(&with(own, r#"false,"other_keys_can_be_added_here":"…""#)), Ok(()));
        assert_eq!(checked(&with(own, r#"true,"topOrigin":"https://shop.example""#)), Ok(()));
        // It was said once, and means nothing now (Level 3 §5.8.1).
        let bound = r#"false,"tokenBinding":{"status":"present","id":"YQ"}"#;
        assert_eq!(checked(&with(own, bound)), Ok(()));
        let without =
            r#"{"type":"webauthn.get","challenge":"Y2hhbGxlbmdl","origin":"https://bank.example"}"#;
        assert_eq!(checked(without), Ok(()));
    }

    #[test]
    fn r_wa_01_an_origin_is_compared_byte_for_byte() {
        for origin in [
            "https://bank.example/",
            "https://bank.example/path",
            "https://bank.example:443",
            "HTTPS://bank.example",
            "https://login.bank.example",
            "https://bank.example.evil.example",
            "http://bank.example",
            "https://shop.example",
            "null",
            "",
        ] {
            assert_eq!(checked(&with(origin, "false")), Err(Refused::Wrong), "{origin}");
        }
    }

    #[test]
    fn o23_frames_are_those_of_the_list() {
        let own = "https://bank.example";
        for more in [
            "true",
            r#"true,"topOrigin":"https://evil.example""#,
            r#"true,"topOrigin":"https://shop.example/""#,
            r#"false,"topOrigin":"https://shop.example""#,
            r#"false,"topOrigin":"https://bank.example""#,
        ] {
            assert_eq!(checked(&with(own, more)), Err(Refused::Wrong), "{more}");
        }
        let created = |more: &str| checked_as(CREATE, &with(own, more).replace(GET, CREATE));
        assert_eq!(created("false"), Ok(()));
        let of_a_shop = r#"true,"topOrigin":"https://shop.example""#;
        assert_eq!(created(of_a_shop), Err(Refused::Wrong), "none is enrolled in one");
        for more in ["null", "\"true\"", "0", r#"true,"topOrigin":null"#] {
            assert_eq!(checked(&with(own, more)), Err(Refused::Malformed), "{more}");
        }
    }

    #[test]
    fn o19_what_is_twice_or_missing_or_long_is_no_client_data() {
        let own = "https://bank.example";
        let long = format!(r#"false,"x":"{}""#, "x".repeat(MOST));
        for more in [
            r#"true,"crossOrigin":false"#,
            r#"false,"origin":"https://bank.example""#,
            r#"false,"\u006frigin":"https://evil.example""#,
            r#"false,"x":{"y":1,"y":1}"#,
            long.as_str(),
        ] {
            assert_eq!(checked(&with(own, more)), Err(Refused::Malformed), "{more}");
        }
        for missing in ["", "[]", "{}", r#"{"type":"webauthn.get"}"#] {
            assert_eq!(checked(missing), Err(Refused::Malformed), "{missing}");
        }
        let other = with(own, "false");
        for around in [format!("\u{feff}{other}"), format!("{other}{other}"), format!("[{other}]")]
        {
            assert_eq!(checked(&around), Err(Refused::Malformed), "{around}");
        }
        let created = other.replace(GET, CREATE);
        assert_eq!(checked(&created), Err(Refused::Wrong));
        assert_eq!(checked(&other.replace("Y2hhbGxlbmdl", "Y2hhbGxlbmdm")), Err(Refused::Wrong));
    }
}
