//! What an attacker sends. Tests are named after the rows of `docs/threats.md`; each row goes
//! through both frameworks, between two controls that must be admitted.

mod audience;
mod base64url;
mod bearer;
mod claim_types;
mod duplicates;
mod embedded_keys;
mod every_route;
mod extensions;
mod flipped_bytes;
mod forge;
mod hmac;
mod json_form;
mod kid;
mod kinds;
mod levels;
mod none;
mod one_algorithm;
mod own_verifier;
mod parts;
mod reflection;
mod signatures;
mod sizes;
mod times;
mod trial;
mod weak_keys;
