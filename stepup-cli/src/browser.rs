//! Opening the user's browser.

use std::env;
use std::process::{Command, Stdio};

use crate::token::VARIABLE;

/// Opens an address, and does not wait for it; whether a program could be started.
pub(crate) fn open(program: Option<&str>, address: &str) -> bool {
    let set = env::var("BROWSER").ok().filter(|set| !set.is_empty());
    let mut command = match program.map(str::to_owned).or(set) {
        Some(program) => Command::new(program),
        None => of_the_platform(),
    };
    // It has no need of the token, and its own talk is not for this terminal.
    command.arg(address).env_remove(VARIABLE);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C here is not meant for the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().is_ok()
}

fn of_the_platform() -> Command {
    if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    }
}
