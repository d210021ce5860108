//! Before a service listens: does a guard of this gate really stand on a route?

use std::fmt;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, Method, StatusCode};

use super::gate::Gate;

impl Gate {
    /// For adapters: whether this is the answer of a guard of this gate to a request of this
    /// method and path that carried no credential.
    ///
    /// # Errors
    ///
    /// Another answer came back, so no guard of this gate stands there.
    ///
    /// ```
    /// # use stepup_core::Gate;
    /// # fn example(gate: &Gate) {
    /// use http::{HeaderMap, Method, StatusCode};
    /// let answer = (StatusCode::OK, HeaderMap::new());
    /// let error = gate.check_answer(Method::POST, "/transfers", answer.0, &answer.1).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "POST /transfers answered 200 to a request without a credential: no guard stands \
    ///      there; annotate the handler with `#[step_up(…)]`",
    /// );
    /// # }
    /// ```
    pub fn check_answer(
        &self,
        method: Method,
        path: &str,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<(), CheckError> {
        let expected = self.without_credential().response();
        let challenge = headers.get(WWW_AUTHENTICATE);
        if status == expected.status() && challenge == expected.headers().get(WWW_AUTHENTICATE) {
            return Ok(());
        }
        Err(CheckError { method, path: path.to_owned(), status })
    }
}

/// A route that should be guarded and is not. A start-up error: do not listen.
///
/// ```
/// # use stepup_core::{CheckError, Gate};
/// # fn example(checked: Result<(), CheckError>) {
/// if let Err(error) = checked {
///     eprintln!("{error}");
///     std::process::exit(1);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckError {
    method: Method,
    path: String,
    status: StatusCode,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, status } = self;
        let status = status.as_u16();
        write!(f, "{method} {path} answered {status} to a request without a credential: ")?;
        f.write_str(match self.status {
            StatusCode::INTERNAL_SERVER_ERROR => {
                "no gate is at hand there; the log says how to give it one"
            }
            StatusCode::UNAUTHORIZED => "another guard or another gate stands before this one",
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                "there is no such route; is it spelled as in the router?"
            }
            _ => "no guard stands there; annotate the handler with `#[step_up(…)]`",
        })
    }
}

impl std::error::Error for CheckError {}
