//! What goes over the wire, as one table. Each row runs through every framework and has to give
//! the same bytes in all of them.

mod body;
mod known;
mod rows;
mod unavailable;

use std::fmt::Write as _;

use http_auth::parser::ChallengeParser;
use rows::{Expect, Row, rows};
use serde_json::json;
use stepup_core::{Algorithm, Challenge, read_challenges};
use stepup_tests::{Answer, Api, Framework, Issuer, block_on, clock, gate};

#[test]
fn every_row_gives_the_same_bytes_in_every_framework() {
    let issuer = Issuer::new(Algorithm::Es256);
    let rows = rows();
    assert!(rows.len() >= 60, "the table has {} rows", rows.len());
    let mut failures = String::new();
    for row in rows {
        let answers = Framework::ALL.map(|framework| (framework, ask(framework, &issuer, &row)));
        for (framework, answer) in &answers {
            if let Some(wrong) = wrong(&row, answer) {
                let _ = writeln!(failures, "{} ({framework:?}): {wrong}", row.name);
            }
        }
        let [(_, axum), (_, poem)] = answers;
        if axum != poem {
            let _ = writeln!(failures, "{}: {axum:#?} differs from {poem:#?}", row.name);
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

fn ask(framework: Framework, issuer: &Issuer, row: &Row) -> Answer {
    let clock = clock();
    let api = Api::new(framework, &gate(issuer, &clock));
    clock.advance(row.later);
    let lines = row.sent.lines(issuer);
    block_on(api.post(row.path, &lines.iter().map(String::as_str).collect::<Vec<_>>()))
}

fn wrong(row: &Row, answer: &Answer) -> Option<String> {
    let (status, challenge, body) = match &row.expect {
        Expect::Admit => {
            let fine = answer.status == 200 && answer.ran == 1 && answer.challenge().is_empty();
            return (!fine).then(|| format!("not admitted: {answer:?}"));
        }
        Expect::Refuse { status, challenge, body } => (*status, challenge, body),
    };
    if answer.ran != 0 {
        return Some("the handler ran".to_owned());
    }
    if answer.status != status {
        return Some(format!("status {} instead of {status}", answer.status));
    }
    let header = |name: &str| answer.headers.get(name).map_or(&b""[..], |value| value.as_bytes());
    if header("cache-control") != b"no-store"
        || header("content-type") != b"application/problem+json"
    {
        return Some(format!("headers {:?}", answer.headers));
    }
    if answer.challenge() != challenge.as_str() {
        return Some(format!("challenge\n  {}\ninstead of\n  {challenge}", answer.challenge()));
    }
    if answer.json() != *body {
        return Some(format!("body\n  {}\ninstead of\n  {body}", answer.json()));
    }
    unread(answer)
}

/// R-6750-01, R-9457-02: two readers agree on the header, and the body says no more than it.
fn unread(answer: &Answer) -> Option<String> {
    if answer.challenge().is_empty() {
        return None;
    }
    let theirs: Result<Vec<_>, _> = ChallengeParser::new(answer.challenge()).collect();
    let (Ok(ours), Ok(theirs)) = (read_challenges(answer.challenge()), theirs) else {
        return Some("a reader refuses the challenge".to_owned());
    };
    let ([ours], [theirs]) = (ours.as_slice(), theirs.as_slice()) else {
        return Some("more or less than one challenge".to_owned());
    };
    for (name, value) in &theirs.params {
        if ours.param(name) != Some(value.to_unescaped().as_str()) {
            return Some(format!("the readers disagree on `{name}`"));
        }
    }
    let body = answer.json();
    let parsed = Challenge::from_headers(&answer.headers);
    let Ok(Some(challenge)) = parsed else {
        return (body["step_up_required"] == json!(true)).then(|| format!("unread: {parsed:?}"));
    };
    let list = |name: &str| body.get(name).cloned().unwrap_or_else(|| json!([]));
    let same = list("acr_values") == json!(challenge.acr_values())
        && list("amr_values") == json!(challenge.amr_values())
        && list("scope") == json!(challenge.scope())
        && body.get("max_age").cloned() == challenge.max_age().map(|age| json!(age));
    (!same).then(|| "the body says something else than the header".to_owned())
}
