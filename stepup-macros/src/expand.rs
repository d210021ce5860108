//! The policy as the handler's first argument.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, FnArg, GenericParam, Generics, Signature, parse_quote};

use crate::args::Args;
use crate::errors::{Errors, with_item};
use crate::framework::Framework;
use crate::handler::{Handler, check, is_called, mentions};
use crate::open_api;
use crate::policy::Policy;

pub(crate) fn step_up(framework: &Framework, args: TokenStream, item: TokenStream) -> TokenStream {
    let expanded = match syn::parse2::<Handler>(item.clone()) {
        Ok(handler) => function(framework, args, handler),
        Err(_) if open_api::is_impl(&item) => return open_api::expand(framework, &args, item),
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
    if framework.handlers_are_types && !handler.attrs.iter().any(|it| mentions(it, &["handler"])) {
        errors.push(syn::Error::new(Span::call_site(), no_handler_below(&handler)));
    }
    let args = Args::parse(args, framework, &mut errors);
    let mut policy = Policy::check(args, Span::call_site(), framework, &mut errors);
    let beside = reason_type(&mut policy, &handler, &mut errors);
    errors.unless_any(())?;

    let cfgs: Vec<_> =
        handler.attrs.iter().filter(|attr| is_called(attr, "cfg")).cloned().collect();
    let marker = marker(framework, &policy, &handler);
    let outer = Generics::default();
    handler.first = guard(&policy, &mut handler.attrs, &mut handler.sig, &parse_quote!(_), &outer);
    let beside = beside.into_iter().chain(marker).map(|item| quote!(#(#cfgs)* #item));
    Ok(quote!(#handler #(#beside)*))
}

/// Inserts the guard and its sentence; returns the statement that lists the handler. `outer` are
/// the parameters of the `impl` around it, as far as it is known.
pub(crate) fn guard(
    policy: &Policy,
    attrs: &mut Vec<Attribute>,
    sig: &mut Signature,
    pattern: &syn::Pat,
    outer: &Generics,
) -> TokenStream {
    let Policy { adapter, requirement, sentence, .. } = policy;
    if attrs.iter().any(|attr| is_called(attr, "doc")) {
        attrs.push(parse_quote!(#[doc = ""]));
    }
    // Indented as `///` does: who takes the indentation off goes by the line with the least.
    let sentence = format!(" {sentence}");
    attrs.push(parse_quote!(#[doc = #sentence]));
    let source = policy.gate_from_extension.then(|| quote!(, #adapter::FromExtension));
    let argument: FnArg = parse_quote!(#pattern: #adapter::SteppedUp<#requirement #source>);
    let after_receiver = usize::from(matches!(sig.inputs.first(), Some(FnArg::Receiver(_))));
    sig.inputs.insert(after_receiver, argument);
    if names_a_parameter(requirement, &sig.generics) || names_a_parameter(requirement, outer) {
        return TokenStream::new();
    }
    let name = sig.ident.unraw().to_string();
    quote!(#adapter::list_handler!(#name, #requirement);)
}

/// Whether the requirement depends on where it stands, so that no item can name it.
fn names_a_parameter(requirement: &TokenStream, generics: &Generics) -> bool {
    let parameters = generics.params.iter().map(|parameter| match parameter {
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
    if in_impl || names_a_parameter(requirement, &handler.sig.generics) {
        errors.at(
            &reason,
            "`reason` needs a type beside the function, which has no place here; write a type that \
             implements `Require` with `.because(…)`, and name it: `#[step_up(WireTransfer)]`",
        );
        return None;
    }
    let name = format_ident!("__StepUp_{}", handler.sig.ident);
    let vis = &handler.vis;
    // In an `impl` an item is out of place: then the compiler says so at the reason.
    let place = reason.span().resolved_at(Span::call_site());
    let item = quote_spanned! {place=>
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

/// poem calls what stands below `#[handler]`, and poem-openapi the methods of an `impl`: whichever
/// of them has had its turn already does not know of the guard.
fn no_handler_below(handler: &Handler) -> &'static str {
    if matches!(handler.sig.inputs.first(), Some(FnArg::Receiver(_))) {
        "a method is guarded through its `impl`: write a bare `#[step_up]` above `#[OpenApi]`"
    } else {
        "`#[step_up]` stands above `#[handler]`: put `#[handler]` below it"
    }
}

fn not_a_function(item: &TokenStream) -> syn::Error {
    let message = if syn::parse2::<syn::TraitItemFn>(item.clone()).is_ok() {
        "`#[step_up]` guards a handler, and this has no body: put it on the `async fn` that has"
    } else {
        "`#[step_up]` guards a handler: put it on an `async fn`"
    };
    syn::Error::new_spanned(first_line(item), message)
}

/// Enough of the item to see which one is meant.
fn first_line(item: &TokenStream) -> TokenStream {
    let is_body = |tree: &proc_macro2::TokenTree| matches!(tree, proc_macro2::TokenTree::Group(_));
    item.clone().into_iter().take_while(|tree| !is_body(tree)).collect()
}
