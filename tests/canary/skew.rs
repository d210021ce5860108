//! S11: instances whose clocks differ, on one store. A ceremony is good by the clock of whoever
//! answers, so none is answered early; and nothing is right twice, whatever the clocks say.

use std::sync::Arc;

use stepup_authority::{EventKind, Limits};
use stepup_core::{Clock as _, ManualClock, SystemClock, Timestamp};
use stepup_tests::authority::{Service, Setup, User};

stepup_tests::on_every_store!(
    s11_a_ceremony_is_good_by_the_clock_of_who_answers
    s11_a_code_is_right_once_whatever_the_clocks
    s11_clocks_that_differ_add_no_guess
    s11_t25_a_removal_counts_whatever_the_clocks
);

/// Ten minutes behind the store's clock, as it, half as much ahead, ten minutes ahead.
const OFF: [i64; 4] = [-600, 0, 300, 600];
const BEHIND: usize = 0;
const RIGHT: usize = 1;
const SOON: usize = 2;
const AHEAD: usize = 3;

/// One instance for each clock.
struct Instances {
    services: Vec<Service>,
    begin: u64,
}

impl Instances {
    /// Redis has a clock of its own, which is the machine's.
    async fn start(setup: Setup) -> Self {
        let begin = SystemClock.now().as_secs() / 30 * 30;
        let mut services = Vec::new();
        for _ in OFF {
            let clock = Arc::new(ManualClock::at(Timestamp::from_secs(begin)));
            let limits = Limits::default().open_ceremonies(1000);
            let instance = Setup::new(setup.framework).store(setup.store.clone()).clock(clock);
            services.push(instance.with(|builder| builder.limits(limits)).start().await);
        }
        let instances = Self { services, begin };
        instances.set(0);
        instances
    }

    /// All clocks, so many seconds after the beginning.
    fn set(&self, seconds: u64) {
        for (service, off) in self.services.iter().zip(OFF) {
            let now = (self.begin + seconds).saturating_add_signed(off);
            service.clock.set(Timestamp::from_secs(now));
        }
    }

    /// The user at another instance, with the same login.
    async fn at<'a>(&'a self, instance: usize, user: &User<'_>) -> User<'a> {
        let elsewhere = self.services[instance].login(&user.subject).await;
        elsewhere.with_token(&user.token)
    }

    fn count(&self, kind: EventKind) -> usize {
        self.services.iter().map(|service| service.events.count(kind)).sum()
    }
}

/// So many seconds later, and what is said to a right code.
type Moments = &'static [(u64, u16)];

/// Begun here, answered there.
const ANSWERED: &[(usize, usize, Moments)] = &[
    (RIGHT, RIGHT, &[(0, 200), (599, 200), (600, 410)]),
    (RIGHT, SOON, &[(0, 200), (299, 200), (300, 410)]),
    (SOON, AHEAD, &[(0, 200), (299, 200), (300, 410)]),
    (BEHIND, RIGHT, &[(0, 410)]),
    (BEHIND, AHEAD, &[(0, 410)]),
    (RIGHT, AHEAD, &[(0, 410)]),
    // Not begun yet, but for the minute by which clocks may differ.
    (SOON, RIGHT, &[(0, 410), (239, 410), (240, 200), (899, 200), (900, 410)]),
    (RIGHT, BEHIND, &[(0, 410), (539, 410), (540, 200), (1199, 200), (1200, 410)]),
    (AHEAD, RIGHT, &[(0, 410), (539, 410), (540, 200), (1199, 200), (1200, 410)]),
    (AHEAD, BEHIND, &[(0, 410), (1139, 410), (1140, 200)]),
];

async fn s11_a_ceremony_is_good_by_the_clock_of_who_answers(setup: Setup) {
    let instances = Instances::start(setup).await;
    let mut begin = 0;
    for (here, there, moments) in ANSWERED {
        for (later, status) in *moments {
            begin += 3600;
            instances.set(begin);
            answered(&instances, (*here, *there), begin, (*later, *status)).await;
        }
    }
}

async fn answered(
    instances: &Instances,
    (here, there): (usize, usize),
    begin: u64,
    (later, status): (u64, u16),
) {
    let what = format!("{:+} s, then {:+} s, {later} s later", OFF[here], OFF[there]);
    // A login that is of nobody's future.
    let first = &instances.services[BEHIND];
    let alice = first.login(&format!("alice {begin}")).await;
    let email = alice.enrol_email(&format!("alice{begin}@example.com")).await;
    instances.set(begin + 60);
    let at_here = instances.at(here, &alice).await;
    let ceremony = at_here.begin_mfa().await.id;
    let asked = at_here.prompt(&ceremony, &email).await;
    assert_eq!(asked.status, 200, "{what}: {}", asked.json());
    let code = instances.services[here].outbox.last_code();

    instances.set(begin + 60 + later);
    let before = instances.count(EventKind::Proved);
    let at_there = instances.at(there, &alice).await;
    let answer = at_there.prove(&ceremony, &email, &code).await;
    assert_eq!(answer.status, status, "{what}: {}", answer.json());
    let token = answer.json()["access_token"].as_str().map(str::to_owned);
    assert_eq!(token.is_some(), status == 200, "{what}");
    assert_eq!(instances.count(EventKind::Proved) - before, usize::from(status == 200), "{what}");
    let Some(token) = token else { return };
    assert_eq!(at_there.with_token(&token).post("/mfa_fresh").await.status, 200, "{what}");
    // Fetched again it is the same, and not before it was made or after its time.
    let same = |token: &str| token.rsplit_once('.').unwrap().0.to_owned();
    let fetched = at_there.state(&ceremony).await.json();
    assert_eq!(same(fetched["access_token"].as_str().unwrap()), same(&token), "{what}");
    for (other, off) in OFF.iter().enumerate() {
        let elsewhere = instances.at(other, &alice).await;
        let again = elsewhere.prove(&ceremony, &email, &code).await;
        assert_eq!(again.status, 409, "{what}, again at {off:+} s: {}", again.json());
        if other != there {
            let fetched = elsewhere.state(&ceremony).await;
            assert_eq!(fetched.status, 410, "{what}, fetched at {off:+} s: {}", fetched.json());
            let used = elsewhere.with_token(&token).post("/mfa_fresh").await;
            assert_eq!((used.status.as_u16(), used.ran), (401, 0), "{what}, used at {off:+} s");
        }
    }
    assert_eq!(instances.count(EventKind::Proved) - before, 1, "{what}");
}

