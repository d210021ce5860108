//! C6: whatever is asked in whatever order, a token comes of a right answer alone.

use std::collections::HashMap;

use serde_json::{Value, json};
use stepup_authority::Login;
use stepup_core::Method;
use stepup_tests::Answer;
use stepup_tests::authority::{Service, TotpApp, User};

use crate::scene::{claims, exchange, other_code, setups, token};

/// Numbers without a pattern, the same each time (xorshift64).
struct Walk(u64);

impl Walk {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).expect("small")
    }
}

/// A ceremony by the rules, and by nothing of ours.
struct Begun {
    id: String,
    session: usize,
    begun_at: u64,
    heard: u32,
    is_over: bool,
    /// The last code of each factor that was sent for it.
    sent: HashMap<String, String>,
    /// When it was proved, and the token's name.
    proved: Option<(u64, Value)>,
}

struct Session<'a> {
    user: User<'a>,
    app: TotpApp,
    email: String,
}

struct World<'a> {
    service: &'a Service,
    sessions: Vec<Session<'a>>,
    begun: Vec<Begun>,
    /// The last step that was used of each app.
    used: HashMap<String, u64>,
    tokens: usize,
}

impl World<'_> {
    /// Whether this code proves this ceremony now, by the rules.
    fn is_right(&self, session: usize, ceremony: usize, factor: &str, code: &str) -> bool {
        let (now, begun) = (self.service.now(), &self.begun[ceremony]);
        let Session { user, app, email } = &self.sessions[session];
        let is_open = begun.session == session
            && !begun.is_over
            && begun.proved.is_none()
            && begun.heard < 5
            && now < begun.begun_at + 600;
        let by_app = || {
            let used = self.used.get(&user.subject).copied().unwrap_or_default();
            let mut steps = (now / 30 - 1)..=(now / 30 + 1);
            steps.any(|step| step > used && app.code(step * 30) == code)
        };
        is_open
            && (factor == app.factor && by_app()
                || factor == email && begun.sent.get(factor).is_some_and(|sent| sent == code))
    }

    /// What came of an answer to a ceremony.
    fn answered(&mut self, session: usize, ceremony: usize, sent: (&str, &str), answer: &Answer) {
        let (factor, code) = sent;
        let is_right = self.is_right(session, ceremony, factor, code);
        let now = self.service.now();
        let (status, body) = (answer.status.as_u16(), answer.json());
        if token(answer).is_some() {
            assert!(is_right, "{sent:?} is not right: {body}");
        } else if is_right {
            assert!([429, 410].contains(&status), "{sent:?} is right, unless locked: {body}");
        }
        let begun = &mut self.begun[ceremony];
        // The count in the problem is theirs; the one here goes by the answers.
        if [400, 403].contains(&status) && begun.session == session {
            let is_wrong = body["attempts_left"].is_u64() || body["error"] == "invalid_grant";
            begun.heard += u32::from(is_wrong && begun.proved.is_none() && !begun.is_over);
        }
        if let Some(token) = token(answer) {
            let claims = claims(&token);
            let user = &self.sessions[session].user;
            assert_eq!((&claims["sub"], &claims["acr"]), (&json!(user.subject), &json!("mfa")));
            assert_eq!(claims["auth_time"], now);
            if factor == self.sessions[session].app.factor {
                let app = &self.sessions[session].app;
                let mut steps = (now / 30 - 1)..=(now / 30 + 1);
                let step = steps.find(|step| app.code(step * 30) == code).expect("it is right");
                self.used.insert(user.subject.clone(), step);
            }
            for other in &self.begun {
                assert!(other.proved.as_ref().is_none_or(|(_, jti)| *jti != claims["jti"]));
            }
            self.begun[ceremony].proved = Some((now, claims["jti"].clone()));
            self.tokens += 1;
        }
    }

    /// What came of asking for a token that was earned.
    fn fetched(&self, session: usize, ceremony: usize, answer: &Answer) {
        let begun = &self.begun[ceremony];
        let Some(token) = token(answer) else { return };
        let Some((at, jti)) = &begun.proved else { panic!("never proved: {}", answer.json()) };
        assert_eq!(begun.session, session, "somebody else's");
        assert!(self.service.now() <= at + 60, "a minute, no longer");
        assert_eq!(claims(&token)["jti"], *jti, "the same token");
    }

    async fn step(&mut self, walk: &mut Walk) {
        let session = walk.below(self.sessions.len());
        let Session { user, app, email } = &self.sessions[session];
        let (user, app, email) = (user.clone(), app.clone(), email.clone());
        let action = walk.below(16);
        if self.begun.is_empty() || action == 0 || action == 1 {
            let wanted = json!({ "acr_values": "mfa", "max_age": 300 });
            let answer = user.try_begin(wanted).await;
            if let (201, Some(id)) = (answer.status.as_u16(), answer.json()["id"].as_str()) {
                self.begun.push(Begun {
                    id: id.to_owned(),
                    session,
                    begun_at: self.service.now(),
                    heard: 0,
                    is_over: false,
                    sent: HashMap::new(),
                    proved: None,
                });
            }
            return;
        }
        // Most often one of the last, so that they get somewhere.
        let recent = self.begun.len().min(1 + walk.below(6));
        let ceremony = self.begun.len() - 1 - walk.below(recent);
        // And most often the one who began it.
        if walk.below(3) > 0 && self.begun[ceremony].session != session {
            return;
        }
        let id = self.begun[ceremony].id.clone();
        let factor = if walk.below(2) == 0 { &app.factor } else { &email };
        let now = self.service.now();
        match action {
            2 | 3 => {
                let count = self.service.outbox.sent().len();
                let answer = user.prompt(&id, factor).await;
                let sent = self.service.outbox.sent();
                if sent.len() > count {
                    assert_eq!((answer.status.as_u16(), factor), (200, &email));
                    let code = sent[count].code.clone();
                    self.begun[ceremony].sent.insert(email, code);
                }
            }
            4..=9 => {
                let any = walk.below(self.begun.len());
                let mailed = |begun: &Begun| begun.sent.get(&email).cloned();
                let code = match walk.below(8) {
                    0 | 1 => app.code(now),
                    2 => app.code(now - 30),
                    3 => app.code(now - 60 + 30 * walk.below(5) as u64),
                    4 => mailed(&self.begun[any]).unwrap_or_else(|| "000000".to_owned()),
                    5 | 6 => mailed(&self.begun[ceremony]).unwrap_or_else(|| app.code(now)),
                    _ => other_code(&app.code(now)),
                };
                // The factor that the code is for, mostly.
                let is_mailed = mailed(&self.begun[ceremony]).as_deref() == Some(&code);
                let factor = match walk.below(6) {
                    0 => factor.clone(),
                    _ if is_mailed => email.clone(),
                    _ => app.factor.clone(),
                };
                let answer = if action == 9 {
                    let proof = [("factor", factor.as_str()), ("code", code.as_str())];
                    exchange(self.service, &user, &id, &proof).await
                } else {
                    user.prove(&id, &factor, &code).await
                };
                self.answered(session, ceremony, (&factor, &code), &answer);
            }
            10 => {
                if user.cancel(&id).await.status == 204 {
                    assert!(self.begun[ceremony].session == session);
                    self.begun[ceremony].is_over = true;
                }
            }
            11 => self.fetched(session, ceremony, &user.state(&id).await),
            12 => {
                let answer = exchange(self.service, &user, &id, &[]).await;
                self.fetched(session, ceremony, &answer);
            }
            13 => {
                let enrolment = id.replacen('c', "e", 1);
                let answer = user.confirm(&enrolment, &app.code(now)).await;
                assert_eq!((answer.status.as_u16(), token(&answer)), (404, None));
            }
            _ => self.service.wait([1, 10, 30, 31, 60, 61, 120, 300][walk.below(8)]),
        }
    }
}

