//! Who proves that a customer is there: the factors that this bank takes.

use std::net::IpAddr;
use std::time::Duration;

use http::{HeaderMap, HeaderName};
use stepup_authority::factor::{EmailCode, Push, RecoveryCodes, Totp, WebAuthn};
use stepup_authority::{Authority, AuthorityBuilder, FirstEnrolment, Issuer};
use stepup_axum::Gate;
use url::Url;

use crate::StartError;
use crate::options::Place;
use crate::outbox::Post;
use crate::store;

pub(crate) fn authority(
    issuer: &Issuer,
    gate: &Gate,
    post: &Post,
    store: &Place,
) -> Result<AuthorityBuilder, StartError> {
    let origin = issuer.issuer();
    let host = Url::parse(origin)?.host_str().unwrap_or_default().to_owned();
    // Below what NIST SP 800-63B-4 §3.1.3.1 asks for, and this bank's own decision.
    let codes_by_email_reach_mfa = EmailCode::new(post.0.clone()).accepted_as_second_factor();
    let authority = Authority::builder(issuer.clone(), gate.clone())
        .factor(WebAuthn::new(&host, [origin])?.rp_name("Bank"))
        .factor(Push::new(issuer))
        .factor(Totp::new("Bank"))
        .factor(codes_by_email_reach_mfa)
        .factor(RecoveryCodes::new())
        .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) });
    Ok(match store {
        Place::Sqlite(_) => authority.store_patience(store::PATIENCE * 2),
        _ => authority,
    })
}

/// Where a request comes from, as the proxy says that stands before the bank.
pub(crate) fn address(headers: &HeaderMap, header: &HeaderName) -> Option<IpAddr> {
    headers.get(header)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_or_is_not_shown() {
        let header = HeaderName::from_static("x-real-ip");
        for (said, shown) in [
            (None, None),
            (Some("203.0.113.7"), Some("203.0.113.7")),
            (Some("2001:DB8:0::7"), Some("2001:db8::7")),
            (Some("203.0.113.7, 198.51.100.1"), None),
            (Some("your own kitchen"), None),
            (Some(""), None),
        ] {
            let headers = said.map(|said| (header.clone(), said.parse().unwrap()));
            let address = address(&headers.into_iter().collect(), &header);
            assert_eq!(address.map(|address| address.to_string()).as_deref(), shown, "{said:?}");
        }
    }
}
