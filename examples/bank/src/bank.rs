//! The bank: what its handlers share.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use sqlx::sqlite::SqlitePool;
use stepup_authority::factor::Mailer;
use stepup_authority::{Authority, Issuer};
use stepup_axum::{Clock, Forget, Gate, RequestHead};

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
    store_file: Option<SqlitePool>,
    clock: Arc<dyn Clock>,
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
        let sealing = Sealing::of(&options.store)?;
        let (store, store_file) = store::open(&options.store).await?;
        let sealing = Arc::new(sealing.keys().await?);
        let issuer = Issuer::builder(origin, &format!("{origin}/api")).clock(clock.clone());
        let issuer = issuer.open(store, sealing).await;
        let issuer = issuer.map_err(|error| sealing::explained(&error, &options.store))?;
        let gate = issuer.gate().build()?;
        let ledger = Ledger::open(&options.ledger()).await?;
        let mailer: Arc<dyn Mailer> = match &options.smtp {
            Some(url) => Arc::new(outbox::smtp(url).await?),
            None => Arc::new(Outbox { ledger: ledger.clone(), clock: clock.clone() }),
        };
        let post = Post(mailer);
        demo::check(origin, options.demo)?;
        // By one that tells nobody: to these customers nothing has changed.
        let authority = authority::authority(&issuer, &gate, &post)?.build()?;
        demo::welcome_users(&ledger, &authority).await?;
        let notices = ByMail { ledger: ledger.clone(), post: post.clone() };
        let mut authority = authority::authority(&issuer, &gate, &post)?.notify(notices);
        if let Some(header) = options.address_header.clone() {
            authority = authority.address(move |head| {
                authority::address(&head.headers, &header).map(|address| address.to_string())
            });
        }
        let authority = authority.build()?;
        let has_outbox = options.smtp.is_none();
        let address_header = options.address_header.clone();
        Ok(Self {
            gate,
            issuer,
            authority,
            ledger,
            post,
            has_outbox,
            address_header,
            store_file,
            clock,
        })
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_secs().cast_signed()
    }

    /// Has the gate forget whose account another instance closed, and who signed out there, before
    /// anybody asks it: the API and the authority then refuse their tokens as well. (With those that
    /// are bound to a key it would stand behind the guard: a DPoP proof is good once.)
    pub(crate) async fn forget_who_left(&self, head: RequestHead<'_>) -> Result<(), Problem> {
        if let Ok(user) = self.gate.verify(head).await {
            let standing = self.ledger.standing(user.subject(), user.session()).await?;
            if !standing.has_account {
                self.forget(user.subject());
            }
            if let Some(session) = user.session().filter(|_| standing.is_signed_out) {
                self.forget_session(session);
            }
        }
        Ok(())
    }

    pub(crate) fn forget(&self, user: &str) {
        self.gate.forget(Forget::Subject { issuer: self.issuer.issuer(), subject: user });
    }

    pub(crate) fn forget_session(&self, session: &str) {
        self.gate.forget(Forget::Session { issuer: self.issuer.issuer(), session });
    }

    /// The customer that a token is of, unless they have left since it was looked at.
    pub(crate) async fn customer(&self, username: &str) -> Result<Customer, Problem> {
        let closed = || Problem::new(http::StatusCode::FORBIDDEN, "This account is closed.");
        self.ledger.customer(username).await?.ok_or_else(closed)
    }

    /// Whether it can do business.
    pub(crate) async fn check(&self) -> Result<&'static str, Problem> {
        self.ledger.check().await?;
        Ok("ready")
    }

    /// Lets go of its databases: each is one file again. Who still waits for an answer by now has
    /// none.
    pub(crate) async fn close(&self) {
        let closed = async {
            self.ledger.close().await;
            if let Some(file) = &self.store_file {
                file.close().await;
            }
        };
        if tokio::time::timeout(LAST_STATEMENTS, closed).await.is_err() {
            tracing::warn!("a database is still in use; what is in it is safe");
        }
    }
}
