use stepup_axum::step_up;

#[step_up(methods())]
async fn a() {}

#[step_up(methods("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "otp", "pin"))]
async fn b() {}

fn main() {}
