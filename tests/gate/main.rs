//! What a gate can be told beside its issuer and keys, in both frameworks.

mod claims_challenge;
mod forget;
mod issuers;
mod metadata;
mod names;
mod nested;
mod revocations;
