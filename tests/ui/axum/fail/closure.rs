// M13
use stepup_axum::step_up;

fn main() {
    let transfer = #[step_up(level = "mfa")]
    async || {};
}
