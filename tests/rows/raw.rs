//! A client that sends what it is told to, byte for byte, and waits for one answer.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any server needs; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time to wait");
    stream.set_write_timeout(Some(PATIENCE)).expect("a time to wait");
    stream.set_nodelay(true).expect("no delay");
    stream
}

/// The status of the answer and its header lines, or nothing if the server hung up without one.
pub(crate) fn answer(stream: &TcpStream) -> Option<(u16, String)> {
    let mut lines = BufReader::new(stream).lines();
    let status = match lines.next()? {
        Ok(line) => line.split(' ').nth(1)?.parse().expect("a status"),
        Err(error) => {
            let waited = std::io::ErrorKind::WouldBlock;
            assert!(error.kind() != waited, "the server neither answers nor hangs up");
            return None;
        }
    };
    let head = lines.map_while(Result::ok).take_while(|line| !line.is_empty());
    Some((status, head.collect::<Vec<_>>().join("\n").to_lowercase()))
}

/// One request on a connection of its own. A server may hang up before it has read all.
pub(crate) fn send(address: SocketAddr, request: impl AsRef<[u8]>) -> Option<(u16, String)> {
    let mut stream = connect(address);
    let _ = stream.write_all(request.as_ref());
    answer(&stream)
}

/// The status alone; 0 if there was no answer.
pub(crate) fn status(address: SocketAddr, request: impl AsRef<[u8]>) -> u16 {
    send(address, request).map_or(0, |(status, _)| status)
}

/// A request without a body, on a connection that ends with it.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> String {
    let mut text =
        format!("{method} {target} HTTP/1.1\r\nhost: api.example\r\nconnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text + "\r\n"
}
