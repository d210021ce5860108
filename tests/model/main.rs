//! C6: random walks over all endpoints of an authority, beside a small model of its rules. A token
//! comes at the end of a legal path alone, and says what was proved on it; no code is right twice;
//! no budget is exceeded; each answer is one that the rules have for where the walk is.

mod account;
mod action;
mod ceremonies;
mod code;
mod conditions;
mod confirm;
mod coverage;
mod demand;
#[path = "../races/doubles/mod.rs"]
mod doubles;
mod elsewhere;
mod enrolments;
mod expect;
mod given;
mod key;
mod keys;
mod line;
mod name;
mod phone;
mod phrases;
mod prompts;
mod proofs;
#[path = "../src/bin/authority_server/providers.rs"]
#[allow(dead_code, reason = "no walk brings a token")]
mod providers;
mod random;
mod sessions;
mod shrink;
mod tokens;
mod walk;
mod world;

// Where the doubles look for it.
use doubles::double;

use std::time::Instant;

use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::action::Action;
use crate::coverage::Coverage;
use crate::phrases::walk as random_walk;
use crate::shrink::shrink;
use crate::walk::{Failure, walk};

/// Where the seeds begin; another with `MODEL_SEED=…`.
fn first_seed() -> u64 {
    std::env::var("MODEL_SEED").map_or(20_261_122, |seed| seed.parse().expect("a number"))
}

fn in_memory(framework: Framework, actions: &[Action]) -> Result<Coverage, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(walk(Setup::new(framework), actions))
}

/// One walk; where it goes wrong, the fewest steps that do.
fn walked(framework: Framework, seed: u64, steps: usize) -> Coverage {
    let actions = random_walk(seed, steps);
    let failure = match in_memory(framework, &actions) {
        Ok(coverage) => return coverage,
        Err(failure) => failure,
    };
    let prefix = actions[..(failure.at + 1).min(actions.len())].to_vec();
    let kind = |failure: &Failure| failure.what.split('(').next().map(str::to_owned);
    let same = |other: Failure| kind(&other) == kind(&failure);
    let fewest = shrink(prefix, |actions| in_memory(framework, actions).is_err_and(same));
    let last = in_memory(framework, &fewest).err().map(|failure| failure.what);
    panic!(
        "{framework:?}, MODEL_SEED={seed}, step {}: {}\n{} steps will do ({last:?}):\n{fewest:#?}",
        failure.at,
        failure.what,
        fewest.len(),
    );
}

const STEPS: usize = 3_200;
const WALKS: u64 = 16;

/// C6: a hundred thousand steps, half of them in each framework.
#[test]
fn c6_random_walks_come_to_a_token_by_a_legal_path_alone() {
    let begun = Instant::now();
    let walks = Framework::ALL.map(|framework| {
        std::thread::spawn(move || {
            let mut coverage = Coverage::default();
            for seed in first_seed()..first_seed() + WALKS {
                coverage.add(&walked(framework, seed, STEPS));
            }
            (framework, coverage)
        })
    });
    let mut steps = 0;
    for walks in walks {
        let (framework, coverage) = walks.join().expect("no walk goes wrong");
        println!("{framework:?}: {} steps, {:?}\n{coverage}", coverage.steps(), begun.elapsed());
        assert_eq!(coverage.missing(&INTERESTING), [""; 0], "never come upon in {framework:?}");
        steps += coverage.steps();
    }
    assert!(steps >= 100_000, "{steps}");
}

// Two thousand steps, half of them in each framework.
stepup_tests::on_every_store!(c6_a_shorter_walk_on_each_store);

async fn c6_a_shorter_walk_on_each_store(setup: Setup) {
    let framework = setup.framework;
    let seed = first_seed() + 1_000;
    // Some find nothing to do: a device that nobody has.
    match walk(setup, &random_walk(seed, 1_200)).await {
        Ok(coverage) => {
            let common = [("prove", "ok"), ("confirm", "ok"), ("prove", "wrong-answer")];
            assert_eq!(coverage.missing(&common), [""; 0], "{coverage}");
            assert!(coverage.steps() >= 1_000);
        }
        Err(Failure { at, what }) => panic!("{framework:?}, MODEL_SEED={seed}, step {at}: {what}"),
    }
}

