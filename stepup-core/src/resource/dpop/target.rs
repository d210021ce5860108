//! The URL that a proof is for (`htu`, RFC 9449 §4.3): compared without query and fragment, after
//! the normalisation of RFC 3986 §6.2.2 and §6.2.3.

use http::Uri;

/// Where clients see an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    scheme: String,
    host: String,
    port: u16,
    /// Without a slash at the end.
    path: String,
}

impl Target {
    /// `None` if the text is no http(s) URL, or has a query, a fragment or a user.
    pub(super) fn base(url: &str) -> Option<Self> {
        if url.contains(['?', '#']) {
            return None;
        }
        let mut base = Self::absolute(url)?;
        base.path.truncate(base.path.trim_end_matches('/').len());
        Some(base)
    }

    fn absolute(url: &str) -> Option<Self> {
        let url = url.split(['?', '#']).next()?;
        let uri: Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        Some(Self {
            scheme,
            host: authority.host().to_ascii_lowercase(),
            port: match authority.port() {
                Some(port) => port.as_u16(),
                None if authority.as_str() == authority.host() => default_port,
                None => return None,
            },
            path: normal(uri.path())?,
        })
    }

    /// Whether a proof for `target` is for a request of this URI, of which the path alone is
    /// looked at: all else of it is what the client says.
    pub(super) fn is(&self, target: &str, uri: &Uri) -> bool {
        let (Some(target), Some(path)) = (Self::absolute(target), normal(uri.path())) else {
            return false;
        };
        let Self { scheme, host, port, path: base } = self;
        (target.scheme, target.host, target.port) == (scheme.clone(), host.clone(), *port)
            && target
                .path
                .strip_prefix(base.as_str())
                .is_some_and(|rest| rest == path || (rest.is_empty() && path == "/"))
    }
}

/// A path with its percent-encodings in one form; `None` if one is malformed, or the path is not
/// the one that routers see: with `.` or `..` segments.
fn normal(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut normal = String::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            normal.push(char::from(byte));
            continue;
        }
        let high = char::from(bytes.next()?).to_digit(16)?;
        let low = char::from(bytes.next()?).to_digit(16)?;
        let byte = u8::try_from(high * 16 + low).ok()?;
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            normal.push(char::from(byte));
        } else {
            normal.push_str(&format!("%{byte:02X}"));
        }
    }
    let dots = normal.split('/').any(|segment| segment == "." || segment == "..");
    (!dots).then_some(if normal.is_empty() { "/".to_owned() } else { normal })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-9449-01: the ninth check.
    #[test]
    fn r_9449_01_a_proof_is_for_one_url() {
        for (base, uri, target, expected) in [
            ("https://api.example", "/pay", "https://api.example/pay", true),
            ("https://api.example/", "/pay", "https://api.example/pay", true),
            ("https://api.example", "/pay?a=1", "https://api.example/pay", true),
            ("https://api.example", "/pay?a=1", "https://api.example/pay?b=2#c", true),
            ("https://api.example", "/pay", "HTTPS://API.example:443/pay", true),
            ("https://api.example:443", "/pay", "https://api.example/pay", true),
            ("https://api.example", "/a%7eb", "https://api.example/a~b", true),
            ("https://api.example", "/a%2fb", "https://api.example/a%2Fb", true),
            ("https://api.example", "/", "https://api.example", true),
            ("https://api.example/v1", "/pay", "https://api.example/v1/pay", true),
            ("https://api.example/v1", "/", "https://api.example/v1", true),
            ("https://api.example/v1", "/", "https://api.example/v1/", true),
            ("https://api.example", "/pay", "https://api.example:x/pay", false),
            ("https://api.example", "/pay", "https://api.example:99999/pay", false),
            ("http://127.0.0.1:3000", "/pay", "http://127.0.0.1:3000/pay", true),
            ("https://api.example", "https://evil.example/pay", "https://api.example/pay", true),
            ("https://api.example", "/pay", "https://api.example/pay/", false),
            ("https://api.example", "/pay", "https://api.example/Pay", false),
            ("https://api.example", "/pay", "https://api.example/other", false),
            ("https://api.example", "/pay", "https://api.example", false),
            ("https://api.example", "/pay", "http://api.example/pay", false),
            ("https://api.example", "/pay", "https://api.example:8443/pay", false),
            ("https://api.example", "/pay", "https://evil.example/pay", false),
            ("https://api.example", "/pay", "https://api.example.evil/pay", false),
            ("https://api.example", "/pay", "https://user@api.example/pay", false),
            ("https://api.example", "/pay", "//api.example/pay", false),
            ("https://api.example", "/pay", "/pay", false),
            ("https://api.example", "/pay", "", false),
            ("https://api.example", "/a/../pay", "https://api.example/pay", false),
            ("https://api.example", "/a%2fb", "https://api.example/a/b", false),
            ("https://api.example", "/pay", "https://api.example/p%61y%", false),
            ("https://api.example/v1", "/pay", "https://api.example/pay", false),
            ("https://api.example/v1", "/pay", "https://api.example/v1x/pay", false),
            ("https://evil.example", "https://api.example/pay", "https://api.example/pay", false),
        ] {
            let uri: Uri = uri.parse().unwrap();
            let base = Target::base(base).unwrap();
            assert_eq!(base.is(target, &uri), expected, "{base:?} {uri} {target}");
        }
    }

    #[test]
    fn a_base_is_where_clients_see_the_api() {
        for text in [
            "",
            "api.example",
            "/v1",
            "ftp://api.example",
            "https://",
            "https://api.example?a=1",
            "https://api.example#a",
            "https://user@api.example",
            "https://api.example/a b",
            "https://api.example:99999",
        ] {
            assert_eq!(Target::base(text), None, "{text}");
        }
    }
}
