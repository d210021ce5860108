//! Other attributes above and below (M21). Spans are in `spans`, descriptions in `api_description`.

mod in_axum {
    use axum::debug_handler;
    use stepup_axum::{Gate, guarded, step_up};

    use crate::ask::{axum_guards, ran};

    #[step_up(level = "mfa", reason = "Above it.")]
    #[debug_handler(state = Gate)]
    async fn above_debug_handler(body: String) -> String {
        ran();
        body
    }

    #[step_up(level = "mfa", gate = extension)]
    #[debug_handler]
    async fn with_no_state() -> &'static str {
        ran()
    }

    #[doc(alias = "several")]
    #[allow(clippy::unused_async)]
    #[must_use]
    #[step_up(level = "mfa")]
    #[inline]
    #[cold]
    #[deprecated = "for the test"]
    #[expect(unused_mut, unused_variables)]
    async fn many(_: axum::http::Method) -> &'static str {
        let mut unused = ();
        ran()
    }

    #[test]
    #[expect(deprecated)]
    fn they_are_guarded() {
        let gate = axum::Extension(crate::ask::gate());
        for handler in [
            guarded::get(above_debug_handler),
            guarded::get(with_no_state).layer(gate),
            guarded::get(many),
        ] {
            axum_guards(handler);
        }
    }
}

mod in_poem {
    use poem::handler;
    use stepup_poem::{guarded, step_up};

    use crate::ask::{poem_guards, ran};

    #[doc(alias = "several")]
    #[allow(clippy::unused_async)]
    #[must_use]
    #[step_up(level = "mfa", reason = "Above it.")]
    #[inline]
    #[cold]
    #[expect(unused_mut, unused_variables)]
    #[handler]
    async fn many(_: poem::http::Method) -> &'static str {
        let mut unused = ();
        ran()
    }

    #[step_up(level = "mfa")]
    #[handler]
    #[inline]
    #[allow(unused_mut, unused_variables)]
    async fn below_handler() -> &'static str {
        let mut unused = ();
        ran()
    }

    #[test]
    fn they_are_guarded() {
        poem_guards(guarded::get(many));
        poem_guards(guarded::get(below_handler));
    }
}
