//! In memory.

use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::story;

#[tokio::test]
async fn every_factor_ends_in_a_token_that_is_admitted() {
    for framework in Framework::ALL {
        story::every_factor_ends_in_a_token_that_is_admitted(Setup::new(framework)).await;
    }
}
