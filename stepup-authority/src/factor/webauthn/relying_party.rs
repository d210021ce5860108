//! Whom keys are made for, and the pages that may use them.

use serde_json::{Value, json};
use url::{Host, Url};

use crate::StartError;

/// What browsers write in front of the digest of an Android app's certificate.
const ANDROID_APP: &str = "android:apk-key-hash:";

/// A relying party, and the origins that answers may come from.
#[derive(Clone, Debug)]
pub(super) struct RelyingParty {
    pub(super) id: String,
    pub(super) name: String,
    /// As browsers write them: they are compared byte for byte (R-WA-01).
    origins: Vec<String>,
    /// Those of other domains among them.
    related: Vec<String>,
    /// Whose pages may have ours in a frame.
    frames: Vec<String>,
}

impl RelyingParty {
    pub(super) fn new<O: AsRef<str>>(
        id: &str,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, StartError> {
        check_id(id)?;
        let name = id.to_owned();
        let (origins, related, frames) = (read(origins)?, Vec::new(), Vec::new());
        if origins.is_empty() {
            return Err(StartError::new(format!(
                "WebAuthn has no origin: give those of the pages that use the keys, such as \
                 `https://{id}`"
            )));
        }
        if let Some(foreign) = origins.iter().find(|origin| !is_below(origin, id)) {
            return Err(StartError::new(format!(
                "the WebAuthn origin `{foreign}` is not of the relying party id `{id}`, which has to \
                 be its host or a domain above it; give pages of other domains to \
                 `.related_origins(…)`"
            )));
        }
        Ok(Self { id: id.to_owned(), name, origins, related, frames })
    }

    pub(super) fn relate<O: AsRef<str>>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<(), StartError> {
        let related = read_pages(origins)?;
        self.origins.extend(related.iter().cloned());
        self.related.extend(related);
        Ok(())
    }

    pub(super) fn frame<O: AsRef<str>>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<(), StartError> {
        self.frames.extend(read_pages(origins)?);
        Ok(())
    }

    pub(super) fn is_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own == origin)
    }

    /// Whether a page of this origin may have ours in a frame.
    pub(super) fn is_frame(&self, top_origin: &str) -> bool {
        self.frames.iter().any(|frame| frame == top_origin)
    }

    pub(super) fn urls(&self) -> Vec<Url> {
        self.origins.iter().filter_map(|origin| Url::parse(origin).ok()).collect()
    }

    /// What browsers fetch of the relying party's host (WebAuthn Level 3 §5.11).
    pub(super) fn related_origins_document(&self) -> Value {
        json!({ "origins": self.related })
    }
}

fn check_id(id: &str) -> Result<(), StartError> {
    let url = Url::parse(&format!("https://{id}/")).ok();
    let is_domain = url.is_some_and(|url| {
        matches!(url.host(), Some(Host::Domain(domain)) if domain == id) && url.port().is_none()
    });
    if !is_domain {
        return Err(StartError::new(format!(
            "the WebAuthn relying party id `{id}` is no domain: give the domain alone and in lower \
             case, such as `bank.example`"
        )));
    }
    if id != "localhost" && !id.trim_matches('.').contains('.') {
        return Err(StartError::new(format!(
            "the WebAuthn relying party id `{id}` is everybody's domain: give one of your own, such \
             as `bank.{id}`"
        )));
    }
    Ok(())
}

fn read<O: AsRef<str>>(origins: impl IntoIterator<Item = O>) -> Result<Vec<String>, StartError> {
    origins.into_iter().map(|origin| read_one(origin.as_ref())).collect()
}

/// The same, without apps: browsers ask for neither list on their behalf.
fn read_pages<O: AsRef<str>>(
    origins: impl IntoIterator<Item = O>,
) -> Result<Vec<String>, StartError> {
    let origins = read(origins)?;
    if let Some(app) = origins.iter().find(|origin| origin.starts_with(ANDROID_APP)) {
        return Err(StartError::new(format!(
            "the WebAuthn origin `{app}` is an app's, and only pages are related or have frames: \
             give it to `WebAuthn::new(…)`"
        )));
    }
    Ok(origins)
}

