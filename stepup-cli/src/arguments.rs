//! The command line.

use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use stepup_client::Dialects;

use crate::exit::CODES;
use crate::token::TokenArguments;

/// Makes requests to APIs that ask for a stronger or more recent login, and explains what they ask
/// (RFC 9470).
#[derive(Debug, Parser)]
#[command(name = "stepup", version, after_help = CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a request, and has you step up here in the terminal if the API asks for it.
    ///
    /// The answer's body goes to the standard output, everything else to the standard error. The
    /// access token of your login is read from the environment variable STEPUP_TOKEN, or from
    /// where --token-file or --token-command say; never from an argument, which others could read.
    Call(Box<CallArguments>),
    /// Says in words what a challenge asks for, and what a client does about it.
    Explain(ExplainArguments),
}

#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub(crate) struct CallArguments {
    /// GET, POST, …
    pub(crate) method: String,
    /// The address. Its origin, and no other, is sent the token.
    pub(crate) url: String,
    /// A header of the request; may be repeated. Nothing secret: every process of this machine can
    /// read it here. `Authorization` is refused.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// The body: as it stands here, of a file (@FILE), or of the standard input (@-). Sent as
    /// application/json unless a header says otherwise.
    #[arg(short, long, value_name = "BODY")]
    pub(crate) data: Option<String>,
    /// Prints the status and the headers before the body.
    #[arg(short, long)]
    pub(crate) include: bool,
    /// Follows redirects, at most ten. Where one leads to another origin the token and all headers
    /// stay behind, for good, and only GET and HEAD go on.
    #[arg(short = 'L', long)]
    pub(crate) location: bool,
    #[command(flatten)]
    pub(crate) token: TokenArguments,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    /// How long a step-up may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Understands a provider's own challenges too; may be repeated.
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) dialect: Vec<Dialect>,
}

/// Where you step up: at an authority, or at an OpenID Provider.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true).args(["authority", "issuer"]))]
pub(crate) struct PlaceArguments {
    /// The authority where you step up with a code, or on your phone. Passkeys are for browsers.
    #[arg(long, value_name = "URL")]
    pub(crate) authority: Option<String>,
    /// The OpenID Provider where you log in again, in a browser.
    #[arg(long, value_name = "URL", requires = "client_id")]
    pub(crate) issuer: Option<String>,
    /// This program's name at the issuer. For a browser register `http://127.0.0.1/callback`, with
    /// any port.
    #[arg(long, value_name = "ID", requires = "issuer")]
    pub(crate) client_id: Option<String>,
    /// Who you are at the issuer, by the `sub` of your ID token: the login of anybody else, such as
    /// another account in the same browser, is refused.
    #[arg(long, value_name = "SUB", requires = "issuer")]
    pub(crate) subject: Option<String>,
    /// Shows a code to type in on another device, in place of opening a browser here.
    #[arg(long, requires = "issuer", conflicts_with = "browser")]
    pub(crate) device: bool,
    /// The scopes to ask for at the issuer, in quotes with spaces between them.
    #[arg(long, value_name = "SCOPES", default_value = "openid")]
    pub(crate) scope: String,
    /// The API that the issuer makes the token for, where it has to be told (RFC 8707).
    #[arg(long, value_name = "URL", requires = "issuer")]
    pub(crate) resource: Option<String>,
    /// The program that opens addresses; the variable BROWSER, or the platform's own, unless given.
    #[arg(long, value_name = "PROGRAM", requires = "issuer")]
    pub(crate) browser: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub(crate) struct ExplainArguments {
    /// An address, which is asked, or the value of a WWW-Authenticate header, in quotes.
    #[arg(value_name = "URL|HEADER")]
    pub(crate) what: String,
    /// The method that the address is asked with. The request is made in earnest.
    #[arg(short = 'X', long, value_name = "METHOD", default_value = "GET")]
    pub(crate) method: String,
    #[command(flatten)]
    pub(crate) token: TokenArguments,
    /// Sends no token, even if there is one in STEPUP_TOKEN.
    #[arg(long, conflicts_with_all = ["token_file", "token_command"])]
    pub(crate) no_token: bool,
    /// Understands a provider's own challenges too; may be repeated.
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) dialect: Vec<Dialect>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// Okta's insufficient_authentication_context.
    Okta,
    /// Microsoft Entra's claims challenge.
    Entra,
}

pub(crate) fn dialects(named: &[Dialect]) -> Dialects {
    named.iter().fold(Dialects::default(), |dialects, name| match name {
        Dialect::Okta => dialects.okta(),
        Dialect::Entra => dialects.entra(),
    })
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| "write 1 to 3600".to_owned())
}
