//! F12: what sends codes is down, a thousand times.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use futures_util::future::{join, join_all};
use serde_json::json;
use stepup_authority::factor::{
    DeliveryError, EmailCode, FactorFuture, Mail, Mailer, Text, TextCode, TextSender, Totp,
};
use stepup_authority::{EventKind, Limits};
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::put_together::{problem, start, token};

/// Takes everything, and then says so or does not.
#[derive(Clone, Default)]
struct Provider(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    hangs: bool,
    /// The name of each sending, to whom, and the code.
    sendings: Vec<[String; 3]>,
}

impl Provider {
    fn take<'a>(&'a self, sending: [&str; 3]) -> FactorFuture<'a, Result<(), DeliveryError>> {
        let mut taken = self.0.lock().unwrap();
        taken.sendings.push(sending.map(str::to_owned));
        let hangs = taken.hangs;
        Box::pin(async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    }

    fn last_code(&self, to: &str) -> String {
        let taken = self.0.lock().unwrap();
        let [.., code] = taken.sendings.iter().rfind(|sending| sending[1] == to).unwrap();
        code.clone()
    }

    fn hang(&self, hangs: bool) {
        let mut taken = self.0.lock().unwrap();
        taken.hangs = hangs;
        taken.sendings.clear();
    }
}

impl Mailer for Provider {
    fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
        self.take([mail.id(), mail.to(), mail.code()])
    }
}

impl TextSender for Provider {
    fn send<'a>(&'a self, text: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>> {
        self.take([text.id(), text.to(), text.code()])
    }
}

const USERS: usize = 250;

/// 10³ sendings of which nobody knows whether they arrived, each asked for thrice: half of them
/// by mail and half by text, in both frameworks. Timers run ahead, so the five seconds are short.
#[tokio::test(start_paused = true)]
async fn f12_a_thousand_time_outs_and_nothing_sent_twice() {
    for framework in Framework::ALL {
        let provider = Provider::default();
        let (mail, text) = (provider.clone(), provider.clone());
        let service = start(
            Setup::new(framework),
            |gate| gate,
            |builder| {
                builder
                    .factor(Totp::new("Bank"))
                    .factor(EmailCode::new(mail).accepted_as_second_factor())
                    .factor(TextCode::new(text))
                    .limits(Limits::default().sends_per_prefix(10_000))
            },
        )
        .await;
        let mut asked = Vec::new();
        for number in 0..2 * USERS {
            let user = service.login(&format!("user-{number}")).await;
            let (details, to, method) = if number % 2 == 0 {
                let to = format!("user-{number}@example.com");
                (json!({ "method": "email", "email": to }), to, "email")
            } else {
                let to = format!("+4915112{number:06}");
                (json!({ "method": "sms", "phone": to }), to, "sms")
            };
            let begun = user.enrol(details).await;
            let code = provider.last_code(&to);
            let confirmed = user.confirm(begun["id"].as_str().unwrap(), &code).await;
            assert_eq!(confirmed.status, 201, "{}", confirmed.json());
            asked.push((user, method, to));
        }
        service.wait(30);
        service.events.clear();
        provider.hang(true);
        let all = join_all(asked.iter().map(async |(user, method, _)| {
            let ceremony = user.begin_mfa().await;
            let factor = ceremony.factor(method);
            let prompt = || user.prompt(&ceremony.id, &factor);
            // At the same moment, and once more when the first has failed.
            let (one, two) = join(prompt(), prompt()).await;
            let three = prompt().await;
            (ceremony, factor, [one, two, three].map(|answer| problem(&answer)))
        }))
        .await;
        let refused = |(status, name): (u16, &str)| (status, name.to_owned());
        for (_, _, answers) in &all {
            let mut answers = answers.clone();
            answers[..2].sort();
            let expected =
                [(429, "too-many-messages"), (503, "not-sent"), (429, "too-many-messages")];
            assert_eq!(answers, expected.map(refused));
        }
        let sendings = provider.0.lock().unwrap().sendings.clone();
        let distinct =
            |at: usize| sendings.iter().map(|sending| &sending[at]).collect::<BTreeSet<_>>();
        assert_eq!(sendings.len(), 2 * USERS, "nothing is sent twice, and nothing is left out");
        assert_eq!((distinct(0).len(), distinct(1).len()), (2 * USERS, 2 * USERS));
        assert_eq!(service.events.count(EventKind::Unsent), 2 * USERS);
        assert_eq!(service.events.count(EventKind::Sent), 0);

        // They had arrived after all: the codes are good. And who asks again later is sent another.
        for (at, ((ceremony, factor, _), (user, _, to))) in all.iter().zip(&asked).enumerate() {
            if at % 4 < 2 {
                token(&user.prove(&ceremony.id, factor, &provider.last_code(to)).await);
            }
        }
        provider.hang(false);
        service.wait(30);
        for (at, ((ceremony, factor, _), (user, _, to))) in all.iter().zip(&asked).enumerate() {
            if at % 4 >= 2 {
                assert_eq!(user.prompt(&ceremony.id, factor).await.status, 200);
                token(&user.prove(&ceremony.id, factor, &provider.last_code(to)).await);
            }
        }
        assert_eq!(service.events.count(EventKind::Sent), USERS);
        assert_eq!(provider.0.lock().unwrap().sendings.len(), USERS);
    }
}
