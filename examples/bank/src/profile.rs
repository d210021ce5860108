//! What customers change about themselves, and how they leave.

use serde::Serialize;

use crate::bank::Bank;
use crate::input::{self, Profile};
use crate::problem::Problem;

#[derive(Serialize)]
pub(crate) struct Changed {
    email: String,
}

impl Bank {
    /// Another address, which is told of at the old one.
    ///
    /// Codes to the old address are worth nothing from now on, and those to the new one are not
    /// until its owner has enrolled it: nobody has shown yet that they read mail there.
    pub(crate) async fn change_email(&self, user: &str, to: Profile) -> Result<Changed, Problem> {
        let customer = self.customer(user).await?;
        let email = to.email;
        if !input::is_email(&email) {
            return Err(Problem::unfit(
                "malformed-address",
                "Give one plain address, such as alice@example.com.",
            ));
        }
        if email == customer.email {
            return Ok(Changed { email });
        }
        // First: if the rest fails, no address counts that should not.
        let removed = self.authority.remove_method_of(user, "email").await;
        removed.map_err(Problem::unavailable)?;
        self.ledger.set_email(user, &email).await?;
        let text = format!(
            "Hello {},\n\nyour address at the bank is now {email}, and codes are no longer sent \
             here.\n\nIf that was not you, call us at once.\n\nThe Bank\n",
            customer.name
        );
        self.post.tell(&customer.email, "Your e-mail address was changed", text).await;
        Ok(Changed { email })
    }

    /// The customer leaves: nobody logs in by this name again, and what was issued is refused.
    /// It may be asked for again if a part of it failed.
    pub(crate) async fn close_account(&self, user: &str) -> Result<(), Problem> {
        let customer = self.ledger.customer(user).await?;
        let removed = self.authority.remove_factors_of(user).await;
        removed.map_err(Problem::unavailable)?;
        // Last: of whom it has left the bank asks nothing more.
        self.ledger.close_account(user, self.now()).await?;
        if let Some(customer) = customer {
            let text = format!("Hello {},\n\nyour account is closed.\n\nThe Bank\n", customer.name);
            self.post.tell(&customer.email, "Your account is closed", text).await;
        }
        self.forget(user);
        Ok(())
    }
}
