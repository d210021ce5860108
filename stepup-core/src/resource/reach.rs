//! Before a service starts: can every guarded handler's requirement be met at all? One that cannot
//! would send its callers in circles.

use super::gate_error::GateError;
use super::issuer::IssuerRules;
use super::profile::Part;
use crate::guarded_handler::{GuardedHandler, guarded_handlers};
use crate::ladder::Ladder;
use crate::level::Level;
use crate::requirement::Requirement;

/// What an issuer's tokens can show.
pub(super) struct Reach<'a> {
    pub(super) rules: &'a IssuerRules,
    /// Its `acr_values_supported`, if it says.
    pub(super) supported: Option<Vec<String>>,
}

/// No handler may wait for what no token can ever show, whichever issuer it is of.
pub(super) fn check_handlers(
    ladder: &'static Ladder,
    other_modules: &[String],
    issuers: &[Reach<'_>],
) -> Result<(), GateError> {
    for handler in guarded_handlers() {
        let below = |module: &String| {
            let rest = handler.module().strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        if other_modules.iter().any(below) {
            continue;
        }
        check_ladder(&handler, ladder)?;
        for issuer in issuers {
            let requirement = handler.requirement();
            let mut reasons = requirement.paths().map(|path| issuer.cannot(&path));
            let Some(Some(reason)) = reasons.next() else { continue };
            if reasons.any(|reason| reason.is_none()) {
                continue;
            }
            return Err(GateError::new(format!(
                "{handler} demands `{requirement}`, which no token of {} can show: {reason}; if \
                 another gate guards the handler, say `.except_module(\"{}\")`",
                issuer.rules.issuer,
                handler.module(),
            )));
        }
    }
    Ok(())
}

fn check_ladder(handler: &GuardedHandler, ladder: &'static Ladder) -> Result<(), GateError> {
    let levels = handler.requirement().levels();
    let Some(level) = levels.into_iter().find(|level| !ladder.holds(*level)) else { return Ok(()) };
    let known: Vec<_> = ladder.levels().map(Level::name).collect();
    Err(GateError::new(format!(
        "{handler} demands the level `{level}`, which is not on the gate's ladder ({}): give the \
         gate that ladder with `.ladder(…)`, or, if another gate guards the handler, \
         `.except_module(\"{}\")`",
        known.join(", "),
        handler.module(),
    )))
}

impl Reach<'_> {
    /// Why this cannot be met, or `None` if it can.
    fn cannot(&self, path: &Requirement) -> Option<String> {
        let profile = &self.rules.profile;
        if let Some(level) = path.level.filter(|level| !profile.proves_by_method(*level))
            && let Some(why) = self.cannot_reach(level)
        {
            return Some(why);
        }
        let moment = path.max_age.and_then(|_| profile.lacks(Part::Moment));
        let methods = || profile.lacks(Part::Methods).filter(|_| !path.methods.is_empty());
        moment.or_else(methods).map(str::to_owned)
    }

    fn cannot_reach(&self, level: Level) -> Option<String> {
        let profile = &self.rules.profile;
        if let Some(why) = profile.lacks(Part::Level) {
            return Some(why.to_owned());
        }
        let values: Vec<_> =
            level.and_above().flat_map(|level| profile.acr_values(level)).collect();
        if values.is_empty() {
            return Some(format!(
                "the profile `{}` has no `acr` value for it; name the provider's with \
                 `.level(…, \"…\")`",
                profile.name(),
            ));
        }
        let supported = self.supported.as_ref().filter(|supported| !supported.is_empty())?;
        if supported.iter().any(|acr| values.contains(&acr.as_str())) {
            return None;
        }
        Some(format!(
            "its metadata offers (`acr_values_supported`) {}, and none of {}; set one up there, or \
             name the one that it has with `.level(…, \"…\")`",
            supported.join(", "),
            values.join(", "),
        ))
    }
}
