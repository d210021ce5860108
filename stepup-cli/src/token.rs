//! The token of the login: from anywhere but the command line, which every process of the machine
//! can read, and which shells write down.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use clap::Args;
use stepup_client::AccessToken;
use zeroize::Zeroizing;

use crate::exit::Failure;

pub(crate) const VARIABLE: &str = "STEPUP_TOKEN";

const NO_ARGUMENT: &str = "a token is never an argument: every process of this machine could read \
    it, and the shell would write it down. Put it into the environment variable STEPUP_TOKEN, or \
    name a --token-file or a --token-command";

/// Where the access token of the login comes from; the environment variable STEPUP_TOKEN unless
/// one of these is given.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct TokenArguments {
    /// Reads the access token from this file.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Takes the access token from what this command prints; it is run by the shell.
    #[arg(long, value_name = "COMMAND")]
    token_command: Option<String>,
    /// Only there to be refused with a reason.
    #[arg(long, hide = true, num_args = 0..=1)]
    token: Option<Option<Refused>>,
}

/// Takes anything, and keeps nothing of it.
#[derive(Clone, Debug)]
struct Refused;

impl From<String> for Refused {
    fn from(_: String) -> Self {
        Self
    }
}

impl TokenArguments {
    /// The token, if there is one.
    pub(crate) fn optional(&self) -> Result<Option<AccessToken>, Failure> {
        if self.token.is_some() {
            return Err(Failure::usage(NO_ARGUMENT));
        }
        let text = if let Some(file) = &self.token_file {
            fs::read_to_string(file).map(Zeroizing::new).map_err(|error| {
                Failure::usage(format!("--token-file {}: {error}", file.display()))
            })?
        } else if let Some(command) = &self.token_command {
            printed_by(command)?
        } else {
            match env::var(VARIABLE) {
                Ok(text) => Zeroizing::new(text),
                Err(_) => return Ok(None),
            }
        };
        let token = text.trim();
        if token.is_empty() {
            return Err(Failure::usage("where the token should be there is nothing"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::usage(
                "where the token should be is more than one word: put the token there and nothing \
                 else, no `Bearer` and no name",
            ));
        }
        Ok(Some(AccessToken::bearer(token)))
    }

    pub(crate) fn required(&self) -> Result<AccessToken, Failure> {
        self.optional()?.ok_or_else(|| {
            Failure::usage(
                "there is no token of a login: put it into the environment variable STEPUP_TOKEN, \
                 or name a --token-file or a --token-command",
            )
        })
    }
}

fn printed_by(command: &str) -> Result<Zeroizing<String>, Failure> {
    let failed = |why: &str| Failure::usage(format!("--token-command {why}"));
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command).stderr(Stdio::inherit());
    let output = shell.output().map_err(|error| failed(&format!("does not start: {error}")))?;
    let stdout = Zeroizing::new(output.stdout);
    if !output.status.success() {
        return Err(failed(&format!("failed ({})", output.status)));
    }
    let text = std::str::from_utf8(&stdout).map_err(|_| failed("prints no text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// A header that would carry a token on the command line.
pub(crate) fn refuse_in_header(name: &str) -> Result<(), Failure> {
    let secret = ["authorization", "proxy-authorization"];
    if secret.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
        return Err(Failure::usage(NO_ARGUMENT));
    }
    Ok(())
}
