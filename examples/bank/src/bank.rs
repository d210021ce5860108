//! The bank: what its handlers share.

use std::sync::Arc;

use stepup_authority::factor::Mailer;
use stepup_authority::{Authority, Issuer};
use stepup_axum::{Clock, Gate};

use crate::StartError;
use crate::ledger::{Customer, Ledger};
use crate::notices::ByMail;
use crate::options::Options;
use crate::outbox::{self, Outbox, Post};
use crate::problem::Problem;
use crate::{authority, sealing};

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
    clock: Arc<dyn Clock>,
}

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
        let sealing = Arc::new(sealing::keys(&options.store)?);
        let store = authority::store(&options.store).await?;
        let issuer = Issuer::builder(origin, &format!("{origin}/api")).clock(clock.clone());
        let issuer = issuer.open(store, sealing).await?;
        let gate = issuer.gate().build()?;
        let ledger = Ledger::open(&options.ledger()).await?;
        let mailer: Arc<dyn Mailer> = match &options.smtp {
            Some(url) => Arc::new(outbox::smtp(url).await?),
            None => Arc::new(Outbox { ledger: ledger.clone(), clock: clock.clone() }),
        };
        let post = Post(mailer);
        let notices = ByMail { ledger: ledger.clone(), post: post.clone() };
        let authority = authority::authority(&issuer, &gate, notices)?;
        let has_outbox = options.smtp.is_none();
        let bank = Self { gate, issuer, authority, ledger, post, has_outbox, clock };
        bank.welcome_demo_users().await?;
        Ok(bank)
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_secs().cast_signed()
    }

    /// The customer that a token is of. Tokens that another instance issued before the account was
    /// closed are still good, so this is asked each time.
    pub(crate) async fn customer(&self, username: &str) -> Result<Customer, Problem> {
        let closed = || Problem::new(http::StatusCode::FORBIDDEN, "This account is closed.");
        self.ledger.customer(username).await?.ok_or_else(closed)
    }

    /// Whether it can do business.
    pub(crate) async fn check(&self) -> Result<&'static str, Problem> {
        self.ledger.check().await?;
        Ok("ready")
    }
}
