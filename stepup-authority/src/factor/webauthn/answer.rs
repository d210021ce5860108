//! What a browser gives back: `credential.toJSON()`, read strictly.

use serde_json::{Map, Value};

use crate::factor::Answer;
use crate::sealing::{from_text, to_text};

/// No authenticator may make a longer id (WebAuthn Level 3 §4).
const LONGEST_ID: usize = 1023;

/// How authenticators are reached, as far as browsers are to be told (§5.8.4).
const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// What both sorts of answers have.
pub(super) struct Credential<'a> {
    pub(super) id: Vec<u8>,
    pub(super) client_data: Vec<u8>,
    response: &'a Map<String, Value>,
}

/// What `navigator.credentials.create()` gives back beside it.
pub(super) struct Registration {
    pub(super) attestation_object: Vec<u8>,
    pub(super) transports: Vec<String>,
}

/// What `navigator.credentials.get()` gives back beside it.
pub(super) struct Assertion {
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) user_handle: Option<Vec<u8>>,
}

impl<'a> Credential<'a> {
    pub(super) fn read(answer: Answer<'a>) -> Option<Self> {
        let credential = answer.member("credential")?.as_object()?;
        let text = |name: &str| credential.get(name).and_then(Value::as_str);
        let id = text("id")?;
        if text("type")? != "public-key" || text("rawId")? != id {
            return None;
        }
        let response = credential.get("response")?.as_object()?;
        let id = bytes(id).filter(|id| (1..=LONGEST_ID).contains(&id.len()))?;
        Some(Self { id, client_data: member(response, "clientDataJSON")?, response })
    }

    pub(super) fn registration(&self) -> Option<Registration> {
        let attestation_object = member(self.response, "attestationObject")?;
        // It is a hint to the browser alone: what is not known is left out.
        let said = self.response.get("transports").and_then(Value::as_array);
        let said: Vec<&str> = said.into_iter().flatten().filter_map(Value::as_str).collect();
        let known = TRANSPORTS.iter().filter(|known| said.contains(known));
        Some(Registration {
            attestation_object,
            transports: known.map(|&known| known.to_owned()).collect(),
        })
    }

    pub(super) fn assertion(&self) -> Option<Assertion> {
        let user_handle = match self.response.get("userHandle") {
            None | Some(Value::Null) => None,
            Some(handle) => Some(bytes(handle.as_str()?)?),
        };
        Some(Assertion {
            authenticator_data: member(self.response, "authenticatorData")?,
            signature: member(self.response, "signature")?,
            user_handle,
        })
    }
}

fn member(object: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    bytes(object.get(name)?.as_str()?)
}

/// Bytes in the one way in which browsers write them: base64url without padding or spare bits.
fn bytes(text: &str) -> Option<Vec<u8>> {
    from_text(text).filter(|bytes| to_text(bytes) == text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({ "credential": {
            "id": "AQID", "rawId": "AQID", "type": "public-key",
            "clientExtensionResults": { "credProtect": 7 },
            "response": {
                "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AQ",
                "userHandle": null, "attestationObject": "oA",
                "transports": ["usb", "telepathy", 1, "usb", "internal"],
            },
        }})
    }

    fn is_read(body: &Value) -> bool {
        let credential = Credential::read(Answer::new(body.as_object().unwrap()));
        credential.is_some_and(|credential| credential.assertion().is_some())
    }

    #[test]
    fn what_browsers_send_is_read() {
        let body = body();
        let credential = Credential::read(Answer::new(body.as_object().unwrap())).unwrap();
        assert_eq!((&credential.id[..], &credential.client_data[..]), (&[1, 2, 3][..], &b"{}"[..]));
        assert_eq!(credential.assertion().unwrap().user_handle, None);
        assert_eq!(credential.registration().unwrap().transports, ["internal", "usb"]);
    }

    #[test]
    fn o19_of_two_ways_to_write_an_answer_one_is_read() {
        assert!(is_read(&body()));
        for (pointer, value) in [
            ("/credential", json!("AQID")),
            ("/credential/type", json!("password")),
            ("/credential/type", json!(null)),
            ("/credential/rawId", json!("AQIE")),
            ("/credential/id", json!("AQIE")),
            ("/credential/rawId", json!(null)),
            ("/credential/response", json!([])),
            ("/credential/response/clientDataJSON", json!("e30=")),
            ("/credential/response/clientDataJSON", json!("e31")),
            ("/credential/response/authenticatorData", json!("A+/A")),
            ("/credential/response/signature", json!([1])),
            ("/credential/response/userHandle", json!(7)),
            ("/credential/response/userHandle", json!("=")),
        ] {
            let mut body = body();
            *body.pointer_mut(pointer).unwrap() = value.clone();
            assert!(!is_read(&body), "{pointer} {value}");
        }
        for id in ["", "AQID=", &"A".repeat(1366)] {
            let mut body = body();
            body["credential"]["id"] = id.into();
            body["credential"]["rawId"] = id.into();
            assert!(!is_read(&body), "{id}");
        }
        let mut longest = body();
        let id = to_text(&[7; LONGEST_ID]);
        longest["credential"]["id"] = id.clone().into();
        longest["credential"]["rawId"] = id.into();
        assert!(is_read(&longest));
    }
}
