//! What the program takes of a machine's memory.

use std::fs;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::Customer;
use crate::support::process::Bank;

/// What one password is hashed in.
const PASSWORD: u64 = 19 * 1024;

/// More than all else that these logins need.
const REST: u64 = 5 * PASSWORD;

#[tokio::test]
async fn guesses_take_no_more_memory_than_eight_of_them_need() {
    for framework in ["axum", "poem"] {
        let bank = Bank::start(&[
            "--store=memory",
            "--address-header=x-real-ip",
            "--framework",
            framework,
        ]);
        let (nobody, before) = (bank.nobody(), most(&bank));
        for number in 0..200 {
            guess(&nobody, &format!("2001:db8:0:{number:x}::1"), number).await;
        }
        let one_by_one = most(&bank) - before;
        assert!(one_by_one < PASSWORD + REST, "{framework}: {one_by_one} KiB, one by one");
        // As many as one address has.
        let guesses = (200..260).map(|number| guess(&nobody, "203.0.113.7", number));
        let answers = join_all(guesses).await;
        assert!(answers.iter().filter(|status| **status == 401).count() >= 8, "{answers:?}");
        let at_once = most(&bank) - before;
        assert!(at_once < 8 * PASSWORD + REST, "{framework}: {at_once} KiB, at once");
    }
}

/// A wrong password under a name that nobody has.
async fn guess(nobody: &Customer, address: &str, number: u32) -> u16 {
    let body = json!({ "user": format!("user-{number}"), "password": "hunter2" }).to_string();
    let answer = nobody.send("POST", "/login", &[("x-real-ip", address)], body).await;
    answer.status.as_u16()
}

/// The most that the process ever had resident, in KiB (`VmHWM` of proc_pid_status(5)).
fn most(bank: &Bank) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", bank.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}
