//! Settings of a client.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Inner, StepUp};
use crate::challenge::Dialects;
use crate::error::BuildError;
use crate::origin::{origin, trusted};
use crate::source::TokenSource;
use crate::stepper::Stepper;

/// Settings of a [`StepUp`].
///
/// ```
/// use std::time::Duration;
/// use stepup_client::{AccessToken, BuildError, Dialects, Stepper, StepUp};
///
/// fn client(login: AccessToken, stepper: impl Stepper) -> Result<StepUp, BuildError> {
///     StepUp::builder(login, stepper)
///         .origin("https://api.example")
///         .origin("https://reports.example")
///         .dialects(Dialects::default().okta())
///         .time_limit(Duration::from_secs(120))
///         .step_ups_per_minute(3)
///         .build()
/// }
/// ```
pub struct StepUpBuilder {
    source: Box<dyn TokenSource>,
    stepper: Box<dyn Stepper>,
    origins: Vec<String>,
    dialects: Dialects,
    time_limit: Duration,
    per_minute: usize,
}

impl StepUpBuilder {
    pub(super) fn new(source: Box<dyn TokenSource>, stepper: Box<dyn Stepper>) -> Self {
        Self {
            source,
            stepper,
            origins: Vec::new(),
            dialects: Dialects::default(),
            time_limit: Duration::from_secs(300),
            per_minute: 5,
        }
    }

    /// An API that tokens may be sent to, by any address of its; may be repeated. https, or plain
    /// http on this machine.
    ///
    /// ```
    /// use stepup_client::StepUpBuilder;
    /// fn of_ours(builder: StepUpBuilder) -> StepUpBuilder {
    ///     builder.origin("https://api.example")
    /// }
    /// ```
    #[must_use]
    pub fn origin(mut self, address: impl Into<String>) -> Self {
        self.origins.push(address.into());
        self
    }

    /// The challenges that are understood besides the standard's; none unless set.
    ///
    /// ```
    /// use stepup_client::{Dialects, StepUpBuilder};
    /// fn with_entra(builder: StepUpBuilder) -> StepUpBuilder {
    ///     builder.dialects(Dialects::default().entra())
    /// }
    /// ```
    #[must_use]
    pub fn dialects(self, dialects: Dialects) -> Self {
        Self { dialects, ..self }
    }

    /// How long one step-up may take; five minutes unless set. Then it is given up.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_client::StepUpBuilder;
    /// fn hurried(builder: StepUpBuilder) -> StepUpBuilder {
    ///     builder.time_limit(Duration::from_secs(60))
    /// }
    /// ```
    #[must_use]
    pub fn time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// How many step-ups one API may ask for in a minute; five unless set. An API that asks and
    /// asks wears people out until they answer anything.
    ///
    /// ```
    /// use stepup_client::StepUpBuilder;
    /// fn patient(builder: StepUpBuilder) -> StepUpBuilder {
    ///     builder.step_ups_per_minute(1)
    /// }
    /// ```
    #[must_use]
    pub fn step_ups_per_minute(self, most: usize) -> Self {
        Self { per_minute: most, ..self }
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// No origin, or one that no token may be sent to.
    ///
    /// ```
    /// use stepup_client::{BuildError, StepUp, StepUpBuilder};
    /// fn build(builder: StepUpBuilder) -> Result<StepUp, BuildError> {
    ///     builder.origin("https://api.example").build()
    /// }
    /// ```
    pub fn build(self) -> Result<StepUp, BuildError> {
        let Self { source, stepper, origins, dialects, time_limit, per_minute } = self;
        let origins = origins.iter().map(|address| trusted(address).map(|url| origin(&url)));
        let origins: HashSet<_> = origins.collect::<Result<_, _>>()?;
        if origins.is_empty() {
            return Err(BuildError::new("StepUp", "name an `origin` that tokens may be sent to"));
        }
        let inner = Inner {
            session: Mutex::new(source.session()),
            source,
            stepper,
            origins,
            dialects,
            time_limit,
            per_minute,
            wallet: Default::default(),
            flights: Default::default(),
            step_ups: Default::default(),
            turn: Default::default(),
            cancelled: Default::default(),
            login: Default::default(),
        };
        Ok(StepUp { inner: Arc::new(inner) })
    }
}

impl fmt::Debug for StepUpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepUpBuilder").field("origins", &self.origins).finish_non_exhaustive()
    }
}
