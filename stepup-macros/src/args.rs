//! What stands in the parentheses, as it was written.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Lit, LitStr, Path, Token, Type};

use crate::age::Age;
use crate::errors::Errors;
use crate::framework::Framework;
use crate::policy::METHODS;

/// A value and the key that it stands behind, so that a mistake can be shown at either.
pub(crate) struct Keyed<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

pub(crate) enum LevelArg {
    Name(LitStr),
    Type(Box<Type>),
}

#[derive(Default)]
pub(crate) struct Args {
    /// Whether something could not be read, so that nobody knows what is demanded.
    pub(crate) unread: bool,
    /// `#[step_up(WireTransfer)]`.
    pub(crate) requirement: Option<Type>,
    pub(crate) level: Option<Keyed<LevelArg>>,
    pub(crate) max_age: Option<Keyed<LitStr>>,
    pub(crate) methods: Option<Keyed<Vec<LitStr>>>,
    pub(crate) reason: Option<Keyed<LitStr>>,
    pub(crate) crate_path: Option<Keyed<Path>>,
    /// `gate = extension`, the one value there is.
    pub(crate) gate: Option<Keyed<Ident>>,
}

/// The keys, and how each is written.
const KEYS: [(&str, &str); 6] = [
    ("level", "level = \"mfa\""),
    ("max_age", "max_age = \"5m\""),
    ("methods", "methods(\"hwk\", \"pin\")"),
    ("reason", "reason = \"We need to confirm that it is you.\""),
    ("gate", "gate = extension"),
    ("crate", "crate = ::path"),
];

impl Args {
    /// Reads what can be read; what cannot is among the errors.
    pub(crate) fn parse(tokens: TokenStream, framework: &Framework, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let read_all = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = args.parse_one(input, framework, errors) {
                    args.unread = true;
                    errors.push(error);
                    skip_to_comma(input);
                }
                if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                    errors.push(input.error("expected `,`"));
                    skip_to_comma(input);
                    let _ = input.parse::<Token![,]>();
                }
            }
            Ok(())
        };
        if let Err(error) = read_all.parse2(tokens) {
            errors.push(error);
        }
        args
    }

    fn parse_one(
        &mut self,
        input: ParseStream<'_>,
        framework: &Framework,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if input.peek(Lit) {
            return Err(without_key(&input.parse()?));
        }
        let is_key = input.peek(Ident::peek_any)
            && (input.peek2(Token![=]) || input.peek2(syn::token::Paren))
            && !input.peek2(Token![==]);
        if !is_key {
            refuse_hyphens(input)?;
            let requirement: Type = input.parse()?;
            let word = requirement.to_token_stream().to_string();
            if let Some((key, example)) = KEYS.iter().find(|(key, _)| *key == word) {
                let message = format!("`{key}` has no value; write `{example}`");
                return Err(syn::Error::new_spanned(requirement, message));
            }
            if self.requirement.is_some() {
                errors.at(
                    &requirement,
                    "a second requirement; to demand both, write a tuple: `#[step_up((A, B))]`",
                );
            }
            self.requirement = Some(requirement);
            return Ok(());
        }
        let key = input.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            "methods" => {
                if input.peek(Token![=]) {
                    let message = "`methods` takes a list: `methods(\"hwk\", \"pin\")`";
                    return Err(syn::Error::new_spanned(&key, message));
                }
                let content;
                syn::parenthesized!(content in input);
                let list = Punctuated::<LitStr, Token![,]>::parse_terminated;
                let list = list.parse2(content.parse()?).map_err(|error| {
                    let message = "`methods` lists texts in quotes: `methods(\"hwk\", \"pin\")`";
                    syn::Error::new(error.span(), message)
                })?;
                set(&mut self.methods, key, list.into_iter().collect(), errors);
            }
            "level" => {
                equals(input, &key)?;
                let value = if input.peek(LitStr) {
                    LevelArg::Name(input.parse()?)
                } else if input.peek(Lit) {
                    let message = "a level is a name in quotes, as in `level = \"mfa\"`, or a type, \
                                   as in `level = path::To::Type`";
                    return Err(syn::Error::new_spanned(input.parse::<Lit>()?, message));
                } else {
                    refuse_hyphens(input)?;
                    LevelArg::Type(Box::new(input.parse()?))
                };
                set(&mut self.level, key, value, errors);
            }
            "max_age" => {
                equals(input, &key)?;
                set(&mut self.max_age, key, age(input)?, errors);
            }
            "reason" => {
                equals(input, &key)?;
                set(&mut self.reason, key, reason(input)?, errors);
            }
            "crate" => {
                equals(input, &key)?;
                if input.peek(LitStr) {
                    let text: LitStr = input.parse()?;
                    let message = format!("a path without quotes: `crate = {}`", text.value());
                    return Err(syn::Error::new_spanned(text, message));
                }
                let path = input.call(Path::parse_mod_style)?;
                set(&mut self.crate_path, key, path, errors);
            }
            "gate" if framework.gate_from_extension => {
                equals(input, &key)?;
                let value: TokenTree = input.parse()?;
                let TokenTree::Ident(value) = value else { return Err(other_gate(value)) };
                if value != "extension" {
                    return Err(other_gate(value));
                }
                set(&mut self.gate, key, value, errors);
            }
            "gate" => {
                let message = format!(
                    "`gate` is for axum; in {} the gate always comes from `.data(gate)`",
                    framework.name
                );
                return Err(syn::Error::new_spanned(&key, message));
            }
            "scope" => {
                let message = "a scope is demanded by a named requirement: write a type that \
                               implements `Require` with `Requirement::scope(…)`, and name it";
                return Err(syn::Error::new_spanned(&key, message));
            }
            other => {
                let keys = KEYS.iter().map(|(key, _)| *key);
                let keys: Vec<_> =
                    keys.filter(|key| *key != "gate" || framework.gate_from_extension).collect();
                let near = match other {
                    "acr" | "acr_values" => Some("level"),
                    "amr" | "amr_values" => Some("methods"),
                    "because" => Some("reason"),
                    "age" | "auth_age" | "fresh" | "freshness" | "within" => Some("max_age"),
                    _ => nearest(other, &keys),
                };
                let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                let keys = keys.join("`, `");
                let message = format!("unknown key `{other}`{hint} (the keys are `{keys}`)");
                return Err(syn::Error::new_spanned(&key, message));
            }
        }
        Ok(())
    }
}

