// A guarded route takes the attribute's word, for poem's handlers show no arguments.
use poem::{Route, handler};
use stepup_poem::{SteppedUp, guarded, level};

#[handler]
async fn transfer(_: SteppedUp<level::Mfa>) {}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
