//! The URI that authenticator apps read.

use std::fmt::Write;

/// Characters of a name that are kept. With all of them four bytes, three times in a URI and each
/// byte escaped, the URI still fits into a QR code.
const LONGEST_NAME: usize = 64;

/// `otpauth://totp/…`, with both names escaped so that they can be nothing but names.
pub(crate) fn key_uri(issuer: &str, account: &str, base32: &str) -> String {
    let issuer = escaped(&issuer.replace(':', " "));
    let account = escaped(account);
    // Defaults are spelled out: not every app has them.
    format!(
        "otpauth://totp/{issuer}:{account}?secret={base32}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    )
}

/// All but the unreserved characters escaped (RFC 3986 §2.3).
fn escaped(name: &str) -> String {
    let mut escaped = String::new();
    for char in name.chars().take(LONGEST_NAME) {
        if char.is_ascii_alphanumeric() || "-._~".contains(char) {
            escaped.push(char);
        } else {
            for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string does not fail.
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use totp_rs::Totp;

    use super::*;
    use crate::factor::totp::qr;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn it_is_what_apps_read() {
        assert_eq!(
            key_uri("Bank", "alice@example.com", SECRET),
            "otpauth://totp/Bank:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Bank&algorithm=SHA1&digits=6&period=30",
        );
    }

    #[test]
    fn no_name_is_more_than_a_name() {
        for (issuer, account, issuer_read) in [
            ("Bank & Söhne", "a&secret=AAAA", "Bank & Söhne"),
            ("A?b#c", "x?issuer=Evil#", "A?b#c"),
            ("Bank: Evil", "a/../b", "Bank  Evil"),
            ("100 %", "%3A%00\r\n\"<svg>", "100 %"),
            ("银行", "auth0|123 ü", "银行"),
        ] {
            let uri = key_uri(issuer, account, SECRET);
            assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
            let read = Totp::from_url(&uri).unwrap();
            assert_eq!(read.issuer(), Some(issuer_read), "{uri}");
            assert_eq!(read.account_name(), account, "{uri}");
            assert_eq!(read.secret().to_base32(), SECRET, "{uri}");
        }
        // A colon is kept, where the first one ends the issuer.
        assert!(key_uri("Bank", "urn:1", SECRET).starts_with("otpauth://totp/Bank:urn%3A1?"));
    }

    #[test]
    fn the_longest_names_can_be_drawn() {
        let name = "😀".repeat(1000);
        let uri = key_uri(&name, &name, SECRET);
        assert!(uri.len() < 2500, "{}", uri.len());
        assert!(qr::svg(&uri).is_some());
    }
}
