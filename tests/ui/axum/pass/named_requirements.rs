// What an attribute can name.
#![deny(warnings)]

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use stepup_axum::{AnyOf, Gate, Level, MaxAge, Require, Requirement, level, method, step_up};

struct WireTransfer;
impl Require for WireTransfer {
    const REQUIREMENT: Requirement = Requirement::level(Level::PHR)
        .and(Requirement::max_age(Duration::from_secs(60)))
        .because("We need to confirm that it is you before money leaves your account.");
}

struct Scope<const CENTS: bool>;
impl<const CENTS: bool> Require for Scope<CENTS> {
    const REQUIREMENT: Requirement = Requirement::scope(if CENTS { "small" } else { "large" });
}

type Recent = (level::Mfa, MaxAge<300>);
type Strong = AnyOf<(level::Phr, Recent, (method::Sc, method::Pin))>;

#[step_up(WireTransfer)]
async fn own() {}

#[step_up(Scope<{ 1 < 2 }>)]
async fn own_with_a_parameter() {}

#[step_up(level::Phrh)]
async fn level_type() {}

#[step_up(MaxAge<{ 5 * 60 }>)]
async fn age_type() {}

#[step_up((level::Mfa, MaxAge<300>))]
async fn tuple() {}

#[step_up((Recent, (WireTransfer, method::Hwk)))]
async fn nested() {}

#[step_up((level::Mfa,))]
async fn tuple_of_one() {}

#[step_up(AnyOf<(level::Phr, Recent)>)]
async fn any_of() {}

#[step_up(Strong, max_age = "10s", reason = "Somebody asked for this twice.")]
async fn beside_keys() {}

#[step_up(<Owner as Owns>::Demand)]
async fn projected() {}

struct Owner;
trait Owns {
    type Demand: Require;
}
impl Owns for Owner {
    type Demand = WireTransfer;
}

pub fn main() {
    let _: Router<Gate> = Router::new()
        .route("/1", get(own).post(own_with_a_parameter).put(level_type).patch(age_type))
        .route("/2", get(tuple).post(nested).put(tuple_of_one).patch(any_of))
        .route("/3", get(beside_keys).post(projected));
}
