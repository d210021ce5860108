//! What a request is for.

use http::Method;

use crate::authority::Inner;

pub(super) enum Page<'a> {
    Keys,
    Metadata,
    Token,
    /// Of the user's device, say: what the factor answers by itself.
    OfFactor(&'a str, &'a str),
    OfUser(UserPage<'a>),
}

/// Where the user's token comes with the request.
pub(super) enum UserPage<'a> {
    Ceremonies,
    Ceremony(&'a str),
    Prompt(&'a str, &'a str),
    Proof(&'a str),
    Enrolments,
    Enrolment(&'a str),
    Factors,
    Factor(&'a str),
}

impl Page<'_> {
    pub(super) const fn allow(&self) -> &'static str {
        match self {
            Self::Keys | Self::Metadata | Self::OfUser(UserPage::Factors) => "GET, HEAD",
            // Which of these it takes is the factor's to say.
            Self::OfFactor(..) => "GET, POST, DELETE",
            Self::OfUser(UserPage::Ceremony(_)) => "GET, DELETE",
            Self::OfUser(UserPage::Factor(_)) => "DELETE",
            Self::OfUser(_) | Self::Token => "POST",
        }
    }

    pub(super) fn takes(&self, method: &Method) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method.as_str())
    }
}

impl Inner {
    pub(super) fn page<'a>(&self, path: &'a str) -> Option<Page<'a>> {
        let [_, keys, metadata] = self.paths();
        if path == keys {
            return Some(Page::Keys);
        }
        if path == metadata {
            return Some(Page::Metadata);
        }
        let rest = path.strip_prefix(&*self.path)?.strip_prefix('/')?;
        if let Some((method, rest)) =
            rest.strip_prefix("methods/").and_then(|rest| rest.split_once('/'))
        {
            return Some(Page::OfFactor(method, rest));
        }
        let parts: Vec<&str> = rest.splitn(5, '/').collect();
        Some(Page::OfUser(match *parts {
            ["token"] => return Some(Page::Token),
            ["ceremonies"] => UserPage::Ceremonies,
            ["ceremonies", id] => UserPage::Ceremony(id),
            ["ceremonies", id, "proof"] => UserPage::Proof(id),
            ["ceremonies", id, "factors", factor] => UserPage::Prompt(id, factor),
            ["enrolments"] => UserPage::Enrolments,
            ["enrolments", id] => UserPage::Enrolment(id),
            ["factors"] => UserPage::Factors,
            ["factors", id] => UserPage::Factor(id),
            _ => return None,
        }))
    }
}
