//! The bank: what its handlers share.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use stepup_authority::factor::Mailer;
use stepup_authority::store::SqlStore;
use stepup_authority::{Authority, Issuer};
use stepup_axum::{Clock, Gate};
use tokio_util::task::TaskTracker;

use crate::StartError;
use crate::ledger::{Customer, Ledger};
use crate::notices::ByMail;
use crate::options::Options;
use crate::outbox::{self, Outbox, Post};
use crate::problem::Problem;
use crate::sealing::{self, Sealing};
use crate::{authority, demo, store};

/// Everything that a request needs. A clone is the same bank.
#[derive(Clone, Debug)]
pub struct Bank {
    pub(crate) gate: Gate,
    pub(crate) issuer: Issuer,
    pub(crate) authority: Authority,
    pub(crate) ledger: Ledger,
    pub(crate) post: Post,
    /// Whether mail is only shown.
    pub(crate) has_outbox: bool,
    /// In which a proxy says where a request comes from.
    pub(crate) address_header: Option<HeaderName>,
    database: Option<Arc<SqlStore>>,
    clock: Arc<dyn Clock>,
    /// What is done to the end.
    under_way: TaskTracker,
}

/// How long its databases wait for who still uses them.
const LAST_STATEMENTS: Duration = Duration::from_secs(2);

impl Bank {
    /// Opens it for business at this origin, with its demo users in it.
    ///
    /// # Errors
    ///
    /// What is wrong, where, and what to do.
    pub async fn open<C: Clock>(
        options: &Options,
        origin: &str,
        clock: Arc<C>,
    ) -> Result<Self, StartError> {
        demo::check(origin, options.bind, options.demo)?;
        let (ledger, sealing) = (options.ledger()?, Sealing::of(&options.store)?);
        let (store, database) = store::open(&options.store).await?;
        let ledger = Ledger::open(&ledger).await?;
        let of = ledger.origin(origin).await?;
        if of != origin {
            let give = options.instead_of(&of);
            return Err(format!(
                "the ledger is of a bank at {of}, where alone its customers can confirm anything: \
                 give {give}"
            )
            .into());
        }
        let sealing = Arc::new(sealing.keys().await?);
        let issuer = Issuer::builder(origin, &format!("{origin}/api")).clock(clock.clone());
        let issuer = issuer.open(store, sealing).await;
        let issuer = issuer.map_err(|error| sealing::explained(&error, &options.store))?;
        let gate = issuer.gate().revocations(ledger.clone()).build()?;
        let mailer: Arc<dyn Mailer> = match &options.smtp {
            Some(url) => Arc::new(outbox::smtp(url).await?),
            None => Arc::new(Outbox { ledger: ledger.clone(), clock: clock.clone() }),
        };
        let post = Post(mailer);
        // By one that tells nobody: to these customers nothing has changed.
        let authority = authority::authority(&issuer, &gate, &post, &options.store)?.build()?;
        demo::welcome_users(&ledger, &authority).await?;
        let notices = ByMail { ledger: ledger.clone(), post: post.clone() };
        let mut authority =
            authority::authority(&issuer, &gate, &post, &options.store)?.notify(notices);
        if let Some(header) = options.address_header.clone() {
            authority = authority.address(move |head| {
                authority::address(&head.headers, &header).map(|address| address.to_string())
            });
        }
        let authority = authority.build()?;
        let has_outbox = options.smtp.is_none();
        let address_header = options.address_header.clone();
        let bank = Self {
            gate,
            issuer,
            authority,
            ledger,
            post,
            has_outbox,
            address_header,
            database,
            clock,
            under_way: TaskTracker::new(),
        };
        bank.clear_away_who_left().await?;
        Ok(bank)
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_secs().cast_signed()
    }

    /// The customer that a token is of, unless they have left since it was looked at.
    pub(crate) async fn customer(&self, username: &str) -> Result<Customer, Problem> {
        self.ledger.customer(username).await?.ok_or_else(Problem::closed)
    }

    /// Whether it can do business.
    pub(crate) async fn check(&self) -> Result<&'static str, Problem> {
        self.ledger.check().await?;
        Ok("ready")
    }

    /// Does it also where whoever asked hangs up: axum lets go of their handler then, and of what it
    /// had still to do.
    pub(crate) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = self.under_way.spawn(work).await;
        done.unwrap_or_else(|error| Err(Problem::unavailable(error)))
    }

    /// Waits for what was begun, also for who hung up, and for who is told of it.
    pub(crate) async fn finish(&self) {
        self.under_way.close();
        self.under_way.wait().await;
        self.authority.finish().await;
    }

    /// Lets go of its databases: each is one file again. Who still waits for an answer by now has
    /// none.
    pub(crate) async fn close(&self) {
        let closed = async {
            self.ledger.close().await;
            if let Some(database) = &self.database {
                database.close().await;
            }
        };
        if tokio::time::timeout(LAST_STATEMENTS, closed).await.is_err() {
            tracing::warn!("a database is still in use; what is in it is safe");
        }
    }
}
