//! Descriptions of an API are made of documentation: it stays, and says what the guard demands
//! (M28).

mod in_axum {
    use axum::extract::Path;
    use stepup_axum::{guarded, step_up};
    use utoipa::Path as _;

    use crate::ask::{axum_guards, ran};

    /// Moves money.
    ///
    /// At once.
    #[step_up(level = "mfa", max_age = "5m", reason = "Money leaves.")]
    #[utoipa::path(post, path = "/transfers/{id}", responses((status = 200, body = String)))]
    async fn described_below(_: Path<(String, String)>) -> String {
        ran().to_owned()
    }

    /// Moves money.
    ///
    /// At once.
    #[utoipa::path(post, path = "/transfers/{id}", responses((status = 200, body = String)))]
    #[step_up(level = "mfa", max_age = "5m", reason = "Money leaves.")]
    async fn described_above(_: Path<(String, String)>) -> String {
        ran().to_owned()
    }

    #[test]
    fn utoipa_describes_the_same_operation_from_either_side() {
        axum_guards(guarded::get(described_below));
        axum_guards(guarded::get(described_above));
        let mut below = __path_described_below::operation();
        let mut above = __path_described_above::operation();
        let text = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
        assert_eq!(text(below.summary.clone()), "Moves money.");
        assert_eq!(
            text(below.description.take()),
            "At once.\n\nRequires step-up: level `mfa`, at most 5 minutes ago."
        );
        // It was written before the guard's sentence was there.
        assert_eq!(text(above.description.take()), "At once.");
        assert_eq!(below.operation_id.take().as_deref(), Some("described_below"));
        assert_eq!(above.operation_id.take().as_deref(), Some("described_above"));
        let json = |operation| serde_json::to_value(operation).expect("JSON");
        assert_eq!(json(below), json(above));
    }
}

mod in_poem {
    use poem_openapi::param::Path;
    use poem_openapi::payload::PlainText;
    use poem_openapi::{OpenApi, OpenApiService};
    use serde_json::Value;
    use stepup_poem::step_up;

    struct Api;

    #[step_up]
    #[OpenApi]
    impl Api {
        /// Moves money.
        ///
        /// At once.
        #[oai(path = "/transfers/:id", method = "post")]
        #[step_up(level = "mfa", max_age = "5m", methods("hwk", "pin"))]
        async fn transfer(&self, id: Path<u64>) -> PlainText<String> {
            PlainText(id.to_string())
        }

        #[step_up(stepup_poem::level::Phr)]
        #[oai(path = "/account", method = "delete")]
        async fn close(&self) {}

        /// Open.
        #[oai(path = "/health", method = "get")]
        async fn health(&self) {}
    }

    struct Bare;

    #[OpenApi]
    impl Bare {
        /// Moves money.
        ///
        /// At once.
        ///
        /// Requires step-up: level `mfa`, at most 5 minutes ago, by `hwk` and `pin`.
        #[oai(path = "/transfers/:id", method = "post")]
        async fn transfer(&self, id: Path<u64>) -> PlainText<String> {
            PlainText(id.to_string())
        }

        /// Requires step-up: `stepup_poem::level::Phr`.
        #[oai(path = "/account", method = "delete")]
        async fn close(&self) {}

        /// Open.
        #[oai(path = "/health", method = "get")]
        async fn health(&self) {}
    }

    fn spec(api: impl OpenApi + 'static) -> Value {
        let text = OpenApiService::new(api, "api", "1").spec();
        serde_json::from_str(&text).expect("JSON")
    }

    /// The guard is no parameter of the operation.
    #[test]
    fn poem_openapi_describes_what_it_did_and_the_demand() {
        assert_eq!(spec(Api), spec(Bare));
    }
}
