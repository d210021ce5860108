//! What an authority said had happened.

use std::sync::{Arc, Mutex};

use stepup_authority::{Event, EventKind, EventSink};

/// Every event, in order.
#[derive(Clone, Debug, Default)]
pub struct Events(Arc<Mutex<Vec<Happened>>>);

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    pub kind: EventKind,
    pub subject: String,
    pub method: Option<String>,
    pub level: Option<String>,
}

impl Events {
    /// All of them.
    pub fn all(&self) -> Vec<Happened> {
        self.0.lock().expect("no test failed with it").clone()
    }

    /// Their kinds.
    pub fn kinds(&self) -> Vec<EventKind> {
        self.all().into_iter().map(|happened| happened.kind).collect()
    }

    /// How often this happened.
    pub fn count(&self, kind: EventKind) -> usize {
        self.kinds().into_iter().filter(|happened| *happened == kind).count()
    }

    /// Forgets them.
    pub fn clear(&self) {
        self.0.lock().expect("no test failed with it").clear();
    }
}

impl EventSink for Events {
    fn record(&self, event: &Event<'_>) {
        self.0.lock().expect("no test failed with it").push(Happened {
            kind: event.kind,
            subject: event.subject.to_owned(),
            method: event.method.map(str::to_owned),
            level: event.level.map(|level| level.name().to_owned()),
        });
    }
}
