//! The policy as the handler's first argument.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, FnArg, GenericParam, Signature, parse_quote};

use crate::args::Args;
use crate::errors::{Errors, with_item};
use crate::framework::Framework;
use crate::handler::{Handler, check, is_called, mentions};
use crate::open_api;
use crate::policy::Policy;

pub(crate) fn step_up(framework: &Framework, args: TokenStream, item: TokenStream) -> TokenStream {
    let expanded = match syn::parse2::<Handler>(item.clone()) {
        Ok(handler) => function(framework, args, handler),
        Err(_) if open_api::is_impl(&item) => open_api::expand(framework, &args, item.clone()),
        Err(_) => Err(not_a_function(&item)),
    };
    expanded.unwrap_or_else(|error| with_item(&error, item))
}

fn function(
    framework: &Framework,
    args: TokenStream,
    mut handler: Handler,
) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    check(&handler.attrs, &handler.sig, framework, &mut errors);
    let args = Args::parse(args, framework, &mut errors);
    let mut policy = Policy::check(args, framework, &mut errors);
    let beside = reason_type(&mut policy, &handler, &mut errors);
    errors.unless_any(())?;

    let cfgs: Vec<_> =
        handler.attrs.iter().filter(|attr| is_called(attr, "cfg")).cloned().collect();
    let marker = marker(framework, &policy, &handler);
    handler.first = guard(&policy, &mut handler.attrs, &mut handler.sig, &parse_quote!(_));
    let beside = beside.into_iter().chain(marker).map(|item| quote!(#(#cfgs)* #item));
    Ok(quote!(#handler #(#beside)*))
}

/// Inserts the guard and its sentence; returns the statement that lists the handler.
pub(crate) fn guard(
    policy: &Policy,
    attrs: &mut Vec<Attribute>,
    sig: &mut Signature,
    pattern: &syn::Pat,
) -> TokenStream {
    let Policy { adapter, requirement, sentence, .. } = policy;
    if attrs.iter().any(|attr| is_called(attr, "doc")) {
        attrs.push(parse_quote!(#[doc = ""]));
    }
    attrs.push(parse_quote!(#[doc = #sentence]));
    let source = policy.gate_from_extension.then(|| quote!(, #adapter::FromExtension));
    let argument: FnArg = parse_quote!(#pattern: #adapter::SteppedUp<#requirement #source>);
    let after_receiver = usize::from(matches!(sig.inputs.first(), Some(FnArg::Receiver(_))));
    sig.inputs.insert(after_receiver, argument);
    if names_a_parameter(requirement, sig) {
        return TokenStream::new();
    }
    let name = sig.ident.to_string();
    quote!(#adapter::list_handler!(#name, #requirement);)
}

/// Whether the requirement depends on where it stands, so that no item can name it.
fn names_a_parameter(requirement: &TokenStream, sig: &Signature) -> bool {
    let parameters = sig.generics.params.iter().map(|parameter| match parameter {
        GenericParam::Type(parameter) => parameter.ident.to_string(),
        GenericParam::Const(parameter) => parameter.ident.to_string(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.ident.to_string(),
    });
    let names: Vec<_> = parameters.chain(["Self".to_owned()]).collect();
    mentions(requirement, &names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A reason is text, and a type cannot carry text: it gets a type of its own beside the function.
fn reason_type(policy: &mut Policy, handler: &Handler, errors: &mut Errors) -> Option<TokenStream> {
    let reason = policy.reason.take()?;
    let Policy { adapter, requirement, .. } = &*policy;
    let in_impl = matches!(handler.sig.inputs.first(), Some(FnArg::Receiver(_)));
    if in_impl || names_a_parameter(requirement, &handler.sig) {
        errors.at(
            &reason,
            "`reason` needs a type beside the function, which has no place here; write a type that \
             implements `Require` with `.because(…)`, and name it: `#[step_up(WireTransfer)]`",
        );
        return None;
    }
    let name = format_ident!("__StepUp_{}", handler.sig.ident);
    let vis = &handler.vis;
    let item = quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_debug_implementations, unreachable_pub)]
        #vis struct #name;
        impl #adapter::Require for #name {
            const REQUIREMENT: #adapter::Requirement =
                <#requirement as #adapter::Require>::REQUIREMENT.because(#reason);
        }
    };
    policy.requirement = name.to_token_stream();
    Some(item)
}

/// Where the framework makes a type of the handler, that type is marked as guarded.
fn marker(framework: &Framework, policy: &Policy, handler: &Handler) -> Option<TokenStream> {
    let becomes_a_type =
        framework.handlers_are_types && handler.attrs.iter().any(|attr| is_called(attr, "handler"));
    becomes_a_type.then(|| {
        let adapter = &policy.adapter;
        let name = &handler.sig.ident;
        let (parameters, arguments, conditions) = handler.sig.generics.split_for_impl();
        quote!(impl #parameters #adapter::guarded::Guarded for #name #arguments #conditions {})
    })
}

fn not_a_function(item: &TokenStream) -> syn::Error {
    syn::Error::new_spanned(
        first_line(item),
        "`#[step_up]` guards a handler: put it on an `async fn`",
    )
}

/// Enough of the item to see which one is meant.
fn first_line(item: &TokenStream) -> TokenStream {
    let is_body = |tree: &proc_macro2::TokenTree| matches!(tree, proc_macro2::TokenTree::Group(_));
    item.clone().into_iter().take_while(|tree| !is_body(tree)).collect()
}
