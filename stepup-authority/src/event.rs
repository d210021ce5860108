//! What happens, for logs, alarms and audits.

use std::fmt;

use stepup_core::{Level, Timestamp};

use crate::factor::FactorFuture;

/// Something that happened in an authority, after it was recorded. Nothing in it is secret: no
/// code, token, address or anything that could be used to answer.
///
/// ```
/// use stepup_authority::{Event, EventKind, EventSink};
///
/// #[derive(Debug)]
/// struct Alarm;
///
/// impl EventSink for Alarm {
///     fn record(&self, event: &Event<'_>) {
///         if event.kind == EventKind::Locked {
///             eprintln!("guessing at the {:?} of {}", event.method, event.subject);
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<'a> {
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Whose: `sub` in the authority's tokens.
    pub subject: &'a str,
    /// By which client.
    pub client_id: Option<&'a str>,
    /// In which ceremony: a digest of its name, which stands in the log too.
    pub ceremony: Option<&'a str>,
    /// With which factor: its method.
    pub method: Option<&'a str>,
    /// What was reached.
    pub level: Option<Level>,
}

/// What happened.
///
/// ```
/// assert_eq!(stepup_authority::EventKind::Proved.name(), "proved");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A ceremony was begun.
    Begun,
    /// A key's count did not grow: there may be a copy of it. The answer was refused.
    Cloned,
    /// A ceremony was given up by the client.
    Cancelled,
    /// The user refused on their own device.
    Denied,
    /// A factor heard too many wrong answers in a row, and has to be enrolled anew.
    Disabled,
    /// A factor was enrolled.
    Enrolled,
    /// An answer was wrong.
    Failed,
    /// A token was made. It is made again where its answer got lost; the token is the same.
    Issued,
    /// A factor heard as many wrong answers as it hears in one window, or its provider as many as it
    /// shall in a row; said once for each lock.
    Locked,
    /// An answer was right.
    Proved,
    /// A factor was removed, or another took its place.
    Removed,
    /// A code was sent.
    Sent,
    /// The service had answers heard again that were locked.
    Unlocked,
    /// A code could not be sent.
    Unsent,
}

impl EventKind {
    /// Its name, for a log or the label of a metric.
    ///
    /// ```
    /// use stepup_authority::EventKind;
    /// assert_eq!(EventKind::Locked.name(), "locked");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Cancelled => "cancelled",
            Self::Cloned => "cloned",
            Self::Denied => "denied",
            Self::Disabled => "disabled",
            Self::Enrolled => "enrolled",
            Self::Failed => "failed",
            Self::Issued => "issued",
            Self::Locked => "locked",
            Self::Proved => "proved",
            Self::Removed => "removed",
            Self::Sent => "sent",
            Self::Unlocked => "unlocked",
            Self::Unsent => "unsent",
        }
    }
}

/// Takes every event once what it tells of is recorded; of two requests at once either may come
/// first. It is called while a request waits: hand over what takes time.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use stepup_authority::{Event, EventKind, EventSink};
///
/// #[derive(Debug, Default)]
/// struct WrongAnswers(AtomicU64);
///
/// impl EventSink for WrongAnswers {
///     fn record(&self, event: &Event<'_>) {
///         if event.kind == EventKind::Failed {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait EventSink: fmt::Debug + Send + Sync + 'static {
    /// Takes one.
    fn record(&self, event: &Event<'_>);
}

/// Tells users what was done to their factors, over a way that is none of these factors: by mail
/// to the address on file, say (NIST SP 800-63B-4 §4.1.2.1).
///
/// ```
/// use stepup_authority::factor::FactorFuture;
/// use stepup_authority::{Notice, Notify};
///
/// #[derive(Debug)]
/// struct ByMail;
///
/// impl Notify for ByMail {
///     fn notify(&self, notice: Notice) -> FactorFuture<'_, ()> {
///         Box::pin(async move {
///             println!("tell {}: {} {}", notice.subject, notice.method, notice.kind.name());
///         })
///     }
/// }
/// ```
pub trait Notify: fmt::Debug + Send + Sync + 'static {
    /// Tells one user. It runs beside the request, and [`finish`](crate::Authority::finish) waits for
    /// it; its failures are its own to log.
    fn notify(&self, notice: Notice) -> FactorFuture<'_, ()>;
}

/// What a user is to be told.
///
/// ```
/// use stepup_authority::{EventKind, Notice};
///
/// fn sentence(notice: &Notice) -> String {
///     let what = match notice.kind {
///         EventKind::Enrolled => "was set up for your account",
///         EventKind::Removed => "was removed from your account",
///         EventKind::Locked | EventKind::Disabled => "heard too many wrong answers",
///         EventKind::Denied => "was used to say no: if that was you, change your password",
///         EventKind::Cloned => "may have been copied: remove it",
///         _ => "needs your attention",
///     };
///     format!("{} {what}.", notice.method)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// [`Enrolled`](EventKind::Enrolled), [`Removed`](EventKind::Removed),
    /// [`Locked`](EventKind::Locked), [`Disabled`](EventKind::Disabled),
    /// [`Denied`](EventKind::Denied) or [`Cloned`](EventKind::Cloned).
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Whom.
    pub subject: String,
    /// Which of their factors: its method.
    pub method: String,
}
