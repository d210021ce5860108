//! Records of a version that does not exist yet.

use serde_json::{Map, Value, json};
use sqlx::{Connection as _, PgConnection};
use stepup_tests::authority::{Kept, Place};

use crate::client::call;
use crate::person::{Asked, Person};
use crate::server::{Patience, Server};

crate::on_both_stores! { f13_a_newer_versions_record_is_refused }

/// The store, as another version would write it.
enum Records<'a> {
    Postgres(&'a Place),
    Redis(&'a stepup_tests::servers::redis::Redis, &'a Place),
}

impl Records<'_> {
    /// All records of this kind: their keys, and what stands under them.
    async fn of(&self, kind: &str) -> Vec<(String, Value)> {
        let read = |value: &[u8]| serde_json::from_slice(value).expect("JSON");
        match self {
            Self::Postgres(place) => {
                let mut connection = PgConnection::connect(&place.url).await.expect("it answers");
                let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
                    "SELECT key, value FROM stepup_records WHERE key LIKE $1 || ':%'",
                )
                .bind(kind)
                .fetch_all(&mut connection)
                .await
                .expect("it answers");
                rows.into_iter().map(|(key, value)| (key, read(&value))).collect()
            }
            Self::Redis(server, place) => {
                let pattern = format!("{{{}}}:{kind}:*", place.namespace);
                let keys = server.ask(&["KEYS", &pattern]);
                let keys = keys.split_whitespace();
                // Behind the eight bytes of its revision.
                let value = |key: &str| read(server.ask(&["GETRANGE", key, "8", "-1"]).as_bytes());
                keys.map(|key| (key.to_owned(), value(key))).collect()
            }
        }
    }

    async fn write(&self, key: &str, value: &Value) {
        let value = value.to_string();
        match self {
            Self::Postgres(place) => {
                let mut connection = PgConnection::connect(&place.url).await.expect("it answers");
                let update = "UPDATE stepup_records SET value = $2, revision = revision / 2 + 1 \
                    WHERE key = $1";
                let query = sqlx::query(update).bind(key).bind(value.into_bytes());
                let done = query.execute(&mut connection).await.expect("it answers");
                assert_eq!(done.rows_affected(), 1);
            }
            Self::Redis(server, _) => {
                let value = format!("revision{value}");
                assert_eq!(server.ask(&["SET", key, &value, "KEEPTTL"]), "OK");
            }
        }
    }
}

/// What another version might write in place of this record, by name.
fn newer_ceremonies(record: &Value, grant: &Value) -> Vec<(&'static str, Value)> {
    let with = |path: &str, name: &str, value: Value| {
        let mut record = record.clone();
        let part = record.pointer_mut(path).and_then(Value::as_object_mut);
        part.unwrap_or_else(|| panic!("no {path}")).insert(name.to_owned(), value);
        record
    };
    let state = |state: Value| with("", "state", state);
    let proved = |name: &str, value: Value| {
        let mut proved = grant.clone();
        proved["proved"][name] = value;
        state(proved)
    };
    let pending = record["state"].clone();
    let granted = |name: &str, value: Value| {
        let mut grant = grant["proved"]["grant"].clone();
        grant[name] = value;
        proved("grant", grant)
    };
    vec![
        ("a state", state(json!({ "approved": pending["pending"] }))),
        ("a state without more", state(json!("approved"))),
        ("two states", state(json!({ "pending": pending["pending"], "approved": {} }))),
        ("a demand on the answer", with("/state/pending", "answers_needed", json!(2))),
        ("a demand on the ceremony", with("/head", "tenant", json!("other"))),
        ("a demand on the proof", with("/head/purpose/StepUp", "methods_needed", json!(["hwk"]))),
        ("a purpose", with("/head", "purpose", json!({ "Approve": { "digest": "" } }))),
        ("an end", state(json!({ "ended": { "how": "revoked" } }))),
        ("a member of the record", with("", "version", json!(2))),
        ("a condition of fetching", proved("fetched_by", json!("nobody"))),
        ("a condition of the grant", granted("only_for", json!("one payment"))),
    ]
}