/// What has to be come upon, lest a walk that goes nowhere passes.
const INTERESTING: [(&str, &str); 162] = [
    ("begin", "ok"),
    ("begin", "unmet-authentication-requirements"),
    ("begin", "malformed-request"),
    ("begin", "invalid-token"),
    ("begin", "too-many-ceremonies"),
    ("prompt", "ok"),
    ("prompt", "no-such-ceremony"),
    ("prompt", "no-such-factor"),
    ("prompt", "ceremony-over"),
    ("prompt", "ceremony-proved"),
    ("prompt", "too-many-messages"),
    ("prompt", "not-sent"),
    ("prompt", "factor-disabled"),
    ("prompt", "invalid-token"),
    ("prove", "ok"),
    ("prove", "wrong-answer"),
    ("prove", "malformed-answer"),
    ("prove", "factor-locked"),
    ("prove", "ceremony-over"),
    ("prove", "ceremony-proved"),
    ("prove", "no-such-ceremony"),
    ("prove", "no-such-factor"),
    ("prove", "no-code-sent"),
    ("prove", "factor-disabled"),
    ("prove", "malformed-request"),
    ("prove", "invalid-token"),
    ("prove at the token endpoint", "ok"),
    ("prove at the token endpoint", "wrong-answer"),
    ("prove at the token endpoint", "malformed-answer"),
    ("prove at the token endpoint", "invalid_grant"),
    ("prove at the token endpoint", "invalid_request"),
    ("ask", "ok"),
    ("ask", "ceremony-over"),
    ("ask", "no-such-ceremony"),
    ("ask", "invalid-token"),
    ("(asked", "pending)"),
    ("(asked", "expired)"),
    ("(asked", "verified)"),
    ("(asked", "cancelled)"),
    ("exchange", "ok"),
    ("exchange", "authorization_pending"),
    ("exchange", "invalid_grant"),
    ("exchange", "invalid_request"),
    ("(token", "fetched again)"),
    ("cancel", "ok"),
    ("cancel", "ceremony-proved"),
    ("cancel", "no-such-ceremony"),
    ("enrol", "ok"),
    ("enrol", "step-up"),
    ("enrol", "login-too-old"),
    ("enrol", "invalid-token"),
    ("enrol", "unfit-details"),
    ("enrol", "malformed-request"),
    ("enrol", "too-many-factors"),
    ("enrol", "too-many-ceremonies"),
    ("enrol", "too-many-messages"),
    ("enrol", "no-such-factor"),
    ("enrol", "not-sent"),
    ("(enrolled", "totp)"),
    ("(enrolled", "email)"),
    ("(enrolled", "sms)"),
    ("confirm", "ok"),
    ("confirm", "wrong-answer"),
    ("confirm", "malformed-answer"),
    ("confirm", "factor-locked"),
    ("confirm", "ceremony-over"),
    ("confirm", "no-such-ceremony"),
    ("confirm", "invalid-token"),
    ("(confirm", "too late)"),
    ("remove", "ok"),
    ("remove", "step-up"),
    ("remove", "no-such-factor"),
    ("remove", "invalid-token"),
    ("list", "ok"),
    ("(factor", "replaced)"),
    ("(factor", "disabled)"),
    ("(proved", "totp mfa)"),
    ("(proved", "totp single-factor)"),
    ("(proved", "email mfa)"),
    ("(proved", "sms mfa)"),
    ("(proved", "recovery mfa)"),
    ("(code", "Used wrong-answer)"),
    ("(code", "Old wrong-answer)"),
    ("(code", "OfOther wrong-answer)"),
    ("(code", "OfOtherCeremony wrong-answer)"),
    ("(code", "Step(-2) wrong-answer)"),
    ("(code", "Step(-1) ok)"),
    ("(code", "key own ok)"),
    ("(code", "key another of the user's ok)"),
    ("(code", "key unverified wrong-answer)"),
    ("(code", "key elsewhere wrong-answer)"),
    ("(code", "key copied wrong-answer)"),
    ("(code", "key replayed wrong-answer)"),
    ("(code", "key late wrong-answer)"),
    ("(code", "key of another ceremony wrong-answer)"),
    ("(code", "key another user's wrong-answer)"),
    ("(code", "key forged wrong-answer)"),
    ("(proved", "webauthn phr)"),
    ("(proved", "push mfa)"),
    ("(proved", "push single-factor)"),
    ("(enrolled", "webauthn)"),
    ("(enrolled", "push)"),
    ("(code", "asked after ok)"),
    ("(code", "asked after wrong-answer)"),
    ("(asked", "denied)"),
    ("prove", "not-yet"),
    ("prove", "prompt-over"),
    ("prove at the token endpoint", "authorization_pending"),
    ("confirm", "pending"),
    ("pair", "ok"),
    ("pair", "no such pairing"),
    ("look", "asked"),
    ("look", "nothing"),
    ("answer", "Approve ok"),
    ("answer", "Approve over"),
    ("answer", "Mistype wrong number"),
    ("answer", "Deny ok"),
    ("answer", "Deny over"),
    ("answer", "Again answered"),
    ("answer", "Again over"),
    ("answer", "ByOther over"),
    ("call", "/phr ok"),
    ("call", "/phr step-up"),
    ("(push", "too-many-messages)"),
    ("call", "/mfa_fresh ok"),
    ("call", "/mfa_fresh step-up"),
    ("call", "/phrh ok"),
    ("call", "/phrh step-up"),
    ("(proved", "webauthn phrh)"),
    ("(proved", "twilio-totp mfa)"),
    ("(proved", "twilio-totp single-factor)"),
    ("(proved", "okta-push mfa)"),
    ("(proved", "okta-push single-factor)"),
    ("(proved", "auth0-otp mfa)"),
    ("(proved", "auth0-otp single-factor)"),
    ("(proved", "firebase mfa)"),
    ("(proved", "oidc mfa)"),
    ("(enrolled", "twilio-totp)"),
    ("(enrolled", "okta-push)"),
    ("(enrolled", "auth0-otp)"),
    ("(enrolled", "firebase)"),
    ("(enrolled", "oidc)"),
    ("(elsewhere", "okta-push ok)"),
    ("(elsewhere", "okta-push not-yet)"),
    ("(elsewhere", "okta-push denied)"),
    ("(elsewhere", "okta-push prompt-over)"),
    ("(elsewhere", "okta-push too-many-messages)"),
    ("(elsewhere", "okta-push unfit-details)"),
    ("(elsewhere", "twilio-totp wrong-answer)"),
    ("(code", "auth0-otp OfOther wrong-answer)"),
    ("(elsewhere", "auth0-otp prompt-over)"),
    ("(elsewhere", "auth0-otp malformed-answer)"),
    ("(code", "firebase Used wrong-answer)"),
    ("(elsewhere", "firebase prompt-over)"),
    ("(code", "firebase OfOther wrong-answer)"),
    ("(elsewhere", "firebase malformed-answer)"),
    ("(code", "oidc OfOther wrong-answer)"),
    ("(code", "oidc Old wrong-answer)"),
    ("(elsewhere", "oidc denied)"),
    ("(elsewhere", "oidc malformed-answer)"),
    ("say", "SUCCESS"),
    ("say", "REJECTED"),
];
