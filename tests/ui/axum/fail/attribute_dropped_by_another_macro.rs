// M3
use axum::Router;
use stepup_axum::{Gate, guarded};

macro_rules! traced {
    ($(#[$attr:meta])* async fn $name:ident() $body:block) => {
        async fn $name() $body
    };
}

traced! {
    #[step_up(level = "mfa")]
    async fn transfer() {}
}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
}
