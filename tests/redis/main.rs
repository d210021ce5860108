//! `RedisStore` on real servers: races, fail-overs, and faults between it and us; and an authority
//! that lives through a fail-over.

mod authority;
mod conforms;
mod epochs;
mod faults;
mod odd_answers;
mod patience;
mod proxy;
mod races;
mod records;
mod refusals;
mod scene;
