//! The authority's pages as routes.

use poem::endpoint::make;
use poem::{Request, Route};
use stepup_authority::Authority;

use crate::rejection::translate;

/// Adds the pages of an authority: all below its path, its keys and its metadata. They stand at
/// the root of the host: do not nest them.
///
/// ```
/// use poem::Route;
/// use stepup_authority::Authority;
///
/// fn app(authority: &Authority) -> Route {
///     stepup_poem::authority(Route::new(), authority)
/// }
/// ```
#[must_use]
pub fn authority(routes: Route, authority: &Authority) -> Route {
    let page = || {
        let authority = authority.clone();
        make(move |request: Request| {
            let authority = authority.clone();
            async move { translate(authority.handle(http::Request::from(request)).await) }
        })
    };
    let [below, keys, metadata] = authority.paths();
    routes.at(format!("{below}/*page"), page()).at(keys, page()).at(metadata, page())
}
