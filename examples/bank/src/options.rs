//! The command line.

use std::ffi::OsStr;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Parser, ValueEnum};
use http::HeaderName;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// A bank that asks for more than a password where money leaves it.
#[derive(Clone, Parser)]
#[command(name = "bank", version)]
#[expect(missing_debug_implementations, reason = "there are passwords in URLs")]
#[non_exhaustive]
pub struct Options {
    /// The port that it listens on; 0 takes a free one.
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// The address that it listens on: this machine alone unless given.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// The framework that serves.
    #[arg(long, value_enum, default_value = "axum")]
    pub framework: Framework,
    /// Where the authority remembers: memory, sqlite:PATH, redis://… or postgres://…
    #[arg(long, value_name = "WHERE", default_value = "sqlite:bank.db", value_parser = Where)]
    #[arg(env = "BANK_STORE", hide_env_values = true)]
    pub store: Place,
    /// Where customers and money are: memory, sqlite:PATH or postgres://…; in the store unless
    /// given, and to be given beside a Redis.
    #[arg(long, value_name = "WHERE", value_parser = Where)]
    #[arg(env = "BANK_LEDGER", hide_env_values = true)]
    pub ledger: Option<Place>,
    /// The server that mail is sent to, as smtps://user:password@host; without it mail is only
    /// shown, at /demo/outbox.
    #[arg(long, value_name = "URL", env = "BANK_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// What browsers see: scheme, host and port; http://localhost:PORT unless given.
    #[arg(long, value_name = "URL")]
    pub origin: Option<String>,
    /// The header in which a proxy says where a request comes from, as x-real-ip: wrong passwords
    /// are counted by it, and phones that are asked show it. Only behind a proxy that lets no such
    /// header of a client's through.
    #[arg(long, value_name = "NAME")]
    pub address_header: Option<HeaderName>,
    /// Opens where others reach it too, who can then sign in as its demo users.
    #[arg(long)]
    pub demo: bool,
}

/// What serves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(clippy::exhaustive_enums, reason = "there are no others")]
pub enum Framework {
    /// axum 0.8.
    Axum,
    /// poem 3.1.
    Poem,
}

impl Framework {
    /// Where its handlers stand.
    #[must_use]
    pub const fn module(self) -> &'static str {
        match self {
            Self::Axum => "bank::axum_app",
            Self::Poem => "bank::poem_app",
        }
    }
}

/// Where something is kept.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "there are passwords in URLs")]
#[expect(clippy::exhaustive_enums, reason = "there are no others")]
pub enum Place {
    /// In this process, and gone with it.
    Memory,
    /// In a file.
    Sqlite(PathBuf),
    /// In PostgreSQL, at this URL.
    Postgres(String),
    /// In Redis, at this URL.
    Redis(String),
}

impl Options {
    /// Where customers and money are.
    ///
    /// # Errors
    ///
    /// They would be where they cannot be, or without the factors that the authority keeps.
    pub fn ledger(&self) -> Result<Place, &'static str> {
        match (&self.ledger, &self.store) {
            (Some(Place::Redis(_)), _) | (None, Place::Redis(_)) => {
                Err("customers and money cannot be in Redis: give --ledger postgres://…, or \
                 --ledger sqlite:PATH where there is one instance")
            }
            (None, store) => Ok(store.clone()),
            (Some(ledger), Place::Memory) if *ledger != Place::Memory => {
                Err("customers would be there still when --store memory has forgotten how they \
                 confirm: give --store sqlite:PATH too")
            }
            (Some(ledger), _) => Ok(ledger.clone()),
        }
    }

    /// What browsers see of a bank that listens on this port.
    #[must_use]
    pub fn origin(&self, port: u16) -> String {
        self.origin.clone().unwrap_or_else(|| format!("http://localhost:{port}"))
    }

    /// What to give where the bank that is kept there is another origin's.
    pub(crate) fn instead_of(&self, other: &str) -> String {
        let place = match &self.ledger {
            Some(_) => "other places with --store and --ledger",
            None => "another place with --store",
        };
        let port = other.strip_prefix("http://localhost:").filter(|_| self.origin.is_none());
        match port {
            // It has to listen where browsers look for it.
            Some(port) => format!("--port {port}, or {place}"),
            None => format!("--origin {other}, or {place}"),
        }
    }
}

/// Reads a place, and says nothing back: there may be a password in it.
#[derive(Clone)]
struct Where;

impl TypedValueParser for Where {
    type Value = Place;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Place, clap::Error> {
        value.to_str().unwrap_or_default().parse().map_err(|why: &str| {
            let argument = argument.map(Arg::to_string).unwrap_or_default();
            command.clone().error(ErrorKind::ValueValidation, format!("{argument}: {why}"))
        })
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match scheme {
            "memory" if rest.is_empty() => Ok(Self::Memory),
            "sqlite" if rest.contains(['?', '%']) => {
                Err("give the path of a file without `?` and `%`, and nothing else after `sqlite:`")
            }
            "sqlite" if !matches!(rest, "" | "//" | ":memory:") => {
                Ok(Self::Sqlite(rest.strip_prefix("//").unwrap_or(rest).into()))
            }
            "postgres" | "postgresql" if !is_private(text) => Err(
                "over a network passwords, money and logouts need a PostgreSQL with TLS: end the \
                     URL with `?sslmode=verify-full`, or give a socket, as in \
                     postgres://USER@%2Frun%2Fpostgresql/DATABASE",
            ),
            "postgres" | "postgresql" => Ok(Self::Postgres(text.to_owned())),
            "redis" | "rediss" | "redis+unix" => Ok(Self::Redis(text.to_owned())),
            _ => Err("write memory, sqlite:PATH, redis://… or postgres://…"),
        }
    }
}

