// M15
use stepup_axum::step_up;

#[step_up(max_age = "-5m")]
async fn a() {}

#[step_up(max_age = "5min")]
async fn b() {}

#[step_up(max_age = "5.5m")]
async fn c() {}

#[step_up(max_age = "m")]
async fn d() {}

#[step_up(max_age = "")]
async fn e() {}

#[step_up(max_age = " 5m")]
async fn f() {}

#[step_up(max_age = "5M")]
async fn g() {}

#[step_up(max_age = "1h30m")]
async fn h() {}

#[step_up(max_age = 300)]
async fn i() {}

#[step_up(max_age = -5)]
async fn j() {}

#[step_up(max_age = 5m)]
async fn k() {}

#[step_up(max_age = "5 m")]
async fn l() {}

#[step_up(max_age = "10 Minutes")]
async fn m() {}

#[step_up(max_age = 90sec)]
async fn n() {}

#[step_up(max_age = AGE)]
async fn o() {}

fn main() {}
