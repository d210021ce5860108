//! What guarded handlers demand and an issuer's tokens never show is found before the service
//! starts. The handlers here are in the list of this program.

use stepup_core::{Algorithm, Gate, GateBuilder, KeySet, Level, Method, Profile};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, clock};

/// A handler of each kind, and nothing else in the program's list that these gates look at.
mod level {
    #[stepup_axum::step_up(level = "mfa")]
    pub(super) async fn pay() {}
}

mod age {
    #[stepup_axum::step_up(max_age = "5m")]
    pub(super) async fn pay() {}
}

mod method {
    #[stepup_axum::step_up(methods("hwk"))]
    pub(super) async fn pay() {}
}

/// The list is the linker's, and a handler that nobody names is not linked.
fn linked() -> Vec<String> {
    let _ = (level::pay, age::pay, method::pay);
    let handlers = stepup_core::guarded_handlers();
    handlers.iter().map(|handler| format!("{}::{}", handler.module(), handler.name())).collect()
}

fn gate_for(kind: &str, profile: Profile) -> GateBuilder {
    let issuer = Issuer::new(Algorithm::Es256);
    let mut gate = Gate::builder(ISSUER, AUDIENCE)
        .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
        .clock(clock())
        .profile(profile);
    let here = module_path!();
    for handler in stepup_core::guarded_handlers() {
        if handler.module() != format!("{here}::{kind}") {
            gate = gate.except_module(handler.module());
        }
    }
    gate
}

#[test]
fn what_a_provider_cannot_express_is_found_at_start_up() {
    assert!(linked().iter().any(|handler| handler.ends_with("names::level::pay")));
    for (kind, profile, starts) in [
        ("level", Profile::rfc9068(), true),
        ("level", Profile::okta(), true),
        ("level", Profile::entra(), false),
        ("level", Profile::entra().level(Level::MFA, "c1"), true),
        ("level", Profile::entra().level(Level::PHR, "c2"), true),
        ("level", Profile::entra().level(Level::SINGLE_FACTOR, "c3"), false),
        ("level", Profile::auth0(), false),
        ("level", Profile::auth0().acr_claim("https://api.example/acr"), true),
        ("level", Profile::auth0().level_by_method(Level::MFA, Method::MFA), false),
        (
            "level",
            Profile::auth0()
                .level_by_method(Level::MFA, Method::MFA)
                .amr_claim("https://api.example/amr"),
            true,
        ),
        ("level", Profile::google(), false),
        ("age", Profile::rfc9068(), true),
        ("age", Profile::auth0(), false),
        ("age", Profile::auth0().auth_time_claim("https://api.example/auth_time"), true),
        ("age", Profile::zitadel(), false),
        ("age", Profile::entra(), false),
        ("age", Profile::entra().auth_time_claim("auth_time"), true),
        ("method", Profile::rfc9068(), true),
        ("method", Profile::okta(), false),
        ("method", Profile::clerk(), false),
        ("method", Profile::auth0().amr_claim("https://api.example/amr"), true),
    ] {
        let shown = format!("{kind} {}", profile.name());
        let built = gate_for(kind, profile).build();
        match (built, starts) {
            (Ok(_), true) => {}
            (Err(error), false) => {
                let error = error.to_string();
                assert!(error.contains(&format!("names::{kind}::pay")), "{shown}: {error}");
                assert!(
                    error.contains("which no token of https://idp.example can show"),
                    "{error}"
                );
            }
            (built, _) => panic!("{shown}: {built:?}"),
        }
    }
}

#[test]
fn the_sentence_says_where_what_and_what_to_do() {
    linked();
    let error = gate_for("level", Profile::entra()).build().unwrap_err().to_string();
    let place = error.find(" demands ").unwrap();
    let (place, rest) = error.split_at(place);
    assert!(place.starts_with("gate::names::level::pay (tests/gate/names.rs:"), "{place}");
    assert_eq!(
        rest,
        " demands `level mfa`, which no token of https://idp.example can show: Entra's levels are \
         authentication contexts of your tenant; at Entra, create one with a Conditional Access \
         policy and add the optional claim `acrs` to the API's access tokens, and in Rust, say \
         which level it stands for with `Profile::entra().level(Level::MFA, \"c1\")`; if another \
         gate guards the handler, say `.except_module(\"gate::names::level\")`",
    );
}
