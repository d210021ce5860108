//! The ceremonies of a `stepup-authority`.

mod ceremony;
mod pages;
mod prompter;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use self::ceremony::{Beginning, Begun};
use self::pages::Pages;
pub use self::prompter::{Answer, Offer, Prompter, Question, Trouble};
use crate::error::BuildError;
use crate::source::BoxFuture;
use crate::stepper::{Asked, StepUpError, Stepper};
use crate::token::SteppedUp;

/// Has the user answer a factor of a `stepup-authority`.
///
/// It goes to the address that it was given, whatever a challenge says. A ceremony that was
/// interrupted, by a lost network or because nobody waited any more, is gone on with the next time
/// that the same is asked: codes that were sent stay good, and a token that was lost on the way is
/// fetched again. [`StepUp::cancel`](crate::StepUp::cancel) ends it at the authority too.
///
/// Of tokens that are bound to a key (DPoP) it cannot prove the possession: a [`Stepper`] of the
/// client's own is needed there.
///
/// ```
/// use stepup_client::{AccessToken, AuthorityStepper, BuildError, Prompter, StepUp};
///
/// fn client(login: AccessToken, terminal: impl Prompter) -> Result<StepUp, BuildError> {
///     let stepper = AuthorityStepper::new("https://bank.example", terminal)?;
///     StepUp::builder(login, stepper.without("webauthn")).origin("https://bank.example").build()
/// }
/// ```
pub struct AuthorityStepper {
    pages: Pages,
    prompter: Box<dyn Prompter>,
    begun: Mutex<Option<Begun>>,
    beginning: Mutex<Option<Beginning>>,
}

impl AuthorityStepper {
    /// One that asks by this prompter. The address is the authority's, or its pages' where they are
    /// not at `/step-up`.
    ///
    /// # Errors
    ///
    /// An address that no token may be sent to.
    ///
    /// ```
    /// use stepup_client::{AuthorityStepper, BuildError, Prompter};
    ///
    /// fn stepper(terminal: impl Prompter) -> Result<AuthorityStepper, BuildError> {
    ///     AuthorityStepper::new("https://bank.example", terminal)
    /// }
    /// ```
    pub fn new(address: &str, prompter: impl Prompter) -> Result<Self, BuildError> {
        let pages = Pages::new(address)?;
        Ok(Self {
            pages,
            prompter: Box::new(prompter),
            begun: Mutex::default(),
            beginning: Mutex::default(),
        })
    }

    /// A method of factors that this device cannot do: they are not offered. May be repeated.
    ///
    /// ```
    /// use stepup_client::AuthorityStepper;
    /// fn in_a_terminal(stepper: AuthorityStepper) -> AuthorityStepper {
    ///     stepper.without("webauthn")
    /// }
    /// ```
    #[must_use]
    pub fn without(mut self, method: &str) -> Self {
        if !self.pages.without.is_empty() {
            self.pages.without.push(' ');
        }
        self.pages.without.push_str(method);
        self
    }

    fn begun(&self) -> MutexGuard<'_, Option<Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beginning(&self) -> MutexGuard<'_, Option<Beginning>> {
        self.beginning.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stepper for AuthorityStepper {
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
        Box::pin(self.hold(asked))
    }

    fn cancel(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.give_up())
    }

    fn forget(&self) {
        *self.begun() = None;
        *self.beginning() = None;
    }
}

impl fmt::Debug for AuthorityStepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorityStepper").field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// Fit to stand in a path.
fn is_id(text: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= 64 && text.bytes().all(is_of_id)
}
