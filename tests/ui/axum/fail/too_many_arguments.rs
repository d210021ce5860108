use stepup_axum::step_up;

type P = axum::http::Method;

#[step_up(level = "mfa")]
#[rustfmt::skip]
async fn sixteen(
    _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P,
) {
}

fn main() {}
