//! The key beside the database: lost, another, or not needed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::folder::Folder;
use crate::support::process::{Bank, failing};

#[test]
fn beside_a_database_that_was_sealed_no_other_key_is_made() {
    let (_, folder) = Bank::start(ORIGIN).stop("TERM");
    let kept = folder.path().join("bank.db");
    let lost = |to: &Path| {
        fs::copy(&kept, to.join("bank.db")).unwrap();
    };
    let said = failing(ORIGIN, &[], lost);
    assert_eq!(
        said,
        "bank: bank.db was sealed with a key that is not there: put bank.db.sealing-key back (or \
         set STEPUP_SEALING_KEY, if it was in there), or delete bank.db to begin anew"
    );
    let other = |to: &Path| {
        lost(to);
        let key = to.join("bank.db.sealing-key");
        fs::write(&key, KEY).unwrap();
        fs::set_permissions(key, Permissions::from_mode(0o600)).unwrap();
    };
    for (environment, key) in
        [(&[][..], "bank.db.sealing-key"), (&[("STEPUP_SEALING_KEY", KEY)], "STEPUP_SEALING_KEY")]
    {
        let said = failing(ORIGIN, environment, other);
        assert_eq!(
            said,
            format!(
                "bank: bank.db was sealed with another key than that in {key}: put that one back, \
                 or delete bank.db to begin anew"
            )
        );
    }
}

#[test]
fn beside_what_is_no_database_no_key_is_made() {
    let folder = Folder::new();
    let database = folder.path().join("bank.db");
    fs::write(&database, "x".repeat(4096)).unwrap();
    let said = failing(&["--store", &format!("sqlite:{}", database.display())], &[], |_: &Path| {});
    assert!(said.contains("not a database"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Whatever the port: signing keys are of an origin.
const ORIGIN: &[&str] = &["--origin", "http://localhost:3000"];

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
