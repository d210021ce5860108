//! The person at the keyboard: lines to the standard error, and lines from them.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::printable::printable;

/// How often [`Terminal::tick`] is to be called.
pub(crate) const FRAME: Duration = Duration::from_millis(120);
const FRAMES: [char; 4] = ['|', '/', '-', '\\'];
/// Where nothing can turn, a line says now and then that it goes on.
const STILL: Duration = Duration::from_secs(30);
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

pub(crate) struct Terminal {
    keyboard: Keyboard,
    typed: tokio::sync::Mutex<Option<mpsc::Receiver<Zeroizing<String>>>>,
    /// The standard error is one, and its last line can be drawn again.
    is_terminal: bool,
    waiting: Mutex<Option<Waiting>>,
    /// The cursor stands behind a question.
    is_asking: AtomicBool,
}

struct Waiting {
    for_what: String,
    told: Instant,
    frame: usize,
}

impl Terminal {
    pub(crate) fn new(keyboard: Keyboard) -> Self {
        Self {
            keyboard,
            typed: tokio::sync::Mutex::default(),
            is_terminal: io::stderr().is_terminal(),
            waiting: Mutex::default(),
            is_asking: AtomicBool::new(false),
        }
    }

    /// One line, of whomever: it cannot do anything to the terminal.
    pub(crate) fn say(&self, line: &str) {
        self.done_waiting();
        // Without a standard error there is nobody to tell.
        let _ = writeln!(io::stderr(), "{}", printable(line));
    }

    /// Asks for a line. `None` at the end of the input.
    pub(crate) async fn ask(&self, question: &str) -> Option<Zeroizing<String>> {
        self.done_waiting();
        let end = if self.is_terminal { " " } else { "\n" };
        let _ = write!(io::stderr(), "{}{end}", printable(question));
        let _ = io::stderr().flush();
        let mut typed = self.typed.lock().await;
        let typed = typed.get_or_insert_with(|| lines_of(self.keyboard));
        self.is_asking.store(true, Ordering::Relaxed);
        let line = typed.recv().await;
        if line.is_none() {
            self.leave();
        }
        self.is_asking.store(false, Ordering::Relaxed);
        let line = line?;
        Some(Zeroizing::new(line.trim().to_owned()))
    }

    /// From now on it is waited for this, until something else is said.
    pub(crate) fn wait_for(&self, what: &str) {
        if !self.is_terminal {
            self.say(what);
        }
        let (for_what, told) = (printable(what), Instant::now());
        *self.waiting() = Some(Waiting { for_what, told, frame: 0 });
    }

    /// Shows that it goes on.
    pub(crate) fn tick(&self) {
        let mut waiting = self.waiting();
        let Some(waiting) = waiting.as_mut() else { return };
        if self.is_terminal {
            let frame = FRAMES.get(waiting.frame % FRAMES.len()).copied().unwrap_or_default();
            let _ = write!(io::stderr(), "\r{frame} {}", waiting.for_what);
            let _ = io::stderr().flush();
            waiting.frame += 1;
        } else if waiting.told.elapsed() >= STILL {
            let _ = writeln!(io::stderr(), "{} (still)", waiting.for_what);
            waiting.told = Instant::now();
        }
    }

    pub(crate) fn done_waiting(&self) {
        let was = self.waiting().take();
        if was.is_some_and(|waiting| waiting.frame > 0) {
            // Back to the beginning of the line, and erase it.
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }

    /// The last words, so that what comes next begins a line of its own.
    pub(crate) fn leave(&self) {
        self.done_waiting();
        if self.is_terminal && self.is_asking.load(Ordering::Relaxed) {
            let _ = writeln!(io::stderr());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Read by a thread that nothing waits for: a read cannot be given up.
fn lines_of(keyboard: Keyboard) -> mpsc::Receiver<Zeroizing<String>> {
    let (sender, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        let input: Box<dyn Read> = match keyboard {
            Keyboard::StandardInput => Box::new(io::stdin()),
            Keyboard::Console => match File::open(CONSOLE) {
                Ok(console) => Box::new(console),
                Err(_) => return,
            },
        };
        for line in BufReader::new(input).lines().map_while(Result::ok) {
            if sender.blocking_send(Zeroizing::new(line)).is_err() {
                return;
            }
        }
    });
    lines
}
