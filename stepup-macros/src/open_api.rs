//! `#[step_up]` above poem-openapi's `#[OpenApi] impl`: guards the methods in it that carry
//! `#[step_up(…)]`, before `#[OpenApi]` reads their signatures.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, ImplItem, ItemImpl, Meta, parse_quote};

use crate::args::Args;
use crate::errors::{Errors, with_item};
use crate::expand::guard;
use crate::framework::Framework;
use crate::handler::{check, is_called, mentions};
use crate::policy::Policy;

pub(crate) fn is_impl(item: &TokenStream) -> bool {
    syn::parse2::<ItemImpl>(item.clone()).is_ok()
}

pub(crate) fn expand(framework: &Framework, args: &TokenStream, item: TokenStream) -> TokenStream {
    let guarded = syn::parse2(item.clone()).and_then(|it| methods(framework, args, it));
    guarded.unwrap_or_else(|error| with_item(&error, without_guards(item)))
}

/// So that what is wrong is told once, not by every method's attribute again.
fn without_guards(item: TokenStream) -> TokenStream {
    let Ok(mut parsed) = syn::parse2::<ItemImpl>(item.clone()) else { return item };
    for method in &mut parsed.items {
        if let ImplItem::Fn(method) = method {
            method.attrs.retain(|attr| !is_called(attr, "step_up"));
        }
    }
    parsed.into_token_stream()
}

fn methods(
    framework: &Framework,
    args: &TokenStream,
    mut item: ItemImpl,
) -> syn::Result<TokenStream> {
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
        let conditional = |attr: &&Attribute| is_called(attr, "cfg_attr");
        for attr in method.attrs.iter().filter(conditional) {
            if mentions(attr, &["step_up"]) {
                errors.at(attr, "`cfg_attr` hides this guard; write `#[step_up(…)]` alone");
            }
        }
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
        let place = attr.path().segments.last().map_or_else(Span::call_site, |it| it.ident.span());
        let policy = Policy::check(args, place, framework, &mut errors);
        if let Some(reason) = &policy.reason {
            errors.at(
                reason,
                "`reason` needs a type beside the function, which has no place here; write a type \
                 that implements `Require` with `.because(…)`, and name it: \
                 `#[step_up(WireTransfer)]`",
            );
        }
        // poem-openapi reads parameters by name, so this one has one.
        let name = parse_quote!(_step_up);
        let first = guard(&policy, &mut method.attrs, &mut method.sig, &name, &item.generics);
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
