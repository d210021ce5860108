//! The sender: HTTP/1.1 over connections that stay open, as plain as it can be.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{self, Runtime};
use tokio::task::JoinSet;

use crate::Failure;
use crate::app::PATH;

const CONNECTIONS: usize = 8;

pub(super) struct Load {
    runtime: Runtime,
    idle: Vec<TcpStream>,
    requests: Vec<Vec<u8>>,
    next: usize,
}

impl Load {
    pub(super) fn new(address: SocketAddr, tokens: &[String]) -> Result<Self, Failure> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let idle = runtime.block_on(async {
            let mut streams = Vec::new();
            for _ in 0..CONNECTIONS {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                streams.push(stream);
            }
            Ok::<_, Failure>(streams)
        })?;
        let request = |token: &String| {
            format!(
                "POST {PATH} HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\n\
                 Content-Length: 0\r\nAuthorization: Bearer {token}\r\n\r\n"
            )
            .into_bytes()
        };
        Ok(Self { runtime, idle, requests: tokens.iter().map(request).collect(), next: 0 })
    }

    /// Sends so many requests and waits for the answers, each of which must be a 200.
    pub(super) fn send(&mut self, count: usize) -> Result<(), Failure> {
        let each = count / CONNECTIONS;
        let mut batches = Vec::new();
        for stream in self.idle.drain(..) {
            let of_this = (self.next..self.next + each)
                .filter_map(|place| self.requests.get(place % self.requests.len()).cloned());
            batches.push((stream, of_this.collect::<Vec<_>>()));
            self.next += each;
        }
        self.idle = self.runtime.block_on(async {
            let mut sending = JoinSet::new();
            for (stream, requests) in batches {
                sending.spawn(send_all(stream, requests));
            }
            let mut idle = Vec::new();
            while let Some(sent) = sending.join_next().await {
                idle.push(sent?.map_err(|error| error.to_string())?);
            }
            Ok::<_, Failure>(idle)
        })?;
        Ok(())
    }
}

async fn send_all(
    mut stream: TcpStream,
    requests: Vec<Vec<u8>>,
) -> Result<TcpStream, std::io::Error> {
    let mut buffer = Vec::with_capacity(4096);
    for request in requests {
        stream.write_all(&request).await?;
        buffer.clear();
        while !is_whole(&buffer)? {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(std::io::Error::other("a server hung up"));
            }
        }
    }
    Ok(stream)
}

/// Every handler answers `done`, so a good answer ends with it.
fn is_whole(answer: &[u8]) -> Result<bool, std::io::Error> {
    if answer.is_empty() || answer.starts_with(b"HTTP/1.1 200") {
        Ok(answer.ends_with(b"\r\n\r\ndone"))
    } else {
        Err(std::io::Error::other(String::from_utf8_lossy(answer)))
    }
}
