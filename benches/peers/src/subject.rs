//! Who is measured.

use std::fmt;

use stepup_core::Algorithm;

/// One route, guarded by one of the crates, or by none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Peer {
    Axum,
    /// For the one peer that is still at axum 0.7.
    Axum07,
    Poem,
    HandWrittenAxum,
    HandWrittenPoem,
    JwtAuthorizer,
    AxumJwtAuth,
    TowerOauth2,
    Aliri,
    Keycloak,
    PoemGrants,
    StepupAxum,
    StepupPoem,
}

impl Peer {
    pub(crate) const ALL: [Self; 13] = [
        Self::Axum,
        Self::Axum07,
        Self::Poem,
        Self::HandWrittenAxum,
        Self::HandWrittenPoem,
        Self::JwtAuthorizer,
        Self::AxumJwtAuth,
        Self::TowerOauth2,
        Self::Aliri,
        Self::Keycloak,
        Self::PoemGrants,
        Self::StepupAxum,
        Self::StepupPoem,
    ];

    /// The same route without a guard.
    pub(crate) const fn bare(self) -> Self {
        match self {
            Self::Axum07 | Self::JwtAuthorizer => Self::Axum07,
            Self::Poem | Self::HandWrittenPoem | Self::PoemGrants | Self::StepupPoem => Self::Poem,
            _ => Self::Axum,
        }
    }

    /// Ours, in the same framework.
    pub(crate) const fn ours(self) -> Self {
        match self.bare() {
            Self::Poem => Self::StepupPoem,
            _ => Self::StepupAxum,
        }
    }

    pub(crate) const fn is_bare(self) -> bool {
        matches!(self, Self::Axum | Self::Axum07 | Self::Poem)
    }

    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, Self::StepupAxum | Self::StepupPoem)
    }

    pub(crate) const fn is_hand_written(self) -> bool {
        matches!(self, Self::HandWrittenAxum | Self::HandWrittenPoem)
    }

    /// Somebody else's crate. `poem-grants` verifies no token itself, so the rest of the work is
    /// the hand-written one.
    pub(crate) const fn is_crate(self) -> bool {
        !self.is_bare() && !self.is_ours() && !self.is_hand_written()
    }

    pub(crate) const fn knows(self, algorithm: Algorithm) -> bool {
        !matches!((self, algorithm), (Self::Aliri, Algorithm::EdDsa))
    }

    /// Whether it verifies with a backend that is chosen at run time.
    pub(crate) const fn has_two_backends(self) -> bool {
        matches!(self, Self::AxumJwtAuth | Self::TowerOauth2)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Axum => "bare, axum",
            Self::Axum07 => "bare, axum 0.7",
            Self::Poem => "bare, poem",
            Self::HandWrittenAxum => "hand-written, axum",
            Self::HandWrittenPoem => "hand-written, poem",
            Self::JwtAuthorizer => "jwt-authorizer",
            Self::AxumJwtAuth => "axum-jwt-auth",
            Self::TowerOauth2 => "tower-oauth2-resource-server",
            Self::Aliri => "aliri_axum",
            Self::Keycloak => "axum-keycloak-auth",
            Self::PoemGrants => "poem-grants",
            Self::StepupAxum => "stepup-axum",
            Self::StepupPoem => "stepup-poem",
        })
    }
}

pub(crate) const ALGORITHMS: [Algorithm; 3] =
    [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
