//! Factors that a provider keeps, against doubles that hold our requests to what the providers
//! publish of their APIs.

mod auth0;
mod double;
mod firebase;
mod oidc;
mod okta;
mod scene;
mod twilio;
