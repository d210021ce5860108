//! Any OpenID Provider as a factor, against one that can misbehave.

mod double;
mod scene;

mod answers;
mod asking;
mod elsewhere;
mod id_tokens;
mod journey;
mod levels;
mod moments;
mod set_up;
