//! A certified provider, and an API of another origin than the page's that takes its tokens.

use http::{HeaderValue, Method, header::AUTHORIZATION};
use poem::EndpointExt as _;
use poem::middleware::Cors;
use serde_json::json;
use stepup_axum::EXPOSED_HEADERS;
use stepup_core::{Gate, Network};
use stepup_tests::Framework;
use tokio::net::TcpListener;
use tower_http::cors::CorsLayer;

use crate::desk::{self, Done};
use crate::partner::Partner;
use crate::serving::Serving;

/// Ends when it is dropped.
pub struct Provided {
    pub issuer: String,
    /// The API's origin.
    pub api: String,
    /// The token of a login with a password.
    pub login: String,
    _provider: Partner,
    _serving: Serving,
}

impl Provided {
    /// For pages of this origin.
    pub async fn start(framework: Framework, page: &str) -> Self {
        let mut provider = Partner::start("../../browser/node/provider.mjs", &[page]);
        let issuer = provider.hear()["issuer"].as_str().unwrap().to_owned();
        let mut client = Partner::start("client.mjs", &[&issuer]);
        let login =
            client.ask(&json!({ "login": {} }))["access_token"].as_str().unwrap().to_owned();
        let gate = Gate::builder(&issuer, "https://api.example")
            .network(Network::Loopback)
            .except_module("stepup_tests")
            .discover()
            .await
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}", listener.local_addr().unwrap());
        let serving = match framework {
            Framework::Axum => in_axum(&gate, page, listener).await,
            Framework::Poem => in_poem(&gate, page, listener).await,
        };
        Self { issuer, api, login, _provider: provider, _serving: serving }
    }
}

async fn in_axum(gate: &Gate, page: &str, listener: TcpListener) -> Serving {
    let cors = CorsLayer::new()
        .allow_origin(page.parse::<HeaderValue>().unwrap())
        .allow_methods([Method::POST, Method::DELETE])
        .allow_headers([AUTHORIZATION])
        .expose_headers(EXPOSED_HEADERS);
    let app = desk::in_axum::router(gate, &Done::default()).layer(cors);
    let checked =
        stepup_axum::check_cross_origin(gate, &app, Method::POST, "/transfers", page, &[]);
    checked.await.unwrap();
    Serving::axum(listener, app)
}

async fn in_poem(gate: &Gate, page: &str, listener: TcpListener) -> Serving {
    let cors = Cors::new()
        .allow_origin(page)
        .allow_methods([Method::POST, Method::DELETE])
        .allow_header(AUTHORIZATION)
        .expose_headers(EXPOSED_HEADERS);
    let app = desk::in_poem::routes(gate, &Done::default()).with(cors);
    let checked =
        stepup_poem::check_cross_origin(gate, &app, Method::POST, "/transfers", page, &[]);
    checked.await.unwrap();
    Serving::poem(listener, app)
}
