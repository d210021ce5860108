//! Auth0's MFA API as a factor, against a tenant that takes exactly what it publishes.

mod double;
mod scene;

mod by_client;
mod by_service;
mod channels;
mod errors;
mod journey;
mod users;
