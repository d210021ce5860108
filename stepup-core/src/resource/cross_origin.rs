//! Calls from pages of another origin, as browsers make them (Fetch Standard §3.3): what a guard,
//! and the CORS layer before it, has to say to them.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HeaderName, HeaderValue, ORIGIN, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use http::{HeaderMap, Method, Request, Response, StatusCode};

use super::check::{Check, CheckError};
use super::gate::Gate;
use super::request_head::RequestHead;

const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What a CORS layer has to expose, or a page of another origin reads no challenge, and does not
/// know how long to wait: browsers hide all other headers of an answer.
///
/// ```
/// use stepup_core::EXPOSED_HEADERS;
/// assert_eq!(EXPOSED_HEADERS, ["www-authenticate", "dpop-nonce", "retry-after"]);
/// ```
pub const EXPOSED_HEADERS: [HeaderName; 3] = [WWW_AUTHENTICATE, DPOP_NONCE, RETRY_AFTER];

/// A browser asks on its own account, never with a credential, and takes anything but a success
/// for a no.
pub(super) fn is_preflight(head: RequestHead<'_>) -> bool {
    head.method == Method::OPTIONS
        && head.headers.contains_key(ORIGIN)
        && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// For adapters: a preflight and a call of a page of another origin, to see whether the page could
/// make the call and read the guard's challenge.
///
/// ```
/// use http::{Method, header::CONTENT_TYPE};
/// use stepup_core::{CheckError, CrossOriginCheck, Gate};
///
/// # fn send(_: http::Request<()>) -> http::Response<()> { http::Response::default() }
/// fn check(gate: &Gate) -> Result<(), CheckError> {
///     let (page, sends) = ("https://app.example", [CONTENT_TYPE]);
///     let (check, [preflight, call]) =
///         CrossOriginCheck::new(gate, Method::POST, "/transfers", page, &sends)?;
///     // An adapter sends both through the service.
///     check.finish(gate, &send(preflight), &send(call))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct CrossOriginCheck {
    check: Check,
    origin: HeaderValue,
    sends: Vec<HeaderName>,
}

impl CrossOriginCheck {
    /// A check of this route for pages of this origin, which send these headers besides their
    /// token, and the two requests to send.
    ///
    /// # Errors
    ///
    /// The path or the origin is none.
    ///
    /// ```
    /// # use http::Method;
    /// # use stepup_core::{CrossOriginCheck, Gate};
    /// # fn example(gate: &Gate) {
    /// let no_origin = CrossOriginCheck::new(gate, Method::POST, "/transfers", "app.example", &[]);
    /// assert!(no_origin.is_err());
    /// # }
    /// ```
    pub fn new(
        gate: &Gate,
        method: Method,
        path: &str,
        origin: &str,
        sends: &[HeaderName],
    ) -> Result<(Self, [Request<()>; 2]), CheckError> {
        let (check, mut call) = Check::new(method, path)?;
        let fault = |fault| check.cross_origin(origin, fault);
        let origin_value = match HeaderValue::from_str(origin) {
            Ok(value) if is_origin(origin) => value,
            _ => return Err(fault(Fault::NoOrigin)),
        };
        call.headers_mut().insert(ORIGIN, origin_value.clone());
        let mut preflight = Request::new(());
        *preflight.method_mut() = Method::OPTIONS;
        *preflight.uri_mut() = call.uri().clone();
        let headers = preflight.headers_mut();
        headers.insert(ORIGIN, origin_value.clone());
        let method = HeaderValue::from_str(call.method().as_str());
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, method.map_err(|_| fault(Fault::Method))?);
        let sends = Self::sent(gate, sends);
        // Fetch Standard §4.8: sorted, with nothing behind the comma.
        let list = sends.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(",");
        let list = HeaderValue::from_maybe_shared(list).map_err(|_| fault(Fault::NoOrigin))?;
        headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, list);
        Ok((Self { check, origin: origin_value, sends }, [preflight, call]))
    }

    fn sent(gate: &Gate, sends: &[HeaderName]) -> Vec<HeaderName> {
        let mut all = sends.to_vec();
        all.push(AUTHORIZATION);
        all.extend(gate.takes_dpop().then_some(DPOP));
        all.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
        all.dedup();
        all
    }

    /// Judges the answers.
    ///
    /// # Errors
    ///
    /// The page cannot make the call, cannot read what the guard answers, or no guard of this gate
    /// stands there.
    ///
    /// ```
    /// # use http::Response;
    /// # use stepup_core::{CrossOriginCheck, Gate};
    /// # fn example(check: CrossOriginCheck, gate: &Gate) {
    /// // Neither says anything of the origin.
    /// let (preflight, call) = (Response::new(()), Response::new(()));
    /// assert!(check.finish(gate, &preflight, &call).is_err());
    /// # }
    /// ```
    pub fn finish(
        self,
        gate: &Gate,
        preflight: &Response<()>,
        call: &Response<()>,
    ) -> Result<(), CheckError> {
        let wrong =
            |fault| Err(self.check.cross_origin(self.origin.to_str().unwrap_or_default(), fault));
        if let Some(fault) = self.preflight_fault(preflight) {
            return wrong(fault);
        }
        self.check.clone().finish(gate, call.status(), call.headers())?;
        self.call_fault(gate, call).map_or(Ok(()), wrong)
    }

    fn preflight_fault(&self, answer: &Response<()>) -> Option<Fault> {
        if !answer.status().is_success() {
            return Some(Fault::Preflight(answer.status()));
        }
        let said = Said::by(answer.headers());
        if !said.allows(&self.origin) {
            return Some(Fault::Origin { by: "the preflight's answer" });
        }
        let method = self.check.method();
        // Fetch Standard §2.2.1: these need no leave.
        let safelisted = [Method::GET, Method::HEAD, Method::POST].contains(method);
        if !safelisted && !said.lists(&ACCESS_CONTROL_ALLOW_METHODS, |it| it == method.as_str()) {
            return Some(Fault::Method);
        }
        let refused = self.sends.iter().find(|name| match **name {
            AUTHORIZATION => !said.names(&ACCESS_CONTROL_ALLOW_HEADERS, name),
            _ => !said.has(&ACCESS_CONTROL_ALLOW_HEADERS, name),
        });
        refused.cloned().map(Fault::Header)
    }

    fn call_fault(&self, gate: &Gate, answer: &Response<()>) -> Option<Fault> {
        let said = Said::by(answer.headers());
        if !said.allows(&self.origin) {
            return Some(Fault::Origin { by: "the guard's answer" });
        }
        // A page that does not know how long to wait gets through all the same.
        let challenged: &[_] =
            if gate.takes_dpop() { &[WWW_AUTHENTICATE, DPOP_NONCE] } else { &[WWW_AUTHENTICATE] };
        let hidden =
            challenged.iter().find(|name| !said.has(&ACCESS_CONTROL_EXPOSE_HEADERS, name))?;
        Some(Fault::Hidden(hidden.clone()))
    }
}

