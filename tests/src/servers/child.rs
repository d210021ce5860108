//! A process that ends with its test.

use std::process::{Child as Process, Command};

pub(super) struct Child(pub(super) Process);

impl Child {
    pub(super) fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        let process = command.spawn().unwrap_or_else(|error| {
            panic!("`{program}` does not start ({error}): `cargo xtask test` installs it")
        });
        Self(process)
    }

    /// A signal by its name, as `STOP`.
    pub(super) fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -s {name} {id}");
    }

    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

/// At once, and whether it stands still or not.
impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
