//! Before a service listens: does a guard of this gate really stand on a route?

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::WWW_AUTHENTICATE;
use http::{Extensions, HeaderMap, Method, Request, StatusCode};

use super::cross_origin::Fault;
use super::gate::Gate;

/// For adapters: a request without credential and body that asks a route for its guard. It rides
/// in the request's extensions, where nobody outside the process can put it.
///
/// ```
/// use http::{HeaderMap, Method, StatusCode};
/// use stepup_core::{Check, Gate};
///
/// # fn example(gate: &Gate) {
/// let (check, request) = Check::new(Method::POST, "/transfers").unwrap();
/// // An adapter sends the request through the service. A handler without a guard answers:
/// let error = check.finish(gate, StatusCode::OK, &HeaderMap::new()).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "POST /transfers answered 200 to a request without a credential: no guard stands there; \
///      annotate the handler with `#[step_up(…)]`",
/// );
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Check {
    method: Method,
    path: String,
    refused: Arc<AtomicBool>,
}

impl Check {
    /// A check of this route, and the request to send.
    ///
    /// # Errors
    ///
    /// The path is none.
    ///
    /// ```
    /// use http::Method;
    /// use stepup_core::Check;
    /// assert!(Check::new(Method::POST, "/transfers").is_ok());
    /// let error = Check::new(Method::POST, "trans fers").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "POST trans fers cannot be checked: write the path as in the router, from its `/`",
    /// );
    /// ```
    pub fn new(method: Method, path: &str) -> Result<(Self, Request<()>), CheckError> {
        let refused = Arc::new(AtomicBool::new(false));
        let check = Self { method, path: path.to_owned(), refused };
        if !path.starts_with('/') {
            return Err(check.error(What::NoPath));
        }
        let request = Request::builder()
            .method(check.method.clone())
            .uri(path)
            .extension(check.clone())
            .body(())
            .map_err(|_| check.error(What::NoPath))?;
        Ok((check, request))
    }

    /// A guard says here that it refused a request; it matters if the request is a check.
    ///
    /// ```
    /// stepup_core::Check::refused(&http::Extensions::new());
    /// ```
    pub fn refused(extensions: &Extensions) {
        if let Some(check) = extensions.get::<Self>() {
            check.refused.store(true, Ordering::Relaxed);
        }
    }

    /// Judges the answer.
    ///
    /// # Errors
    ///
    /// It is not that of a guard of this gate.
    ///
    /// ```
    /// # use stepup_core::{Check, CheckError, Gate};
    /// use http::{HeaderMap, StatusCode};
    /// # fn example(gate: &Gate, check: Check) -> Result<(), CheckError> {
    /// check.finish(gate, StatusCode::UNAUTHORIZED, &HeaderMap::new())
    /// # }
    /// ```
    pub fn finish(
        self,
        gate: &Gate,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<(), CheckError> {
        let expected = gate.without_credential().response();
        let challenges = expected.headers().get_all(WWW_AUTHENTICATE);
        let ours = status == expected.status() && headers.get_all(WWW_AUTHENTICATE) == challenges;
        let refused = self.refused.load(Ordering::Relaxed);
        if ours && refused { Ok(()) } else { Err(self.error(What::Open { status, refused })) }
    }

    pub(super) const fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn cross_origin(&self, origin: &str, fault: Fault) -> CheckError {
        self.error(What::CrossOrigin { origin: origin.to_owned(), fault })
    }

    fn error(&self, what: What) -> CheckError {
        CheckError { method: self.method.clone(), path: self.path.clone(), what }
    }
}

/// A route that should be guarded and is not, or that a page of another origin cannot use. A
/// start-up error: do not listen.
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
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    NoPath,
    Open { status: StatusCode, refused: bool },
    CrossOrigin { origin: String, fault: Fault },
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, what } = self;
        let (status, refused) = match what {
            What::NoPath => {
                return write!(
                    f,
                    "{method} {path} cannot be checked: write the path as in the router, from \
                     its `/`"
                );
            }
            What::CrossOrigin { origin, fault } => {
                return write!(f, "{method} {path}, called by a page of {origin}: {fault}");
            }
            What::Open { status, refused } => (*status, *refused),
        };
        let number = status.as_u16();
        write!(f, "{method} {path} answered {number} to a request without a credential: ")?;
        f.write_str(match status {
            StatusCode::INTERNAL_SERVER_ERROR if refused => {
                "no gate is at hand there; the log says how to give it one"
            }
            StatusCode::UNAUTHORIZED if refused => "the guard there is of another gate",
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                "there is no such route; is it spelled as in the router?"
            }
            _ => "no guard stands there; annotate the handler with `#[step_up(…)]`",
        })
    }
}

impl std::error::Error for CheckError {}
