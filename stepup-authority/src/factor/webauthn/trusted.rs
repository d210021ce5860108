//! Whose word is taken for what a key is.

use std::collections::BTreeMap;

use uuid::Uuid;
use webauthn_rs_core::proto::{AttestationCaList, AttestationCaListBuilder};

use crate::StartError;

/// Roots of attestation, and the models of each that are hardware out of which no key comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Trusted {
    roots: AttestationCaList,
    models: Vec<Uuid>,
}

impl Trusted {
    pub(super) fn add<'a>(
        &mut self,
        root: &[u8],
        models: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), StartError> {
        let mut roots = AttestationCaListBuilder::new();
        let mut named = Vec::new();
        for text in models {
            let model = Uuid::try_parse(text).ok().filter(|model| !model.is_nil()).ok_or_else(|| {
                StartError::new(format!(
                    "`{text}` is not the AAGUID of a model of security keys: write it as its maker \
                     does, such as `2fc0579f-8113-47ea-b116-bb5a8db9202a`"
                ))
            })?;
            let (name, no_other) = (text.to_owned(), BTreeMap::new());
            let added = if root.starts_with(b"-----BEGIN") {
                roots.insert_device_pem(root, model, name, no_other)
            } else {
                roots.insert_device_der(root, model, name, no_other)
            };
            added.map_err(|_| {
                StartError::new(
                    "a root of attestation for WebAuthn is no certificate: give one, as DER or PEM",
                )
            })?;
            named.push(model);
        }
        if named.is_empty() {
            return Err(StartError::new(
                "a root of attestation for WebAuthn comes without models: name the AAGUIDs of those \
                 that are to reach `phrh`",
            ));
        }
        self.roots.union(&roots.build());
        self.models.extend(named);
        Ok(())
    }

    /// `None`: nobody's word is taken.
    pub(super) fn roots(&self) -> Option<&AttestationCaList> {
        (!self.roots.is_empty()).then_some(&self.roots)
    }

    pub(super) fn is_listed(&self, model: &str) -> bool {
        Uuid::try_parse(model).is_ok_and(|model| self.models.contains(&model))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_root_or_model_is_named_at_the_start() {
        let mut trusted = Trusted::default();
        let model = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
        let mut error = |root: &[u8], models: &[&str]| {
            trusted.add(root, models.iter().copied()).unwrap_err().to_string()
        };
        assert!(error(b"", &[]).contains("without models"));
        assert!(error(b"", &["yubikey"]).contains("`yubikey` is not the AAGUID"));
        let none = "00000000-0000-0000-0000-000000000000";
        assert!(error(b"", &[none]).contains("is not the AAGUID"), "of keys that name no model");
        assert!(error(b"\x30\x03", &[model]).contains("no certificate"));
        assert!(error(b"-----BEGIN CERTIFICATE-----\n", &[model]).contains("no certificate"));
        assert!(trusted.roots().is_none());
        assert!(!trusted.is_listed(model));
    }
}
