//! The authority's pages as routes.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::any;
use stepup_authority::Authority;

/// Adds the pages of an authority: all below its path, its keys and its metadata. They stand at
/// the root of the host: do not nest them.
///
/// ```
/// use axum::Router;
/// use stepup_authority::Authority;
///
/// fn app(authority: &Authority) -> Router {
///     stepup_axum::authority(Router::new(), authority)
/// }
/// ```
pub fn authority<S>(routes: Router<S>, authority: &Authority) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let page = || {
        let authority = authority.clone();
        any(async move |request: Request| authority.handle(request).await.map(Body::from))
    };
    let [below, keys, metadata] = authority.paths();
    routes
        .route(&format!("{below}/{{*page}}"), page())
        .route(&keys, page())
        .route(&metadata, page())
}
