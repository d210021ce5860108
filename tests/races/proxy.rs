//! Between a process and its store: lets everything through, except once.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use stepup_tests::authority::Place;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What gets lost, and with it the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The store does it, and its answer does not arrive.
    Answer,
    /// The store never hears of it.
    Request,
}

/// With the next request that contains this.
type Fault = Option<(&'static [u8], Lost)>;

pub struct Proxy {
    pub place: Place,
    fault: Arc<Mutex<Fault>>,
}

impl Proxy {
    /// Before the server of this place.
    pub async fn before(place: &Place) -> Self {
        let (scheme, rest) = place.url.split_once("://").expect("a URL");
        let (authority, path) = rest.split_once('/').expect("a URL with a path");
        let server = authority.rsplit('@').next().expect("a host").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let url = format!("{scheme}://{}/{path}", authority.replace(&server, &address));
        let server: SocketAddr = server.parse().expect("an address");
        let fault = Arc::new(Mutex::new(None));
        let of_connections = fault.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(server).await {
                    tokio::spawn(carry(client, server, of_connections.clone()));
                }
            }
        });
        Self { place: Place { url, namespace: place.namespace.clone() }, fault }
    }

    pub fn lose_once(&self, marker: &'static [u8], lost: Lost) {
        *self.fault.lock().expect("nothing panicked with it") = Some((marker, lost));
    }

    pub fn has_lost(&self) -> bool {
        self.fault.lock().expect("nothing panicked with it").is_none()
    }
}

/// Both connections end with this.
async fn carry(mut client: TcpStream, mut server: TcpStream, fault: Arc<Mutex<Fault>>) {
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    // What was asked lately: a marker may come in two parts.
    let mut lately: Vec<u8> = Vec::new();
    let mut is_losing = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                lately.extend_from_slice(&asked[..length]);
                match take_if_met(&fault, &lately) {
                    Some(Lost::Request) => return,
                    Some(Lost::Answer) => is_losing = true,
                    None => {}
                }
                lately.drain(..lately.len().saturating_sub(64));
                if server.write_all(&asked[..length]).await.is_err() { return }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if is_losing || client.write_all(&answered[..length]).await.is_err() { return }
            }
        }
    }
}

fn take_if_met(fault: &Mutex<Fault>, asked: &[u8]) -> Option<Lost> {
    let mut fault = fault.lock().expect("nothing panicked with it");
    let (marker, lost) = (*fault)?;
    let is_met = asked.windows(marker.len()).any(|part| part == marker);
    is_met.then(|| {
        *fault = None;
        lost
    })
}
