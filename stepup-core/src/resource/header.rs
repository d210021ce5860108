//! The protected header of a token (RFC 7515 §4, RFC 9068 §2.1).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};

use crate::resource::algorithm::Algorithm;
use crate::resource::json::{Anything, Names, Text, read_object};
use crate::resource::profile::SettledProfile;
use crate::resource::verifier::TokenFault;

/// What a header may decide: which key of ours to take. Keys and addresses of keys that it brings
/// along (`jwk`, `jku`, `x5c`, `x5u`) are passed over.
pub(super) struct Header<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    pub(super) fn read(json: &'a [u8], profile: &SettledProfile) -> Result<Self, TokenFault> {
        let raw = read_object(json, HeaderVisitor).map_err(|_| TokenFault::Header)?;
        if !profile.accepts_type(raw.typ.as_deref()) {
            return Err(if raw.typ.is_some() { TokenFault::Type } else { TokenFault::Header });
        }
        let alg = raw.alg.ok_or(TokenFault::Header)?;
        let algorithm = Algorithm::from_name(&alg).ok_or(TokenFault::Key)?;
        Ok(Self { algorithm, kid: raw.kid })
    }
}

#[derive(Default)]
struct RawHeader<'a> {
    typ: Option<Cow<'a, str>>,
    alg: Option<Cow<'a, str>>,
    kid: Option<Cow<'a, str>>,
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = RawHeader<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JOSE header")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RawHeader<'de>, A::Error> {
        let mut header = RawHeader::default();
        let mut names = Names::default();
        while let Some(name) = names.next(&mut members)? {
            let text = match &**name {
                "typ" => &mut header.typ,
                "alg" => &mut header.alg,
                "kid" => &mut header.kid,
                // No extension is understood here, so any that must be understood is refused
                // (RFC 7515 §4.1.11); so are unencoded, nested, encrypted and compressed payloads.
                "crit" | "b64" | "cty" | "enc" | "zip" => {
                    return Err(A::Error::custom("an extension that is not understood"));
                }
                _ => {
                    members.next_value_seed(Anything::MEMBER)?;
                    continue;
                }
            };
            *text = Some(members.next_value::<Text<'de>>()?.0);
        }
        Ok(header)
    }
}
