//! Many requests in the same moment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::client::{Answer, Connection};
use crate::server::Server;

/// Sends these requests over so many connections, in turn to each of the servers. Every connection
/// is open and has sent all but the last byte of its first request when it waits for the others;
/// then all send that byte, and their further requests behind it. The answers come in the order of
/// the requests.
pub async fn release(
    servers: &[Server],
    connections: usize,
    requests: impl IntoIterator<Item = Vec<u8>>,
) -> Vec<Answer> {
    let mut queues = vec![Vec::new(); connections];
    let mut count = 0;
    for request in requests {
        queues[count % connections].push((count, request));
        count += 1;
    }
    let barrier = Arc::new(Barrier::new(connections));
    let mut tasks = JoinSet::new();
    for (place, queue) in queues.into_iter().enumerate() {
        let address = servers[place % servers.len()].api;
        tasks.spawn(one(address, queue, barrier.clone()));
    }
    let mut answers: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    answers.sort_by_key(|(place, _)| *place);
    assert_eq!(answers.len(), count);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

async fn one(
    address: SocketAddr,
    queue: Vec<(usize, Vec<u8>)>,
    barrier: Arc<Barrier>,
) -> Vec<(usize, Answer)> {
    let mut connection = Connection::open(address).await.expect("it listens");
    let (places, requests): (Vec<_>, Vec<_>) = queue.into_iter().unzip();
    let mut first = requests.concat();
    let rest = first.split_off(requests[0].len() - 1);
    connection.send(&first).await.expect("it reads");
    barrier.wait().await;
    connection.send(&rest).await.expect("it reads");
    let mut answers = Vec::with_capacity(places.len());
    for place in places {
        answers.push((place, connection.answer().await.expect("it answers each")));
    }
    answers
}

/// How often each status came.
pub fn counts(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status).or_default() += 1;
    }
    counts
}
