//! Supabase Auth: `aal`, and an `amr` whose entries have dates.

use std::borrow::Cow;

use super::facts::{Facts, filled};
use super::provider::Provider;
use super::settled::SettledProfile;
use crate::clock::Timestamp;
use crate::level::Level;
use crate::method::Method;
use crate::resource::claims::Claims;
use crate::resource::numeric_date::NumericDate;
use crate::resource::tree::Tree;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Supabase;

impl Provider for Supabase {
    fn name(&self) -> &'static str {
        "supabase"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &["aal", "role", "session_id", "is_anonymous"]
    }

    fn only(&self) -> Option<&'static str> {
        Some("`aal` and `amr`")
    }

    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "aal1"), (Level::MFA, "aal2")]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        // Its ID tokens have none.
        if claims.own_text("role").is_none() {
            return Err(TokenFault::Type);
        }
        let session = filled(claims.take_text("session_id"));
        let named = claims.take("is_anonymous") == Some(Tree::Bool(false));
        let level = claims.take_text("aal");
        let used = claims.take("amr").map(used).unwrap_or_default();
        let facts = Facts { session, ..Facts::standard(&mut claims, profile) }.without_login();
        if !named {
            return Ok(facts);
        }
        let newest = |of: fn(&str) -> bool| {
            used.iter().filter(|(name, _)| of(name)).filter_map(|(_, at)| *at).max()
        };
        let last = newest(|_| true);
        // `aal2` is as old as its second factor; a first one may be newer.
        let reached = match level.as_deref() {
            Some("aal1") => vec![("aal1", last)],
            Some("aal2") => vec![("aal1", last), ("aal2", newest(is_second))],
            _ => Vec::new(),
        };
        let method = |(name, at): (Cow<'a, str>, _)| (method(name), at);
        Ok(Facts {
            acr: reached.into_iter().map(|(level, at)| (Cow::Borrowed(level), at)).collect(),
            methods: used.into_iter().map(method).collect(),
            auth_time: last.map(|at| NumericDate { floor: at, ceil: at }),
            ..facts
        })
    }
}

/// An array of `{method, timestamp}`, or of strings where a hook writes it so.
fn used(amr: Tree<'_>) -> Vec<(Cow<'_, str>, Option<Timestamp>)> {
    let Tree::Array(entries) = amr else { return Vec::new() };
    let read = entries.into_iter().map(|entry| match entry {
        Tree::Text(name) => Some((name, None)),
        entry => {
            let at = entry.member("timestamp")?.date()?.floor;
            let Tree::Object(members) = entry else { return None };
            let name = members.into_iter().find(|(name, _)| name == "method")?.1.into_text()?;
            Some((name, Some(at)))
        }
    });
    let read: Option<Vec<_>> = read.collect();
    read.unwrap_or_default().into_iter().filter(|(name, _)| is_sign_in(name)).collect()
}

/// Others are no proof of presence: a refresh, a code given to another client, a link that shows
/// control of an address once. What is not known yet is none either.
fn is_sign_in(name: &str) -> bool {
    is_second(name)
        || matches!(
            name,
            "password" | "otp" | "magiclink" | "oauth" | "sso/saml" | "web3" | "passkey"
        )
}

fn is_second(name: &str) -> bool {
    matches!(name, "totp" | "mfa/totp" | "mfa/phone" | "mfa/webauthn")
}

/// By its name in RFC 8176 where it has one.
fn method(name: Cow<'_, str>) -> Cow<'_, str> {
    let known = match &*name {
        "password" => Method::PWD,
        "totp" | "mfa/totp" | "otp" | "magiclink" => Method::OTP,
        "mfa/phone" => Method::SMS,
        _ => return name,
    };
    Cow::Borrowed(known.name())
}
