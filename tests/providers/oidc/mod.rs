//! Any OpenID Provider as a factor, against one that can misbehave.

mod double;
mod scene;

mod answers;
mod asking;
mod id_tokens;
