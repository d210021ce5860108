//! What differs between the frameworks, as data.

/// A framework, as far as the attribute has to know it.
pub(crate) struct Framework {
    pub(crate) name: &'static str,
    /// The adapter, unless `crate = …` says where else it is found.
    pub(crate) adapter: &'static str,
    /// How many arguments a handler of the user's may have beside the guard.
    pub(crate) max_arguments: usize,
    pub(crate) async_only: bool,
    /// Whether the gate may come from an extension (`gate = extension`).
    pub(crate) gate_from_extension: bool,
    /// Whether its handlers become types (`#[handler]`), which are then marked as guarded.
    pub(crate) handlers_are_types: bool,
    /// Whether methods are handlers in a marked `impl` (`#[OpenApi]`).
    pub(crate) open_api: bool,
}

impl Framework {
    pub(crate) const AXUM: Self = Self {
        name: "axum",
        adapter: "stepup_axum",
        max_arguments: 15,
        async_only: true,
        gate_from_extension: true,
        handlers_are_types: false,
        open_api: false,
    };

    pub(crate) const POEM: Self = Self {
        name: "poem",
        adapter: "stepup_poem",
        max_arguments: usize::MAX,
        async_only: false,
        gate_from_extension: false,
        handlers_are_types: true,
        open_api: true,
    };
}
