//! From arguments to a requirement: a type, and a sentence for people.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{LitStr, Path, Type};

use crate::age::Age;
use crate::args::{Args, Keyed, LevelArg, nearest};
use crate::errors::Errors;
use crate::framework::Framework;

/// Checked: from here on nothing can fail.
pub(crate) struct Policy {
    /// The adapter's path.
    pub(crate) adapter: TokenStream,
    /// A type that implements `Require`.
    pub(crate) requirement: TokenStream,
    pub(crate) reason: Option<LitStr>,
    pub(crate) gate_from_extension: bool,
    /// `Requires step-up: …`
    pub(crate) sentence: String,
}

const LEVELS: [(&str, &str); 4] =
    [("single-factor", "SingleFactor"), ("mfa", "Mfa"), ("phr", "Phr"), ("phrh", "Phrh")];

/// What others call them.
const ALIASES: [(&str, &str); 9] = [
    ("1fa", "single-factor"),
    ("2fa", "mfa"),
    ("aal1", "single-factor"),
    ("aal2", "mfa"),
    ("aal3", "phrh"),
    ("passkey", "phr"),
    ("password", "single-factor"),
    ("phishing-resistant", "phr"),
    ("pwd", "single-factor"),
];

/// RFC 8176 §2, and `pop` of OpenID EAP.
pub(crate) const METHODS: [&str; 21] = [
    "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd", "rba",
    "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia",
];

