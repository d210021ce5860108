//! The command line.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use stepup_axum::{Introspection, Ladder, Level, Profile};

use crate::routes::{Framework, Route};
use crate::source::{Keys, Source, network};

/// The variable that carries the secret: a command line is there for every process to read.
const SECRET: &str = "INTROSPECTION_SECRET";

/// An API guarded by somebody else's identity provider.
#[derive(Debug, Parser)]
#[command(name = "resource-server", version)]
pub(crate) struct Cli {
    /// The `iss` of the tokens, to the letter; its metadata and keys are fetched, over plain http
    /// from this machine alone.
    #[arg(long, value_name = "URL", required_unless_present = "demo")]
    issuer: Option<String>,
    /// This API's identifier at the issuer (`aud`).
    #[arg(long, value_name = "ID", required_unless_present = "demo")]
    audience: Option<String>,
    /// How the issuer writes logins into its tokens.
    #[arg(long, value_name = "NAME", default_value = "rfc9068", value_parser = profile())]
    profile: Profile,
    /// The issuer's `acr` value for a level, where the profile cannot know it; may be repeated.
    #[arg(long = "level", value_name = "LEVEL=ACR", value_parser = level)]
    levels: Vec<(Level, String)>,
    /// Asks the issuer about tokens that only it can read, as this client, whose secret stands in
    /// the environment variable `INTROSPECTION_SECRET`.
    #[arg(long, value_name = "CLIENT_ID")]
    introspect: Option<String>,
    /// The issuer may be on a private network.
    #[arg(long)]
    private_network: bool,
    /// The issuer's public keys, a JSON Web Key Set: nothing is fetched.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["introspect", "private_network"])]
    jwks_file: Option<PathBuf>,
    /// Makes a throw-away key, and prints calls to try.
    #[arg(long, conflicts_with_all = [
        "issuer", "audience", "profile", "levels", "introspect", "private_network", "jwks_file",
        "without",
    ])]
    demo: bool,
    /// Leaves a route out, which the issuer cannot reach; may be repeated.
    #[arg(long, value_enum, value_name = "ROUTE")]
    pub(crate) without: Vec<Route>,
    /// Where clients see this API; the address that it listens on unless given.
    #[arg(long, value_name = "URL")]
    pub(crate) resource: Option<String>,
    /// The framework that serves.
    #[arg(long, value_enum, default_value = "axum")]
    pub(crate) framework: Framework,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value = "3000")]
    pub(crate) port: u16,
}

fn profile() -> impl clap::builder::TypedValueParser<Value = Profile> {
    PossibleValuesParser::new(Profile::names())
        .try_map(|name| Profile::named(&name).ok_or("there is no such profile"))
}

fn level(text: &str) -> Result<(Level, String), String> {
    let (name, acr) = text.split_once('=').ok_or("write LEVEL=ACR, for example mfa=c1")?;
    let level = Ladder::BUILT_IN.levels().find(|level| level.name() == name);
    let level = level.ok_or_else(|| {
        let known: Vec<_> = Ladder::BUILT_IN.levels().map(Level::name).collect();
        format!("there is no level `{name}`; take one of {}", known.join(", "))
    })?;
    Ok((level, acr.to_owned()))
}

impl Cli {
    /// Where tokens come from; `None` for the demonstration, which is its own issuer.
    pub(crate) fn source(&self) -> Result<Option<Source>, Box<dyn Error>> {
        let (Some(issuer), Some(audience)) = (&self.issuer, &self.audience) else {
            return Ok(None);
        };
        let keys = match &self.jwks_file {
            Some(file) => Keys::Given(
                fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?,
            ),
            None => Keys::Fetched {
                network: network(issuer, self.private_network),
                introspection: self.introspection()?,
            },
        };
        let levels = self.levels.iter().cloned();
        let profile =
            levels.fold(self.profile.clone(), |profile, (level, acr)| profile.level(level, acr));
        Ok(Some(Source { issuer: issuer.clone(), audience: audience.clone(), profile, keys }))
    }

    fn introspection(&self) -> Result<Option<Introspection>, String> {
        let Some(client_id) = &self.introspect else { return Ok(None) };
        let secret = std::env::var(SECRET).map_err(|_| {
            format!(
                "--introspect {client_id} needs the secret of that client in the environment \
                 variable {SECRET}"
            )
        })?;
        Ok(Some(Introspection::new(client_id, &secret)))
    }
}
