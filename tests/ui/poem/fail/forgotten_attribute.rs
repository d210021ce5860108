// M1
use poem::{Route, handler};
use stepup_poem::guarded;

#[handler]
async fn transfer() {}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
