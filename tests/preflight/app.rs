//! A small app in both frameworks: guarded routes of every kind of handler, each with its question.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use bytes::Bytes;
use http::{HeaderName, Request, Response};
use http_body_util::BodyExt as _;
use poem::endpoint::BoxEndpoint;
use stepup_core::{CheckError, Gate};
use stepup_tests::{Answer, Framework, block_on};
use tower::ServiceExt as _;

/// Each guarded route, `POST` but for the last, and what it demands.
pub const ROUTES: [(&str, &str); 6] = [
    ("/plain", "level mfa, at most 300 s ago"),
    ("/either", "one of two"),
    ("/scope", "a level and a scope"),
    ("/many", "level phr, with other arguments beside the guard"),
    ("/v1/orders/7", "level mfa with a reason, in nested routers"),
    ("/any", "level mfa, for every method"),
];

/// How often guarded handlers ran.
#[derive(Clone, Default)]
pub struct Ran(Arc<AtomicUsize>);

impl Ran {
    fn mark(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

pub struct App {
    pub framework: Framework,
    pub inner: Inner,
    ran: Ran,
}

#[derive(Clone)]
pub enum Inner {
    Axum(Router),
    Poem(Arc<BoxEndpoint<'static>>),
}

impl App {
    /// In both frameworks, behind this gate.
    pub fn both(gate: &Gate) -> [Self; 2] {
        Self::both_with(gate, |router| router, |endpoint| endpoint)
    }

    /// With layers around it.
    pub fn both_with(
        gate: &Gate,
        axum: impl FnOnce(Router) -> Router,
        poem: impl FnOnce(BoxEndpoint<'static>) -> BoxEndpoint<'static>,
    ) -> [Self; 2] {
        let (ran, other) = (Ran::default(), Ran::default());
        let router = axum(in_axum::router(gate.clone(), ran.clone()));
        let endpoint = poem(in_poem::endpoint(gate.clone(), other.clone()));
        [
            Self { framework: Framework::Axum, inner: Inner::Axum(router), ran },
            Self { framework: Framework::Poem, inner: Inner::Poem(Arc::new(endpoint)), ran: other },
        ]
    }

    /// A request without a body, as a server passes it on.
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let before = self.ran.0.load(Ordering::SeqCst);
        let answer = block_on(self.send(request.body(()).expect("a request")));
        let (parts, body) = answer.into_parts();
        let ran = self.ran.0.load(Ordering::SeqCst) - before;
        let mut answer = Answer { status: parts.status, headers: parts.headers, body, ran };
        // axum says the length before the server does, poem leaves it to the server.
        answer.headers.remove("content-length");
        answer
    }

    async fn send(&self, request: Request<()>) -> Response<Bytes> {
        match self.inner.clone() {
            Inner::Axum(router) => {
                let request = request.map(|()| axum::body::Body::empty());
                let (parts, body) = router.oneshot(request).await.expect("infallible").into_parts();
                Response::from_parts(parts, body.collect().await.expect("a body").to_bytes())
            }
            Inner::Poem(endpoint) => {
                let (parts, ()) = request.into_parts();
                let address = || poem::Addr::SocketAddr(([127, 0, 0, 1], 1).into());
                let ends = (poem::web::LocalAddr(address()), poem::web::RemoteAddr(address()));
                let parts = (parts, ends.0, ends.1, http::uri::Scheme::HTTPS);
                let request = poem::Request::from_parts(parts.into(), poem::Body::empty());
                let (parts, body) =
                    poem::Endpoint::get_response(&endpoint, request).await.into_parts();
                let mut response = Response::new(body.into_bytes().await.expect("a body"));
                *response.status_mut() = parts.status;
                *response.headers_mut() = parts.headers;
                response
            }
        }
    }

    /// The adapter's own check, of a page that sends its token and no more.
    pub fn check(
        &self,
        gate: &Gate,
        method: &str,
        path: &str,
        origin: &str,
    ) -> Result<(), CheckError> {
        self.check_sending(&[], gate, method, path, origin)
    }

    /// The same, of one that sends these headers too.
    pub fn check_sending(
        &self,
        sends: &[HeaderName],
        gate: &Gate,
        method: &str,
        path: &str,
        origin: &str,
    ) -> Result<(), CheckError> {
        let method = method.parse().expect("a method");
        match &self.inner {
            Inner::Axum(router) => {
                block_on(stepup_axum::check_cross_origin(gate, router, method, path, origin, sends))
            }
            Inner::Poem(endpoint) => block_on(stepup_poem::check_cross_origin(
                gate, endpoint, method, path, origin, sends,
            )),
        }
    }
}

mod in_axum {
    use axum::extract::{Path, State};
    use axum::routing::any;
    use axum::{Extension, Router};
    use stepup_axum::{Gate, Verified, guarded, step_up};
    use stepup_tests::{Either, PayScopeMfa};

    use super::Ran;

    #[step_up(level = "mfa", max_age = "5m")]
    async fn plain(Extension(ran): Extension<Ran>) {
        ran.mark();
    }

    #[step_up(Either)]
    async fn either(Extension(ran): Extension<Ran>) {
        ran.mark();
    }

    #[step_up(PayScopeMfa)]
    async fn scope(Extension(ran): Extension<Ran>) {
        ran.mark();
    }

    #[step_up(level = "phr")]
    async fn many(_: Verified, State(_): State<Gate>, ran: Extension<Ran>, body: String) -> String {
        ran.mark();
        body
    }

    #[step_up(level = "mfa", reason = "Orders cost money.", gate = extension)]
    async fn order(Path(_): Path<u32>, Extension(ran): Extension<Ran>) {
        ran.mark();
    }

    #[step_up(level = "mfa")]
    async fn each(Extension(ran): Extension<Ran>) {
        ran.mark();
    }

    async fn verified(_: Verified, Extension(ran): Extension<Ran>) {
        ran.mark();
    }

    pub(super) fn router(gate: Gate, ran: Ran) -> Router {
        let orders = Router::new()
            .route("/{id}", guarded::post(order))
            .route("/{id}/step-up", guarded::question(order));
        Router::new()
            .route("/plain", guarded::post(plain).merge(guarded::question(plain)))
            .route("/plain/step-up", guarded::question(plain))
            .route("/either", guarded::post(either))
            .route("/either/step-up", guarded::question(either))
            .route("/scope", guarded::post(scope))
            .route("/scope/step-up", guarded::question(scope))
            .route("/many", guarded::post(many))
            .route("/many/step-up", guarded::question(many))
            .route("/any", guarded::any(each))
            .route("/any/step-up", guarded::question(each))
            .route("/verified", any(verified))
            .nest("/v1", Router::new().nest("/orders", orders))
            .layer(Extension(ran))
            .layer(Extension(gate.clone()))
            .with_state(gate)
    }
}

mod in_poem {
    use poem::endpoint::{BoxEndpoint, EndpointExt as _};
    use poem::web::{Data, Path};
    use poem::{Endpoint, Request, Response, Result, Route, handler};
    use stepup_poem::{
        Gate, Rejection, RequestHead, Require as _, Verified, guarded, level, step_up,
    };
    use stepup_tests::{Either, PayScopeMfa};

    use super::Ran;

    #[step_up(level = "mfa", max_age = "5m")]
    #[handler]
    async fn plain(Data(ran): Data<&Ran>) {
        ran.mark();
    }

    #[step_up(Either)]
    #[handler]
    async fn either(Data(ran): Data<&Ran>) {
        ran.mark();
    }

    #[step_up(PayScopeMfa)]
    #[handler]
    async fn scope(Data(ran): Data<&Ran>) {
        ran.mark();
    }

    #[step_up(level = "phr")]
    #[handler]
    async fn many(_: Verified, _: Data<&Gate>, ran: Data<&Ran>, body: String) -> String {
        ran.mark();
        body
    }

    #[step_up(level = "mfa", reason = "Orders cost money.")]
    #[handler]
    async fn order(Path(_): Path<u32>, Data(ran): Data<&Ran>) {
        ran.mark();
    }

    #[step_up(level = "mfa")]
    #[handler]
    async fn each(Data(ran): Data<&Ran>) {
        ran.mark();
    }

    #[handler]
    async fn verified(_: Verified, Data(ran): Data<&Ran>) {
        ran.mark();
    }

    /// Asks a gate by itself, and says that it is guarded.
    struct ByHand;

    impl guarded::Guarded for ByHand {}

    impl Endpoint for ByHand {
        type Output = Response;

        async fn call(&self, request: Request) -> Result<Response> {
            let gate = request.data::<Gate>().expect("a gate");
            let (method, uri) = (request.method(), request.original_uri());
            let head = RequestHead::new(method, uri, request.headers());
            gate.admit(head, &level::Mfa::REQUIREMENT).await.map_err(Rejection::from)?;
            request.data::<Ran>().expect("a counter").mark();
            Ok(Response::default())
        }
    }

    pub(super) fn endpoint(gate: Gate, ran: Ran) -> BoxEndpoint<'static> {
        let orders = Route::new()
            .at("/:id", guarded::post(order))
            .at("/:id/step-up", guarded::question(order));
        Route::new()
            .at("/plain", guarded::post(plain).get(guarded::question(plain)))
            .at("/plain/step-up", guarded::question(plain))
            .at("/either", guarded::post(either))
            .at("/either/step-up", guarded::question(either))
            .at("/scope", guarded::post(scope))
            .at("/scope/step-up", guarded::question(scope))
            .at("/many", guarded::post(many))
            .at("/many/step-up", guarded::question(many))
            .at("/any", each)
            .at("/any/step-up", guarded::question(each))
            .at("/verified", verified)
            .at("/by-hand", guarded::post(ByHand))
            .at("/by-hand/step-up", guarded::question(ByHand))
            .nest("/v1", Route::new().nest("/orders", orders))
            .data(ran)
            .data(gate)
            .map_to_response()
            .boxed()
    }
}
