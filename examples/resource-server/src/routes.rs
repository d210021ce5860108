//! The guarded routes, which both frameworks have.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Framework {
    Axum,
    Poem,
}

/// Each stands in a module of its own in either framework: that is how the gate is told of a route
/// that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Route {
    Mfa,
    Fresh,
    Phr,
}

impl Framework {
    fn module(self) -> String {
        let app = match self {
            Self::Axum => "axum_app",
            Self::Poem => "poem_app",
        };
        format!("{}::{app}", env!("CARGO_CRATE_NAME"))
    }
}

impl Route {
    fn module(self, framework: Framework) -> String {
        let name = match self {
            Self::Mfa => "mfa",
            Self::Fresh => "fresh",
            Self::Phr => "phr",
        };
        format!("{}::{name}", framework.module())
    }
}

/// The routes that are served in a framework.
pub(crate) struct Routes {
    pub(crate) framework: Framework,
    pub(crate) served: Vec<Route>,
}

impl Routes {
    pub(crate) fn new(framework: Framework, without: &[Route]) -> Self {
        let all = Route::value_variants().iter().copied();
        Self { framework, served: all.filter(|route| !without.contains(route)).collect() }
    }

    /// Where the handlers stand that are linked and not served.
    pub(crate) fn modules_left_out(&self) -> Vec<String> {
        let others = Framework::value_variants().iter().filter(|other| **other != self.framework);
        let left_out = Route::value_variants().iter().filter(|route| !self.served.contains(route));
        let left_out = left_out.map(|route| route.module(self.framework));
        others.map(|other| other.module()).chain(left_out).collect()
    }

    /// Whether a handler of this module is served.
    pub(crate) fn serve(&self, module: &str) -> bool {
        self.served.iter().any(|route| route.module(self.framework) == module)
    }
}
