// M3
use poem::{Route, handler};
use stepup_poem::guarded;

macro_rules! traced {
    ($(#[$attr:meta])* async fn $name:ident() $body:block) => {
        #[handler]
        async fn $name() $body
    };
}

traced! {
    #[step_up(level = "mfa")]
    async fn transfer() {}
}

fn main() {
    Route::new().at("/transfers", guarded::post(transfer));
}
