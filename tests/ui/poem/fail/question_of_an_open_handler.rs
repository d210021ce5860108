// M1, H7
use poem::{Route, handler};
use stepup_poem::guarded;

#[handler]
async fn transfer() {}

fn main() {
    Route::new().at("/transfers/step-up", guarded::question(transfer));
}
