//! The pieces of the work, each alone.

use std::rc::Rc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Uri};
use stepup_core::{Algorithm, Gate, MaxAge, RequestHead, Require, Requirement, level};

use crate::Failure;
use crate::hand_written::{Checks, Claims};
use crate::measure::{Batch, Bench, Items, Read, Rotation, Run, at_once};
use crate::subject::{Part, Sent, Subject};
use crate::tokens::{Tokens, credential};

const BATCH: Batch = Batch::SIGNATURES;
const REQUIREMENT: &Requirement = &<(level::Mfa, MaxAge<3600>)>::REQUIREMENT;

pub(crate) fn bench(part: Part, tokens: &Rc<Tokens>) -> Result<Bench<Subject>, Failure> {
    let run = match part {
        Part::RawCheck => raw_check(tokens)?,
        Part::Decode => decode(tokens)?,
        Part::Admit => admit(tokens)?,
    };
    let subject = Subject::Part(part, tokens.issuer.algorithm());
    Ok(Bench { subject, batch: BATCH, run })
}

/// The signature check alone, with a parsed key and a decoded signature.
///
/// # Errors
///
/// An algorithm that is not measured.
pub fn raw_check(tokens: &Tokens) -> Result<Run, Failure> {
    let check: &'static dyn VerificationAlgorithm = match tokens.issuer.algorithm() {
        Algorithm::EdDsa => &ED25519,
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        other => return Err(format!("{other} is not measured").into()),
    };
    let key = ParsedPublicKey::new(check, tokens.issuer.public_key_bytes())?;
    let mut signed = Rotation::new(tokens.good.clone());
    Ok(Box::new(move |read| {
        let work = |(message, signature): &(String, Vec<u8>)| {
            key.verify_sig(message.as_bytes(), signature).is_ok()
        };
        time(&signed.next(BATCH), read, message_and_signature, work)
    }))
}

fn message_and_signature(token: &str) -> Result<(String, Vec<u8>), Failure> {
    let (message, signature) = token.rsplit_once('.').ok_or("a token has three parts")?;
    Ok((message.to_owned(), URL_SAFE_NO_PAD.decode(signature)?))
}

fn decode(tokens: &Tokens) -> Result<Run, Failure> {
    let checks = Checks::new(tokens)?;
    let mut tokens = Rotation::new(tokens.good.clone());
    Ok(Box::new(move |read| {
        let work = |token: &String| {
            let key = checks.keys.values().next();
            key.is_some_and(|key| {
                jsonwebtoken::decode::<Claims>(token, key, &checks.validation).is_ok()
            })
        };
        time(&tokens.next(BATCH), read, |token| Ok(token.to_owned()), work)
    }))
}

fn admit(tokens: &Rc<Tokens>) -> Result<Run, Failure> {
    let mut gate = used_gate(tokens)?;
    let mut unknown = Rotation::new(tokens.good.clone());
    let tokens = tokens.clone();
    Ok(Box::new(move |read| {
        let next = unknown.next(BATCH);
        if next.again {
            gate = used_gate(&tokens)?;
        }
        time(&next, read, headers, |headers| admits(&gate, headers))
    }))
}

/// A gate to which none of the tokens to measure with is known.
fn used_gate(tokens: &Tokens) -> Result<Gate, Failure> {
    let sent = Sent::Unknown(tokens.issuer.algorithm());
    let gate = tokens.gate(sent)?;
    for token in tokens.before(sent) {
        admits(&gate, &headers(token)?);
    }
    Ok(gate)
}

fn admits(gate: &Gate, headers: &HeaderMap) -> bool {
    let uri = Uri::from_static("/");
    let head = RequestHead::new(&Method::POST, &uri, headers);
    matches!(at_once(gate.admit(head, REQUIREMENT)), Some(Ok(_)))
}

fn headers(token: &str) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, credential(token)?);
    Ok(headers)
}

fn time<T>(
    items: &Items<'_, String>,
    read: Read,
    prepare: impl Fn(&str) -> Result<T, Failure>,
    mut work: impl FnMut(&T) -> bool,
) -> Result<u64, Failure> {
    let prepared =
        |items: &[String]| items.iter().map(|item| prepare(item)).collect::<Result<Vec<_>, _>>();
    let (warm, counted) = (prepared(items.warm)?, prepared(items.counted)?);
    let mut done = warm.iter().all(&mut work);
    let before = read();
    done &= counted.iter().all(&mut work);
    let spent = read() - before;
    if done { Ok(spent) } else { Err("a good token is refused".into()) }
}
