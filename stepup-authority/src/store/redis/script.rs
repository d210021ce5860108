//! What runs inside Redis: one script is one step, whole or not at all.

use redis::Cmd;

/// Reading, with the epoch.
const READ: &str = concat!(include_str!("lua/epoch.lua"), include_str!("lua/read.lua"));
/// Comparing and writing, in the epoch.
const COMMIT: &str = concat!(include_str!("lua/epoch.lua"), include_str!("lua/commit.lua"));
/// Whether the server lets us do all that.
const PERMITTED: &str = include_str!("lua/permitted.lua");

/// A script, and the hash by which a server knows it.
pub(super) struct Script {
    code: &'static str,
    hash: String,
}

impl Script {
    fn new(code: &'static str) -> Self {
        Self { code, hash: redis::Script::new(code).get_hash().to_owned() }
    }
}

pub(super) struct Scripts {
    pub(super) read: Script,
    pub(super) commit: Script,
    pub(super) permitted: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            read: Script::new(READ),
            commit: Script::new(COMMIT),
            permitted: Script::new(PERMITTED),
        }
    }
}

/// A script with what it is about.
pub(super) struct Call<'a> {
    script: &'a Script,
    keys: Vec<String>,
    args: Vec<Vec<u8>>,
}

impl<'a> Call<'a> {
    pub(super) fn new(script: &'a Script, keys: Vec<String>) -> Self {
        Self { script, keys, args: Vec::new() }
    }

    pub(super) fn arg(&mut self, arg: impl Into<Vec<u8>>) {
        self.args.push(arg.into());
    }

    /// For a server that knows the script.
    pub(super) fn by_hash(&self) -> Cmd {
        self.command("EVALSHA", &self.script.hash)
    }

    /// For one that does not.
    pub(super) fn with_code(&self) -> Cmd {
        self.command("EVAL", self.script.code)
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(self.keys.len()).arg(&self.keys).arg(&self.args);
        command
    }
}