/// As browsers write it (RFC 6454 §6.2): in small letters, without the scheme's own port and with
/// nothing behind it. An address of numbers has one form.
fn is_origin(origin: &str) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else { return false };
    let is_scheme = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    let has_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(is_scheme);
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let own = match scheme {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    };
    let is_port = |text: &str| {
        let port = text.parse::<u16>().ok();
        port.is_some_and(|port| port.to_string() == text && Some(port) != own)
    };
    has_scheme && is_host(host) && port.is_none_or(is_port)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok_and(|read| read.to_string() == address);
    }
    let is_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    let last = host.rsplit('.').next().unwrap_or_default();
    // Nor has a name a dot at its end.
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    host.bytes().all(is_name) && (!is_number || host.parse::<Ipv4Addr>().is_ok())
}

/// What an answer says of other origins.
struct Said<'a> {
    headers: &'a HeaderMap,
    /// With the user's credentials no `*` stands for anything.
    wildcards: bool,
}

impl<'a> Said<'a> {
    fn by(headers: &'a HeaderMap) -> Self {
        let credentials = headers.get(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        Self { headers, wildcards: credentials.is_none_or(|value| value != "true") }
    }

    /// One line, which is the origin to the byte.
    fn allows(&self, origin: &HeaderValue) -> bool {
        let mut lines = self.headers.get_all(ACCESS_CONTROL_ALLOW_ORIGIN).iter();
        let (line, more) = (lines.next(), lines.next());
        more.is_none() && line.is_some_and(|it| it == origin || (self.wildcards && it == "*"))
    }

    fn lists(&self, list: &HeaderName, is: impl Fn(&str) -> bool) -> bool {
        self.words(list).any(|word| is(word) || (self.wildcards && word == "*"))
    }

    fn has(&self, list: &HeaderName, name: &HeaderName) -> bool {
        self.lists(list, |word| word.eq_ignore_ascii_case(name.as_str()))
    }

    /// Where no wildcard stands for it (Fetch Standard §2.2.2).
    fn names(&self, list: &HeaderName, name: &HeaderName) -> bool {
        self.words(list).any(|word| word.eq_ignore_ascii_case(name.as_str()))
    }

    fn words(&self, list: &HeaderName) -> impl Iterator<Item = &'a str> {
        let lines = self.headers.get_all(list).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).map(str::trim)
    }
}

/// Why a page of another origin cannot make a call, or not read its challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NoOrigin,
    Preflight(StatusCode),
    Origin { by: &'static str },
    Method,
    Header(HeaderName),
    Hidden(HeaderName),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOrigin => f.write_str(
                "that is no origin; write it as browsers do, with its scheme, in small letters, \
                 without a path and without the scheme's own port: `https://app.example`",
            ),
            Self::Preflight(status) => write!(
                f,
                "the preflight was answered {}; put a CORS layer that allows the origin around \
                 this route, outside of all that refuses requests",
                status.as_u16()
            ),
            Self::Origin { by } => write!(
                f,
                "{by} does not allow the origin; put a CORS layer that names it around this \
                 route, outside of all that refuses requests"
            ),
            Self::Method => {
                f.write_str("the method is not allowed; name it in the CORS layer's methods")
            }
            Self::Header(name) => write!(
                f,
                "the header `{name}` may not be sent; name it in the CORS layer's headers (`*` \
                 does not stand for `authorization`)"
            ),
            Self::Hidden(name) => write!(
                f,
                "the header `{name}` cannot be read; have the CORS layer expose `EXPOSED_HEADERS`"
            ),
        }
    }
}
