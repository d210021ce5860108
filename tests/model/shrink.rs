//! Finding the few steps of a walk that make it go wrong.

use std::time::{Duration, Instant};

use crate::action::Action;

/// Leaves out as many steps as can be left out while it still goes wrong. It takes some seconds at
/// most, so that a failure is told while somebody is there.
pub fn shrink(mut actions: Vec<Action>, fails: impl Fn(&[Action]) -> bool) -> Vec<Action> {
    let begun = Instant::now();
    let mut size = actions.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < actions.len() && begun.elapsed() < Duration::from_secs(20) {
            let mut fewer = actions.clone();
            fewer.drain(at..(at + size).min(fewer.len()));
            if fails(&fewer) {
                actions = fewer;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    actions
}

#[test]
fn the_steps_that_matter_are_left() {
    let actions: Vec<_> = (0..1000).map(|seconds| Action::Wait { seconds }).collect();
    let waits = |actions: &[Action], span: u64| {
        actions.iter().any(|action| matches!(action, Action::Wait { seconds } if *seconds == span))
    };
    let fewest = shrink(actions, |actions| waits(actions, 17) && waits(actions, 803));
    assert_eq!(fewest.len(), 2);
    assert!(waits(&fewest, 17) && waits(&fewest, 803));
}
