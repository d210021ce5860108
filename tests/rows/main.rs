//! Rows of `docs/threats.md` that need more than a token and an in-process request: sockets, clocks
//! that jump, verifiers that fall over, other people's layers, bad settings. A test's name begins
//! with its row.

mod app;
mod f11_floods;
mod f7_clocks;
mod h10_caches;
mod h11_cross_origin;
mod h12_bodies;
mod h1_methods;
mod h2_overrides;
mod h3_paths;
mod h4_headers;
mod h8_one_connection;
mod h9_verifiers;
mod p3_gate;
mod p3_keys;
mod p3_requirements;
mod raw;
mod routes;
mod t11_providers;
mod t9_neighbours;
