//! What the claims of one token say, in the same words for all providers.

use std::borrow::Cow;

use super::settled::SettledProfile;
use crate::clock::Timestamp;
use crate::resource::claims::Claims;
use crate::resource::numeric_date::NumericDate;
use crate::resource::tree::Tree;
use crate::resource::verifier::TokenFault;

#[derive(Default)]
pub(crate) struct Facts<'a> {
    pub(crate) subject: Option<Cow<'a, str>>,
    /// A client acting for itself: nobody logged in.
    pub(crate) is_client: bool,
    pub(crate) client_id: Option<Cow<'a, str>>,
    pub(crate) token_id: Option<Cow<'a, str>>,
    pub(crate) scope: Option<Cow<'a, str>>,
    pub(crate) session: Option<Cow<'a, str>>,
    /// Each with the moment it was reached, where the provider dates it.
    pub(crate) acr: Vec<(Cow<'a, str>, Option<Timestamp>)>,
    pub(crate) methods: Vec<(Cow<'a, str>, Option<Timestamp>)>,
    pub(crate) auth_time: Option<NumericDate>,
    /// The client declared to understand the provider's own challenge.
    pub(crate) claims_challenge: bool,
}

impl<'a> Facts<'a> {
    /// As the standards write them. What has another shape counts as not said (R-AMR-02), unless
    /// the profile reads it by its exact type, where it makes the token invalid.
    pub(super) fn standard(claims: &mut Claims<'a>, profile: &SettledProfile) -> Self {
        let acr = match profile.acr_claim() {
            Some(name) => claims.take_text(name),
            None => claims.acr.take().or_else(|| claims.take_text("acr")),
        };
        let methods = match profile.amr_claim() {
            Some(name) => claims.take(name),
            None => claims.take("amr"),
        };
        let methods = match methods {
            Some(tree) => listed(tree),
            None if profile.amr_claim().is_some() => Vec::new(),
            None => std::mem::take(&mut claims.methods),
        };
        let auth_time = match profile.auth_time_claim() {
            Some(name) => claims.take(name).and_then(|date| date.date()),
            None => claims.auth_time.or_else(|| claims.take("auth_time")?.date()),
        };
        let scope = ["scope", "scp"].into_iter().find_map(|name| claims.take(name)?.words());
        Self {
            subject: filled(claims.subject.take()),
            is_client: false,
            client_id: filled(claims.client_id.take()).or_else(|| filled(claims.take_text("azp"))),
            token_id: filled(claims.token_id.take()),
            scope: claims.scope.take().or(scope.map(Cow::Owned)),
            session: filled(claims.session.take()),
            acr: acr.into_iter().map(|acr| (acr, None)).collect(),
            methods: methods.into_iter().map(|method| (method, None)).collect(),
            auth_time,
            claims_challenge: false,
        }
    }

    /// As any OpenID provider's tokens are: somebody's, and of a client.
    pub(super) fn of_openid(self) -> Result<Self, TokenFault> {
        let facts = self.client_if_subject();
        if facts.client_id.is_some() { Ok(facts) } else { Err(TokenFault::Claims) }
    }

    /// RFC 9068 §2.2: where no user stands behind a token, `sub` names the client.
    pub(super) fn client_if_subject(mut self) -> Self {
        self.is_client |= self.client_id.is_some() && self.subject == self.client_id;
        self
    }

    /// Of providers that leave `sub` out where no user stands behind a token.
    pub(super) fn client_if_no_subject(mut self) -> Self {
        self.is_client |= self.subject.is_none();
        self
    }

    pub(super) fn require_token_id(self) -> Result<Self, TokenFault> {
        if self.token_id.is_some() { Ok(self) } else { Err(TokenFault::Claims) }
    }

    /// Nothing of how the user logged in is known.
    pub(super) fn without_login(self) -> Self {
        Self { acr: Vec::new(), methods: Vec::new(), auth_time: None, ..self }
    }
}

/// An empty text says nothing.
pub(super) fn filled(text: Option<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    text.filter(|text| !text.is_empty())
}

/// An array of strings, or one string (`amr` of ID-porten). With anything else in it, nothing.
pub(super) fn listed(value: Tree<'_>) -> Vec<Cow<'_, str>> {
    match value {
        Tree::Text(text) => vec![text],
        Tree::Array(values) => {
            let texts: Option<Vec<_>> = values.into_iter().map(Tree::into_text).collect();
            texts.unwrap_or_default()
        }
        _ => Vec::new(),
    }
}
