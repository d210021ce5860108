// M6
use poem::{Route, handler, post};
use stepup_poem::step_up;

#[handler]
#[step_up(level = "mfa")]
async fn transfer() {}

fn main() {
    Route::new().at("/transfers", post(transfer));
}
