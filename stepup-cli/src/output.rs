//! The answer, on the standard output.

use std::io::{self, IsTerminal as _, Write};

use reqwest::Response;

use crate::exit::{Exit, Failure};
use crate::printable::printable_lines;

/// Nobody reads a longer one; it is not kept until it ends.
const LONGEST_LINE: usize = 64 * 1024;

/// Prints an answer as it comes; on a terminal, in a form that cannot command it.
pub(crate) async fn print(mut answer: Response, include: bool) -> Result<(), Failure> {
    let status = answer.status();
    let is_terminal = io::stdout().is_terminal();
    if include {
        write(&head(&answer), is_terminal)?;
    }
    let mut line = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if is_terminal {
            // A character may stand in two chunks, but in no two lines.
            line.extend_from_slice(&chunk);
            let ended = line.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let ended = if line.len() > LONGEST_LINE { line.len() } else { ended };
            write(&line.drain(..ended).collect::<Vec<_>>(), true)?;
        } else {
            write(&chunk, false)?;
        }
    }
    write(&line, is_terminal)?;
    io::stdout().flush()?;
    if status.is_success() { Ok(()) } else { Err(Failure::new(Exit::Status, status)) }
}

fn head(answer: &Response) -> Vec<u8> {
    let mut head = format!("{:?} {}\r\n", answer.version(), answer.status()).into_bytes();
    for (name, value) in answer.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn write(bytes: &[u8], is_terminal: bool) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if is_terminal {
        stdout.write_all(printable_lines(&String::from_utf8_lossy(bytes)).as_bytes())
    } else {
        stdout.write_all(bytes)
    }
}
