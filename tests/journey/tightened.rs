//! T25: a handler whose requirement became stricter. It is decided by what the handler demands now:
//! a token of before that no longer does is refused from the first request on.

use axum::body::Body;
use http::Request;
use http::header::AUTHORIZATION;
use poem::{Endpoint as _, EndpointExt as _};
use stepup_core::{AuthChallenge, Gate, read_challenges};
use stepup_tests::Framework;
use stepup_tests::authority::{Setup, User};
use tower::ServiceExt as _;

/// One release of a service: its handler, in both frameworks.
macro_rules! release {
    ($name:ident, $($demands:tt)*) => {
        mod $name {
            #[stepup_axum::step_up($($demands)*)]
            pub(super) async fn in_axum() -> &'static str {
                "done"
            }

            #[stepup_poem::step_up($($demands)*)]
            #[poem::handler]
            pub(super) async fn in_poem() -> &'static str {
                "done"
            }
        }
    };
}

release!(any_login, level = "single-factor");
release!(stronger, level = "mfa");
release!(fresher, level = "mfa", max_age = "1m");
release!(wider, stepup_tests::PayScopeMfa);

/// Status and challenge of the release that is deployed.
async fn transfer(framework: Framework, release: &str, gate: &Gate, token: &str) -> (u16, String) {
    macro_rules! of_release {
        ($($name:ident)*) => {
            match (framework, release) {
                $((Framework::Axum, stringify!($name)) => {
                    let app = axum::Router::new()
                        .route("/transfer", axum::routing::post($name::in_axum))
                        .with_state(gate.clone());
                    let request = Request::post("/transfer")
                        .header(AUTHORIZATION, format!("Bearer {token}"))
                        .body(Body::empty());
                    let answer = app.oneshot(request.unwrap()).await.unwrap();
                    (answer.status().as_u16(), answer.headers().clone())
                })*
                $((Framework::Poem, stringify!($name)) => {
                    let app = poem::Route::new().at("/transfer", poem::post($name::in_poem));
                    let request = poem::Request::builder()
                        .method(http::Method::POST)
                        .uri_str("/transfer")
                        .header(AUTHORIZATION, format!("Bearer {token}"))
                        .finish();
                    let answer = app.data(gate.clone()).get_response(request).await;
                    (answer.status().as_u16(), answer.headers().clone())
                })*
                (_, other) => panic!("{other}"),
            }
        };
    }
    let (status, headers) = of_release!(any_login stronger fresher wider);
    let challenge = headers.get("www-authenticate").map(|line| line.to_str().unwrap().to_owned());
    (status, challenge.unwrap_or_default())
}

fn only(challenge: &str) -> AuthChallenge {
    let mut all = read_challenges(challenge).unwrap();
    assert_eq!(all.len(), 1, "{challenge}");
    all.remove(0)
}

#[tokio::test]
async fn t25_a_token_of_before_a_requirement_became_stricter_is_refused_at_once() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let proof = alice.step_up(&app).await;
        service.wait(31);
        let now = async |release, user: &User<'_>| {
            transfer(framework, release, &service.gate, &user.token).await
        };
        let insufficient = "insufficient_user_authentication";
        let (mfa, minute, scope) =
            (("acr_values", "mfa phr phrh"), ("max_age", "60"), ("scope", "payments"));
        // Of which token, what was deployed when it was good, and what is since.
        for (user, before, since, status, error, demanded) in [
            (&alice, "any_login", "stronger", 401, insufficient, &[mfa][..]),
            (&alice, "any_login", "fresher", 401, insufficient, &[mfa, minute]),
            (&proof, "stronger", "fresher", 401, insufficient, &[mfa, minute]),
            (&proof, "stronger", "wider", 403, "insufficient_scope", &[scope]),
        ] {
            assert_eq!(now(before, user).await.0, 200, "{before}");
            let (refused, challenge) = now(since, user).await;
            assert_eq!(refused, status, "{before}, {since}: {challenge}");
            let challenge = only(&challenge);
            assert_eq!(challenge.param("error"), Some(error), "{before}, {since}");
            for (name, value) in demanded {
                assert_eq!(challenge.param(name), Some(*value), "{before}, {since}: {name}");
            }
            // Where the old release still runs, it is good as it was.
            assert_eq!(now(before, user).await.0, 200, "{before}");
        }
        // What the new one demands can be had anew.
        let proof = alice.step_up(&app).await;
        assert_eq!(now("fresher", &proof).await.0, 200);
    }
}
