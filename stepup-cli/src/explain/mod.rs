//! What a challenge asks for, in words.

mod challenges;
mod words;

use std::io::{self, Write as _};
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use stepup_client::{AccessToken, Dialects};
use url::{Host, Url};

use crate::arguments::{ExplainArguments, dialects};
use crate::exit::{Exit, Failure};
use crate::printable::printable;
use crate::request;

const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than any problem document.
const LONGEST_BODY: usize = 16 * 1024;

pub(crate) async fn explain(arguments: &ExplainArguments) -> Result<(), Failure> {
    let dialects = dialects(&arguments.dialect);
    let what = arguments.what.trim();
    let is_address = ["https://", "http://"].iter().any(|scheme| what.starts_with(scheme));
    let lines = if is_address {
        of_address(arguments, what, dialects).await?
    } else if looks_like_an_address(what) {
        return Err(Failure::usage(format!(
            "`{what}` is neither: an address begins with https:// (or http:// on this machine), and \
             a header with its scheme, as in 'Bearer error=\"…\"'"
        )));
    } else {
        challenges::explained(&in_one_line(what), dialects).map_err(of_malformed)?
    };
    let mut stdout = io::stdout().lock();
    for line in lines {
        writeln!(stdout, "{}", printable(&line))?;
    }
    Ok(())
}

fn of_malformed(malformed: challenges::Malformed) -> Failure {
    Failure::new(Exit::Failed, malformed.0)
}

/// One word with a host's dot or port, where a header would have a scheme.
fn looks_like_an_address(what: &str) -> bool {
    what.contains(['.', ':', '/']) && !what.contains([' ', '=', '"', ','])
}

/// Copied out of an answer, the header may have its name, stand on several lines, and have others
/// round it.
fn in_one_line(text: &str) -> String {
    let value = |line: &str| {
        // As `curl -v` writes it.
        let line = line.trim_start_matches(['<', ' ', '\t']).trim_end().to_owned();
        let (name, value) = line.split_once([':', ' '])?;
        name.eq_ignore_ascii_case(WWW_AUTHENTICATE.as_str()).then(|| value.trim().to_owned())
    };
    if !text.lines().any(|line| value(line).is_some()) {
        return text.lines().map(str::trim).collect::<Vec<_>>().join(", ");
    }
    let mut lines = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let named = value(line);
        goes_on = named.is_some() || goes_on && line.starts_with([' ', '\t']);
        lines.extend(named.or_else(|| goes_on.then(|| line.trim().to_owned())));
    }
    lines.join(", ")
}

async fn of_address(
    arguments: &ExplainArguments,
    what: &str,
    dialects: Dialects,
) -> Result<Vec<String>, Failure> {
    let (method, url) = (request::method(&arguments.method)?, request::url(what)?);
    let token = if arguments.no_token { None } else { arguments.token.optional()? };
    let http = Client::builder().redirect(Policy::none()).timeout(PATIENCE);
    // A token for this machine stays on it.
    let http = if is_here(&url) { http.no_proxy() } else { http }.build()?;
    let mut request = http.request(method.clone(), url.clone());
    let with = if let Some(token) = &token {
        request = request.header(AUTHORIZATION, authorization(token, &url)?);
        "with a token"
    } else {
        "without a token"
    };
    let mut answer = request.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut lines = vec![format!("{method} {url} {with}: {status}")];
    lines.extend(
        said(&headers, &body(&mut answer).await).map(|said| format!("  says    \"{said}\"")),
    );
    if headers.contains_key(WWW_AUTHENTICATE) {
        let explained = challenges::explained(&header(&headers), dialects);
        lines.extend(explained.map_err(of_malformed)?);
        if status != StatusCode::UNAUTHORIZED {
            lines.push(format!("It stands beside {status}: clients act on 401 alone."));
        }
    } else {
        lines.push(without_challenge(status).to_owned());
    }
    Ok(lines)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A token passes no open network.
fn authorization(token: &AccessToken, url: &Url) -> Result<HeaderValue, Failure> {
    if url.scheme() != "https" && !is_here(url) {
        return Err(Failure::usage(
            "a token is sent to https alone, or to this machine; take --no-token to ask without",
        ));
    }
    let value = HeaderValue::from_str(&format!("{} {}", token.scheme(), token.expose()));
    let mut value = value.map_err(|_| Failure::usage("the token has characters of no header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Bytes beyond ASCII may stand in quoted strings (RFC 9110 §5.5): to be shown, UTF-8 where they
/// are.
fn header(headers: &HeaderMap) -> String {
    let lines = headers.get_all(WWW_AUTHENTICATE).iter().map(HeaderValue::as_bytes);
    let text = |line: &[u8]| match str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => line.iter().map(|byte| char::from(*byte)).collect(),
    };
    lines.map(text).collect::<Vec<_>>().join(", ")
}

async fn body(answer: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_BODY {
            break;
        }
    }
    body
}

/// The sentence that a problem document (RFC 9457) has for the user.
fn said(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let problem: serde_json::Value = serde_json::from_slice(body).ok()?;
    let sentence = problem.get("detail")?.as_str()?;
    content_type.starts_with("application/problem+json").then(|| sentence.to_owned())
}

const fn without_challenge(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "It asks for nothing.",
        401 => {
            "It challenges without a WWW-Authenticate header, which RFC 9110 §15.5.2 demands: a \
             client cannot know what to do."
        }
        403 => "It refuses without a challenge: no other login helps.",
        300..=399 => "It leads elsewhere, which is not followed: explain that address.",
        _ => "There is no challenge in it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_in_what_was_copied() {
        for (copied, expected) in [
            ("Bearer a=1", "Bearer a=1"),
            ("WWW-Authenticate: Bearer a=1", "Bearer a=1"),
            ("www-authenticate Bearer a=1", "Bearer a=1"),
            ("< WWW-Authenticate: Bearer a=1\r\n", "Bearer a=1"),
            ("WWW-Authenticate: Bearer a=1,\n  b=2", "Bearer a=1,, b=2"),
            ("Bearer a=1,\n  b=2", "Bearer a=1,, b=2"),
            (
                "HTTP/1.1 401\nwww-authenticate: Bearer\nx: y\nwww-authenticate: Basic",
                "Bearer, Basic",
            ),
        ] {
            assert_eq!(in_one_line(copied), expected, "{copied:?}");
        }
    }

    #[test]
    fn an_address_without_its_scheme_is_none_and_no_header() {
        for (what, expected) in [
            ("bank.example", true),
            ("localhost:3000/transfers", true),
            ("Bearer", false),
            ("Bearer realm=a.b", false),
            ("Negotiate YII/=", false),
            ("", false),
        ] {
            assert_eq!(looks_like_an_address(what), expected, "{what}");
        }
    }
}
