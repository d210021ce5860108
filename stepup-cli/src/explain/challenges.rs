//! What challenges ask for, line by line.

use stepup_client::{Challenge, Dialects, read_challenges};
use stepup_core::{AuthChallenge, INSUFFICIENT_USER_AUTHENTICATION};

use super::words;

const WHAT_CLIENTS_DO: &str = "A client has the user step up, then sends the request once more; \
    `stepup call` does so.";

/// A challenge that cannot be read, and what may help.
#[derive(Debug)]
pub(super) struct Malformed(pub(super) String);

/// All challenges of a header, explained.
pub(super) fn explained(line: &str, dialects: Dialects) -> Result<Vec<String>, Malformed> {
    let malformed = |error: &dyn std::fmt::Display| Malformed(told(error, line, dialects));
    let challenges = read_challenges(line, dialects).map_err(|error| malformed(&error))?;
    let asked = Challenge::from_line(line, dialects).map_err(|error| malformed(&error))?;
    let mut lines = Vec::new();
    if challenges.is_empty() {
        lines.push("The header is empty: there is no challenge in it.".to_owned());
    }
    let mut open = asked.as_ref();
    for challenge in &challenges {
        // Those that ask for a step-up all ask for the same: one is enough to say it.
        match open.filter(|_| is_step_up(challenge, dialects)) {
            Some(asked) => {
                lines.extend(step_up(asked));
                open = None;
            }
            None if is_step_up(challenge, dialects) && asked.is_some() => {
                lines.push(format!("{} asks for the same once more.", challenge.scheme()));
            }
            None => lines.push(other(challenge)),
        }
        let quoted = |name: &str, text: &str| format!("  {name:<8}\"{text}\"");
        lines.extend(challenge.param("error_description").map(|text| quoted("says", text)));
        lines.extend(challenge.param("realm").map(|text| quoted("realm", text)));
        if let Some(address) = challenge.param("resource_metadata") {
            lines.push(format!("  {:<8}{address} (RFC 9728; not followed)", "more at"));
        }
    }
    lines.extend(asked.map(|_| WHAT_CLIENTS_DO.to_owned()));
    Ok(lines)
}

fn told(error: &dyn std::fmt::Display, line: &str, dialects: Dialects) -> String {
    let helps = |name, more| {
        let is_read = more != dialects && matches!(Challenge::from_line(line, more), Ok(Some(_)));
        is_read.then(|| format!(". It can be read with --dialect {name}"))
    };
    let hint = helps("okta", dialects.okta()).or_else(|| helps("entra", dialects.entra()));
    let todo = ". A client does nothing about it; report it to the API's operator";
    format!("{error}{}", hint.unwrap_or_else(|| todo.to_owned()))
}

fn is_step_up(challenge: &AuthChallenge, dialects: Dialects) -> bool {
    match challenge.param("error") {
        Some(INSUFFICIENT_USER_AUTHENTICATION) => true,
        Some("insufficient_authentication_context") => dialects == dialects.okta(),
        Some("insufficient_claims") => dialects == dialects.entra(),
        _ => false,
    }
}

fn step_up(asked: &Challenge) -> Vec<String> {
    let mut lines = vec![format!(
        "{} asks for a step-up: a login that is stronger, more recent, or both (RFC 9470).",
        asked.scheme()
    )];
    let mut part = |name: &str, text: &str| lines.push(format!("  {name:<8}{text}"));
    match asked.acr_values() {
        [] => {}
        [one] => part("level", &words::level(one)),
        several => {
            part("level", "one of these, the preferred first:");
            several.iter().for_each(|one| part("", &format!("  {}", words::level(one))));
        }
    }
    match asked.max_age() {
        None => {}
        Some(0) => part("age", "the user has to log in now"),
        Some(seconds) => {
            part("age", &format!("the login is at most {} old", words::duration(seconds)));
        }
    }
    if !asked.amr_values().is_empty() {
        let methods: Vec<_> = asked.amr_values().iter().map(|name| words::method(name)).collect();
        part("methods", &format!("all of {}", methods.join(", ")));
    }
    if !asked.scope().is_empty() {
        part("scope", &format!("the token is to have {}", asked.scope().join(" ")));
    }
    if let Some(claims) = asked.claims() {
        part("claims", claims);
    }
    if lines.len() == 1 {
        lines.push("  It names neither level nor age: the user is to log in again.".to_owned());
    }
    lines
}

/// What asks for no step-up.
fn other(challenge: &AuthChallenge) -> String {
    let scheme = challenge.scheme();
    let is_oauth = ["Bearer", "DPoP"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let scope = challenge.param("scope").unwrap_or("one that it does not name");
    let meaning = match challenge.param("error") {
        None if is_oauth => "wants a token; none was sent, or none that it looks at. A client has \
            the user log in"
            .to_owned(),
        None => "is another scheme, which has no step-ups. A client leaves it alone".to_owned(),
        Some("invalid_token") => "says that the token is expired, revoked or not for this API. A \
            client gets another; a step-up does not help"
            .to_owned(),
        Some("insufficient_scope") => format!(
            "says that the token lacks a scope: {scope}. A client asks the user's consent for it; \
             a step-up does not help"
        ),
        Some("invalid_request") => "says that the request is malformed, for example with two \
            tokens. A client sends it no second time"
            .to_owned(),
        Some("invalid_dpop_proof") => "refuses the proof that the token's key is the sender's \
            (RFC 9449). A client's clock may be wrong, or its key another"
            .to_owned(),
        Some("use_dpop_nonce") => "wants a proof with the nonce of its answer (RFC 9449 §8). A \
            client repeats the request with it"
            .to_owned(),
        Some("insufficient_authentication_context") => "asks for a step-up in Okta's words. A \
            client understands it if told so: --dialect okta"
            .to_owned(),
        Some("insufficient_claims") => "asks for claims in Entra's words. A client understands \
            it if told so (--dialect entra), and if authentication contexts are what it names"
            .to_owned(),
        Some(error) => format!("says {error}, which is no step-up. A client leaves it alone"),
    };
    format!("{scheme} {meaning}.")
}

#[cfg(test)]
mod tests;
