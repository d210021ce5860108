//! `guarded_handlers()` has each handler once, with its module and what it demands, whatever
//! copies a body on its way (M30).

use stepup_core::guarded_handlers;

/// The handlers of a module in this file: the rest of their module's path, name, requirement.
fn below(module: &str) -> Vec<[String; 3]> {
    let handlers = guarded_handlers();
    let rest = |handler: &stepup_core::GuardedHandler| {
        let rest = handler.module().strip_prefix(module_path!())?.strip_prefix(module)?;
        Some([rest.to_owned(), handler.name().to_owned(), handler.requirement().to_string()])
    };
    let mut found: Vec<_> = handlers.iter().filter_map(rest).collect();
    found.sort();
    found
}

fn expected(list: &[[&str; 3]]) -> Vec<[String; 3]> {
    list.iter().map(|entry| entry.map(str::to_owned)).collect()
}

mod in_axum {
    #![allow(dead_code)]

    use stepup_axum::{Gate, Level, Require, Requirement, level, step_up};

    pub struct Wire;
    impl Require for Wire {
        const REQUIREMENT: Requirement = Requirement::level(Level::PHR);
    }

    #[step_up(level = "mfa", max_age = "5m")]
    async fn plain() {}

    #[step_up(level = "mfa", reason = "Money leaves.")]
    #[axum::debug_handler(state = Gate)]
    async fn copied(_: String) {}

    #[tracing::instrument]
    #[step_up(methods("hwk"))]
    async fn wrapped() {}

    #[step_up(level = "phr")]
    #[utoipa::path(get, path = "/")]
    async fn described() {}

    #[step_up(R)]
    async fn of_a_parameter<R: Require>() {}

    #[step_up(level = "mfa")]
    async fn generic<T: Send + 'static>() {
        let _ = size_of::<T>();
    }

    #[step_up(level = "mfa")]
    async fn r#type() {}

    pub struct Api<T>(T);
    impl<T: Send + Sync + 'static> Api<T> {
        #[step_up(Wire)]
        async fn associated() {}

        #[step_up(level = "mfa")]
        async fn method(&self) {}

        #[step_up(Self)]
        async fn of_self() {}
    }
    impl<T: Send + Sync + 'static> Require for Api<T> {
        const REQUIREMENT: Requirement = Requirement::level(Level::PHRH);
    }

    fn function() {
        #[step_up(level::Phrh)]
        async fn local() {}
    }

    mod deeper {
        #[stepup_axum::step_up(level = "mfa")]
        async fn plain() {}
    }

    macro_rules! two {
        ($a:ident $b:ident) => {
            #[step_up(level = "mfa")]
            async fn $a() {}
            #[step_up(level = "phr")]
            async fn $b() {}
        };
    }
    two!(one other);
}

mod in_poem {
    #![allow(dead_code)]

    use poem::handler;
    use poem_openapi::OpenApi;
    use stepup_poem::{Level, Require, Requirement, step_up};

    pub struct Wire;
    impl Require for Wire {
        const REQUIREMENT: Requirement = Requirement::level(Level::PHR);
    }

    #[step_up(level = "mfa", max_age = "5m")]
    #[handler]
    async fn plain() {}

    #[step_up(R)]
    #[handler]
    async fn of_a_parameter<R: Require>() {}

    pub struct Api;
    #[step_up]
    #[OpenApi]
    impl Api {
        #[oai(path = "/transfers", method = "post")]
        #[step_up(Wire)]
        async fn method(&self) {}

        #[oai(path = "/health", method = "get")]
        async fn open(&self) {}
    }

    fn function() {
        #[step_up(level = "mfa")]
        #[handler]
        async fn local() {}
    }

    mod deeper {
        #[stepup_poem::step_up(level = "mfa")]
        #[poem::handler]
        async fn plain() {}
    }
}

#[test]
fn each_handler_is_listed_once() {
    assert_eq!(
        below("::in_axum"),
        expected(&[
            ["", "associated", "level phr"],
            ["", "copied", "level mfa"],
            ["", "described", "level phr"],
            ["", "generic", "level mfa"],
            ["", "local", "level phrh"],
            ["", "method", "level mfa"],
            ["", "one", "level mfa"],
            ["", "other", "level phr"],
            ["", "plain", "level mfa, at most 300 s ago"],
            ["", "type", "level mfa"],
            ["", "wrapped", "by hwk"],
            ["::deeper", "plain", "level mfa"],
        ])
    );
    assert_eq!(
        below("::in_poem"),
        expected(&[
            ["", "local", "level mfa"],
            ["", "method", "level phr"],
            ["", "plain", "level mfa, at most 300 s ago"],
            ["::deeper", "plain", "level mfa"],
        ])
    );
}

#[test]
fn an_entry_says_where_it_stands() {
    let handlers = guarded_handlers();
    let module = concat!(module_path!(), "::in_poem::deeper");
    let handler = handlers.iter().find(|handler| handler.module() == module).expect("listed");
    let line = include_str!("listed.rs")
        .lines()
        .position(|line| line.contains("#[stepup_poem::step_up"))
        .expect("it is above");
    assert_eq!(
        handler.to_string(),
        format!("{module}::plain (tests/hygiene/listed.rs:{})", line + 1)
    );
}
