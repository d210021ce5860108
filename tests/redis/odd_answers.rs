//! S9: whoever answers in Redis's place says something else: an error, never a panic, never a yes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use stepup_authority::store::{Epoch, RedisStore, Store as _, StoreError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::scene::{key, put};

const INFO: &str = "redis_version:7.0.15\r\nrun_id:ab\r\nmaxmemory_policy:noeviction\r\n\
    role:master\r\nmaster_replid:cd\r\ncluster_enabled:0";

/// As Redis until it is told otherwise, then the same to everything.
struct Impostor {
    url: String,
    odd: Arc<AtomicBool>,
}

impl Impostor {
    async fn saying(answer: Vec<u8>, and_hangs_up: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}/", listener.local_addr().unwrap());
        let odd = Arc::new(AtomicBool::new(false));
        let of_task = odd.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, answer.clone(), and_hangs_up, of_task.clone()));
            }
        });
        Self { url, odd }
    }
}

async fn talk(mut stream: TcpStream, answer: Vec<u8>, hangs_up: bool, odd: Arc<AtomicBool>) {
    let mut heard = vec![0; 64 * 1024];
    while let Ok(length) = stream.read(&mut heard).await
        && length > 0
    {
        let text = String::from_utf8_lossy(&heard[..length]).into_owned();
        let good = if text.contains("CLIENT") {
            "+OK\r\n".repeat(text.matches("CLIENT").count())
        } else if text.contains("INFO\r\n") && !text.contains("EVAL") {
            format!("${}\r\n{INFO}\r\n", INFO.len())
        } else {
            ":0\r\n".to_owned()
        };
        let now_odd = odd.load(Ordering::SeqCst) && text.contains("EVAL");
        let said = if now_odd { answer.as_slice() } else { good.as_bytes() };
        if stream.write_all(said).await.is_err() || (now_odd && hangs_up) {
            return;
        }
    }
}

#[tokio::test]
async fn s9_garbage_replies_are_errors() {
    let deep = "*1\r\n".repeat(10_000);
    let answers: [&[u8]; 34] = [
        b"",
        b"\r\n",
        b"+OK\r\n",
        b"+\r\n",
        b":1\r\n",
        b":99999999999999999999\r\n",
        b"$-1\r\n",
        b"$3\r\n7 -\r\n",
        b"$3\r\n7 ",
        b"$-5\r\nx\r\n",
        b"$999999999999\r\nx",
        b"*-1\r\n",
        b"*0\r\n",
        b"*-7\r\n",
        b"*4294967295\r\n",
        b"*99999999999\r\n",
        b"*1\r\n:1\r\n",
        b"*1\r\n$3\r\n7 -\r\n",
        b"*2\r\n$3\r\n7 -\r\n+OK\r\n",
        b"*2\r\n$3\r\n7 -\r\n:2\r\n",
        b"*2\r\n$3\r\n7 -\r\n$1\r\n1\r\n",
        b"*2\r\n$1\r\n7\r\n:1\r\n",
        b"*2\r\n$-1\r\n:1\r\n",
        b"*2\r\n:7\r\n:1\r\n",
        b"*3\r\n$3\r\n7 -\r\n:1\r\n:1\r\n",
        b"*2\r\n$3\r\n7 -\r\n-ERR x\r\n",
        b"-ERR \x1b[2J secret\r\n",
        b"-LOADING Redis is loading the dataset in memory\r\n",
        b"-READONLY You can't write against a read only replica.\r\n",
        b"-MOVED 3999 192.0.2.1:6381\r\n",
        b"-BUSY Redis is busy running a script.\r\n",
        b"-NOSCRIPT No matching script.\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        deep.as_bytes(),
    ];
    for answer in answers {
        for hangs_up in [false, true] {
            let shown = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
            let impostor = Impostor::saying(answer.to_vec(), hangs_up).await;
            let store = RedisStore::builder(&impostor.url).open().await.unwrap();
            impostor.odd.store(true, Ordering::SeqCst);
            let begin = Instant::now();
            let read = store.read(&[key("a")]).await;
            let commit = store.commit(Epoch::first(7), &[put("a", None, b"1")]).await;
            assert!(begin.elapsed() < Duration::from_secs(2), "{shown}: it hangs");
            for said in [read.map(drop), commit.map(drop)] {
                let Err(StoreError::Unavailable(why)) = said else { panic!("{shown}: {said:?}") };
                assert!(!why.contains("secret") && !why.contains('\x1b'), "{why}");
                assert!(!why.contains("192.0.2.1"), "{why}");
            }
        }
    }
}

/// And before it is opened: what it cannot prove to be it is not.
#[tokio::test]
async fn s9_garbage_at_start_is_an_error() {
    let odd: [&[u8]; 6] =
        [b"+OK\r\n", b"$-1\r\n", b"$2\r\n\xff\xff\r\n", b"*0\r\n", b"$1\r\nx\r\n", b"-X y\r\n"];
    for answer in odd {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut heard = [0; 4096];
                while let Ok(length) = stream.read(&mut heard).await
                    && length > 0
                    && stream.write_all(answer).await.is_ok()
                {}
            }
        });
        let opened = RedisStore::builder(&url).open().await;
        assert!(opened.is_err(), "{answer:?}");
    }
}
