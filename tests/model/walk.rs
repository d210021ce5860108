//! Walking: each step is sent to the authority, and its answer compared with what the rules say.

use http::Request;
use serde_json::Value;
use stepup_authority::{EventKind, Limits};
use stepup_tests::authority::{Sent, Service, Setup};
use stepup_tests::{Answer, Payload};

use crate::action::{Action, SEATS, Who};
use crate::coverage::Coverage;
use crate::doubles::Doubles;
use crate::expect::{Expect, is_beyond_budget};
use crate::name::name;
use crate::providers::{MfaTokens, with_all};
use crate::world::{FACTORS, IN_A_ROW, SENDS_A_DAY, World};

/// Where a walk went wrong.
#[derive(Debug)]
pub struct Failure {
    pub at: usize,
    pub what: String,
}

pub struct Walk {
    pub world: World,
    pub service: Service,
    pub doubles: Doubles,
    pub coverage: Coverage,
    pub step: usize,
    /// How many messages there should be.
    pub messages: usize,
    pub events: [(EventKind, usize); 8],
    /// What is said of a ceremony that is not there, or not one's own.
    pub not_there: Option<Value>,
}

/// Walks to the end, or to the first step that goes wrong.
pub async fn walk(setup: Setup, actions: &[Action]) -> Result<Coverage, Failure> {
    let limits = Limits::default()
        .guesses_in_a_row(IN_A_ROW as u32)
        .factors(FACTORS as u32)
        .sends_per_user(SENDS_A_DAY as u32);
    let doubles = Doubles::start(&setup.clock).await;
    let (clock, places) = (setup.clock.clone(), doubles.places());
    let setup = setup.with_issuer(move |builder, issuer| {
        with_all(builder.limits(limits), issuer, &places, &MfaTokens::default(), clock)
    });
    let service = setup.start().await;
    let kinds = [
        EventKind::Proved,
        EventKind::Enrolled,
        EventKind::Failed,
        EventKind::Removed,
        EventKind::Sent,
        EventKind::Unsent,
        EventKind::Cloned,
        EventKind::Denied,
    ];
    let mut walk = Walk {
        world: World::new(),
        service,
        doubles,
        coverage: Coverage::default(),
        step: 0,
        messages: 0,
        events: kinds.map(|kind| (kind, 0)),
        not_there: None,
    };
    for seat in 0..SEATS {
        walk.login(seat, 0).await;
    }
    for (at, action) in actions.iter().enumerate() {
        walk.step = at;
        walk.take(action).await.map_err(|what| Failure { at, what })?;
    }
    walk.finish().map_err(|what| Failure { at: actions.len(), what })?;
    Ok(walk.coverage)
}

impl Walk {
    async fn take(&mut self, action: &Action) -> Result<(), String> {
        match *action {
            Action::Login { seat, kind } => self.login(seat, kind).await,
            Action::Device { seat, phone, says } => self.device(seat, phone, says).await?,
            Action::AtOkta { said } => self.say_at_okta(said),
            Action::Begin { who, acr, max_age, amr } => self.begin(who, acr, max_age, amr).await?,
            Action::Prompt { who, ceremony, factor } => self.prompt(who, ceremony, factor).await?,
            Action::Prove { who, ceremony, factor, code, at_token_endpoint } => {
                self.prove(who, ceremony, factor, code, at_token_endpoint).await?;
            }
            Action::Ask { who, ceremony } => self.ask(who, ceremony).await?,
            Action::Exchange { who, ceremony } => self.exchange(who, ceremony).await?,
            Action::Cancel { who, ceremony } => self.cancel(who, ceremony).await?,
            Action::Enrol { who, method, details, replaces } => {
                self.enrol(who, method, details, replaces).await?;
            }
            Action::Confirm { who, enrolment, code } => self.confirm(who, enrolment, code).await?,
            Action::Remove { who, factor } => self.remove(who, factor).await?,
            Action::List { who } => self.list(who).await?,
            Action::Call { who, route } => self.guarded(who, route).await?,
            Action::Wait { seconds } => {
                self.service.wait(seconds);
                self.world.now += seconds;
                self.coverage.hit("wait", "ok");
            }
            Action::Forget { what } => self.forget(what),
            Action::Outage { is_down } => {
                self.service.outbox.set_down(is_down);
                self.world.is_down = is_down;
                self.coverage.hit("outage", "ok");
            }
        }
        for account in &self.world.accounts {
            if let Some(beyond) = is_beyond_budget(account, self.world.now) {
                return Err(beyond);
            }
        }
        Ok(())
    }

    /// A request with a token of theirs.
    pub async fn call(&self, who: Who, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.world.token(who).raw));
        let (request, payload) = if body.is_null() {
            (request, Payload::NONE)
        } else {
            let payload = Payload::Bytes(body.to_string().into_bytes());
            (request.header("content-type", "application/json"), payload)
        };
        self.service.api.call(request.body(payload).expect("a request")).await
    }

    /// Whether it succeeded; or that it should not have, or not failed like this.
    pub fn check(
        &mut self,
        step: &'static str,
        expect: &Expect,
        success: u16,
        gives_token: bool,
        answer: &Answer,
    ) -> Result<bool, String> {
        let name = name(answer);
        self.coverage.hit(step, &name);
        let status = answer.status.as_u16();
        let body = answer.json();
        if !expect.allows(success, status, &name) {
            return Err(format!(
                "{step}: {status} {name} ({body}), where it should be {expect:?}; {}",
                self.world.summary()
            ));
        }
        let is_ok = name == "ok";
        if body.get("access_token").is_some() != (is_ok && gives_token) {
            return Err(format!("{step}: a token where none should be, or none: {body}"));
        }
        if answer.headers.get("cache-control").is_none_or(|value| value != "no-store") {
            return Err(format!("{step}: it may be cached"));
        }
        if name == "no-such-ceremony" {
            let known = self.not_there.get_or_insert_with(|| body.clone());
            if *known != body {
                return Err(format!("{step}: {body} tells more than {known}"));
            }
        }
        Ok(is_ok)
    }

    pub fn happened(&mut self, kind: EventKind, times: usize) {
        for (known, count) in &mut self.events {
            if *known == kind {
                *count += times;
            }
        }
    }

    /// Exactly one message was sent since, to there: its code. Or none at all.
    pub fn sent(&mut self, to: Option<&str>) -> Result<Option<String>, String> {
        let sent = self.service.outbox.sent();
        let new = &sent[self.messages.min(sent.len())..];
        let code = match (new, to) {
            ([], None) => None,
            ([Sent { to: address, code, .. }], Some(to)) if address == to => Some(code.clone()),
            _ => return Err(format!("{new:?} was sent where it should be one to {to:?}")),
        };
        self.messages = sent.len();
        if code.is_some() {
            self.happened(EventKind::Sent, 1);
        }
        Ok(code)
    }

    /// What was told of all of it is what happened.
    fn finish(&self) -> Result<(), String> {
        self.doubles.are_content();
        let sent = self.service.outbox.sent().len();
        if sent != self.messages {
            return Err(format!("{sent} messages were sent, where {} should be", self.messages));
        }
        for (kind, expected) in self.events {
            let told = self.service.events.count(kind);
            if told != expected {
                return Err(format!("{kind:?} was told {told} times, and happened {expected}"));
            }
        }
        Ok(())
    }
}
