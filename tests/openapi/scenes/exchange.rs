//! Token exchange.

use super::{Stage, begun};

pub const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
pub const TYPE: (&str, &str) =
    ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");

pub async fn exchanges(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let client = stage.client(&service, &alice.token);
    let id = begun(&client).await;
    let (subject, ceremony) = (("subject_token", &*alice.token), ("ceremony", &*id));
    for (form, error) in [
        (vec![GRANT], "invalid_request"),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![GRANT, TYPE, subject, ceremony, ("audience", "elsewhere")], "invalid_target"),
        (vec![GRANT, TYPE, subject, ceremony, ("scope", "admin")], "invalid_scope"),
        (vec![GRANT, TYPE, ("subject_token", "a.b.c"), ceremony], "invalid_request"),
    ] {
        let answer = client.exchange(&form).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (400, &error.into()));
    }
    let pending = client.exchange(&[GRANT, TYPE, subject, ceremony]).await;
    assert_eq!(pending.json()["error"], "authorization_pending");
    let (factor, wrong) = (("factor", &*app.factor), app.wrong_code(service.now()));
    let wrong = client.exchange(&[GRANT, TYPE, subject, ceremony, factor, ("code", &wrong)]).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["error"]), (400, &"invalid_grant".into()));
    let right = app.code(service.now());
    let right = client.exchange(&[GRANT, TYPE, subject, ceremony, factor, ("code", &right)]).await;
    assert_eq!(right.status, 200);
    let again = client.exchange(&[GRANT, TYPE, subject, ceremony]).await;
    assert_eq!(again.status, 200);
}
