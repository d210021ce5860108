//! Pages of a factor's own, and the no that comes from a user's device.

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::caller::Caller;
use super::prompt::ELSEWHERE;
use super::tell::About;
use crate::authority::Inner;
use crate::books::{Books, Keys};
use crate::ceremony::{AnyCeremony, Ceremony, CeremonyId, End, Ended};
use crate::event::EventKind;
use crate::factor::Answered;
use crate::problem::{Problem, Refusal};

/// Which ceremony ends when the user says no.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Denial {
    subject: String,
    ceremony: CeremonyId,
}

const CONTEXT: [&str; 1] = ["denial"];

impl Inner {
    /// What a factor is given to end this ceremony with.
    pub(super) fn denial(&self, caller: &Caller, id: &CeremonyId) -> Result<String, Refusal> {
        let denial = Denial { subject: caller.subject.clone(), ceremony: id.clone() };
        let cannot = |_| Problem::Unavailable { retry_after: 60 };
        self.seal(&CONTEXT, &serde_json::to_vec(&denial).map_err(cannot)?)
    }

    /// `…/methods/{method}/…`
    pub(super) async fn serve(
        &self,
        method: &str,
        rest: &str,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<Response<Bytes>, Refusal> {
        self.check_origin(parts)?;
        let factor = self.factor(method).ok_or(Problem::NoSuchPage)?;
        let request = Request::from_parts(parts.clone(), body.clone());
        let served = timeout(ELSEWHERE, factor.serve(&request, rest)).await;
        let served = served.map_err(|_| Problem::Unavailable { retry_after: 5 })?;
        let served = served.ok_or(Problem::NoSuchPage)?;
        if let Some(denial) = served.denial {
            self.deny(method, &denial).await?;
        }
        let mut response = match served.answer {
            Answered::Response(response) => response,
            Answered::Problem(problem) => problem(&self.problem_types),
        };
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().entry(CACHE_CONTROL).or_insert(no_store);
        Ok(response)
    }

    async fn deny(&self, method: &str, denial: &str) -> Result<(), Refusal> {
        let opened = self.open(&CONTEXT, denial)?;
        let denial: Denial =
            serde_json::from_slice(&opened).map_err(|_| self.unreadable(method))?;
        let keys = Keys::of_account(self.account_key(&denial.subject));
        let keys = keys.with_ceremony(denial.ceremony.key(self.issuer.issuer()));
        let subject = &denial.subject;
        let deny = |books: &mut Books| match books.ceremony.clone() {
            Some(AnyCeremony::Pending(ceremony)) => {
                let asked =
                    self.outstanding(subject, &denial.ceremony, &books.account, &ceremony, None);
                books.ceremony = Some(ceremony.end(End::Denied).into());
                Ok(Some(asked))
            }
            // Whoever asks, and gives up before the user has said no, is told of all the same (O24).
            Some(AnyCeremony::Ended(Ceremony { state: Ended { how: End::Cancelled }, .. }))
            | Some(AnyCeremony::Proved(_)) => Ok(Some(Vec::new())),
            Some(AnyCeremony::Ended(_)) | None => Ok(None),
        };
        let Some(asked) = self.desk().change(&keys, self.now(), deny).await? else {
            return Ok(());
        };
        self.withdraw(asked);
        let about =
            About { ceremony: Some(&denial.ceremony), method: Some(method), ..About::default() };
        self.tell_of(EventKind::Denied, &denial.subject, None, about);
        Ok(())
    }
}
