//! HTTP/1.1 on a connection that the test has in its hands: it can hold bytes back and go away.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Far beyond what any answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// `null` if there is none.
    pub body: Value,
}

impl Answer {
    /// The name (`jti`) of the token in it.
    pub fn token_id(&self) -> Option<String> {
        let token = self.body["access_token"].as_str()?;
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        Some(claims["jti"].as_str().expect("a token has a name").to_owned())
    }
}

/// A request as it goes over the wire.
pub fn request(method: &str, path: &str, token: &str, body: &Value) -> Vec<u8> {
    let (content_type, body) = match body {
        Value::Null => ("", String::new()),
        // A form is given as it is.
        Value::String(form) => ("application/x-www-form-urlencoded", form.clone()),
        body => ("application/json", body.to_string()),
    };
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: bank.example\r\n");
    if !token.is_empty() {
        head += &format!("authorization: Bearer {token}\r\n");
    }
    if !content_type.is_empty() {
        head += &format!("content-type: {content_type}\r\n");
    }
    format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await
    }

    /// The next answer.
    pub async fn answer(&mut self) -> Result<Answer> {
        let late = |_| Error::from(ErrorKind::TimedOut);
        timeout(PATIENCE, self.read_answer()).await.map_err(late)?
    }

    pub async fn call(&mut self, request: &[u8]) -> Result<Answer> {
        self.send(request).await?;
        self.answer().await
    }

    async fn read_answer(&mut self) -> Result<Answer> {
        let end = loop {
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more().await?;
        };
        let head = String::from_utf8_lossy(&self.read[..end]).to_ascii_lowercase();
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let status: u16 = status.ok_or(ErrorKind::InvalidData)?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = match length {
            Some(length) => length.trim().parse().map_err(|_| ErrorKind::InvalidData)?,
            None if status == 204 => 0,
            None => return Err(ErrorKind::InvalidData.into()),
        };
        while self.read.len() < end + length {
            self.read_more().await?;
        }
        let body = serde_json::from_slice(&self.read[end..end + length]).unwrap_or_default();
        self.read.drain(..end + length);
        Ok(Answer { status, body })
    }

    async fn read_more(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// One request on a connection of its own.
pub async fn call(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    Connection::open(address).await?.call(request).await
}
