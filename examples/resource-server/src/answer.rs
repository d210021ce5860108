//! What the guarded routes answer: who was let in.

use serde::Serialize;
use stepup_axum::Authentication;

#[derive(Serialize)]
pub(crate) struct Who {
    sub: String,
    level: Option<&'static str>,
    methods: Vec<String>,
    auth_time: Option<u64>,
}

impl From<&Authentication> for Who {
    fn from(authentication: &Authentication) -> Self {
        Self {
            sub: authentication.subject().to_owned(),
            level: authentication.level().map(|level| level.name()),
            methods: authentication.methods().map(|method| method.name().to_owned()).collect(),
            auth_time: authentication.auth_time().map(|at| at.as_secs()),
        }
    }
}
