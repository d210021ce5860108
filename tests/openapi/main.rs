//! `stepup-authority/openapi.json` is what the service does: in both frameworks every operation is
//! driven to every status that is described, and each answer has to be as its status says: no
//! member, header or status more than that, and none less.

mod client;
mod description;
mod missed;
mod moody;
mod pager;
mod paths;
mod scenes;
mod seen;

use serde_json::{Value, json};
use stepup_tests::Framework;

use description::Description;
use seen::Seen;

#[test]
fn every_reference_leads_to_a_schema_that_is_one() {
    let description = Description::read();
    let schemas = description.schemas();
    assert!(schemas.len() > 20, "{}", schemas.len());
    for (place, schema) in schemas {
        description.check_schema(schema).unwrap_or_else(|error| panic!("{place}: {error}"));
    }
}

/// Of each factor that is built in.
#[test]
fn every_member_of_an_answer_is_described() {
    let description = Description::read();
    let of_both = ["code", "id_token", "state", "iss", "error", "mfa_token"];
    let of_both =
        of_both.into_iter().flat_map(|name| [("Answer", name), ("EnrolmentAnswer", name)]);
    for (schema, member) in of_both.chain([("EnrolmentAnswer", "factor_sid")]) {
        let with = |value: Value| {
            let mut answer = json!({ "factor": format!("f_{}", "a".repeat(22)) });
            answer[member] = value;
            description.check_named(schema, &answer)
        };
        assert_eq!(with(json!("text")), Ok(()), "{schema}: {member}");
        assert!(with(json!(7)).is_err(), "{schema}: {member}");
    }
}

#[tokio::test]
async fn every_answer_is_as_described() {
    for framework in Framework::ALL {
        let (description, seen) = (Description::read(), Seen::default());
        scenes::all(framework, &description, &seen).await;
        let missed: Vec<_> = description
            .statuses()
            .into_iter()
            .filter(|status| !seen.holds(status) && !missed::is_known(status))
            .collect();
        assert!(missed.is_empty(), "{framework:?}: described, and never answered: {missed:#?}");
        let reached: Vec<_> = missed::known().filter(|status| seen.holds(status)).collect();
        assert!(reached.is_empty(), "{framework:?}: answered after all: {reached:#?}");
        let unseen: Vec<_> =
            description.problems().into_iter().filter(|name| !seen.problem(name)).collect();
        assert!(unseen.is_empty(), "{framework:?}: problems that never came: {unseen:?}");
    }
}