/// Whether nobody on the way hears what is said to it. One that cannot be read is said where it is
/// used.
fn is_private(postgres: &str) -> bool {
    let Ok(options) = postgres.parse::<PgConnectOptions>() else { return true };
    let host = options.get_host().trim_matches(['[', ']']);
    let is_here = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    is_here || matches!(options.get_ssl_mode(), PgSslMode::VerifyFull)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str]) -> Options {
        Options::try_parse_from([&["bank"], arguments].concat()).unwrap()
    }

    #[test]
    fn the_ledger_is_where_the_store_is_if_that_knows_sql() {
        let redis = "redis://127.0.0.1/";
        let postgres = "postgres://bank@localhost/bank";
        for (arguments, ledger) in [
            (&[][..], Place::Sqlite("bank.db".into())),
            (&["--store", "memory"], Place::Memory),
            (&["--store", "sqlite:a.db"], Place::Sqlite("a.db".into())),
            (&["--store", postgres], Place::Postgres(postgres.to_owned())),
            (&["--store", "sqlite:///var/bank.db"], Place::Sqlite("/var/bank.db".into())),
            (&["--store", redis, "--ledger", postgres], Place::Postgres(postgres.to_owned())),
        ] {
            assert!(options(arguments).ledger() == Ok(ledger), "{arguments:?}");
        }
        for (arguments, why) in [
            (&["--store", redis][..], "cannot be in Redis"),
            (&["--ledger", redis], "cannot be in Redis"),
            (&["--store", "memory", "--ledger", "sqlite:bank.db"], "has forgotten"),
        ] {
            let Err(said) = options(arguments).ledger() else { panic!("{arguments:?}") };
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for place in [
            "",
            "sqlite",
            "sqlite:",
            "sqlite::memory:",
            "memory:1",
            "mysql://bank:hunter2@localhost/bank",
            "bank.db",
        ] {
            let parsed = Options::try_parse_from(["bank", "--store", place]);
            let Err(error) = parsed else { panic!("{place} is taken") };
            let error = error.to_string();
            assert!(error.contains("--store <WHERE>: write memory, sqlite:PATH, "), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        for place in ["sqlite:bank.db?mode=ro", "sqlite:a%20bank.db"] {
            let parsed = Options::try_parse_from(["bank", "--ledger", place]);
            let Err(error) = parsed else { panic!("{place} is taken") };
            let error = error.to_string();
            assert!(error.contains("--ledger <WHERE>: give the path of a file without"), "{error}");
        }
    }

    #[test]
    fn a_postgresql_elsewhere_needs_tls() {
        for place in [
            "postgres://bank@localhost/bank",
            "postgres://bank:hunter2@127.0.0.1:5433/bank",
            "postgres://bank@[::1]/bank",
            "postgres://bank@%2Frun%2Fpostgresql/bank",
            "postgres:///bank?host=/run/postgresql",
            "postgresql://bank@db.internal/bank?sslmode=verify-full",
        ] {
            assert!(place.parse::<Place>() == Ok(Place::Postgres(place.to_owned())), "{place}");
        }
        for place in [
            "postgres://bank:hunter2@db.internal/bank",
            "postgres://bank@localhost.example/bank",
            "postgres://bank@10.0.0.1/bank",
            "postgres://bank@[2001:db8::1]/bank",
            "postgres://bank@localhost/bank?host=db.internal",
            "postgresql://bank@db.internal/bank?sslmode=require",
            "postgresql://bank@db.internal/bank?sslmode=verify-ca",
        ] {
            let Err(why) = place.parse::<Place>() else { panic!("{place}") };
            assert!(why.contains("`?sslmode=verify-full`") && !why.contains("hunter2"), "{why}");
        }
    }

    #[test]
    fn compose_gives_what_is_taken() {
        let compose = include_str!("../compose.yaml");
        let given =
            |before| compose.lines().filter_map(move |line| line.trim().strip_prefix(before));
        let mut arguments: Vec<_> = given("- ").filter(|given| given.starts_with("--")).collect();
        arguments.extend(given("BANK_LEDGER: ").flat_map(|ledger| ["--ledger", ledger]));
        let options = options(&arguments);
        let Ok(Place::Postgres(ledger)) = options.ledger() else { panic!("{arguments:?}") };
        let ledger: PgConnectOptions = ledger.parse().unwrap();
        let socket = ledger.get_socket().and_then(|socket| socket.to_str()).unwrap();
        assert!(compose.matches(&format!("ledger-socket:{socket}")).count() == 2, "{socket}");
        assert_eq!((ledger.get_username(), ledger.get_database()), ("bank", Some("bank")));
        assert!(matches!(options.store, Place::Redis(_)) && options.demo, "{arguments:?}");
        assert!(options.address_header.is_some_and(|header| header == "x-real-ip"));
    }

    #[test]
    fn help_does_not_show_what_the_environment_says() {
        use clap::CommandFactory as _;

        let options = Options::command();
        let from_environment = options.get_arguments().filter(|option| option.get_env().is_some());
        let hidden: Vec<_> = from_environment
            .map(|option| (option.get_id().as_str(), option.is_hide_env_values_set()))
            .collect();
        assert_eq!(hidden, ["store", "ledger", "smtp"].map(|option| (option, true)));
    }

    #[test]
    fn browsers_see_this_machine_unless_it_is_said() {
        assert_eq!(options(&[]).origin(4000), "http://localhost:4000");
        let bank = "https://bank.example";
        assert_eq!(options(&["--origin", bank]).origin(4000), bank);
    }
}
