use poem::handler;
use stepup_poem::{MaxAge, step_up};

#[step_up(MaxAge<0>)]
#[handler]
async fn transfer() {}

fn main() {}
