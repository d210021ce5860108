// Each of these leaves a door open; its twin under `fail` is on a guarded route.
use poem::{Route, get, handler, post};
use stepup_poem::{SteppedUp, guarded, level, step_up};

// M1
#[handler]
async fn forgotten() {}

// M2
#[cfg_attr(any(), step_up(level = "mfa"))]
#[handler]
async fn off() {}

// M3
macro_rules! traced {
    ($(#[$attr:meta])* async fn $name:ident() $body:block) => {
        #[handler]
        async fn $name() $body
    };
}
traced! {
    #[step_up(level = "mfa")]
    async fn dropped() {}
}

// M4
mod theirs {
    use poem::handler;
    use tracing::instrument as step_up;

    #[step_up(level = "info")]
    #[handler]
    pub async fn another() {}
}

// M7, M8: poem makes both of any extractor. A refusal that nobody answers is logged as an error.
#[handler]
async fn optional(_: Option<SteppedUp<level::Mfa>>) {}
#[handler]
async fn fallible(_: poem::Result<SteppedUp<level::Mfa>>) {}

#[step_up(level = "mfa")]
#[handler]
async fn guarded_one() {}

pub fn main() {
    let _ = Route::new()
        .at("/1", post(forgotten).get(off).put(dropped).delete(theirs::another))
        .at("/2", post(optional).get(fallible))
        .at("/3", get(forgotten).post(guarded::post(guarded_one)));
}
