// M1
use poem::{Route, handler};
use stepup_poem::{guarded, step_up};

#[step_up(level = "mfa")]
#[handler]
async fn transfer() {}

#[handler]
async fn list() {}

fn main() {
    let _ = Route::new()
        .at("/transfers", guarded::post(transfer).get(list))
        .at("/question", guarded::question(transfer).delete(list));
}
