//! Every name that the attribute might mean, meaning something else (M16).
#![allow(dead_code, unused_macros, non_camel_case_types, non_upper_case_globals)]

macro_rules! other_meanings {
    () => {
        struct Result;
        struct Option;
        struct String;
        struct Vec;
        struct Box;
        struct Some;
        struct None;
        struct Ok;
        struct Err;
        struct str;
        struct usize;
        struct u64;
        struct bool;
        struct Sync;
        struct Default;
        struct Future;

        struct Require;
        struct Requirement;
        struct Level;
        struct MaxAge;
        struct Method;
        struct FromExtension;
        struct GuardedHandler;
        struct Guarded;
        struct Mfa;
        trait SteppedUp {}
        trait FromRequest {}
        trait FromRequestParts {}
        fn list_handler() {}
        fn because() {}
        const REQUIREMENT: () = ();

        mod level {}
        mod method {}
        mod guarded {}
        mod inventory {}
        mod alloc {}
        mod stepup_core {}
        mod stepup_axum {}
        mod stepup_poem {}
        mod stepup_macros {}
    };
}

macro_rules! list_handler {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! module_path {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! file {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! line {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! column {
    ($($tokens:tt)*) => {
        compile_error!("not this one")
    };
}

mod in_axum {
    use ::stepup_axum::step_up;

    other_meanings!();
    mod axum {}
    mod core {}
    mod std {}
    struct Send;

    #[step_up(level = "mfa", max_age = "5m", methods("otp"), reason = "Money leaves.")]
    async fn every_key() -> &'static ::core::primitive::str {
        crate::ask::ran()
    }

    #[step_up(::stepup_axum::level::Mfa, crate = ::stepup_axum)]
    async fn by_type() -> &'static ::core::primitive::str {
        crate::ask::ran()
    }

    #[test]
    fn they_are_guarded() {
        crate::ask::axum_guards(::stepup_axum::guarded::get(every_key));
        crate::ask::axum_guards(::stepup_axum::guarded::get(by_type));
    }
}

/// `std` and `poem` keep their meaning: poem's `#[handler]` needs it.
mod in_poem {
    use ::stepup_poem::step_up;

    other_meanings!();
    mod axum {}
    mod core {}
    struct Send;

    #[step_up(level = "mfa", max_age = "5m", methods("otp"), reason = "Money leaves.")]
    #[::poem::handler]
    async fn every_key() -> &'static ::core::primitive::str {
        crate::ask::ran()
    }

    #[step_up(::stepup_poem::level::Mfa, crate = ::stepup_poem)]
    #[::poem::handler]
    async fn by_type() -> &'static ::core::primitive::str {
        crate::ask::ran()
    }

    #[test]
    fn they_are_guarded() {
        crate::ask::poem_guards(::stepup_poem::guarded::get(every_key));
        crate::ask::poem_guards(::stepup_poem::guarded::get(by_type));
    }
}

/// Inside a function that has names of its own.
mod in_a_function {
    use stepup_axum::{guarded, step_up};

    #[test]
    fn locals_do_not_get_in() {
        let (name, module, requirement, gate, parts) = ((), (), (), (), ());
        #[step_up(level = "mfa")]
        async fn transfer() -> &'static str {
            crate::ask::ran()
        }
        crate::ask::axum_guards(guarded::get(transfer));
        let ((), (), (), (), ()) = (name, module, requirement, gate, parts);
    }
}