impl Policy {
    /// What is wrong with the whole attribute is shown at `place`.
    pub(crate) fn check(
        args: Args,
        place: Span,
        framework: &Framework,
        errors: &mut Errors,
    ) -> Self {
        let adapter = adapter(args.crate_path.as_ref(), framework, errors);
        let mut types = Vec::new();
        let mut words = Vec::new();
        if let Some(requirement) = &args.requirement {
            refuse_level_name(requirement, errors);
            types.push(requirement.to_token_stream());
            words.push(format!("`{}`", plain(requirement)));
        }
        if let Some(Keyed { value, .. }) = &args.level
            && let Some((level, name)) = level(value, &adapter, errors)
        {
            types.push(level);
            words.push(format!("level `{name}`"));
        }
        if let Some(Keyed { value, .. }) = &args.max_age {
            match Age::parse(value) {
                Ok(Age { seconds, words: age }) => {
                    types.push(quote!(#adapter::MaxAge<#seconds>));
                    words.push(format!("at most {age} ago"));
                }
                Err(error) => errors.push(error),
            }
        }
        if let Some(Keyed { key, value }) = &args.methods {
            let methods = methods(key, value, &adapter, errors);
            let names: Vec<_> = value.iter().map(|name| format!("`{}`", name.value())).collect();
            words.push(format!("by {}", names.join(" and ")));
            types.extend(methods);
        }
        if let Some(Keyed { value, .. }) = &args.reason
            && value.value().trim().is_empty()
        {
            errors.at(value, "`reason` is empty; say in a sentence why this needs a step-up");
        }
        let nothing = args.requirement.is_none()
            && args.level.is_none()
            && args.max_age.is_none()
            && args.methods.is_none();
        if nothing && !args.unread {
            errors.push(syn::Error::new(
                place,
                "nothing is demanded; write for example `#[step_up(level = \"mfa\", max_age = \
                 \"5m\")]`, or name a requirement: `#[step_up(WireTransfer)]`",
            ));
        }
        let requirement = match types.as_slice() {
            [one] => one.clone(),
            several => quote!((#(#several),*)),
        };
        Self {
            adapter,
            requirement,
            reason: args.reason.map(|reason| reason.value),
            gate_from_extension: args.gate.is_some(),
            sentence: format!("Requires step-up: {}.", words.join(", ")),
        }
    }
}

fn adapter(given: Option<&Keyed<Path>>, framework: &Framework, errors: &mut Errors) -> TokenStream {
    let Some(Keyed { value: path, .. }) = given else {
        let name = Ident::new(framework.adapter, Span::call_site());
        return quote!(::#name);
    };
    let first = path.segments.first().map(|segment| segment.ident.to_string());
    let relative = !matches!(first.as_deref(), Some("crate" | "self" | "super"));
    if path.leading_colon.is_none() && relative {
        let shown = plain(path);
        errors.at(
            path,
            format!(
                "`crate` is a path from the root, so that nothing at hand can be taken for it: \
                 write `crate = ::{shown}` or `crate = crate::{shown}`"
            ),
        );
    }
    path.to_token_stream()
}

fn level(
    value: &LevelArg,
    adapter: &TokenStream,
    errors: &mut Errors,
) -> Option<(TokenStream, String)> {
    let text = match value {
        LevelArg::Type(path) => {
            refuse_level_name(path, errors);
            return Some((path.to_token_stream(), plain(path)));
        }
        LevelArg::Name(text) => text,
    };
    let name = text.value();
    if let Some((_, variant)) = LEVELS.iter().find(|(known, _)| *known == name) {
        let variant = Ident::new(variant, text.span());
        return Some((quote!(#adapter::level::#variant), name));
    }
    let known = LEVELS.map(|(name, _)| name);
    let alias = ALIASES.iter().find(|(alias, _)| name.eq_ignore_ascii_case(alias));
    let near = alias.map(|(_, level)| *level).or_else(|| nearest(&name, &known));
    let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    errors.at(
        text,
        format!(
            "unknown level `{name}`{hint} (the levels are `single-factor`, `mfa`, `phr`, `phrh`; \
             for one of your own write `level = path::To::Type`)"
        ),
    );
    None
}

/// A level without its quotes, or the constant in place of the type, would be an unknown type.
fn refuse_level_name(given: &Type, errors: &mut Errors) {
    let name = plain(given);
    if LEVELS.iter().any(|(known, _)| *known == name) {
        errors.at(given, format!("a level's name stands in quotes: `level = \"{name}\"`"));
    }
    let mut last = name.rsplit("::");
    let (constant, kind) = (last.next().unwrap_or_default(), last.next().unwrap_or_default());
    let word = constant.to_lowercase().replace('_', "-");
    if kind == "Level" && LEVELS.iter().any(|(known, _)| *known == word) {
        errors.at(
            given,
            format!("`{name}` is a value, and a type is wanted: write `level = \"{word}\"`"),
        );
    }
    if kind == "Method" && METHODS.contains(&word.as_str()) {
        errors.at(
            given,
            format!("`{name}` is a value, and a type is wanted: write `methods(\"{word}\")`"),
        );
    }
}

fn methods(
    key: &Ident,
    names: &[LitStr],
    adapter: &TokenStream,
    errors: &mut Errors,
) -> Option<TokenStream> {
    if names.is_empty() || names.len() > 8 {
        errors.at(key, "`methods` names one to eight methods: `methods(\"hwk\", \"pin\")`");
        return None;
    }
    let mut types: Vec<TokenStream> = Vec::new();
    for (i, text) in names.iter().enumerate() {
        let name = text.value();
        if names.iter().take(i).any(|earlier| earlier.value() == name) {
            errors.at(text, format!("`{name}` stands twice; keep one"));
        } else if METHODS.contains(&name.as_str()) {
            let mut letters = name.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            let variant = format_ident!("{}{}", String::from_iter(first), letters.as_str());
            types.push(quote!(#adapter::method::#variant));
        } else {
            let hint = nearest(&name, &METHODS)
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            errors.at(
                text,
                format!(
                    "unknown method `{name}`{hint} (the methods are those of RFC 8176: {}; for \
                     one of your own write a type that implements `Require` and name it)",
                    METHODS.join(", ")
                ),
            );
        }
    }
    match types.as_slice() {
        [one] => Some(one.clone()),
        several => Some(quote!((#(#several),*))),
    }
}

/// Tokens as a person would write them, for messages and documentation.
fn plain(tokens: impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    spaced
        .replace(" :: ", "::")
        .replace(":: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
}
