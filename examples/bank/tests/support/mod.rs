//! A bank that is open for the length of a test, and a customer's client.

mod customer;
pub(crate) mod folder;
pub(crate) mod nginx;
pub(crate) mod process;

use std::sync::Arc;
use std::time::Duration;

use bank::{Bank, Framework, Options};
use clap::Parser as _;
pub(crate) use customer::{Answer, Customer};
use folder::Folder;
use sqlx::{Connection as _, SqliteConnection};
use stepup_axum::{Clock as _, ManualClock, Timestamp};
use stepup_tests::NOW;
use stepup_tests::authority::{AUTHORITY, TotpApp};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Setup {
    framework: Framework,
    store: String,
    /// For files that end with the test.
    folder: Option<Folder>,
}

/// One that serves. Its clock moves when it is told to.
pub(crate) struct Open {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) url: String,
    client: reqwest::Client,
    setup: Setup,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl Setup {
    pub(crate) fn memory(framework: Framework) -> Self {
        Self { framework, store: "memory".to_owned(), folder: None }
    }

    pub(crate) fn sqlite(framework: Framework) -> Self {
        let folder = Folder::new();
        let store = format!("sqlite:{}", folder.path().join("bank.db").display());
        Self { framework, store, folder: Some(folder) }
    }

    pub(crate) async fn open(self) -> Open {
        self.open_at(Arc::new(ManualClock::at(Timestamp::from_secs(NOW)))).await
    }

    async fn open_at(self, clock: Arc<ManualClock>) -> Open {
        let others = ["--demo", "--address-header", "x-real-ip"];
        let arguments = [&["bank", "--store", &self.store], &others[..]].concat();
        let options = Options::parse_from(arguments);
        let bank = Bank::open(&options, AUTHORITY, clock.clone()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let serving = bank::serve(bank, self.framework, listener, async {
            let _ = stopped.await;
        });
        let server = tokio::spawn(async { serving.await.unwrap() });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Open { clock, url, client, setup: self, stop: Some(stop), server }
    }
}

impl Open {
    /// Stops as when it is told to, and opens again on what is left.
    pub(crate) async fn reopen(self) -> Self {
        let Self { clock, setup, stop, server, client, .. } = self;
        // It has no idle connections to wait for.
        drop(client);
        drop(stop);
        server.await.unwrap();
        setup.open_at(clock).await
    }

    /// Another instance on the same store.
    pub(crate) async fn beside(&self) -> Self {
        let Setup { framework, store, .. } = &self.setup;
        let setup = Setup { framework: *framework, store: store.clone(), folder: None };
        setup.open_at(self.clock.clone()).await
    }

    /// Another connection to the file that everything is in.
    pub(crate) async fn database(&self) -> SqliteConnection {
        SqliteConnection::connect(&self.setup.store).await.unwrap()
    }

    pub(crate) fn is_in_memory(&self) -> bool {
        self.setup.folder.is_none()
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.now().as_secs()
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Somebody who has not logged in.
    pub(crate) fn nobody(&self) -> Customer {
        Customer::new(&self.url, self.clock.clone(), &self.client)
    }

    /// A demo user.
    pub(crate) async fn login(&self, user: &str) -> Customer {
        self.nobody().logged_in(user).await
    }

    pub(crate) async fn app(&self, user: &str) -> TotpApp {
        self.nobody().app_of(user).await
    }

    pub(crate) async fn mail_to(&self, address: &str) -> Vec<String> {
        self.nobody().mail_to(address).await
    }
}
