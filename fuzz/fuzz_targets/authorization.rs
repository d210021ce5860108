//! Any `Authorization` lines at all: what is read is one token of the right alphabet.
#![no_main]

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use stepup_core::Credential;

libfuzzer_sys::fuzz_target!(|lines: &[u8]| {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Ok(line) = HeaderValue::from_bytes(line) else { return };
        headers.append(AUTHORIZATION, line);
    }
    if let Ok(Some(credential)) = Credential::from_headers(&headers) {
        let token = credential.token();
        assert_eq!(headers.len(), 1);
        assert!(!token.is_empty());
        let other = |c: char| !c.is_ascii_alphanumeric() && !"-._~+/=".contains(c);
        assert!(!token.contains(other), "{token:?}");
        assert!(headers[AUTHORIZATION].as_bytes().ends_with(token.as_bytes()));
    }
});
