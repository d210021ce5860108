//! The body is none of the attribute's business.

mod in_axum {
    use axum::routing::MethodRouter;
    use stepup_axum::{Gate, guarded, step_up};

    use crate::ask::{axum_guards, ran};

    #[step_up(level = "mfa")]
    async fn inner_attributes() -> &'static str {
        #![allow(unused_variables)]
        //! With documentation in it.
        let unused = ();
        ran()
    }

    #[step_up(level = "mfa")]
    async fn items_after_statements() -> &'static str {
        let text = helper();
        fn helper() -> &'static str {
            ran()
        }
        text
    }

    #[step_up(level = "mfa")]
    async fn its_own_name() -> &'static str {
        async fn its_own_name() -> &'static str {
            ran()
        }
        its_own_name().await
    }

    #[step_up(level = "mfa")]
    #[rustfmt::skip]
    async fn one_block() -> &'static str {{
        ran()
    }}

    #[step_up(level = "mfa")]
    async fn labels_and_loops() -> String {
        let mut text = String::new();
        'outer: loop {
            for i in 0.. {
                if i == 3 {
                    break 'outer;
                }
                text += ran_once(i);
            }
        }
        text
    }

    fn ran_once(i: u8) -> &'static str {
        if i == 0 { ran() } else { "" }
    }

    #[step_up(level = "mfa")]
    async fn a_guarded_one_inside() -> &'static str {
        #[step_up(level = "phr")]
        async fn inner() {}
        let _: MethodRouter<Gate> = guarded::get(inner);
        ran()
    }

    #[test]
    fn they_run() {
        for handler in [
            guarded::get(inner_attributes),
            guarded::get(items_after_statements),
            guarded::get(its_own_name),
            guarded::get(one_block),
            guarded::get(labels_and_loops),
            guarded::get(a_guarded_one_inside),
        ] {
            axum_guards(handler);
        }
    }
}

mod in_poem {
    use poem::handler;
    use stepup_poem::{guarded, step_up};

    use crate::ask::{poem_guards, ran};

    #[step_up(level = "mfa")]
    #[handler]
    async fn inner_attributes() -> &'static str {
        #![allow(unused_variables)]
        let unused = ();
        ran()
    }

    #[step_up(level = "mfa")]
    #[handler]
    async fn items_after_statements() -> &'static str {
        let text = helper();
        fn helper() -> &'static str {
            ran()
        }
        text
    }

    #[step_up(level = "mfa")]
    #[handler]
    async fn a_guarded_one_inside() -> &'static str {
        #[step_up(level = "phr")]
        #[handler]
        async fn inner() {}
        let _ = guarded::get(inner);
        ran()
    }

    #[test]
    fn they_run() {
        poem_guards(guarded::get(inner_attributes));
        poem_guards(guarded::get(items_after_statements));
        poem_guards(guarded::get(a_guarded_one_inside));
    }
}
