//! Where the attribute can stand, and beside what: whatever the code around it looks like, the
//! handler compiles, is guarded, and is otherwise what it was. What must not compile is in `ui`;
//! other names for the adapters are in the package `stepup-tests-renamed`.

mod api_description;
mod ask;
mod attributes;
mod bodies;
mod cfgs;
mod listed;
mod no_prelude_axum;
mod no_prelude_poem;
mod places;
mod shadowed;
mod shapes_axum;
mod shapes_poem;
mod spans;
