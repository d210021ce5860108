// M4
use poem::{Route, handler};
use stepup_poem::guarded;
use tracing::instrument as step_up;

#[step_up(level = "info")]
#[handler]
async fn transfer() {}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
