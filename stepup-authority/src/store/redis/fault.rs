//! Why Redis gave no answer, and what that means here. Of what the server wrote only the code gets
//! out: the rest may repeat a command.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::store::StoreError;

pub(super) enum Fault {
    Redis(RedisError),
    /// An answer, but to no question of ours.
    Odd,
    Late,
}

impl Fault {
    /// Also where the server says no: its name may lead to another one by now.
    pub(super) fn may_be_the_connection(&self) -> bool {
        !self.is_full()
    }

    pub(super) fn is_full(&self) -> bool {
        matches!(self, Self::Redis(error) if error.code() == Some("OOM"))
    }

    /// In the middle of an operation.
    pub(super) fn in_use(self) -> StoreError {
        if self.is_full() {
            return StoreError::Full;
        }
        StoreError::Unavailable(match self {
            Self::Late => "Redis does not answer in time".to_owned(),
            Self::Odd => "Redis answers with what is no answer".to_owned(),
            Self::Redis(error) => match error.code() {
                Some(code) => format!("Redis answers with {}", word(code)),
                None => description(&error),
            },
        })
    }

    /// When the store is opened.
    pub(super) fn at_start(self, namespace: &str) -> StoreError {
        match self {
            Self::Redis(error) if is_stranger(&error) => StoreError::Refused(
                "Redis does not take the user name and password, or wants some: give them in the \
                 URL, as in `rediss://user:password@host/`"
                    .to_owned(),
            ),
            Self::Redis(error) if is_forbidden(&error) => StoreError::Refused(format!(
                "the Redis user may not do what is needed: permit it `~{{{namespace}}}:* +eval \
                 +evalsha +info +time +get +getrange +set +del` (ACL SETUSER)"
            )),
            Self::Redis(error) if error.is_connection_refusal() => Self::Redis(error).in_use(),
            Self::Redis(error) if error.is_io_error() => no_connection(),
            Self::Late => no_connection(),
            other => other.in_use(),
        }
    }
}

pub(super) fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

fn is_stranger(error: &RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("WRONGPASS" | "NOAUTH"))
}

/// Why stands in no code.
fn no_connection() -> StoreError {
    StoreError::Unavailable(
        "Redis does not answer in time, or not at all: look at host and port, whether TLS is spoken \
         there (`rediss://`) or not (`redis://`), and whether this machine trusts its certificate"
            .to_owned(),
    )
}

/// Of a command inside a script Redis says it in words.
fn is_forbidden(error: &RedisError) -> bool {
    let said = error.detail().unwrap_or_default();
    error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm)
        || said.contains("ACL failure")
        || said.contains("The user executing the script")
}

/// A code is a word in capitals; anything else did not come from Redis.
fn word(code: &str) -> &str {
    let is_code = code.len() <= 20 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { code } else { "an error" }
}

fn description(error: &RedisError) -> String {
    let what = if error.is_timeout() {
        "does not answer in time"
    } else if error.is_connection_refusal() {
        "refuses the connection"
    } else if error.is_io_error() {
        "lost the connection, or never had it"
    } else {
        "answers with what is no answer"
    };
    format!("Redis {what}")
}
