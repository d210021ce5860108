// M2
use poem::{Route, handler};
use stepup_poem::{guarded, step_up};

#[cfg_attr(any(), step_up(level = "mfa"))]
#[handler]
async fn transfer() {}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
