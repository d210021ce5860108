//! From settings to an authority, or to what is wrong with them.

use std::sync::Arc;
use std::time::Duration;

use stepup_core::Clock;
use tokio_util::task::TaskTracker;

use crate::authority::{Authority, FirstEnrolment, Inner};
use crate::builder::AuthorityBuilder;
use crate::change_rules::ChangeRules;
use crate::factor::Strength;
use crate::service::Swept;
use crate::start_error::StartError;

const HOUR: Duration = Duration::from_secs(60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

impl AuthorityBuilder {
    pub(crate) fn start(self) -> Result<Authority, StartError> {
        self.check_factors()?;
        self.limits.check()?;
        self.check_texts()?;
        let refuse = |what: &'static str| Err(StartError::new(what));
        let Some(first_enrolment) = self.first_enrolment else {
            return refuse(
                "the authority has no policy for a user's first factor: say with \
                 `.first_enrolment(…)` whether the user enrols it after a fresh login, or the \
                 service does",
            );
        };
        let within = match first_enrolment {
            FirstEnrolment::AfterLogin { within } => within,
            FirstEnrolment::ByService => MINUTE,
        };
        for (what, span, least, most) in [
            ("age of a login that is combined", self.combine_within, MINUTE, 24 * HOUR),
            ("age of a proof that changes factors", self.change_within, MINUTE, HOUR),
            ("rest of a new factor", self.factor_rest, Duration::ZERO, 30 * 24 * HOUR),
            ("lifetime of a token", self.token_lifetime, MINUTE, HOUR),
            ("time for the first enrolment", within, MINUTE, HOUR),
        ] {
            if span < least || span > most || span.subsec_nanos() != 0 {
                return Err(StartError::new(format!(
                    "the authority's {what} is {} s: set it to whole seconds between {} s and {} s",
                    span.as_secs_f64(),
                    least.as_secs(),
                    most.as_secs()
                )));
            }
        }
        let patience = Duration::from_millis(50)..=Duration::from_secs(10);
        if !patience.contains(&self.store_patience) {
            return refuse(
                "the authority's patience with its store is less than 50 ms or more than 10 s: set \
                 another with `.store_patience(…)`",
            );
        }
        let own = self.issuer.issuer();
        let others = self.gate.issuers().filter(|issuer| *issuer != own).count();
        let is_own_verifier = self.gate.issuers().next().is_none();
        if (others > 1 || is_own_verifier) && self.subjects.is_none() {
            return refuse(
                "the authority's logins come from several issuers, or from a verifier of the \
                 service's own, and users of two may be called alike: say with `.subjects(…)` whom \
                 a login belongs to",
            );
        }
        if !self.gate.issuers().any(|issuer| issuer == own) && !is_own_verifier {
            return refuse(
                "the authority's gate does not trust the authority's own tokens, which it takes to \
                 change factors: begin the gate with `issuer.gate()` and add your provider with \
                 `.trust(…)`",
            );
        }
        let clock: Arc<dyn Clock> = self.issuer.clock();
        let ladder = self.gate.ladder();
        let change_rules = ChangeRules::new(ladder, &self.factors, self.change_within, within);
        Ok(Authority {
            inner: Arc::new(Inner {
                issuer: self.issuer,
                gate: self.gate,
                factors: self.factors,
                ladder,
                limits: self.limits,
                clock,
                path: self.path.into(),
                origins: self.origins,
                problem_types: self.problem_types.into(),
                first_enrolment,
                undeclared: self.undeclared,
                combine_within: self.combine_within,
                factor_rest: self.factor_rest,
                token_lifetime: self.token_lifetime,
                outlives_login: self.outlives_login,
                store_patience: self.store_patience,
                change_rules,
                subjects: self.subjects,
                address: self.address,
                swept: Swept::default(),
                sink: self.sink,
                notify: self.notify,
                under_way: TaskTracker::new(),
            }),
        })
    }

    fn check_factors(&self) -> Result<(), StartError> {
        if self.factors.is_empty() {
            return Err(StartError::new(
                "the authority has no factor: add one with `.factor(…)`, for example \
                 `.factor(Totp::new(\"Your service\"))`",
            ));
        }
        for (at, factor) in self.factors.iter().enumerate() {
            let method = factor.method();
            let is_name = !method.is_empty()
                && method.len() <= 32
                && method
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !is_name {
                return Err(StartError::new(format!(
                    "the authority's factor `{method}` has a name that is not made of lower-case \
                     letters, digits and `-` (32 at most)"
                )));
            }
            if self.factors.iter().take(at).any(|other| other.method() == method) {
                return Err(StartError::new(format!(
                    "the authority has two factors of the name `{method}`: give one of them another"
                )));
            }
            for strength in factor.strengths() {
                self.check_strength(method, strength)?;
            }
            let mounted = format!("{}{}/methods/{method}/", self.issuer.origin(), self.path);
            if let Some(pages) = factor.pages().filter(|pages| !pages.starts_with(&mounted)) {
                return Err(StartError::new(format!(
                    "the authority's factor `{method}` says that its pages are at `{pages}`, and \
                     they are below `{mounted}`: give the factor the authority's issuer and, with \
                     `.path(…)`, its path"
                )));
            }
        }
        Ok(())
    }

    fn check_strength(&self, method: &str, strength: Strength) -> Result<(), StartError> {
        if strength.methods().is_empty() {
            return Err(StartError::new(format!(
                "the authority's factor `{method}` names no `amr` value: tokens have to say how \
                 they were earned"
            )));
        }
        match strength.on(self.gate.ladder()) {
            Ok(_) => Ok(()),
            Err(level) => Err(StartError::new(format!(
                "the authority's factor `{method}` reaches `{level}`, which is not on the ladder \
                 of its gate: give the factor a level that is, or the gate another ladder with \
                 `.ladder(…)`"
            ))),
        }
    }

    fn check_texts(&self) -> Result<(), StartError> {
        let segment = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
                && part != "."
                && part != ".."
        };
        let path = self.path.strip_prefix('/').unwrap_or_default();
        if !path.split('/').all(segment) {
            return Err(StartError::new(
                "the authority's path does not begin with `/`, ends with one, or has characters \
                 other than letters, digits, `-`, `_` and `.`: set one such as `/step-up`",
            ));
        }
        let is_origin = |origin: &String| {
            let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            rest.is_some_and(|host| {
                !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' '])
            })
        };
        if !self.origins.iter().all(is_origin) {
            return Err(StartError::new(
                "an origin that the authority allows is none: write scheme and host, and the port \
                 where it is not the scheme's own, as in `https://app.example`",
            ));
        }
        let types = &self.problem_types;
        if !types.ends_with('/')
            || !types.contains(':')
            || !types.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(StartError::new(
                "the authority's problem types are no URI that ends in `/`: write for example \
                 `https://api.example/problems/`",
            ));
        }
        Ok(())
    }
}
