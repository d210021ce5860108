// Every way to write the attribute.
#![deny(warnings)]

use axum::Router;
use axum::routing::get;
use stepup_axum::{Gate, Ladder, Require, Requirement, step_up};

const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);

struct Notarised;
impl Require for Notarised {
    const REQUIREMENT: Requirement = Requirement::level(LADDER.level("notarised"));
}

#[step_up(level = "single-factor")]
async fn level() {}

#[step_up(level = Notarised)]
async fn own_level() {}

#[step_up(level = stepup_axum::level::Phr)]
async fn level_by_path() {}

#[step_up(max_age = "1s")]
async fn seconds() {}

#[step_up(max_age = "005m")]
async fn minutes() {}

#[step_up(max_age = "12h")]
async fn hours() {}

#[step_up(max_age = "49710d")]
async fn days() {}

#[step_up(max_age = r"4294967295s")]
async fn longest() {}

#[step_up(methods("hwk"))]
async fn method() {}

#[step_up(methods("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "pop",))]
async fn eight_methods() {}

#[step_up(level = "mfa", reason = "A “reason” with \"quotes\", {braces} and\na second line.")]
async fn reason() {}

#[step_up {level = "mfa"}]
async fn braces() {}

#[step_up[level = "mfa"]]
async fn brackets() {}

#[step_up(
    reason = "Closing an account cannot be undone.",
    methods("hwk", "pin"),
    max_age = "5m",
    crate = ::stepup_axum,
    gate = extension,
    level = "phrh",
    Scope,
)]
async fn everything() {}

struct Scope;
impl Require for Scope {
    const REQUIREMENT: Requirement = Requirement::scope("payments");
}

mod house {
    pub(crate) use stepup_axum as adapter;
}

#[step_up(level = "mfa", crate = self::house::adapter)]
async fn elsewhere() {}

pub fn main() {
    let _: Router<Gate> = Router::new()
        .route("/1", get(level).post(own_level).put(level_by_path).patch(elsewhere))
        .route("/2", get(seconds).post(minutes).put(hours).patch(days).delete(longest))
        .route("/3", get(method).post(eight_methods).put(reason).patch(braces).delete(brackets))
        .route("/4", get(everything));
}
