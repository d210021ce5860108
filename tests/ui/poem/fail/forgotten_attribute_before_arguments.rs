// M1
use poem::http::Method;
use poem::web::Path;
use poem::{Route, handler};
use stepup_poem::{Verified, guarded};

#[handler]
async fn transfer(_: Verified) {}

#[handler]
async fn change(_: Method, _: Path<u64>, _: String) {}

fn main() {
    let _ = Route::new()
        .at("/transfers", guarded::post(transfer))
        .at("/account/:id", guarded::put(change))
        .at("/question", guarded::question(transfer));
}
