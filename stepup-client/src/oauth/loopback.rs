//! Where the browser comes back to (RFC 8252 §7.3): a port of this machine, for one answer.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// The path that the browser comes back to.
const PATH: &str = "/callback";
/// More than a browser sends.
const LONGEST: usize = 32 * 1024;
/// Browsers open connections ahead, and say nothing on them.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than a browser opens ahead.
const MOST_CONNECTIONS: usize = 32;

pub(super) type Parameters = HashMap<String, String>;

#[derive(Debug)]
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    pub(super) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// The first answer that has this `state`; others are anybody's, and passed over.
    pub(super) async fn answer(self, state: &str) -> io::Result<Parameters> {
        let (found, mut answers) = mpsc::channel(1);
        let mut connections = JoinSet::new();
        let answer = loop {
            tokio::select! {
                answer = answers.recv() => match answer {
                    Some(answer) => break answer,
                    None => return Err(io::ErrorKind::BrokenPipe.into()),
                },
                connection = self.listener.accept(), if connections.len() < MOST_CONNECTIONS => {
                    // One that broke off before it was taken up is none.
                    let Ok((stream, _)) = connection else {
                        sleep(Duration::from_millis(50)).await;
                        continue;
                    };
                    let (host, state) = (format!("127.0.0.1:{}", self.port), state.to_owned());
                    let found = found.clone();
                    connections.spawn(async move {
                        let _ = timeout(PATIENCE, serve(stream, &host, &state, &found)).await;
                    });
                }
                Some(_) = connections.join_next() => {}
            }
        };
        connections.shutdown().await;
        Ok(answer)
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    host: &str,
    state: &str,
    found: &mpsc::Sender<Parameters>,
) -> io::Result<()> {
    let Some(head) = head(&mut stream).await? else { return Ok(()) };
    let answer = parameters(&head, host);
    let answer = answer.filter(|answer| answer.get("state").map(String::as_str) == Some(state));
    let (status, text) = match &answer {
        Some(answer) if answer.contains_key("code") => ("200 OK", "Done. Go back to the program."),
        Some(_) => ("200 OK", "That did not work. Go back to the program."),
        None => ("404 Not Found", "There is nothing here."),
    };
    let page = format!("<!doctype html><meta charset=\"utf-8\"><title>{text}</title><p>{text}</p>");
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    // The browser may have gone by now; what it brought is here.
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
    if let Some(answer) = answer {
        // Full: another was first.
        let _ = found.try_send(answer);
    }
    Ok(())
}

/// A request up to its empty line.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<String>> {
    let (mut bytes, mut looked_at) = (Vec::new(), 0);
    while !bytes.get(looked_at..).is_some_and(|new| new.windows(4).any(|it| it == b"\r\n\r\n")) {
        // The end may have begun in the last three.
        looked_at = bytes.len().saturating_sub(3);
        if bytes.len() > LONGEST || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    Ok(String::from_utf8(bytes).ok())
}

/// The query, if it is the browser that comes back: a page elsewhere whose name leads here asks for
/// another host. A parameter that stands twice is an attack on somebody.
fn parameters(head: &str, host: &str) -> Option<Parameters> {
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let is_host = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim() == host)
    };
    let hosts: Vec<bool> = lines.filter_map(is_host).collect();
    let (path, query) = target.split_once('?')?;
    if method != "GET" || path != PATH || hosts != [true] {
        return None;
    }
    let mut parameters = Parameters::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_browser_that_comes_back_is_heard() {
        let read = |head: &str| parameters(head, "127.0.0.1:80").map(|it| it.len());
        let with = |line: &str, host: &str| format!("{line}\r\nHost: {host}\r\n\r\n");
        let good = "GET /callback?code=a%20b&state=s HTTP/1.1";
        assert_eq!(read(&with(good, "127.0.0.1:80")), Some(2));
        for (line, host) in [
            (good, "evil.example"),
            (good, "127.0.0.1:81"),
            ("POST /callback?code=a HTTP/1.1", "127.0.0.1:80"),
            ("GET /favicon.ico HTTP/1.1", "127.0.0.1:80"),
            ("GET /other?code=a HTTP/1.1", "127.0.0.1:80"),
            ("GET /callback HTTP/1.1", "127.0.0.1:80"),
            ("GET /callback?code=a&code=b HTTP/1.1", "127.0.0.1:80"),
            ("", "127.0.0.1:80"),
        ] {
            assert_eq!(read(&with(line, host)), None, "{line} {host}");
        }
        assert_eq!(read(&format!("{good}\r\n\r\n")), None, "no host");
        assert_eq!(read(&format!("{good}\r\nHost: a\r\nHost: 127.0.0.1:80\r\n\r\n")), None);
    }

    #[tokio::test]
    async fn a_browser_that_does_not_wait_for_its_page_is_heard() {
        let (mut browser, stream) = tokio::io::duplex(1024);
        let request = b"GET /callback?code=a&state=s HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n";
        browser.write_all(request).await.unwrap();
        drop(browser);
        let (found, mut answers) = mpsc::channel(1);
        let _ = serve(stream, "127.0.0.1:80", "s", &found).await;
        assert_eq!(answers.try_recv().unwrap()["code"], "a");
    }

    /// Each byte by itself: looking at all of them each time would be the square of their number.
    #[tokio::test]
    async fn a_request_that_drips_is_read_once() {
        let (mut slow, mut stream) = tokio::io::duplex(1);
        let line = format!("GET /callback?code={}", "a".repeat(LONGEST - 100));
        let sent = format!("{line} HTTP/1.1\r\nHost: here\r\n\r\n");
        let began = std::time::Instant::now();
        let mut plain = vec![0; sent.len()];
        let (read, _) =
            tokio::join!(stream.read_exact(&mut plain), slow.write_all(sent.as_bytes()));
        assert_eq!(read.unwrap(), sent.len());
        let (as_plain, began) = (began.elapsed(), std::time::Instant::now());
        let (read, _) = tokio::join!(head(&mut stream), slow.write_all(sent.as_bytes()));
        assert!(read.unwrap().is_some_and(|read| read == sent));
        assert!(began.elapsed() < 8 * as_plain, "{:?}, not {as_plain:?}", began.elapsed());
    }

    /// Browsers open connections ahead; whoever else does is no obstacle either.
    #[tokio::test]
    async fn who_says_nothing_holds_up_nobody() {
        let loopback = Loopback::open().await.unwrap();
        let host = format!("127.0.0.1:{}", loopback.port);
        let answer = tokio::spawn(loopback.answer("s"));
        let mut silent = Vec::new();
        for _ in 0..MOST_CONNECTIONS / 2 {
            silent.push(tokio::net::TcpStream::connect(&host).await.unwrap());
        }
        let mut browser = tokio::net::TcpStream::connect(&host).await.unwrap();
        let request = format!("GET /callback?code=a&state=s HTTP/1.1\r\nHost: {host}\r\n\r\n");
        browser.write_all(request.as_bytes()).await.unwrap();
        let answer = timeout(PATIENCE / 2, answer).await.expect("it is heard at once");
        assert_eq!(answer.unwrap().unwrap()["code"], "a");
    }
}
