//! Keeping a code so that it can be compared and not read.

use std::fmt;

use crate::sealing::SealingKeys;

/// Makes tags of codes: HMACs under the service's secret, bound to one ceremony and factor. A code
/// of another ceremony, factor or enrolment does not match.
///
/// ```
/// use stepup_authority::factor::{Prompt, Unreadable, Vault};
///
/// fn prompt(code: &str, vault: &Vault<'_>) -> Result<Prompt, Unreadable> {
///     Ok(Prompt::default().keeping(vault.tag(code)))
/// }
///
/// fn is_right(answer: &str, kept: &[u8], vault: &Vault<'_>) -> bool {
///     vault.matches(answer, kept)
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Vault<'a> {
    keys: &'a SealingKeys,
    context: [&'a str; 3],
}

impl<'a> Vault<'a> {
    pub(crate) const fn new(keys: &'a SealingKeys, ceremony: &'a str, factor: &'a str) -> Self {
        Self { keys, context: ["code", ceremony, factor] }
    }

    /// What a code is kept as.
    ///
    /// ```
    /// use stepup_authority::factor::{Prompt, Vault};
    /// fn keeping(vault: &Vault<'_>, code: &str) -> Prompt {
    ///     Prompt::default().keeping(vault.tag(code))
    /// }
    /// ```
    #[must_use]
    pub fn tag(&self, code: &str) -> Vec<u8> {
        self.keys.tag(&self.context, code)
    }

    /// The same for all factors of the ceremony.
    pub(crate) fn tag_of_ceremony(&self, code: &str) -> Vec<u8> {
        let [_, ceremony, _] = self.context;
        self.keys.tag(&["ceremony", ceremony], code)
    }

    /// Whether it is the code that was kept, in constant time.
    ///
    /// ```
    /// use stepup_authority::factor::Vault;
    /// fn is_right(vault: &Vault<'_>, code: &str, kept: &[u8]) -> bool {
    ///     vault.matches(code, kept)
    /// }
    /// ```
    #[must_use]
    pub fn matches(&self, code: &str, tag: &[u8]) -> bool {
        self.keys.matches(&self.context, code, tag)
    }
}

impl fmt::Debug for Vault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}
