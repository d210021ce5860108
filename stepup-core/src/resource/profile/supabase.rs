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
        &["aal", "amr", "role", "session_id", "is_anonymous", "nonce", "at_hash", "events"]
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
        if claims.own_text("role").is_none() || claims.own("events").is_some() {
            return Err(TokenFault::Type);
        }
        let session = filled(claims.take_text("session_id"));
        let anonymous = claims.take("is_anonymous").is_some_and(|is| is != Tree::Bool(false));
        let level = claims.take_text("aal");
        let used = claims.take(profile.amr_claim().unwrap_or("amr")).map(used).unwrap_or_default();
        let facts = Facts { session, ..Facts::standard(&mut claims, profile) }.without_login();
        if anonymous {
            return Ok(facts);
        }
        let last = used.iter().filter_map(|(_, at)| *at).max();
        // The second factor is what makes `aal2`; a first one may be newer.
        let second = used.iter().filter(|(name, _)| is_second(name)).filter_map(|(_, at)| *at);
        let reached = match level.as_deref() {
            Some("aal1") => last,
            Some("aal2") => second.max(),
            _ => None,
        };
        let method = |(name, at): (Cow<'a, str>, _)| (method(name), at);
        Ok(Facts {
            acr: level.map(|level| (level, reached)).into_iter().collect(),
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

/// Entries that are no proof of presence: a refresh, or a link that only shows control of an
/// address once.
fn is_sign_in(name: &str) -> bool {
    !matches!(name, "token_refresh" | "recovery" | "invite" | "email_change" | "anonymous")
}

fn is_second(name: &str) -> bool {
    matches!(name, "totp") || name.starts_with("mfa/")
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
