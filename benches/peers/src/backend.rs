//! Which code checks the signatures of those who use `jsonwebtoken` 10 and 11.
//!
//! Both have two backends, and with both compiled in they panic at the first token unless one is
//! installed. The workspace compiles both, as ours would be compared with the slower one otherwise.

use crate::Failure;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Backend {
    /// The faster one, for everybody.
    AwsLc,
    /// What `axum-jwt-auth` and `tower-oauth2-resource-server` have unless told otherwise.
    RustCrypto,
}

impl Backend {
    pub(crate) fn install(self) -> Result<(), Failure> {
        let (ten, eleven) = match self {
            Self::AwsLc => (
                &jsonwebtoken_10::crypto::aws_lc::DEFAULT_PROVIDER,
                &jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER,
            ),
            Self::RustCrypto => (
                &jsonwebtoken_10::crypto::rust_crypto::DEFAULT_PROVIDER,
                &jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER,
            ),
        };
        ten.install_default().map_err(|_| "jsonwebtoken 10 has a backend already")?;
        eleven.install_default().map_err(|_| "jsonwebtoken 11 has a backend already")?;
        Ok(())
    }
}
