//! Under any name they guard.

use axum::body::Body;
use axum::http::Request;
use axum::routing::MethodRouter;
use axum::{Extension, Router};
use poem::{Endpoint, EndpointExt, Route};
use poem_openapi::OpenApiService;
use renamed_axum::{Algorithm, Gate, guarded_handlers};
use stepup_tests::{Issuer, Token, block_on, clock};
use stepup_tests_renamed::{axum_handlers, poem_handlers};
use tower::ServiceExt;

/// Also through another crate's re-export.
#[renamed_axum::step_up(level = "mfa", crate = ::stepup_tests_renamed::house::for_axum)]
async fn through_another_crate() {}

struct Callers {
    gate: Gate,
    weak: String,
    strong: String,
}

impl Callers {
    fn new() -> Self {
        let issuer = Issuer::new(Algorithm::EdDsa);
        Self {
            gate: stepup_tests::gate(&issuer, &clock()),
            weak: issuer.token(&Token::new().with("acr", "single-factor")),
            strong: issuer.token(&Token::new().with("amr", vec!["pwd", "otp"])),
        }
    }

    /// What no caller, a weak one and a strong one are answered.
    fn answers(&self, ask: impl AsyncFn(&str) -> u16) -> [u16; 3] {
        let lines = ["", &format!("Bearer {}", self.weak), &format!("Bearer {}", self.strong)];
        lines.map(|line| block_on(ask(line)))
    }

    fn axum(&self, handler: MethodRouter<Gate>) -> [u16; 3] {
        let gate = self.gate.clone();
        let router =
            Router::new().route("/", handler).layer(Extension(gate.clone())).with_state(gate);
        self.answers(async |line| {
            let mut request = Request::get("/");
            if !line.is_empty() {
                request = request.header("authorization", line);
            }
            let request = request.body(Body::empty()).expect("a request");
            router.clone().oneshot(request).await.expect("infallible").status().as_u16()
        })
    }

    fn poem(&self, endpoint: impl Endpoint) -> [u16; 3] {
        let endpoint = endpoint.data(self.gate.clone());
        self.answers(async |line| {
            let mut request = poem::Request::builder().uri_str("/");
            if !line.is_empty() {
                request = request.header("authorization", line);
            }
            endpoint.get_response(request.finish()).await.status().as_u16()
        })
    }
}

const GUARDED: [u16; 3] = [401, 401, 200];

#[test]
fn handlers_of_axum() {
    use axum_handlers::{Api, Wire, every_key, from_an_extension, generic, named, renamed};
    use renamed_axum::guarded::get;

    let callers = Callers::new();
    for handler in [
        get(renamed),
        get(every_key),
        get(named),
        get(from_an_extension),
        get(generic::<Wire>),
        get(Api::transfer),
        axum_handlers::of_the_crate_only(),
        get(through_another_crate),
    ] {
        assert_eq!(callers.axum(handler), GUARDED);
    }
}

#[test]
fn handlers_of_poem() {
    use poem_handlers::{Api, Wire, every_key, generic, named, renamed};
    use renamed_poem::guarded::get;

    let callers = Callers::new();
    assert_eq!(callers.poem(get(renamed)), GUARDED);
    assert_eq!(callers.poem(get(every_key)), GUARDED);
    assert_eq!(callers.poem(get(named)), GUARDED);
    assert_eq!(callers.poem(get(generic::<Wire>::default())), GUARDED);
    let service = OpenApiService::new(Api, "api", "1");
    assert_eq!(callers.poem(Route::new().nest("/", service)), GUARDED);
}

/// Another crate's handlers are on the list, too.
#[test]
fn they_are_listed() {
    let handlers = guarded_handlers();
    let names = |module: &str| -> Vec<_> {
        handlers.iter().filter(|it| it.module() == module).map(|it| it.name()).collect()
    };
    assert_eq!(
        names("stepup_tests_renamed::axum_handlers"),
        ["renamed", "every_key", "named", "from_an_extension", "transfer", "of_the_crate"]
    );
    assert_eq!(
        names("stepup_tests_renamed::poem_handlers"),
        ["renamed", "every_key", "named", "transfer"]
    );
    assert_eq!(names("guards"), ["through_another_crate"]);
}
