//! What somebody may try who holds a login's token, or half of what it takes: the rows of
//! `docs/threats.md` about codes and factors (O) and ceremonies (C), over HTTP, in both frameworks.

mod approvals;
mod binding;
mod codes;
mod encodings;
mod enrolment;
mod finished;
mod flood;
mod guesses;
mod interleaved;
mod laundering;
mod levels;
mod lockout;
mod polls;
mod purposes;
mod races;
mod recovery;
mod replaces;
mod requests;
mod rest;
mod scene;
mod sends;
mod sorts;
mod sources;
mod strangers;
mod tenants;
mod told;
mod traces;
mod walks;
