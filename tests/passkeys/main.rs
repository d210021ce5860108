//! Passkeys and security keys, in both frameworks, with an authenticator and a browser's part that
//! another vendor wrote: what users do, and what somebody tries who is not they (O19 to O23).

mod bound;
mod chromium;
mod counted;
mod device;
mod enrolled;
mod forged;
mod frames;
mod removed;
mod scene;
mod story;
mod tampered;