fn newer_accounts(record: &Value) -> Vec<(&'static str, Value)> {
    let mut suspended = record.clone();
    suspended["suspended"] = json!(true);
    let mut conditional = record.clone();
    conditional["factors"][0]["not_before"] = json!(4_000_000_000_u64);
    let mut other = record.clone();
    other["guesses"] = json!({ "all": 10 });
    vec![
        ("an account that is suspended", suspended),
        ("a factor with a condition", conditional),
        ("guesses of another form", other),
    ]
}

async fn f13_a_newer_versions_record_is_refused(kept: Kept) {
    let place = kept.place().await;
    let servers = Server::pair(&place, Patience::Long);
    let records = match &kept {
        Kept::Redis(server) => Records::Redis(server, &place),
        _ => Records::Postgres(&place),
    };
    // A grant, as it would stand in the ceremony of whoever did not prove anything.
    let other = Asked::new(&servers[0], "totp").await;
    assert_eq!(other.prove(&servers[0]).await.status, 200);
    let [(key_of_other, granted)] = &records.of("ceremony").await[..] else { panic!("not one") };
    let grant = granted["state"].clone();
    let accounts: Vec<_> = records.of("account").await.into_iter().map(|(key, _)| key).collect();

    let asked = Asked::new(&servers[0], "totp").await;
    let is_new = |(key, _): &(String, Value)| key != key_of_other && !accounts.contains(key);
    let ceremony = records.of("ceremony").await.into_iter().find(is_new).expect("it was begun");
    let account = records.of("account").await.into_iter().find(is_new).expect("it is there");
    // The grant itself would be one: what is refused below is refused for what is new in it.
    let mut forged = ceremony.1.clone();
    forged["state"] = grant.clone();
    records.write(&ceremony.0, &forged).await;
    assert!(asked.state(&servers[1]).await.token_id().is_some());

    for ((key, before), newer) in
        [(&ceremony, newer_ceremonies(&ceremony.1, &grant)), (&account, newer_accounts(&account.1))]
    {
        records.write(&ceremony.0, &ceremony.1).await;
        for (what, record) in newer {
            records.write(key, &record).await;
            for server in &servers {
                refuses(&asked, server, what).await;
            }
            let is_account = key == &account.0;
            if is_account {
                let begin = json!({ "acr_values": "mfa" });
                let begun = asked.person.post(&servers[0], "/step-up/ceremonies", &begin).await;
                assert_eq!(begun.status, 503, "{what}: {}", begun.body);
            }
            let stands = records.of(key_kind(key)).await;
            assert!(stands.contains(&(key.clone(), record)), "{what} was written over");
        }
        records.write(key, before).await;
    }
    // With the records of this version all is well.
    assert_eq!(asked.prove(&servers[1]).await.status, 200);
    asked.has_one_token(&servers).await;
}

fn key_kind(key: &str) -> &'static str {
    if key.contains("ceremony:") { "ceremony" } else { "account" }
}

/// Whatever is asked about it.
async fn refuses(asked: &Asked, at: &Server, what: &str) {
    let Asked { person, ceremony, factor, .. } = asked;
    let Person { token, .. } = person;
    let exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange\
        &subject_token_type=urn:ietf:params:oauth:token-type:access_token";
    let form = format!("{exchange}&subject_token={token}&ceremony={ceremony}");
    let with_answer = format!("{form}&factor={factor}&code={}", asked.code());
    for (name, request) in [
        ("state", person.request("GET", &asked.path(), &Value::Null)),
        ("proof", asked.proof()),
        ("prompt", person.request("POST", &asked.prompt_path(), &Value::Null)),
        ("cancel", person.request("DELETE", &asked.path(), &Value::Null)),
        ("token", person.request("POST", "/step-up/token", &form.into())),
        ("token with an answer", person.request("POST", "/step-up/token", &with_answer.into())),
    ] {
        let answer = call(at.api, &request).await.expect("it answers");
        let nothing = Map::new();
        let body = answer.body.as_object().unwrap_or(&nothing);
        assert_eq!(answer.status, 503, "{what}: {name}: {}", answer.body);
        assert!(!body.contains_key("access_token"), "{what}: {name}");
    }
}
