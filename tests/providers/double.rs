//! A server on the loopback that stands in for a provider.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, Method, Response};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::form_urlencoded;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// A member of the form.
    pub fn member(&self, name: &str) -> Option<String> {
        self.form().into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The path's segments.
    pub fn segments(&self) -> Vec<&str> {
        self.path.split('/').skip(1).collect()
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Said {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    /// What was wrong with the request: then the test fails.
    pub complaint: Option<String>,
}

impl Said {
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string(), complaint: None }
    }

    pub fn html(status: u16) -> Self {
        let headers = vec![("content-type", "text/html".to_owned())];
        Self { status, headers, body: "<html>Sorry</html>".to_owned(), complaint: None }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn complaining(self, why: impl Into<String>) -> Self {
        Self { complaint: Some(why.into()), ..self }
    }
}

#[derive(Default)]
struct Shared {
    next: Mutex<VecDeque<Said>>,
    asked: Mutex<Vec<Asked>>,
    complaints: Mutex<Vec<String>>,
    hangs: AtomicBool,
    waits: AtomicBool,
}

/// The server. It lives in a thread of its own, and all its connections end with it.
pub struct Double {
    pub url: String,
    shared: Arc<Shared>,
    stop: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Double {
    pub fn start(provider: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let (ours, provider) = (Arc::clone(&shared), Arc::new(provider));
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let app = Router::new().fallback(move |request: Request| {
                    let (ours, provider) = (Arc::clone(&ours), Arc::clone(&provider));
                    async move { ours.answer(request, &*provider).await }
                });
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    _ = stopped => {}
                    served = axum::serve(listener, app) => served.unwrap(),
                }
            });
        });
        Self { url, shared, stop: Some((stop, thread)) }
    }

    /// What is said to the next request, whatever it asks.
    pub fn next(&self, said: Said) {
        self.shared.next.lock().unwrap().push_back(said);
    }

    /// From now on no request is answered; or they are again.
    pub fn hang(&self, hangs: bool) {
        self.shared.hangs.store(hangs, Ordering::SeqCst);
    }

    /// From now on answers wait; or they are given.
    pub fn hold(&self, waits: bool) {
        self.shared.waits.store(waits, Ordering::SeqCst);
    }

    /// Waits for so many to have been asked since the last time: them.
    pub async fn asked_soon(&self, count: usize) -> Vec<Asked> {
        let there = async {
            while self.shared.asked.lock().unwrap().len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(3), there).await;
        let asked = self.asked();
        assert!(in_time.is_ok(), "{asked:?}");
        asked
    }

    /// From now on nobody is there.
    pub fn stop(&mut self) {
        if let Some((stop, thread)) = self.stop.take() {
            drop(stop);
            thread.join().unwrap();
        }
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }

    /// Nothing was asked that the provider would not take.
    #[track_caller]
    pub fn is_content(&self) {
        let complaints = self.shared.complaints.lock().unwrap();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    async fn answer(&self, request: Request, provider: &dyn Provider) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let asked = Asked {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: form_urlencoded::parse(query).into_owned().collect(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        self.asked.lock().unwrap().push(asked.clone());
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        while self.waits.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let next = self.next.lock().unwrap().pop_front();
        // The request is looked at all the same.
        let answered = provider.answer(&asked);
        if let Some(why) = &answered.complaint {
            self.complaints.lock().unwrap().push(format!("{why}: {asked:?}"));
        }
        let said = next.unwrap_or(answered);
        let mut response = Response::builder().status(said.status);
        for (name, value) in &said.headers {
            response = response.header(*name, value);
        }
        response.body(Body::from(said.body)).unwrap()
    }
}

trait Provider: Send + Sync {
    fn answer(&self, asked: &Asked) -> Said;
}

impl<F: Fn(&Asked) -> Said + Send + Sync> Provider for F {
    fn answer(&self, asked: &Asked) -> Said {
        self(asked)
    }
}

#[test]
fn a_double_complains_of_what_it_is_told_to() {
    let double = Double::start(|_| Said::json(400, &json!({})).complaining("no"));
    double.is_content();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let at = double.url.strip_prefix("http://").unwrap();
        let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
        let request = b"POST /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    });
    assert_eq!(double.shared.complaints.lock().unwrap().len(), 1);
}
