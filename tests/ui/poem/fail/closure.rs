// M13
use stepup_poem::step_up;

fn main() {
    let transfer = #[step_up(level = "mfa")]
    async || {};
}
