// M8: as with `Option`.
use poem::{Route, handler};
use stepup_poem::{SteppedUp, guarded, level};

#[handler]
async fn transfer(_: poem::Result<SteppedUp<level::Mfa>>) {}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
