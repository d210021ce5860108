//! The same in a release build, which differs for it in one thing: debug assertions are off.

use std::process::Command;

use stepup_core::danger;

/// What the process that this runs in may build.
#[test]
fn p2_it_is_built_where_that_is_permitted() {
    let accepted = std::env::var("STEPUP_DANGER").is_ok_and(|value| value == "accepted");
    let release = !cfg!(debug_assertions);
    println!("release: {release}, accepted: {accepted}");
    let builder = danger::firebase_emulator("demo-orders").realm("orders");
    let built = builder.except_module("stepup_tests").build();
    if release && !accepted {
        let error = built.expect_err("nobody accepted it").to_string();
        assert!(
            error.contains("set the environment variable STEPUP_DANGER to `accepted`"),
            "{error}"
        );
    } else {
        built.expect("it is accepted, or no release build");
    }
}

/// The test above without debug assertions. Not `--release`: that would compile all of it anew.
#[test]
#[ignore = "compiles core once more: cargo xtask test"]
fn p2_a_release_build_takes_it_only_where_it_is_accepted() {
    for (danger, accepted) in [(None, false), (Some("1"), false), (Some("accepted"), true)] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["test", "--workspace", "--all-features", "--test", "danger"]);
        for krate in ["stepup-core", "stepup-tests"] {
            let setting = format!("profile.dev.package.{krate}.debug-assertions=false");
            cargo.args(["--config", &setting]);
        }
        cargo.args([
            "--",
            "--exact",
            "--nocapture",
            "release::p2_it_is_built_where_that_is_permitted",
        ]);
        cargo.env_remove("STEPUP_DANGER");
        cargo.envs(danger.map(|value| ("STEPUP_DANGER", value)));
        let output = cargo.output().expect("cargo starts");
        let said = String::from_utf8_lossy(&output.stdout);
        let mode = format!("release: true, accepted: {accepted}");
        let held = output.status.success() && said.contains(&mode) && said.contains("1 passed");
        assert!(held, "{danger:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    }
}
