//! Handlers that are there on some platforms only.

mod in_axum {
    use stepup_axum::{guarded, step_up};

    use crate::ask::{axum_guards, ran};

    #[cfg(unix)]
    #[step_up(level = "mfa", reason = "One of twins.")]
    async fn above() -> &'static str {
        ran()
    }
    #[cfg(not(unix))]
    #[step_up(level = "mfa", reason = "The other.")]
    async fn above() -> &'static str {
        ran()
    }

    #[step_up(level = "mfa", reason = "One of twins.")]
    #[cfg(unix)]
    async fn below() -> &'static str {
        ran()
    }
    #[step_up(level = "mfa", reason = "The other.")]
    #[cfg(not(unix))]
    async fn below() -> &'static str {
        ran()
    }

    #[cfg_attr(all(), step_up(level = "mfa", reason = "Where all of nothing holds."))]
    async fn conditional() -> &'static str {
        ran()
    }

    #[step_up(level = "mfa")]
    #[cfg_attr(all(), axum::debug_handler(state = stepup_axum::Gate))]
    async fn conditional_below() -> &'static str {
        ran()
    }

    #[step_up(level = "mfa")]
    async fn conditional_arguments(
        #[cfg(any())] _: Nowhere,
        #[cfg(not(any()))] _: axum::http::Method,
    ) -> &'static str {
        ran()
    }

    #[test]
    fn they_are_guarded() {
        for handler in [
            guarded::get(above),
            guarded::get(below),
            guarded::get(conditional),
            guarded::get(conditional_below),
            guarded::get(conditional_arguments),
        ] {
            axum_guards(handler);
        }
    }
}

mod in_poem {
    use poem::handler;
    use stepup_poem::{guarded, step_up};

    use crate::ask::{poem_guards, ran};

    #[cfg(unix)]
    #[step_up(level = "mfa", reason = "One of twins.")]
    #[handler]
    async fn above() -> &'static str {
        ran()
    }
    #[cfg(not(unix))]
    #[step_up(level = "mfa", reason = "The other.")]
    #[handler]
    async fn above() -> &'static str {
        ran()
    }

    #[step_up(level = "mfa", reason = "One of twins.")]
    #[cfg(unix)]
    #[handler]
    async fn below() -> &'static str {
        ran()
    }
    #[step_up(level = "mfa", reason = "The other.")]
    #[cfg(not(unix))]
    #[handler]
    async fn below() -> &'static str {
        ran()
    }

    #[cfg_attr(all(), step_up(level = "mfa", reason = "Where all of nothing holds."))]
    #[handler]
    async fn conditional() -> &'static str {
        ran()
    }

    #[step_up(level = "mfa")]
    #[cfg_attr(all(), handler)]
    async fn conditional_below() -> &'static str {
        ran()
    }

    #[test]
    fn they_are_guarded() {
        poem_guards(guarded::get(above));
        poem_guards(guarded::get(below));
        poem_guards(guarded::get(conditional));
        poem_guards(poem::get(conditional_below));
    }
}