/// Codes of an app, as each instance's clock has them.
async fn s11_a_code_is_right_once_whatever_the_clocks(setup: Setup) {
    let instances = Instances::start(setup).await;
    let alice = instances.services[BEHIND].login("alice").await;
    let app = alice.enrol_totp().await;
    instances.set(60);
    let code_of = |instance: usize| app.code(instances.services[instance].now());
    let prove = async |instance: usize, code: String| {
        let user = instances.at(instance, &alice).await;
        let ceremony = user.begin_mfa().await.id;
        let status = user.prove(&ceremony, &app.factor, &code).await.status.as_u16();
        user.cancel(&ceremony).await;
        status
    };
    // Each clock's code is right where the clock is, in the order of time.
    for instance in [BEHIND, RIGHT, SOON, AHEAD] {
        assert_eq!(prove(instance, code_of(instance)).await, 200, "{instance}");
    }
    assert_eq!(instances.count(EventKind::Proved), 4);
    // And then no more, neither the last nor those before it.
    for instance in [AHEAD, SOON, RIGHT, BEHIND] {
        assert_eq!(prove(instance, code_of(instance)).await, 403, "{instance}");
    }
    assert_eq!(instances.count(EventKind::Proved), 4);
}

/// Two instances, and how many of the guesses are heard that go to both in turn.
const GUESSED: [(usize, usize, usize); 5] = [
    (RIGHT, SOON, 5),
    (RIGHT, AHEAD, 5),
    (AHEAD, RIGHT, 5),
    (BEHIND, RIGHT, 5),
    // Further apart than the window: what the one heard is long ago for the other, but not again
    // for the one.
    (BEHIND, AHEAD, 10),
];

async fn s11_clocks_that_differ_add_no_guess(setup: Setup) {
    let instances = Instances::start(setup).await;
    let mut begin = 0;
    for (here, there, most) in GUESSED {
        begin += 3600;
        instances.set(begin);
        let alice = instances.services[BEHIND].login(&format!("alice {begin}")).await;
        let app = alice.enrol_totp().await;
        instances.set(begin + 60);
        let mut heard = 0;
        for attempt in 0..30 {
            let instance = if attempt % 2 == 0 { here } else { there };
            let service = &instances.services[instance];
            let user = instances.at(instance, &alice).await;
            let ceremony = user.begin_mfa().await.id;
            let wrong = app.wrong_code(service.now());
            match user.prove(&ceremony, &app.factor, &wrong).await.status.as_u16() {
                403 => heard += 1,
                429 => {}
                other => panic!("{other}"),
            }
            user.cancel(&ceremony).await;
        }
        assert!((5..=most).contains(&heard), "{heard}: {:+} s, {:+} s", OFF[here], OFF[there]);
    }
}

/// What was proved before a removal is refused after it, whoever looked at the account meanwhile.
async fn s11_t25_a_removal_counts_whatever_the_clocks(setup: Setup) {
    let instances = Instances::start(setup).await;
    let mut begin = 0;
    for meanwhile in [BEHIND, RIGHT, SOON, AHEAD] {
        begin += 3600;
        instances.set(begin);
        let alice = instances.services[RIGHT].login(&format!("alice {begin}")).await;
        let app = alice.enrol_totp().await;
        let early = alice.step_up(&app).await;
        let (recovery, _) = early.enrol_recovery().await;
        let remove = async |user: &User<'_>, factor: &str| {
            let path = format!("/step-up/factors/{factor}");
            user.call("DELETE", &path, &serde_json::Value::Null).await.status.as_u16()
        };
        let late = alice.step_up(&app).await;
        assert_eq!(remove(&late, &recovery).await, 204);
        for user in [&early, &late] {
            assert_eq!(remove(user, &app.factor).await, 401);
        }
        // Of the same user, with a token of this instance's own.
        let other = instances.services[meanwhile].login(&alice.subject).await;
        other.try_begin(serde_json::json!({ "acr_values": "mfa" })).await;
        for user in [&early, &late] {
            let status = remove(user, &app.factor).await;
            assert_eq!(status, 401, "after {:+} s was there", OFF[meanwhile]);
        }
    }
}
