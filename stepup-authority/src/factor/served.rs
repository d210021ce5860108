//! Requests that a factor answers by itself.

use std::fmt;

use bytes::Bytes;
use http::Response;

/// A factor's own answer to a request of its own.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use stepup_authority::factor::Served;
/// let served = Served::new(Response::new(Bytes::from_static(b"{}")));
/// ```
pub struct Served {
    pub(crate) answer: Answered,
    pub(crate) denial: Option<String>,
}

/// Makes a problem with what the `type` of each begins with.
type OfTypes = dyn FnOnce(&str) -> Response<Bytes> + Send;

pub(crate) enum Answered {
    Response(Response<Bytes>),
    Problem(Box<OfTypes>),
}

impl Served {
    /// This answer. Unless it says otherwise, nobody may keep it (`Cache-Control: no-store`).
    ///
    /// ```
    /// # use bytes::Bytes;
    /// # use http::Response;
    /// # use stepup_authority::factor::Served;
    /// let served = Served::new(Response::new(Bytes::new()));
    /// ```
    #[must_use]
    pub const fn new(response: Response<Bytes>) -> Self {
        Self { answer: Answered::Response(response), denial: None }
    }

    /// A problem, of the types that the authority's own are of.
    pub(crate) fn problem(of: impl FnOnce(&str) -> Response<Bytes> + Send + 'static) -> Self {
        Self { answer: Answered::Problem(Box::new(of)), denial: None }
    }

    /// The user said no: the ceremony ends of which this is the [`denial`](super::Ask::denial).
    ///
    /// ```
    /// # use stepup_authority::factor::Served;
    /// fn no(served: Served, denial: String) -> Served {
    ///     served.denying(denial)
    /// }
    /// ```
    #[must_use]
    pub fn denying(self, denial: String) -> Self {
        Self { denial: Some(denial), ..self }
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match &self.answer {
            Answered::Response(response) => Some(response.status()),
            Answered::Problem(_) => None,
        };
        f.debug_struct("Served")
            .field("status", &status)
            .field("denies", &self.denial.is_some())
            .finish_non_exhaustive()
    }
}