async fn session<'a>(service: &'a Service, subject: &str) -> User<'a> {
    let login = Login::of(subject).client_id("web").scope("read pay").method(Method::PWD);
    let login = login.lifetime(std::time::Duration::from_secs(24 * 60 * 60));
    let token = service.issuer.issue_login(login).await.expect("a token");
    service.login(subject).await.with_token(&token)
}

#[tokio::test]
async fn c6_no_walk_but_a_legal_one_ends_in_a_token() {
    for setup in setups() {
        let framework = setup.framework;
        let mut tokens = 0;
        for seed in 1..=8 {
            let service = stepup_tests::authority::Setup::new(framework).start().await;
            let mut sessions = Vec::new();
            let mut used = HashMap::new();
            for subject in ["alice", "bob"] {
                let user = session(&service, subject).await;
                let app = user.enrol_totp().await;
                let strong = user.step_up(&app).await;
                let email = strong.enrol_email(&format!("{subject}@example.com")).await;
                used.insert(subject.to_owned(), service.now() / 30);
                for user in [user, session(&service, subject).await] {
                    let (app, email) = (app.clone(), email.clone());
                    sessions.push(Session { user, app, email });
                }
            }
            service.wait(600);
            let mut world =
                World { service: &service, sessions, begun: Vec::new(), used, tokens: 0 };
            let mut walk = Walk(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
            for _ in 0..600 {
                world.step(&mut walk).await;
            }
            tokens += world.tokens;
        }
        assert!(tokens > 100, "only {tokens} tokens: the walks lead nowhere");
    }
}
