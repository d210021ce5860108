// Every way to write the attribute.
#![deny(warnings)]

use poem::{Route, get, handler};
use stepup_poem::{Ladder, Require, Requirement, step_up};

const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);

struct Notarised;
impl Require for Notarised {
    const REQUIREMENT: Requirement = Requirement::level(LADDER.level("notarised"));
}

#[step_up(level = "single-factor")]
#[handler]
async fn level() {}

#[step_up(level = Notarised)]
#[handler]
async fn own_level() {}

#[step_up(level = stepup_poem::level::Phr)]
#[handler]
async fn level_by_path() {}

#[step_up(max_age = "1s")]
#[handler]
async fn seconds() {}

#[step_up(max_age = "005m")]
#[handler]
async fn minutes() {}

#[step_up(max_age = "12h")]
#[handler]
async fn hours() {}

#[step_up(max_age = "49710d")]
#[handler]
async fn days() {}

#[step_up(max_age = r"4294967295s")]
#[handler]
async fn longest() {}

#[step_up(methods("hwk"))]
#[handler]
async fn method() {}

#[step_up(methods("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "pop",))]
#[handler]
async fn eight_methods() {}

#[step_up(level = "mfa", reason = "A “reason” with \"quotes\", {braces} and\na second line.")]
#[handler]
async fn reason() {}

#[step_up {level = "mfa"}]
#[handler]
async fn braces() {}

#[step_up[level = "mfa"]]
#[handler]
async fn brackets() {}

#[step_up(
    reason = "Closing an account cannot be undone.",
    methods("hwk", "pin"),
    max_age = "5m",
    crate = ::stepup_poem,
    level = "phrh",
    Scope,
)]
#[handler]
async fn everything() {}

struct Scope;
impl Require for Scope {
    const REQUIREMENT: Requirement = Requirement::scope("payments");
}

mod house {
    pub(crate) use stepup_poem as adapter;
}

#[step_up(level = "mfa", crate = self::house::adapter)]
#[handler]
async fn elsewhere() {}

pub fn main() {
    let _ = Route::new()
        .at("/1", get(level).post(own_level).put(level_by_path).patch(elsewhere))
        .at("/2", get(seconds).post(minutes).put(hours).patch(days).delete(longest))
        .at("/3", get(method).post(eight_methods).put(reason).patch(braces).delete(brackets))
        .at("/4", get(everything));
}