fn set<T>(slot: &mut Option<Keyed<T>>, key: Ident, value: T, errors: &mut Errors) {
    if slot.is_some() {
        errors.at(&key, format!("`{key}` stands twice; keep one"));
    }
    *slot = Some(Keyed { key, value });
}

/// The sign between a key and its value.
fn equals(input: ParseStream<'_>, key: &Ident) -> syn::Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_some() {
        return Ok(());
    }
    let example = KEYS.iter().find(|(known, _)| key == known).map_or("", |(_, example)| example);
    Err(syn::Error::new_spanned(key, format!("`{key}` is written with `=`: `{example}`")))
}

/// `single-factor` without its quotes is no type.
fn refuse_hyphens(input: ParseStream<'_>) -> syn::Result<()> {
    if !(input.peek(Ident::peek_any) && input.peek2(Token![-])) {
        return Ok(());
    }
    let mut name = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        name.extend([input.parse::<TokenTree>()?]);
    }
    let message = name.to_string().replace(' ', "");
    let message = format!("a level's name stands in quotes: `level = \"{message}\"`");
    Err(syn::Error::new_spanned(name, message))
}

fn age(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    let value: TokenTree = input.parse()?;
    let text = LitStr::new(&value.to_string(), value.span());
    let message = format!("`max_age` stands in quotes: `{}`", text.token());
    Err(Age::parse(&text).err().unwrap_or_else(|| syn::Error::new_spanned(value, message)))
}

fn reason(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    let message = "a reason is a text in quotes: `\"We need to confirm that it is you.\"`";
    Err(syn::Error::new_spanned(input.parse::<TokenTree>()?, message))
}

/// `#[step_up("mfa")]`.
fn without_key(value: &Lit) -> syn::Error {
    let message = match value {
        Lit::Str(text) if Age::parse(text).is_ok() => {
            format!("a text without a key; write `max_age = {}`", text.token())
        }
        Lit::Str(text) if text.value() != "mfa" && METHODS.contains(&text.value().as_str()) => {
            format!("a text without a key; write `methods({})`", text.token())
        }
        Lit::Str(text) => format!("a text without a key; write `level = {}`", text.token()),
        _ => "not a requirement; write for example `level = \"mfa\"` or `max_age = \"5m\"`".into(),
    };
    syn::Error::new_spanned(value, message)
}

fn other_gate(value: impl ToTokens) -> syn::Error {
    let message = "the one value is `gate = extension`; by default the gate comes from the \
                   router's state";
    syn::Error::new_spanned(value, message)
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _ = input.parse::<TokenTree>();
    }
}

/// The likeliest of these for a word that is none of them.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase().replace('_', "-");
    let close = |known: &&&str| strsim::damerau_levenshtein(&word, &known.replace('_', "-")) <= 2;
    known
        .iter()
        .filter(close)
        .min_by_key(|known| strsim::damerau_levenshtein(&word, known))
        .copied()
}

impl ToTokens for LevelArg {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Name(name) => name.to_tokens(tokens),
            Self::Type(path) => path.to_tokens(tokens),
        }
    }
}
