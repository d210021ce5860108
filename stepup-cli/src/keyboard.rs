//! What the person types.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read};
use std::thread;

use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// What a body that is read from the standard input leaves to answer with.
const CONSOLE: &str = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };

/// Where answers are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyboard {
    /// The standard input, which may be a pipe.
    StandardInput,
    /// The terminal itself.
    Console,
}

impl Keyboard {
    /// What was typed at a terminal before a question is no answer to it. A pipe may hold all
    /// answers from the beginning.
    pub(crate) fn drop_typed_ahead(self) {
        if self == Self::Console || io::stdin().is_terminal() {
            drop_lines();
        }
    }

    fn open(self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Self::StandardInput => Box::new(io::stdin()),
            Self::Console => Box::new(File::open(CONSOLE)?),
        })
    }
}

#[cfg(unix)]
fn drop_lines() {
    use std::os::unix::fs::OpenOptionsExt as _;

    let terminal = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(CONSOLE);
    // It ends with an error, where it would wait for a line.
    let _ = terminal.and_then(|mut terminal| io::copy(&mut terminal, &mut io::sink()));
}

#[cfg(not(unix))]
fn drop_lines() {}

/// Lines, each of which is read when it is asked for.
pub(crate) struct Lines {
    wanted: std::sync::mpsc::Sender<()>,
    typed: mpsc::Receiver<Zeroizing<String>>,
}

impl Lines {
    /// Read by a thread that nothing waits for: a read cannot be given up.
    pub(crate) fn of(keyboard: Keyboard) -> Self {
        let (wanted, questions) = std::sync::mpsc::channel();
        let (sender, typed) = mpsc::channel(1);
        thread::spawn(move || {
            let Ok(input) = keyboard.open() else { return };
            let lines = BufReader::new(input).lines().map_while(Result::ok);
            // The question first: what comes before it stays where it can be dropped.
            for ((), line) in questions.iter().zip(lines) {
                if sender.blocking_send(Zeroizing::new(line)).is_err() {
                    return;
                }
            }
        });
        Self { wanted, typed }
    }

    /// `None` at the end of the input.
    pub(crate) async fn next(&mut self) -> Option<Zeroizing<String>> {
        self.wanted.send(()).ok()?;
        self.typed.recv().await
    }
}
