//! `#[instrument]` records arguments: on either side of the attribute it must not record who calls
//! (M21, P1).

use stepup_tests::Log;
use tracing_subscriber::fmt::format::FmtSpan;

/// The lines about this span, among all that is logged.
fn of_span(name: &str, run: impl FnOnce()) -> Vec<String> {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::NEW)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, run);
    let text = log.text();
    assert!(!text.contains("alice"), "{text}");
    let mut spans: Vec<_> = text.lines().filter(|line| line.contains(name)).collect();
    spans.dedup();
    spans.into_iter().map(|line| line.trim().to_owned()).collect()
}

mod in_axum {
    use axum::extract::{Path, State};
    use stepup_axum::{Gate, Verified, guarded, step_up};
    use tracing::instrument;

    use crate::ask::{axum_guards, ran};

    #[instrument]
    #[step_up(level = "mfa")]
    async fn below(
        path: Path<(String, String)>,
        user: Verified,
        gate: State<Gate>,
    ) -> &'static str {
        ran()
    }

    #[step_up(level = "mfa")]
    #[instrument]
    async fn above(
        path: Path<(String, String)>,
        user: Verified,
        gate: State<Gate>,
    ) -> &'static str {
        ran()
    }

    #[step_up(level = "mfa")]
    #[instrument(skip_all, fields(first = path.0.0))]
    async fn skipping(path: Path<(String, String)>, _user: Verified) -> &'static str {
        ran()
    }

    #[test]
    fn no_span_says_who_calls() {
        let arguments = r#"path=Path(("any", "thing")) user=Verified { .. } gate=State(Gate"#;
        let below = super::of_span("below", || axum_guards(guarded::get(below)));
        assert!(below[0].contains(arguments), "{below:?}");
        let above = super::of_span("above", || axum_guards(guarded::get(above)));
        assert!(above[0].contains(arguments), "{above:?}");
        assert_eq!(below[0].replace("below", "above"), above[0]);
        let skipping = super::of_span("skipping", || axum_guards(guarded::get(skipping)));
        assert_eq!(skipping, [r#"INFO skipping{first="any"}: new"#]);
    }
}

mod in_poem {
    use poem::web::Path;
    use poem::{EndpointExt, Route, handler};
    use poem_openapi::payload::PlainText;
    use poem_openapi::{OpenApi, OpenApiService};
    use stepup_poem::{Verified, guarded, step_up};
    use tracing::instrument;

    use crate::ask::{poem_guards, ran};

    #[step_up(level = "mfa")]
    #[handler]
    #[instrument]
    async fn lowest(path: Path<(String, String)>, user: Verified) -> &'static str {
        ran()
    }

    #[step_up(level = "mfa")]
    #[instrument]
    #[handler]
    async fn between(path: Path<(String, String)>, user: Verified) -> &'static str {
        ran()
    }

    #[instrument]
    #[step_up(level = "mfa")]
    #[handler]
    async fn highest(path: Path<(String, String)>, user: Verified) -> &'static str {
        ran()
    }

    struct Api;

    #[step_up]
    #[OpenApi]
    impl Api {
        #[oai(path = "/thing", method = "get")]
        #[step_up(level = "mfa")]
        #[instrument(skip(self))]
        async fn in_an_open_api(&self, user: Verified) -> PlainText<&'static str> {
            PlainText(ran())
        }
    }

    #[test]
    fn no_span_says_who_calls() {
        let arguments = r#"{path=Path(("any", "thing")) user=Verified { .. }}: new"#;
        let spans = super::of_span("lowest", || poem_guards(guarded::get(lowest)));
        assert_eq!(spans, [format!("INFO lowest{arguments}")]);
        let spans = super::of_span("between", || poem_guards(guarded::get(between)));
        assert_eq!(spans, [format!("INFO between{arguments}")]);
        let spans = super::of_span("highest", || poem_guards(guarded::get(highest)));
        assert_eq!(spans, [format!("INFO highest{arguments}")]);

        let api = Route::new().nest("/any", OpenApiService::new(Api, "api", "1"));
        let api = api.data(crate::ask::gate());
        let spans = super::of_span("in_an_open_api", || {
            crate::ask::is_guarded(|token| crate::ask::poem_answer(&api, token));
        });
        let arguments = "{_step_up=SteppedUp { .. } user=Verified { .. }}: new";
        assert_eq!(spans, [format!("INFO in_an_open_api{arguments}")]);
    }
}
