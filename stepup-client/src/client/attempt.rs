//! One call, from its first sending to its last: at most three, and never two for one token.

use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, StatusCode};
use stepup_core::AuthChallenge;
use tokio::time::Instant;
use url::Url;

use super::wallet::{Kept, Route};
use super::{Began, LOGGED_OUT, Login, StepUp, lock};
use crate::challenge::{Challenge, line_of, read_challenges};
use crate::error::Error;
use crate::source::SourceError;
use crate::token::AccessToken;

/// What to do about an answer.
pub(crate) enum Verdict {
    /// It is the caller's.
    Pass,
    /// Send the request again, with the token that [`Attempt::authorize`] has now.
    Again,
    /// [`Attempt::step_up`], then send the request again.
    Challenged(Challenge),
}

pub(crate) struct Attempt<'a> {
    step_up: &'a StepUp,
    route: Route,
    began: Instant,
    /// Whose it was by then.
    of: Began,
    is_sent: bool,
    /// What is sent; `None` is the login's token.
    with: Option<Kept>,
    /// A token from before this call was tried, or turned out to be no good.
    has_tried_kept: bool,
    /// What was asked for before such a token was tried, and why.
    asked_before: Option<(Challenge, Option<String>)>,
    /// What the user stepped up for in the course of this call.
    stepped_up_for: Option<Challenge>,
}

impl<'a> Attempt<'a> {
    /// `None` where no token may go.
    pub(crate) fn of(step_up: &'a StepUp, method: &Method, url: &Url) -> Option<Self> {
        let origin = step_up.trusted(url)?;
        let of = step_up.inner.began();
        let route = Route { origin, method: method.clone(), path: url.path().to_owned() };
        let began = Instant::now();
        let with = lock(&step_up.inner.wallet).for_route(&route, began);
        Some(Self {
            step_up,
            route,
            began,
            of,
            is_sent: false,
            with,
            has_tried_kept: false,
            asked_before: None,
            stepped_up_for: None,
        })
    }

    /// Puts the token into the headers.
    pub(crate) async fn authorize(&mut self, headers: &mut HeaderMap) -> Result<(), Error> {
        let step_up = self.step_up;
        let inner = &step_up.inner;
        // Without a session the login's token tells whether those that are kept are the user's.
        let base = if inner.names_session() && self.with.is_some() {
            None
        } else {
            let (base, login) = inner.enter(self.of).await.map_err(Error::NoToken)?;
            self.goes_on_in(login)?;
            Some(base)
        };
        inner.notice_session();
        self.is_logged_in()?;
        let token = self.with.as_ref().map(|kept| &kept.token).or(base.as_ref());
        let value = token.and_then(AccessToken::authorization);
        headers.insert(AUTHORIZATION, value.ok_or(Error::UnusableToken)?);
        self.is_sent = true;
        Ok(())
    }

    /// A call that was not sent yet is of whoever is logged in by then.
    fn goes_on_in(&mut self, login: Login) -> Result<(), Error> {
        if self.of.login != login {
            if self.is_sent {
                return Err(logged_out());
            }
            self.of = Began { login, is_named: self.step_up.inner.names_session() };
            self.with = lock(&self.step_up.inner.wallet).for_route(&self.route, self.began);
        }
        Ok(())
    }

    /// What was begun for one user is not gone on with for another.
    fn is_logged_in(&self) -> Result<(), Error> {
        let now = *self.step_up.inner.login.borrow();
        if now == self.of.login { Ok(()) } else { Err(logged_out()) }
    }

    pub(crate) fn judge(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Verdict, Error> {
        if status != StatusCode::UNAUTHORIZED {
            return Ok(Verdict::Pass);
        }
        let inner = &self.step_up.inner;
        let challenge = Challenge::from_headers(headers, inner.dialects);
        let malformed = |error| Error::Malformed { origin: self.route.origin.clone(), error };
        let Some(asked) = challenge.map_err(malformed)? else {
            return Ok(self.fall_back(headers));
        };
        self.asked_before = None;
        let mut wallet = lock(&inner.wallet);
        wallet.learn(&self.route, &asked);
        if let Some(kept) = self.with.as_ref().filter(|kept| kept.challenge.covers(&asked)) {
            match self.stepped_up_for {
                Some(_) => wallet.refuse(kept),
                None => wallet.forget(kept),
            }
        }
        match self.stepped_up_for.take() {
            Some(tried) => Err(Error::StillAsked { asked, tried }),
            None => Ok(Verdict::Challenged(asked)),
        }
    }

    /// From a kept token that is no longer good to the login's; to a step-up, if that was refused.
    fn fall_back(&mut self, headers: &HeaderMap) -> Verdict {
        let challenges = read_challenges(&line_of(headers), self.step_up.inner.dialects);
        let is_invalid = |one: &AuthChallenge| one.param("error") == Some("invalid_token");
        if !challenges.unwrap_or_default().iter().any(is_invalid) {
            return Verdict::Pass;
        }
        let Some(kept) = self.with.take() else { return Verdict::Pass };
        lock(&self.step_up.inner.wallet).forget(&kept);
        if self.stepped_up_for.is_some() {
            return Verdict::Pass;
        }
        self.has_tried_kept = true;
        match &self.asked_before {
            Some((challenge, _)) => Verdict::Challenged(challenge.clone()),
            None => Verdict::Again,
        }
    }

    /// Finds a token that was got for this before, or has the user step up.
    pub(crate) async fn step_up(
        &mut self,
        challenge: Challenge,
        reason: Option<String>,
    ) -> Result<(), Error> {
        self.is_logged_in()?;
        // An answer that refused a token does not say why one is asked for.
        let reason = self.asked_before.take().map_or(reason, |(_, before)| before);
        let (inner, origin) = (&self.step_up.inner, &self.route.origin);
        let tried = lock(&inner.wallet).in_vain(origin, &challenge, self.began);
        if let Some(tried) = tried {
            return Err(Error::StillAsked { asked: challenge, tried });
        }
        let kept = lock(&inner.wallet).meeting(origin, &challenge, Instant::now());
        // One that is younger than the call comes of a step-up that this call would have joined.
        if let Some(kept) = kept.filter(|kept| kept.got >= self.began || !self.has_tried_kept) {
            if kept.got >= self.began {
                self.stepped_up_for = Some(challenge);
            } else {
                self.asked_before = Some((challenge, reason));
            }
            self.has_tried_kept = true;
            self.with = Some(kept);
            return Ok(());
        }
        let flight = inner.step_up(origin, &challenge, reason, self.began, self.of.login);
        self.with = Some(flight.await?);
        self.stepped_up_for = Some(challenge);
        Ok(())
    }
}

fn logged_out() -> Error {
    Error::NoToken(SourceError::new(LOGGED_OUT))
}
