// M7: poem makes an `Option` of any extractor, so `poem::post(transfer)` compiles; it logs an error.
use poem::{Route, handler};
use stepup_poem::{SteppedUp, guarded, level};

#[handler]
async fn transfer(_: Option<SteppedUp<level::Mfa>>) {}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
