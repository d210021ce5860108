//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// An API guarded by somebody else's identity provider.
#[derive(Debug, Parser)]
#[command(name = "resource-server", version)]
pub(crate) struct Cli {
    /// The `iss` of the tokens, to the letter.
    #[arg(long, value_name = "URL", required_unless_present = "demo")]
    issuer: Option<String>,
    /// This API's identifier at the issuer (`aud`).
    #[arg(long, value_name = "ID", required_unless_present = "demo")]
    audience: Option<String>,
    /// The issuer's public keys, a JSON Web Key Set.
    #[arg(long, value_name = "FILE", required_unless_present = "demo")]
    jwks_file: Option<PathBuf>,
    /// Makes a throw-away key, and prints calls to try.
    #[arg(long, conflicts_with_all = ["issuer", "audience", "jwks_file"])]
    demo: bool,
    /// The framework that serves.
    #[arg(long, value_enum, default_value = "axum")]
    pub(crate) framework: Framework,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value = "3000")]
    pub(crate) port: u16,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Framework {
    Axum,
    Poem,
}

/// Where tokens come from.
pub(crate) struct Source {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) jwks_file: PathBuf,
}

impl Cli {
    /// `None` for the demonstration, which is its own issuer.
    pub(crate) fn source(&self) -> Option<Source> {
        Some(Source {
            issuer: self.issuer.clone()?,
            audience: self.audience.clone()?,
            jwks_file: self.jwks_file.clone()?,
        })
    }
}
