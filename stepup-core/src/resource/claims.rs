//! The claims of an access token (RFC 7519 §4.1, RFC 9068 §2.2), each of exactly the type it must
//! have, and beside them those that a provider writes in its own way.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};

use super::json::{Anything, Names, Text, TextArray, Texts, read_object};
use super::numeric_date::NumericDate;
use super::tree::{Grow, Tree};
use super::verifier::TokenFault;

#[derive(Default)]
pub(crate) struct Claims<'a> {
    pub(crate) issuer: Option<Cow<'a, str>>,
    pub(crate) subject: Option<Cow<'a, str>>,
    pub(crate) audience: Vec<Cow<'a, str>>,
    pub(crate) client_id: Option<Cow<'a, str>>,
    pub(crate) token_id: Option<Cow<'a, str>>,
    pub(crate) issued_at: Option<NumericDate>,
    pub(crate) expires_at: Option<NumericDate>,
    pub(crate) not_before: Option<NumericDate>,
    pub(crate) auth_time: Option<NumericDate>,
    pub(crate) acr: Option<Cow<'a, str>>,
    pub(crate) methods: Vec<Cow<'a, str>>,
    pub(crate) scope: Option<Cow<'a, str>>,
    pub(crate) session: Option<Cow<'a, str>>,
    /// The key that the token is bound to (`cnf`, RFC 7800).
    pub(crate) confirmation: Option<Tree<'a>>,
    own: Vec<(Cow<'a, str>, Tree<'a>)>,
}

impl<'a> Claims<'a> {
    /// `own` names the claims that are read in another way than the standards': a name among them
    /// is kept as it came.
    pub(crate) fn read(json: &'a [u8], own: &[Cow<'static, str>]) -> Result<Self, TokenFault> {
        read_object(json, ClaimsVisitor { own }).map_err(|_| TokenFault::Claims)
    }

    /// The issuer alone, of a payload that nobody vouches for yet: to know whose keys to take.
    pub(crate) fn issuer_of(json: &'a [u8]) -> Result<Cow<'a, str>, TokenFault> {
        let issuer = read_object(json, IssuerVisitor).map_err(|_| TokenFault::Claims)?;
        issuer.ok_or(TokenFault::Claims)
    }

    /// A claim of the provider's own, taken out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Tree<'a>> {
        let at = self.own.iter().position(|(known, _)| known == name)?;
        Some(self.own.swap_remove(at).1)
    }

    pub(crate) fn take_text(&mut self, name: &str) -> Option<Cow<'a, str>> {
        self.take(name)?.into_text()
    }

    /// The same, looked at.
    pub(crate) fn own(&self, name: &str) -> Option<&Tree<'a>> {
        self.own.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn own_text(&self, name: &str) -> Option<&str> {
        self.own(name)?.text()
    }
}

struct ClaimsVisitor<'o> {
    own: &'o [Cow<'static, str>],
}

impl<'de> Visitor<'de> for ClaimsVisitor<'_> {
    type Value = Claims<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JWT claims set")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Claims<'de>, A::Error> {
        let mut claims = Claims::default();
        let (mut audience, mut methods) = (None, None);
        // What is read stands in `claims`; only the names of the others have to be kept.
        let mut others = Names::default();
        while let Some(Text(name)) = members.next_key()? {
            if self.own.contains(&name) {
                others.add(name.clone())?;
                claims.own.push((name, members.next_value_seed(Grow::MEMBER)?));
                continue;
            }
            match &*name {
                "iss" => once(&mut claims.issuer, members.next_value::<Text<'de>>()?.0)?,
                "sub" => once(&mut claims.subject, members.next_value::<Text<'de>>()?.0)?,
                "client_id" => once(&mut claims.client_id, members.next_value::<Text<'de>>()?.0)?,
                "jti" => once(&mut claims.token_id, members.next_value::<Text<'de>>()?.0)?,
                "acr" => once(&mut claims.acr, members.next_value::<Text<'de>>()?.0)?,
                "scope" => once(&mut claims.scope, members.next_value::<Text<'de>>()?.0)?,
                "sid" => once(&mut claims.session, members.next_value::<Text<'de>>()?.0)?,
                "aud" => once(&mut audience, members.next_value::<Texts<'de>>()?.0)?,
                "amr" => once(&mut methods, members.next_value::<TextArray<'de>>()?.0)?,
                "iat" => once(&mut claims.issued_at, members.next_value()?)?,
                "exp" => once(&mut claims.expires_at, members.next_value()?)?,
                "nbf" => once(&mut claims.not_before, members.next_value()?)?,
                "auth_time" => once(&mut claims.auth_time, members.next_value()?)?,
                "cnf" => once(&mut claims.confirmation, members.next_value_seed(Grow::MEMBER)?)?,
                _ => {
                    others.add(name)?;
                    members.next_value_seed(Anything::MEMBER)?;
                }
            }
        }
        claims.audience = audience.unwrap_or_default();
        claims.methods = methods.unwrap_or_default();
        Ok(claims)
    }
}

/// A claim that is read may stand once, as any other.
fn once<T, E: Error>(place: &mut Option<T>, value: T) -> Result<(), E> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom("a member stands twice")),
    }
}

struct IssuerVisitor;

impl<'de> Visitor<'de> for IssuerVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JWT claims set")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut issuer = None;
        let mut names = Names::default();
        while let Some(name) = names.next(&mut members)? {
            if name == "iss" {
                once(&mut issuer, members.next_value::<Text<'de>>()?.0)?;
            } else {
                members.next_value_seed(Anything::MEMBER)?;
            }
        }
        Ok(issuer)
    }
}
