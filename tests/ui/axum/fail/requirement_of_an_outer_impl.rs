// An item in the body lists the demand, and items do not see an `impl`'s parameters; what is
// named through `Self` (`<Self as Owns>::Demand`) is not listed and compiles.
use stepup_axum::{Require, step_up};

struct Api<R>(R);

impl<R: Require> Api<R> {
    #[step_up(R)]
    async fn transfer() {}
}

fn main() {}
