//! What each problem says, in one place to be read aloud.

use std::borrow::Cow;

use http::StatusCode;

use super::Problem;

pub(super) struct Text {
    pub(super) status: StatusCode,
    /// Ends the problem's `type`.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) detail: Cow<'static, str>,
}

impl Problem {
    pub(super) fn text(&self) -> Text {
        let text = |status, name, title, detail: &'static str| Text {
            status,
            name,
            title,
            detail: detail.into(),
        };
        match self {
            Self::CeremonyOver => text(
                StatusCode::GONE,
                "ceremony-over",
                "This ceremony is over",
                "It took too long, had too many wrong answers, or was cancelled. Begin another.",
            ),
            Self::CeremonyProved => text(
                StatusCode::CONFLICT,
                "ceremony-proved",
                "This ceremony is finished",
                "Its answer was right and counts once. Should the token have got lost, fetch it \
                 with GET within a minute.",
            ),
            Self::CrossSite => text(
                StatusCode::FORBIDDEN,
                "cross-site",
                "Not from this site",
                "Pages of other sites may not do this for the user.",
            ),
            Self::Denied => text(
                StatusCode::FORBIDDEN,
                "denied",
                "Denied",
                "It was refused on the other device.",
            ),
            Self::Disabled => text(
                StatusCode::FORBIDDEN,
                "factor-disabled",
                "This factor is disabled",
                "It had too many wrong answers in a row, or is there no more. Use another one, and enrol it \
                 anew.",
            ),
            Self::EnrolmentClosed => text(
                StatusCode::FORBIDDEN,
                "enrolment-closed",
                "The user's factors are not changed here",
                "The service does this itself: ask its support.",
            ),
            Self::FactorLocked { retry_after } => text(
                StatusCode::TOO_MANY_REQUESTS,
                "factor-locked",
                "Too many wrong answers",
                match retry_after {
                    Some(_) => "Wait a while, or use another factor.",
                    None => {
                        "With one more wrong answer your account at the provider could be locked. \
                         Use another factor, or ask the service's support."
                    }
                },
            ),
            Self::Forgotten => text(
                StatusCode::UNAUTHORIZED,
                "invalid-token",
                "Invalid access token",
                "A factor was removed since this token was issued. Prove again who you are.",
            ),
            Self::LoginTooOld { max_age } => Text {
                status: StatusCode::FORBIDDEN,
                name: "login-too-old",
                title: "This sign-in is too old",
                detail: format!(
                    "Sign in again: the first factor is set up within {} of signing in.",
                    in_words(*max_age)
                )
                .into(),
            },
            Self::Malformed(detail) => {
                text(StatusCode::BAD_REQUEST, "malformed-request", "Malformed request", detail)
            }
            Self::MalformedAnswer { .. } => text(
                StatusCode::BAD_REQUEST,
                "malformed-answer",
                "This is no answer",
                "Send the code as a string, exactly as it was shown. It was counted as a wrong one.",
            ),
            Self::Exchange(_, detail) => {
                text(StatusCode::BAD_REQUEST, "malformed-request", "Malformed request", detail)
            }
            Self::Method { .. } => text(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
                "This page is there, for other methods; see `Allow`.",
            ),
            Self::NoSuchCeremony => text(
                StatusCode::NOT_FOUND,
                "no-such-ceremony",
                "No such ceremony",
                "There is none of this name that is yours. Begin one, with the token of this \
                 session.",
            ),
            Self::NoSuchFactor => text(
                StatusCode::NOT_FOUND,
                "no-such-factor",
                "No such factor",
                "Choose one that the ceremony offers.",
            ),
            Self::NoSuchPage => {
                text(StatusCode::NOT_FOUND, "no-such-page", "No such page", "Check the address.")
            }
            Self::NotALogin => text(
                StatusCode::FORBIDDEN,
                "not-a-login",
                "Begin with the login's token",
                "This token was stepped up before. Keep the one that the user logged in with, and \
                 begin with that.",
            ),
            Self::NotAUser => text(
                StatusCode::FORBIDDEN,
                "not-a-user",
                "Nobody is logged in",
                "This token is a client's own; no user can prove anything with it.",
            ),
            Self::NotJson => text(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "Not JSON",
                "Send a JSON object, with `Content-Type: application/json`.",
            ),
            Self::NotSent => text(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-sent",
                "The code could not be sent",
                "Use another factor, or try again a little later.",
            ),
            Self::Pending => text(
                StatusCode::CONFLICT,
                "pending",
                "There is no answer yet",
                "Ask again in a few seconds.",
            ),
            Self::PromptOver => text(
                StatusCode::CONFLICT,
                "prompt-over",
                "It can no longer be answered",
                "It took too long, or something else was asked since. Have it asked anew.",
            ),
            Self::StoreFull => text(
                StatusCode::SERVICE_UNAVAILABLE,
                "full",
                "No room for another ceremony",
                "Try again a little later.",
            ),
            Self::TooLarge => text(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "Too large",
                "A request has at most 16 KiB.",
            ),
            Self::TooManyCeremonies { .. } => text(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-ceremonies",
                "Too much begun",
                "Finish what you began, or wait a while.",
            ),
            Self::TooManyFactors => text(
                StatusCode::CONFLICT,
                "too-many-factors",
                "Too many factors",
                "Remove one before you enrol another.",
            ),
            Self::TooManySends { .. } => text(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-messages",
                "Too many messages",
                "The last code is still good. Wait a while, or use another factor.",
            ),
            Self::TooSlow => text(
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                "Too slow",
                "The request did not arrive in time.",
            ),
            Self::TooWeak => text(
                StatusCode::CONFLICT,
                "too-weak",
                "That is not strong enough",
                "It was you, proved less strongly than is needed. Have it asked anew and choose a \
                 stronger way there, or use another factor.",
            ),
            Self::Unavailable { .. } => text(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Not possible at present",
                "This is no fault of yours. Try again a little later.",
            ),
            Self::Unfit(sentence) => text(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unfit-details",
                "This cannot be enrolled",
                sentence,
            ),
            Self::Unmet { .. } => text(
                StatusCode::FORBIDDEN,
                "unmet-authentication-requirements",
                "None of your factors is strong enough",
                "Enrol one that is, then begin again.",
            ),
            Self::Unprompted => text(
                StatusCode::CONFLICT,
                "no-code-sent",
                "Nothing was asked yet",
                "Have the factor ask first.",
            ),
            Self::WrongAnswer { .. } => text(
                StatusCode::FORBIDDEN,
                "wrong-answer",
                "That is not right",
                "The answer is wrong, used or too old.",
            ),
        }
    }
}

/// A minute or more.
fn in_words(seconds: u64) -> String {
    match seconds {
        60 => "a minute".to_owned(),
        _ if seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_logged_in_too_long_ago_is_told_how_long_they_have() {
        for (max_age, within) in [
            (60, "a minute"),
            (61, "61 seconds"),
            (90, "90 seconds"),
            (300, "5 minutes"),
            (3600, "60 minutes"),
        ] {
            assert_eq!(
                Problem::LoginTooOld { max_age }.text().detail,
                format!("Sign in again: the first factor is set up within {within} of signing in.")
            );
        }
    }
}
