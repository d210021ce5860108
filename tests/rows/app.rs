//! A small app in both frameworks whose routes are bound to methods, for layers to be put around.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use http::Request;
use http_body_util::BodyExt;
use poem::endpoint::BoxEndpoint;
use stepup_core::Gate;
use stepup_tests::{Answer, Framework, Served};
use tower::ServiceExt;

/// How often guarded handlers ran.
#[derive(Clone, Default)]
struct Ran(Arc<AtomicUsize>);

impl Ran {
    fn mark(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// `GET /transfers` is open, `POST /transfers` and `GET /balance` are guarded (`mfa`); so is
/// `GET /rates`, which says itself that anybody may keep its answer.
pub(crate) struct App {
    pub(crate) framework: Framework,
    inner: Inner,
    ran: Ran,
}

#[derive(Clone)]
enum Inner {
    Axum(Router),
    Poem(Arc<BoxEndpoint<'static>>),
}

impl App {
    /// In both frameworks, behind this gate.
    pub(crate) fn both(gate: &Gate) -> [Self; 2] {
        Self::both_with(gate, |router| router, |endpoint| endpoint)
    }

    /// With layers around it.
    pub(crate) fn both_with(
        gate: &Gate,
        axum: impl FnOnce(Router) -> Router,
        poem: impl FnOnce(BoxEndpoint<'static>) -> BoxEndpoint<'static>,
    ) -> [Self; 2] {
        let (ran, other_ran) = (Ran::default(), Ran::default());
        let router = axum(in_axum::router(gate.clone(), ran.clone()));
        let endpoint = poem(in_poem::endpoint(gate.clone(), other_ran.clone()));
        [
            Self { framework: Framework::Axum, inner: Inner::Axum(router), ran },
            Self {
                framework: Framework::Poem,
                inner: Inner::Poem(Arc::new(endpoint)),
                ran: other_ran,
            },
        ]
    }

    pub(crate) fn ran(&self) -> usize {
        self.ran.0.load(Ordering::SeqCst)
    }

    /// Behind the framework's own server.
    pub(crate) fn served(&self) -> Served {
        match self.inner.clone() {
            Inner::Axum(router) => Served::axum(router),
            Inner::Poem(endpoint) => Served::poem(endpoint),
        }
    }

    /// A request without a body, in process.
    pub(crate) async fn call(&self, request: Request<()>) -> Answer {
        let before = self.ran();
        let (status, headers, body) = match self.inner.clone() {
            Inner::Axum(router) => {
                let request = request.map(|()| axum::body::Body::empty());
                let (parts, body) = router.oneshot(request).await.expect("infallible").into_parts();
                (parts.status, parts.headers, body.collect().await.expect("a body").to_bytes())
            }
            Inner::Poem(endpoint) => {
                let (parts, ()) = request.into_parts();
                let mut request =
                    poem::Request::builder().method(parts.method).uri(parts.uri).finish();
                *request.headers_mut() = parts.headers;
                let (parts, body) =
                    poem::Endpoint::get_response(&endpoint, request).await.into_parts();
                (parts.status, parts.headers, body.into_bytes().await.expect("a body"))
            }
        };
        Answer { status, headers, body, ran: self.ran() - before }
    }
}

mod in_axum {
    use axum::routing::get;
    use axum::{Extension, Router};
    use stepup_axum::{Gate, guarded, step_up};

    use super::Ran;

    async fn list() -> &'static str {
        "the list"
    }

    #[step_up(level = "mfa")]
    async fn transfer(Extension(ran): Extension<Ran>) -> &'static str {
        ran.mark();
        "done"
    }

    #[step_up(level = "mfa")]
    async fn balance(Extension(ran): Extension<Ran>) -> &'static str {
        ran.mark();
        "100"
    }

    #[step_up(level = "mfa")]
    async fn rates(Extension(ran): Extension<Ran>) -> ([(&'static str, &'static str); 1], String) {
        ran.mark();
        ([("cache-control", "public, max-age=60")], "1.1".to_owned())
    }

    pub(super) fn router(gate: Gate, ran: Ran) -> Router {
        Router::new()
            .route("/transfers", guarded::post(transfer).merge(get(list)))
            .route("/balance", guarded::get(balance))
            .route("/rates", guarded::get(rates))
            .layer(Extension(ran))
            .with_state(gate)
    }
}

mod in_poem {
    use poem::endpoint::{BoxEndpoint, EndpointExt};
    use poem::web::{Data, WithHeader};
    use poem::{IntoResponse, Route, get, handler};
    use stepup_poem::{Gate, guarded, step_up};

    use super::Ran;

    #[handler]
    async fn list() -> &'static str {
        "the list"
    }

    #[step_up(level = "mfa")]
    #[handler]
    async fn transfer(Data(ran): Data<&Ran>) -> &'static str {
        ran.mark();
        "done"
    }

    #[step_up(level = "mfa")]
    #[handler]
    async fn balance(Data(ran): Data<&Ran>) -> &'static str {
        ran.mark();
        "100"
    }

    #[step_up(level = "mfa")]
    #[handler]
    async fn rates(Data(ran): Data<&Ran>) -> WithHeader<&'static str> {
        ran.mark();
        "1.1".with_header("cache-control", "public, max-age=60")
    }

    pub(super) fn endpoint(gate: Gate, ran: Ran) -> BoxEndpoint<'static> {
        Route::new()
            .at("/transfers", get(list).post(guarded::post(transfer)))
            .at("/balance", guarded::get(balance))
            .at("/rates", guarded::get(rates))
            .data(ran)
            .data(gate)
            .map_to_response()
            .boxed()
    }
}
