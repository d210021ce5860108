// M5
use ours::*;
use poem::{Route, handler};
use stepup_poem::guarded;
use theirs::*;

mod ours {
    pub use stepup_poem::step_up;
}

mod theirs {
    pub use tracing::instrument as step_up;
}

#[step_up(level = "mfa")]
#[handler]
async fn transfer() {}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
