//! How old, and for how long.

use std::time::Duration;

use super::AuthorityBuilder;

impl AuthorityBuilder {
    /// How old a login may be for a factor of another kind to make `mfa` of it: 12 hours unless
    /// set, 24 at most (NIST SP 800-63B-4 §2.2.3). One whose age is not known never does.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.combine_within(Duration::from_secs(60 * 60))
    /// }
    /// ```
    pub fn combine_within(self, age: Duration) -> Self {
        Self { combine_within: age, ..self }
    }

    /// How fresh a proof has to be for a change of factors: 5 minutes unless set; a minute to an
    /// hour.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.change_within(Duration::from_secs(60))
    /// }
    /// ```
    pub fn change_within(self, age: Duration) -> Self {
        Self { change_within: age, ..self }
    }

    /// How long a new factor cannot be used yet, so that its owner can be told of it and object:
    /// not at all unless set, 30 days at most.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.factor_rest(Duration::from_secs(24 * 60 * 60))
    /// }
    /// ```
    pub fn factor_rest(self, rest: Duration) -> Self {
        Self { factor_rest: rest, ..self }
    }

    /// How long a stepped-up token is good, where no `max_age` asks for less: 5 minutes unless
    /// set; a minute to an hour. It ends with the login's token all the same.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.token_lifetime(Duration::from_secs(2 * 60))
    /// }
    /// ```
    pub fn token_lifetime(self, lifetime: Duration) -> Self {
        Self { token_lifetime: lifetime, ..self }
    }

    /// Stepped-up tokens may be good for longer than the token that they were exchanged for. Then
    /// the end of a session does not end them.
    ///
    /// ```
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.tokens_outlive_the_login()
    /// }
    /// ```
    pub fn tokens_outlive_the_login(self) -> Self {
        Self { outlives_login: true, ..self }
    }

    /// How long a request waits for the store, all in all, before it is answered 503: 450 ms
    /// unless set, so that an answer comes within half a second; 50 ms to 10 s. What a store waits
    /// for by itself is a setting of its own.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::AuthorityBuilder;
    /// fn settle(builder: AuthorityBuilder) -> AuthorityBuilder {
    ///     builder.store_patience(Duration::from_millis(800))
    /// }
    /// ```
    pub fn store_patience(self, patience: Duration) -> Self {
        Self { store_patience: patience, ..self }
    }
}
