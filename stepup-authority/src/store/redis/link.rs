//! The connection to Redis: one for all, made anew after a failure by whoever comes next.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, RedisResult, Value};

use super::fault::{Fault, is_unknown_script};
use super::script::Call;

pub(super) struct Link {
    client: Client,
    /// For a whole operation, a new connection included.
    patience: Duration,
    connection: Mutex<Option<Connection>>,
    /// Held by the one who connects; the others wait for that connection.
    connecting: tokio::sync::Mutex<()>,
    made: AtomicU64,
}

#[derive(Clone)]
struct Connection {
    number: u64,
    redis: MultiplexedConnection,
}

impl Link {
    pub(super) fn new(client: Client, patience: Duration) -> Self {
        Self {
            client,
            patience,
            connection: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
            made: AtomicU64::default(),
        }
    }

    /// Runs a script once. A fault leaves open whether it ran.
    pub(super) async fn run<T>(
        &self,
        call: &Call<'_>,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<T, Fault> {
        self.ask(&call.by_hash(), || Some(call.with_code()), read).await
    }

    /// What the server says of itself.
    pub(super) async fn info(&self) -> Result<String, Fault> {
        let read = |value| match value {
            Value::BulkString(text) => String::from_utf8(text).ok(),
            _ => None,
        };
        self.ask(&redis::cmd("INFO"), || None, read).await
    }

    async fn ask<T>(
        &self,
        command: &Cmd,
        if_unknown: impl FnOnce() -> Option<Cmd>,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Result<T, Fault> {
        let mut used = None;
        let answer = tokio::time::timeout(self.patience, async {
            let Connection { number, mut redis } = self.connected().await?;
            used = Some(number);
            match command.query_async(&mut redis).await {
                // It did not run, so this is no second time.
                Err(error) if is_unknown_script(&error) => match if_unknown() {
                    Some(command) => command.query_async(&mut redis).await,
                    None => Err(error),
                },
                answer => answer,
            }
        });
        let answer = match answer.await {
            Ok(Ok(value)) => read(value).ok_or(Fault::Odd),
            Ok(Err(error)) => Err(Fault::Redis(error)),
            Err(_) => Err(Fault::Late),
        };
        if let (Err(fault), Some(number)) = (&answer, used)
            && fault.may_be_the_connection()
        {
            self.give_up(number);
        }
        answer
    }

    async fn connected(&self) -> RedisResult<Connection> {
        if let Some(connection) = self.connection().clone() {
            return Ok(connection);
        }
        let _one = self.connecting.lock().await;
        if let Some(connection) = self.connection().clone() {
            return Ok(connection);
        }
        let limits = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.patience))
            .set_response_timeout(Some(self.patience));
        let redis = self.client.get_multiplexed_async_connection_with_config(&limits).await?;
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let connection = Connection { number, redis };
        *self.connection() = Some(connection.clone());
        Ok(connection)
    }

    /// Not one that was made since.
    fn give_up(&self, number: u64) {
        self.connection().take_if(|connection| connection.number == number);
    }

    /// Nothing panics while it is locked, so a poisoned lock is whole all the same.
    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
