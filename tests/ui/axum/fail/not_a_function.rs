// M11
use stepup_axum::step_up;

#[step_up(level = "mfa")]
struct Struct;

#[step_up(level = "mfa")]
pub enum Enum {
    One,
}

#[step_up(level = "mfa")]
union Union {
    a: u8,
}

#[step_up(level = "mfa")]
impl Struct {
    async fn transfer() {}
}

#[step_up(level = "mfa")]
mod module {}

#[step_up(level = "mfa")]
trait Trait {
    async fn transfer();
}

#[step_up(level = "mfa")]
const CONST: u8 = 0;

#[step_up(level = "mfa")]
static STATIC: u8 = 0;

#[step_up(level = "mfa")]
type Alias = u8;

#[step_up(level = "mfa")]
pub use std::fmt;

#[step_up(level = "mfa")]
unsafe extern "C" {}

#[step_up(level = "mfa")]
macro_rules! _by_example {
    () => {};
}

trait Declared {
    #[step_up(level = "mfa")]
    async fn transfer();
}

fn main() {}
