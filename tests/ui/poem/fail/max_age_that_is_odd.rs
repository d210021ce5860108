// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(max_age = "-5m")]
#[handler]
async fn a() {}

#[step_up(max_age = "5min")]
#[handler]
async fn b() {}

#[step_up(max_age = "5.5m")]
#[handler]
async fn c() {}

#[step_up(max_age = "m")]
#[handler]
async fn d() {}

#[step_up(max_age = "")]
#[handler]
async fn e() {}

#[step_up(max_age = " 5m")]
#[handler]
async fn f() {}

#[step_up(max_age = "5M")]
#[handler]
async fn g() {}

#[step_up(max_age = "1h30m")]
#[handler]
async fn h() {}

#[step_up(max_age = 300)]
#[handler]
async fn i() {}

#[step_up(max_age = -5)]
#[handler]
async fn j() {}

#[step_up(max_age = 5m)]
#[handler]
async fn k() {}

#[step_up(max_age = "5 m")]
#[handler]
async fn l() {}

#[step_up(max_age = "10 Minutes")]
#[handler]
async fn m() {}

#[step_up(max_age = 90sec)]
#[handler]
async fn n() {}

#[step_up(max_age = AGE)]
#[handler]
async fn o() {}

fn main() {}
