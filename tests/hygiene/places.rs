//! In functions, in `impl` blocks, in modules, and written by other macros.

mod in_axum {
    use axum::routing::MethodRouter;
    use stepup_axum::{Gate, Level, Require, Requirement, SteppedUp, guarded, level, step_up};

    use crate::ask::{axum_guards, ran};

    struct Wire;
    impl Require for Wire {
        const REQUIREMENT: Requirement =
            Requirement::level(Level::MFA).because("In an `impl` a reason has a name.");
    }

    fn in_a_function() -> MethodRouter<Gate> {
        #[step_up(level = "mfa", reason = "A type beside it has room here.")]
        async fn local() -> &'static str {
            ran()
        }
        guarded::get(local)
    }

    struct Api(&'static str);

    impl Api {
        #[step_up(level = "mfa", max_age = "5m")]
        async fn associated() -> &'static str {
            ran()
        }

        #[step_up(Wire)]
        async fn named(_: axum::http::Method) -> &'static str {
            ran()
        }

        /// Not a handler by itself: a handler that holds the proof can call it.
        #[step_up(level = "mfa")]
        async fn method(&self, and: &str) -> String {
            format!("{} {and} {}", self.0, ran())
        }
    }

    struct Of<T>(T);

    impl<T: Default + Send + 'static> Of<T> {
        #[step_up(level = "mfa")]
        async fn generic_impl() -> &'static str {
            let _ = Self(T::default()).0;
            ran()
        }

        #[step_up(<Self as Demands>::Demand)]
        async fn what_self_demands() -> &'static str {
            ran()
        }
    }

    trait Demands {
        type Demand: Require;
    }
    impl<T> Demands for Of<T> {
        type Demand = (level::Mfa, stepup_axum::MaxAge<60>);
    }

    trait Transfers {
        fn transfer(_: SteppedUp<level::Mfa>) -> impl Future<Output = &'static str> + Send;
    }
    impl Transfers for Api {
        #[step_up(level = "mfa")]
        async fn transfer() -> &'static str {
            ran()
        }
    }

    mod deeper {
        #[stepup_axum::step_up(level = "mfa", reason = "As visible as the handler.")]
        pub(super) async fn in_a_module() -> &'static str {
            crate::ask::ran()
        }
    }

    macro_rules! handlers {
        ($($name:ident($($args:tt)*) $body:block)*) => {$(
            #[step_up($($args)*)]
            async fn $name() -> &'static str $body
        )*};
    }
    handlers! {
        first(level = "mfa") { ran() }
        second(Wire, max_age = "5m", reason = "Also from a macro.") { ran() }
    }

    macro_rules! with_level {
        ($name:ident, $level:literal, $age:literal, $requirement:ty) => {
            #[step_up(level = $level, max_age = $age, $requirement)]
            async fn $name() -> &'static str {
                ran()
            }
        };
    }
    with_level!(of_fragments, "mfa", "5m", (level::SingleFactor, Wire));

    #[test]
    fn they_are_guarded() {
        for handler in [
            in_a_function(),
            guarded::get(Api::associated),
            guarded::get(Api::named),
            guarded::get(async |proof: SteppedUp<level::Mfa>| Api("api").method(proof, "b").await),
            guarded::get(Of::<u8>::generic_impl),
            guarded::get(Of::<u8>::what_self_demands),
            guarded::get(<Api as Transfers>::transfer),
            guarded::get(deeper::in_a_module),
            guarded::get(first),
            guarded::get(second),
            guarded::get(of_fragments),
        ] {
            axum_guards(handler);
        }
    }
}

mod in_poem {
    use poem::{Endpoint, Route, handler};
    use poem_openapi::payload::PlainText;
    use poem_openapi::{OpenApi, OpenApiService};
    use stepup_poem::{Level, Require, Requirement, guarded, level, step_up};

    use crate::ask::{poem_guards, ran};

    struct Wire;
    impl Require for Wire {
        const REQUIREMENT: Requirement =
            Requirement::level(Level::MFA).because("In an `impl` a reason has a name.");
    }

    fn in_a_function() -> impl Endpoint {
        #[step_up(level = "mfa", reason = "A type beside it has room here.")]
        #[handler]
        async fn local() -> &'static str {
            ran()
        }
        guarded::get(local)
    }

    mod deeper {
        #[stepup_poem::step_up(level = "mfa", reason = "As visible as the handler.")]
        #[poem::handler]
        pub(super) async fn in_a_module() -> &'static str {
            crate::ask::ran()
        }
    }

    macro_rules! handlers {
        ($($name:ident($($args:tt)*) $body:block)*) => {$(
            #[step_up($($args)*)]
            #[handler]
            async fn $name() -> &'static str $body
        )*};
    }
    handlers! {
        first(level = "mfa") { ran() }
        second(Wire, max_age = "5m", reason = "Also from a macro.") { ran() }
    }

    macro_rules! with_level {
        ($name:ident, $level:literal, $age:literal, $requirement:ty) => {
            #[step_up(level = $level, max_age = $age, $requirement)]
            #[handler]
            async fn $name() -> &'static str {
                ran()
            }
        };
    }
    with_level!(of_fragments, "mfa", "5m", (level::SingleFactor, Wire));

    #[test]
    fn they_are_guarded() {
        poem_guards(in_a_function());
        poem_guards(guarded::get(deeper::in_a_module));
        poem_guards(guarded::get(first));
        poem_guards(guarded::get(second));
        poem_guards(guarded::get(of_fragments));
    }

    struct Api;

    #[step_up]
    #[OpenApi]
    impl Api {
        #[oai(path = "/thing", method = "get")]
        #[step_up(Wire, max_age = "5m")]
        async fn transfer(&self) -> PlainText<&'static str> {
            #![allow(unused_variables)]
            let unused = ();
            PlainText(ran())
        }
    }

    struct Of<R>(std::marker::PhantomData<fn() -> R>);

    #[step_up]
    #[OpenApi]
    impl<R: Require> Of<R> {
        #[oai(path = "/thing", method = "get")]
        #[step_up(R)]
        async fn transfer(&self) -> PlainText<&'static str> {
            PlainText(ran())
        }
    }

    fn service(api: impl poem_openapi::OpenApi + 'static) -> impl Endpoint {
        Route::new().nest("/any", OpenApiService::new(api, "api", "1"))
    }

    #[test]
    fn methods_of_an_open_api_are_guarded() {
        use poem::EndpointExt;
        let gate = crate::ask::gate();
        let api = service(Api).data(gate.clone());
        crate::ask::is_guarded(|token| crate::ask::poem_answer(&api, token));
        let api = service(Of::<level::Mfa>(std::marker::PhantomData)).data(gate);
        crate::ask::is_guarded(|token| crate::ask::poem_answer(&api, token));
    }
}
