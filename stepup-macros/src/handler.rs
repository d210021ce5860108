//! The function below the attribute. Its body stays as tokens: it is none of our business, and not
//! reading it keeps both the build and other people's error messages short.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Signature, Visibility, token};

use crate::errors::Errors;
use crate::framework::Framework;

pub(crate) struct Handler {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    brace: token::Brace,
    inner_attrs: Vec<Attribute>,
    body: TokenStream,
    /// Goes before the body's own statements.
    pub(crate) first: TokenStream,
}

impl Parse for Handler {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        let content;
        let brace = syn::braced!(content in input);
        let inner_attrs = content.call(Attribute::parse_inner)?;
        let body = content.parse()?;
        Ok(Self { attrs, vis, sig, brace, inner_attrs, body, first: TokenStream::new() })
    }
}

impl ToTokens for Handler {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, sig, inner_attrs, first, body, .. } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig));
        self.brace.surround(tokens, |inside| inside.extend(quote!(#(#inner_attrs)* #first #body)));
    }
}

/// What must be true of any function that is to be guarded, in an `impl` or not.
pub(crate) fn check(
    attrs: &[Attribute],
    sig: &Signature,
    framework: &Framework,
    errors: &mut Errors,
) {
    for attr in attrs.iter().filter(|attr| is_called(attr, "step_up")) {
        errors.at(
            attr,
            "a second `#[step_up]`; put all demands into one, or name a tuple: `#[step_up((A, B))]`",
        );
    }
    let is_async = sig.asyncness.is_some() || mentions(&sig.output, &["Future"]);
    if framework.async_only && !is_async {
        errors.at(sig.fn_token, format!("{} handlers are `async fn`; add `async`", framework.name));
    }
    for input in &sig.inputs {
        if let FnArg::Typed(argument) = input
            && mentions(&argument.ty, &["SteppedUp"])
        {
            errors.at(
                &argument.ty,
                "`#[step_up]` adds this argument itself; remove either it or the attribute",
            );
        }
    }
    let arguments = sig.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_))).count();
    if arguments > framework.max_arguments {
        errors.at(
            &sig.inputs,
            format!(
                "{} handlers have at most 16 arguments and the guard is one of them: this one can \
                 have {}; put some into one struct",
                framework.name, framework.max_arguments
            ),
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic, "a handler has a fixed number of arguments");
    }
    if let Some(constness) = &sig.constness {
        errors.at(constness, "a handler cannot be `const`; remove it");
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, "a handler cannot be `extern`; remove it");
    }
}

/// Whether the attribute's last path segment is this name, from wherever it was imported.
pub(crate) fn is_called(attr: &Attribute, name: &str) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == name)
}

/// Whether any of these names stands anywhere in the tokens.
pub(crate) fn mentions(tokens: impl ToTokens, names: &[&str]) -> bool {
    tokens.to_token_stream().into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), names),
        proc_macro2::TokenTree::Ident(ident) => names.iter().any(|name| ident == name),
        _ => false,
    })
}
