//! The API in poem.

use poem::web::Json;
use poem::{Endpoint, EndpointExt, get, handler};
use stepup_poem::{Gate, Verified, guarded, resource_metadata};

use crate::answer::Who;
use crate::routes::Route;

#[handler]
async fn open() -> &'static str {
    "open to everybody\n"
}

#[handler]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Any user whose token is valid.
#[handler]
async fn me(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

mod mfa {
    use poem::handler;
    use poem::web::Json;
    use stepup_poem::{Verified, step_up};

    use crate::answer::Who;

    #[step_up(level = "mfa")]
    #[handler]
    pub(super) async fn mfa(user: Verified) -> Json<Who> {
        Json(Who::from(&*user))
    }
}

mod fresh {
    use poem::handler;
    use poem::web::Json;
    use stepup_poem::{Verified, step_up};

    use crate::answer::Who;

    #[step_up(level = "mfa", max_age = "5m")]
    #[handler]
    pub(super) async fn fresh(user: Verified) -> Json<Who> {
        Json(Who::from(&*user))
    }
}

mod phr {
    use poem::handler;
    use poem::web::Json;
    use stepup_poem::{Verified, step_up};

    use crate::answer::Who;

    #[step_up(level = "phr")]
    #[handler]
    pub(super) async fn phr(user: Verified) -> Json<Who> {
        Json(Who::from(&*user))
    }
}

pub(crate) fn endpoint(gate: Gate, served: &[Route]) -> impl Endpoint + 'static {
    let unguarded =
        poem::Route::new().at("/open", get(open)).at("/healthz", get(healthz)).at("/me", get(me));
    let all = served.iter().fold(unguarded, |router, route| match route {
        Route::Mfa => router.at("/mfa", guarded::post(mfa::mfa)),
        Route::Fresh => router.at("/fresh", guarded::post(fresh::fresh)),
        Route::Phr => router.at("/phr", guarded::post(phr::phr)),
    });
    resource_metadata(all, &gate).data(gate)
}
