//! What has been answered.

use std::collections::BTreeSet;
use std::sync::Mutex;

use stepup_tests::Answer;

use crate::description::Status;

#[derive(Default)]
pub struct Seen {
    statuses: Mutex<BTreeSet<Status>>,
    problems: Mutex<BTreeSet<String>>,
}

impl Seen {
    pub fn note(&self, method: &str, path: &str, answer: &Answer) {
        let status = (method.to_owned(), path.to_owned(), answer.status.as_u16());
        self.statuses.lock().unwrap().insert(status);
        self.note_problem(answer);
    }

    pub fn note_problem(&self, answer: &Answer) {
        let body = answer.json();
        let name = body["type"].as_str().and_then(|name| name.rsplit('/').next());
        self.problems.lock().unwrap().extend(name.map(str::to_owned));
    }

    pub fn holds(&self, status: &Status) -> bool {
        self.statuses.lock().unwrap().contains(status)
    }

    pub fn problem(&self, name: &str) -> bool {
        self.problems.lock().unwrap().contains(name)
    }
}
