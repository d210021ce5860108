//! `#[step_up]` above poem-openapi's `#[OpenApi] impl`: guards the methods in it that carry
//! `#[step_up(…)]`, before `#[OpenApi]` reads their signatures.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{ImplItem, ItemImpl, Meta, parse_quote};

use crate::args::Args;
use crate::errors::Errors;
use crate::expand::guard;
use crate::framework::Framework;
use crate::handler::{check, is_called};
use crate::policy::Policy;

pub(crate) fn is_impl(item: &TokenStream) -> bool {
    syn::parse2::<ItemImpl>(item.clone()).is_ok()
}

pub(crate) fn expand(
    framework: &Framework,
    args: &TokenStream,
    item: TokenStream,
) -> syn::Result<TokenStream> {
    let mut item: ItemImpl = syn::parse2(item)?;
    let mut errors = Errors::default();
    let is_open_api = item.attrs.iter().any(|attr| is_called(attr, "OpenApi"));
    if !framework.open_api || !is_open_api {
        let below = if framework.open_api { ", or above `#[OpenApi] impl`" } else { "" };
        return Err(syn::Error::new_spanned(
            item.impl_token,
            format!("`#[step_up]` guards a handler: put it on the methods{below}"),
        ));
    }
    if !args.is_empty() {
        errors.at(
            args,
            "above `#[OpenApi]` it stands alone: write `#[step_up]` here and `#[step_up(…)]` on \
             the methods",
        );
    }
    let mut guarded = 0;
    for method in &mut item.items {
        let ImplItem::Fn(method) = method else { continue };
        let Some(place) = method.attrs.iter().position(|attr| is_called(attr, "step_up")) else {
            continue;
        };
        guarded += 1;
        let attr = method.attrs.remove(place);
        let args = match &attr.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        check(&method.attrs, &method.sig, framework, &mut errors);
        let args = Args::parse(args, framework, &mut errors);
        let policy = Policy::check(args, framework, &mut errors);
        if let Some(reason) = &policy.reason {
            errors.at(
                reason,
                "`reason` needs a type beside the function, which has no place here; write a type \
                 that implements `Require` with `.because(…)`, and name it: \
                 `#[step_up(WireTransfer)]`",
            );
        }
        // poem-openapi reads parameters by name, so this one has one.
        let first = guard(&policy, &mut method.attrs, &mut method.sig, &parse_quote!(_step_up));
        if !first.is_empty() {
            method.block.stmts.insert(0, parse_quote!(#first));
        }
    }
    if guarded == 0 {
        errors.push(syn::Error::new(
            Span::call_site(),
            "no method here is guarded: put `#[step_up(…)]` on those that shall be",
        ));
    }
    errors.unless_any(item.into_token_stream())
}
