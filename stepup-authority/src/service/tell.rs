//! Saying what happened.

use stepup_core::{Level, Timestamp};

use super::caller::Caller;
use crate::authority::Inner;
use crate::ceremony::{CeremonyId, reference};
use crate::event::{Event, EventKind, Notice};

/// In which ceremony, with which factor, and what came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    pub(super) ceremony: Option<&'a CeremonyId>,
    pub(super) method: Option<&'a str>,
    pub(super) level: Option<Level>,
}

impl Inner {
    pub(super) fn tell(&self, kind: EventKind, caller: &Caller, about: About<'_>) {
        let client_id = caller.login.client_id();
        self.tell_of(kind, &caller.subject, client_id, about);
    }

    pub(super) fn tell_of(
        &self,
        kind: EventKind,
        subject: &str,
        client_id: Option<&str>,
        about: About<'_>,
    ) {
        let at = self.now();
        let ceremony = about.ceremony.map(reference);
        let ceremony = ceremony.as_deref();
        let About { method, level, .. } = about;
        tracing::info!(
            event = kind.name(),
            // Escaped: a name may hold a line feed.
            subject = ?subject,
            client_id = ?client_id,
            ceremony,
            method,
            level = level.map(Level::name),
            "step-up"
        );
        if let Some(sink) = &self.sink {
            sink.record(&Event { kind, at, subject, client_id, ceremony, method, level });
        }
        self.notify(kind, at, subject, method);
    }

    fn notify(&self, kind: EventKind, at: Timestamp, subject: &str, method: Option<&str>) {
        let concerns_the_user = matches!(
            kind,
            EventKind::Cloned
                | EventKind::Denied
                | EventKind::Disabled
                | EventKind::Enrolled
                | EventKind::Locked
                | EventKind::Removed
        );
        if let (true, Some(notify), Some(method)) = (concerns_the_user, &self.notify, method) {
            let notify = notify.clone();
            let (subject, method) = (subject.to_owned(), method.to_owned());
            self.under_way.spawn(async move {
                notify.notify(Notice { kind, at, subject, method }).await;
            });
        }
    }
}
