//! The list of guarded handlers, put together by the linker.

use std::fmt;

use crate::requirement::Requirement;

/// A handler that an attribute guards, and what it demands.
///
/// ```
/// for handler in stepup_core::guarded_handlers() {
///     println!("{handler}: {}", handler.requirement());
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardedHandler {
    requirement: &'static Requirement,
    name: &'static str,
    module: &'static str,
    place: (&'static str, u32, u32),
}

impl GuardedHandler {
    /// For [`list_handler!`](crate::list_handler), which fills in the place.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        requirement: &'static Requirement,
        name: &'static str,
        module: &'static str,
        place: (&'static str, u32, u32),
    ) -> Self {
        Self { requirement, name, module, place }
    }

    /// What it demands.
    ///
    /// ```
    /// # for handler in stepup_core::guarded_handlers() {
    /// println!("{}", handler.requirement());
    /// # }
    /// ```
    #[must_use]
    pub const fn requirement(&self) -> &'static Requirement {
        self.requirement
    }

    /// Its function's name.
    ///
    /// ```
    /// # for handler in stepup_core::guarded_handlers() {
    /// println!("{}", handler.name());
    /// # }
    /// ```
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The module that it stands in.
    ///
    /// ```
    /// # for handler in stepup_core::guarded_handlers() {
    /// println!("{}", handler.module());
    /// # }
    /// ```
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.module
    }
}

/// `my_service::transfer (src/main.rs:12)`.
impl fmt::Display for GuardedHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{} ({}:{})", self.module, self.name, self.place.0, self.place.1)
    }
}

inventory::collect!(GuardedHandler);

/// All handlers in this program that carry `#[step_up(…)]`, in the order of their places.
///
/// A generic requirement (`#[step_up(R)]` with `R` a parameter of the function) has no value
/// until it is used, and is not listed.
///
/// ```standalone_crate
/// let handlers = stepup_core::guarded_handlers();
/// assert!(handlers.is_empty(), "this example has none");
/// ```
#[must_use]
pub fn guarded_handlers() -> Vec<GuardedHandler> {
    let mut handlers: Vec<_> = inventory::iter::<GuardedHandler>().copied().collect();
    handlers.sort_by_key(|handler| (handler.place, handler.module, handler.name));
    // `#[debug_handler]` copies a handler's body, and so the entry in it. A place alone does not
    // tell: all handlers that one macro call writes have the same.
    handlers.dedup();
    handlers
}

/// Lists a handler whose guard is written by hand. Put it inside the handler's body.
///
/// ```standalone_crate
/// use stepup_core::{Require, level::Mfa};
///
/// async fn transfer() {
///     stepup_core::list_handler!("transfer", Mfa);
/// }
/// assert_eq!(stepup_core::guarded_handlers()[0].requirement(), &Mfa::REQUIREMENT);
/// ```
#[macro_export]
macro_rules! list_handler {
    ($name:literal, $requirement:ty $(,)?) => {
        $crate::__inventory::submit! {
            $crate::GuardedHandler::new(
                &<$requirement as $crate::Require>::REQUIREMENT,
                $name,
                ::core::module_path!(),
                (::core::file!(), ::core::line!(), ::core::column!()),
            )
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::{Mfa, Phr};

    macro_rules! write_handlers {
        () => {
            fn transfer() {
                crate::list_handler!("transfer", Mfa);
            }
            fn close() {
                crate::list_handler!("close", Phr);
            }
            mod copied {
                pub(super) fn close() {
                    crate::list_handler!("close", crate::level::Phr);
                    crate::list_handler!("close", crate::level::Phr);
                }
            }
        };
    }
    write_handlers!();

    /// A handler that is not listed is not checked when the gate is built.
    #[test]
    fn handlers_that_one_macro_writes_are_all_listed_and_copies_once() {
        transfer();
        close();
        copied::close();
        let listed = guarded_handlers();
        let listed = listed.iter().filter(|handler| handler.module.starts_with(module_path!()));
        let listed: Vec<_> = listed
            .map(|handler| {
                let below = handler.module.trim_start_matches(module_path!());
                (below, handler.name, handler.requirement.to_string())
            })
            .collect();
        assert_eq!(
            listed,
            [
                ("", "close", "level phr".to_owned()),
                ("", "transfer", "level mfa".to_owned()),
                ("::copied", "close", "level phr".to_owned()),
            ]
        );
    }
}
