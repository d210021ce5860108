//! The doors of the API of the tests.

use std::collections::BTreeSet;

use stepup_core::guarded_handlers;

/// The paths of all guarded handlers, as the program lists them.
pub(crate) fn guarded() -> BTreeSet<String> {
    let paths: BTreeSet<_> = guarded_handlers()
        .iter()
        .filter(|handler| handler.module() == "stepup_tests::axum_api")
        .map(|handler| if handler.name() == "with_body" { "body" } else { handler.name() })
        .map(|name| format!("/{name}"))
        .collect();
    assert!(paths.len() > 15, "{paths:?}");
    paths
}
