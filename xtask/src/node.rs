//! The packages that need Node.js: the TypeScript client, the bank's page, and of the tests a
//! certified provider and certified clients, a mail server, the Firebase Auth emulator, and what
//! drives a browser.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::step::Step;

/// As `engines` in `package.json` has it.
const OLDEST: (u32, u32) = (20, 20);

/// Each with the folder of its packages.
const PROGRAMS: [(&str, &str); 4] = [
    ("tests/provider/node", "the certified provider and clients"),
    ("tests/mail/node", "the mail server"),
    ("tests/emulator/node", "the Firebase Auth emulator"),
    ("tests/passkeys/node", "what drives a browser"),
];
const CLIENT: (&str, &str) = ("clients/typescript", "the TypeScript client");
pub(crate) const PAGE: (&str, &str) = ("examples/bank/page", "the bank's page");

/// Installs them where they are missing, or older than the list of them, and builds the client.
pub(crate) fn packages() -> Result<(), String> {
    check_version()?;
    let mut all = PROGRAMS.into_iter().chain([CLIENT, PAGE]);
    all.try_for_each(|(folder, what)| install(&path(folder), what))?;
    let (folder, what) = CLIENT;
    Step::new(format!("building {what}"), npm(&["run", "--silent", "build"], folder)).run()
}

/// Those of the page alone: it is built from the client's sources.
pub(crate) fn page_packages() -> Result<(), String> {
    check_version()?;
    let (folder, what) = PAGE;
    install(&path(folder), what)
}

fn install(folder: &Path, what: &str) -> Result<(), String> {
    // npm writes it when all the rest is there.
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&folder.join("package-lock.json")) {
        return Ok(());
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    Step::new(format!("installing {what}"), install).run()
}

/// Each by itself, without Rust.
pub(crate) fn check() -> Result<(), String> {
    PROGRAMS.into_iter().try_for_each(|(folder, what)| {
        let mut check = Command::new("node");
        check.args(["--test", "check.mjs"]).current_dir(path(folder));
        Step::new(what, check).run()
    })?;
    let (folder, what) = CLIENT;
    Step::new(what, npm(&["test", "--silent"], folder)).run()
}

pub(crate) fn npm(what: &[&str], folder: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.args(what).current_dir(path(folder));
    npm
}

pub(crate) fn path(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|file| file.modified()).ok()
}

fn check_version() -> Result<(), String> {
    let (major, minor) = OLDEST;
    let wanted = format!(
        "Node.js {major}.{minor} or later is needed for clients/typescript, examples/bank/page and \
         tests/{{provider,mail,emulator,passkeys}}/node"
    );
    let output = Command::new("node").arg("--version").output();
    let output = output.map_err(|error| {
        format!("{wanted}, and `node` does not start ({error}): install it and start again")
    })?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if is_new_enough(&version) {
        return Ok(());
    }
    Err(format!("{wanted}, and `node --version` says `{version}`: install a newer one"))
}

/// `v20.20.2`.
fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is not in the list is installed on the machine of who made it, and nowhere
    /// else.
    #[test]
    fn every_list_of_packages_is_installed() {
        let root = path("");
        let mut git = Command::new("git");
        let tracked = git.args(["ls-files", "*package-lock.json"]).current_dir(root).output();
        let tracked = String::from_utf8(tracked.expect("git starts").stdout).expect("UTF-8");
        let mut folders: Vec<_> =
            tracked.lines().filter_map(|file| file.strip_suffix("/package-lock.json")).collect();
        let mut installed: Vec<_> =
            PROGRAMS.into_iter().chain([CLIENT, PAGE]).map(|of| of.0).collect();
        folders.sort_unstable();
        installed.sort_unstable();
        assert_eq!(folders, installed);
    }

    #[test]
    fn versions_are_numbers_not_text() {
        for (version, expected) in [
            ("v20.20.0", true),
            ("v20.100.0", true),
            ("v22.1.0", true),
            ("v100.0.0", true),
            ("v20.9.0", false),
            ("v18.20.4", false),
            ("v9.99.0", false),
            ("", false),
            ("node", false),
        ] {
            assert_eq!(is_new_enough(version), expected, "{version}");
        }
    }
}
