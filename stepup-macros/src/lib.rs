//! The `#[step_up]` attribute. It spells and decides nothing: arguments are read (`args`), checked
//! and turned into a requirement type (`policy`), and that type becomes the handler's first
//! argument (`expand`). What it writes, a user could have typed.
//!
//! Use it through `stepup-axum` or `stepup-poem`, which document it.

mod age;
mod args;
mod errors;
mod expand;
mod framework;
mod handler;
mod open_api;
mod policy;

use framework::Framework;
use proc_macro::TokenStream;

/// `#[step_up]` for axum; see `stepup_axum::step_up`.
#[proc_macro_attribute]
pub fn axum(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::step_up(&Framework::AXUM, args.into(), item.into()).into()
}

/// `#[step_up]` for poem; see `stepup_poem::step_up`.
#[proc_macro_attribute]
pub fn poem(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::step_up(&Framework::POEM, args.into(), item.into()).into()
}
