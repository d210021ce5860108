//! What must never guard anything real: it says so, it stays out of release builds, and that it is
//! compiled in changes nothing else (P2).

#[cfg(feature = "danger")]
mod emulator;
#[cfg(feature = "danger")]
mod release;

#[cfg(not(feature = "danger"))]
#[test]
#[ignore = "needs the feature `danger`: cargo xtask test"]
fn p2_danger() {
    panic!("the feature is off");
}