fn read_one(origin: &str) -> Result<String, StartError> {
    if let Some(digest) = origin.strip_prefix(ANDROID_APP) {
        if crate::sealing::from_text(digest).is_some_and(|digest| digest.len() == 32) {
            return Ok(origin.to_owned());
        }
        return Err(StartError::new(format!(
            "the WebAuthn origin `{origin}` does not end with the base64url of an app certificate's \
             SHA-256"
        )));
    }
    let url = Url::parse(origin).map_err(|error| {
        StartError::new(format!(
            "the WebAuthn origin `{origin}` is no origin ({error}): give scheme and host, such as \
             `https://bank.example`"
        ))
    })?;
    let written = url.origin().ascii_serialization();
    let is_local = matches!(url.host(), Some(Host::Domain(host))
        if host == "localhost" || host.ends_with(".localhost"));
    if url.scheme() != "https" && !(url.scheme() == "http" && is_local) {
        return Err(StartError::new(format!(
            "the WebAuthn origin `{origin}` is not of https: browsers have keys for https alone, and \
             for `http://localhost`"
        )));
    }
    if !matches!(url.host(), Some(Host::Domain(_))) {
        return Err(StartError::new(format!(
            "the WebAuthn origin `{origin}` has no domain: browsers have no keys for addresses"
        )));
    }
    if written != origin {
        return Err(StartError::new(format!(
            "the WebAuthn origin `{origin}` is not as browsers write it, which is `{written}`"
        )));
    }
    Ok(written)
}

/// Whether the origin's host is this domain or one below it. Apps have no host.
fn is_below(origin: &str, domain: &str) -> bool {
    if origin.starts_with(ANDROID_APP) {
        return true;
    }
    let url = Url::parse(origin).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let above = host.strip_suffix(domain);
    above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(id: &str, origin: &str) -> String {
        RelyingParty::new(id, [origin]).unwrap_err().to_string()
    }

    #[test]
    fn origins_that_fit_are_taken_as_they_are() {
        for (id, origin) in [
            ("bank.example", "https://bank.example"),
            ("bank.example", "https://login.bank.example:8443"),
            ("localhost", "http://localhost:3000"),
            ("localhost", "http://bank.localhost"),
            ("bank.example", "android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
        ] {
            assert!(RelyingParty::new(id, [origin]).unwrap().is_origin(origin), "{origin}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_at_the_start() {
        for (id, origin, says) in [
            ("https://bank.example", "https://bank.example", "is no domain"),
            ("Bank.example", "https://bank.example", "is no domain"),
            ("bank.example:443", "https://bank.example", "is no domain"),
            ("127.0.0.1", "https://bank.example", "is no domain"),
            ("", "https://bank.example", "is no domain"),
            ("example", "https://bank.example", "is everybody's domain"),
            ("bank.example", "https://nobank.example", "is not of the relying party id"),
            ("bank.example", "https://example", "is not of the relying party id"),
            ("login.bank.example", "https://bank.example", "is not of the relying party id"),
            ("bank.example", "http://bank.example", "is not of https"),
            ("bank.example", "chrome-extension://abc", "is not of https"),
            ("bank.example", "https://127.0.0.1", "has no domain"),
            ("bank.example", "bank.example", "is no origin"),
            ("bank.example", "https://bank.example/", "is `https://bank.example`"),
            ("bank.example", "https://BANK.example:443", "is `https://bank.example`"),
            ("bank.example", "android:apk-key-hash:AAEC", "SHA-256"),
        ] {
            let error = error(id, origin);
            assert!(error.contains(says), "{error}");
        }
        let none: [&str; 0] = [];
        let error = RelyingParty::new("bank.example", none).unwrap_err().to_string();
        assert!(error.contains("no origin"), "{error}");
    }

    #[test]
    fn related_origins_are_of_other_domains_and_in_the_document() {
        let mut bank = RelyingParty::new("bank.example", ["https://bank.example"]).unwrap();
        bank.relate(["https://bank.test"]).unwrap();
        assert!(bank.is_origin("https://bank.test"));
        assert_eq!(bank.related_origins_document(), json!({ "origins": ["https://bank.test"] }));
        assert!(!bank.is_origin("https://www.bank.test"));
        // As in `new`: the bank on a developer's machine.
        bank.relate(["http://localhost:3000"]).unwrap();
    }

    #[test]
    fn what_is_no_page_is_neither_related_nor_has_frames() {
        let mut bank = RelyingParty::new("bank.example", ["https://bank.example"]).unwrap();
        let app = "android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        for (origin, says) in [
            (app, "give it to `WebAuthn::new(…)`"),
            ("android:apk-key-hash:AAEC", "SHA-256"),
            ("http://bank.test", "is not of https"),
            ("https://bank.test/", "is `https://bank.test`"),
            ("https://bank.test/pay", "is `https://bank.test`"),
            ("https://192.0.2.1", "has no domain"),
            ("bank.test", "is no origin"),
        ] {
            for error in [bank.relate([origin]), bank.frame([origin])] {
                let error = error.unwrap_err().to_string();
                assert!(error.contains(says) && error.contains(origin), "{error}");
            }
        }
        assert_eq!(bank.related_origins_document(), json!({ "origins": [] }));
        assert!(!bank.is_origin(app) && !bank.is_frame(app));
    }
}
