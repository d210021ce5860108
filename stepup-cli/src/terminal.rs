//! The person at the keyboard: lines to the standard error, and lines from them.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::keyboard::{Keyboard, Lines};
use crate::printable::printable;

/// How often [`Terminal::tick`] is to be called.
pub(crate) const FRAME: Duration = Duration::from_millis(120);
const FRAMES: [char; 4] = ['|', '/', '-', '\\'];
/// Where nothing can turn, a line says now and then that it goes on.
const STILL: Duration = Duration::from_secs(30);
/// A line that is longer than the terminal is wide ends at its edge, where each frame would begin
/// another (DECAWM).
const CUT: (&str, &str) = ("\u{1b}[?7l", "\u{1b}[?7h");

pub(crate) struct Terminal {
    keyboard: Keyboard,
    typed: tokio::sync::Mutex<Option<Lines>>,
    /// The standard error is one.
    is_terminal: bool,
    /// Its last line can be drawn again.
    redraws: bool,
    waiting: Mutex<Option<Waiting>>,
    /// The cursor stands behind a question.
    is_asking: AtomicBool,
}

struct Waiting {
    for_what: String,
    told: Instant,
    frame: usize,
}

impl Waiting {
    /// The next frame of a line that is drawn again.
    fn drawn(&mut self) -> String {
        let frame = FRAMES.get(self.frame % FRAMES.len()).copied().unwrap_or_default();
        self.frame += 1;
        format!("{}\r{frame} {}{}", CUT.0, self.for_what, CUT.1)
    }

    /// Another line, where it is time for one.
    fn still(&mut self, now: Instant) -> Option<String> {
        (now.duration_since(self.told) >= STILL).then(|| {
            self.told = now;
            format!("{} (still)\n", self.for_what)
        })
    }
}

impl Terminal {
    pub(crate) fn new(keyboard: Keyboard) -> Self {
        let is_terminal = io::stderr().is_terminal();
        Self {
            keyboard,
            typed: tokio::sync::Mutex::default(),
            is_terminal,
            redraws: is_terminal && env::var_os("TERM").is_none_or(|name| name != "dumb"),
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
        self.keyboard.drop_typed_ahead();
        let end = if self.is_terminal { " " } else { "\n" };
        let _ = write!(io::stderr(), "{}{end}", printable(question));
        let _ = io::stderr().flush();
        let mut typed = self.typed.lock().await;
        let typed = typed.get_or_insert_with(|| Lines::of(self.keyboard));
        self.is_asking.store(true, Ordering::Relaxed);
        let line = typed.next().await;
        if line.is_none() {
            self.leave();
        }
        self.is_asking.store(false, Ordering::Relaxed);
        let line = line?;
        Some(Zeroizing::new(line.trim().to_owned()))
    }

    /// From now on it is waited for this, until something else is said.
    pub(crate) fn wait_for(&self, what: &str) {
        if !self.redraws {
            self.say(what);
        }
        let (for_what, told) = (printable(what), Instant::now());
        *self.waiting() = Some(Waiting { for_what, told, frame: 0 });
    }

    /// Shows that it goes on.
    pub(crate) fn tick(&self) {
        let mut waiting = self.waiting();
        let Some(waiting) = waiting.as_mut() else { return };
        let shown =
            if self.redraws { Some(waiting.drawn()) } else { waiting.still(Instant::now()) };
        if let Some(shown) = shown {
            let _ = write!(io::stderr(), "{shown}");
            let _ = io::stderr().flush();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_shown_that_it_goes_on() {
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs(seconds);
        let mut waiting = Waiting { for_what: "Waiting".to_owned(), told: began, frame: 0 };
        let drawn: Vec<_> = (0..5).map(|_| waiting.drawn()).collect();
        let frames = ["|", "/", "-", "\\", "|"];
        let expected = frames.map(|frame| format!("\u{1b}[?7l\r{frame} Waiting\u{1b}[?7h"));
        assert_eq!(drawn, expected);
        for (seconds, is_said) in
            [(0, false), (29, false), (30, true), (31, false), (59, false), (60, true)]
        {
            let said = waiting.still(after(seconds));
            assert_eq!(said.as_deref(), is_said.then_some("Waiting (still)\n"), "{seconds}");
        }
    }
}
