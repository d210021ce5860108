#![cfg(test)]

use super::*;

const NOW: u64 = 1_800_000_000;
const COOL_DOWN: Duration = Duration::from_secs(300);

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(NOW + seconds)
}

fn request(id: &str, ceremony: &str, seconds: u64) -> Request {
    Request {
        id: id.to_owned(),
        device: "phone".to_owned(),
        ceremony: ceremony.to_owned(),
        text: "{}".to_owned(),
        number: String::new(),
        denial: String::new(),
        until: NOW + seconds + LIFETIME,
        state: State::default(),
    }
}

fn ask(devices: &mut Devices, id: &str, ceremony: &str, seconds: u64) -> Result<(), Wait> {
    devices.prune(at(seconds));
    devices.ask(request(id, ceremony, seconds), "key", COOL_DOWN, at(seconds))
}

fn answer(devices: &mut Devices, id: &str, seconds: u64) -> Result<(), Refused> {
    devices.prune(at(seconds));
    devices.answerable("phone", id, Decision::Approve, at(seconds)).map(drop)
}

#[test]
fn o24_one_request_at_once() {
    let mut devices = Devices::default();
    assert_eq!(ask(&mut devices, "1", "a", 0), Ok(()));
    assert_eq!(ask(&mut devices, "2", "b", 1), Err(Wait(119)));
    assert_eq!(answer(&mut devices, "1", 2), Ok(()));
    // The same ceremony may ask anew, and the old request is void.
    assert_eq!(ask(&mut devices, "3", "a", 3), Ok(()));
    assert_eq!(answer(&mut devices, "1", 4), Err(Refused::Over));
    assert_eq!(devices.outcome("phone", "1", at(4)), Outcome::Expired);
    assert_eq!(answer(&mut devices, "3", 122), Ok(()));
    assert_eq!(ask(&mut devices, "4", "b", 122), Err(Wait(1)));
    assert_eq!(answer(&mut devices, "3", 123), Err(Refused::Over));
    assert_eq!(ask(&mut devices, "4", "b", 123), Ok(()));
}

#[test]
fn o24_an_approval_waits_for_its_ceremony() {
    let mut devices = Devices::default();
    assert_eq!(ask(&mut devices, "1", "a", 0), Ok(()));
    devices.approved(at(1));
    assert_eq!(ask(&mut devices, "2", "b", 1), Err(Wait(119)));
    assert_eq!(devices.outcome("phone", "1", at(2)), Outcome::Approved(at(1)));
    // Whoever did not hear it may ask again after it, and others are no longer in the way.
    assert_eq!(devices.outcome("phone", "1", at(200)), Outcome::Approved(at(1)));
    assert_eq!(ask(&mut devices, "2", "b", 2), Ok(()));
    assert_eq!(devices.outcome("phone", "1", at(3)), Outcome::Expired);
}

/// Who asks and gives up makes room for another, and asks no oftener.
#[test]
fn o24_what_is_withdrawn_is_counted_all_the_same() {
    let mut devices = Devices::default();
    for (id, seconds) in [("1", 0), ("2", 1), ("3", 2)] {
        assert_eq!(ask(&mut devices, id, id, seconds), Ok(()));
        devices.withdraw("phone", "another");
        devices.withdraw("tablet", id);
        assert!(devices.waiting("phone", at(seconds)).is_some());
        devices.withdraw("phone", id);
        assert_eq!(devices.waiting("phone", at(seconds)), None);
        assert_eq!(answer(&mut devices, id, seconds), Err(Refused::Over));
        assert_eq!(devices.outcome("phone", id, at(seconds)), Outcome::Expired);
    }
    assert_eq!(ask(&mut devices, "4", "4", 3), Err(Wait(597)));
}

/// An approval that no ceremony waits for is in nobody's way; a no stays one.
#[test]
fn o24_what_was_answered_is_withdrawn_where_it_is_in_the_way() {
    for (give, asked_next) in [
        ((|devices: &mut Devices| devices.approved(at(1))) as fn(&mut Devices), Ok(())),
        (|devices| devices.denied("1", COOL_DOWN, at(1)), Err(Wait(299))),
        (Devices::wrong, Ok(())),
    ] {
        let mut devices = Devices::default();
        assert_eq!(ask(&mut devices, "1", "a", 0), Ok(()));
        give(&mut devices);
        devices.withdraw("phone", "1");
        // Nor does what was answered once hear a no.
        let answered = devices.answerable("phone", "1", Decision::Deny, at(2)).map(drop);
        assert!(answered.is_err());
        assert_eq!(ask(&mut devices, "2", "b", 2), asked_next);
    }
}

/// Else who asks could give up, or ask anew, before the user has said no.
#[test]
fn o24_a_no_to_what_was_voided_is_heard_once_for_as_long_as_it_would_have_been() {
    let withdraw = |devices: &mut Devices| devices.withdraw("phone", "1");
    let ask_anew = |devices: &mut Devices| assert_eq!(ask(devices, "2", "a", 1), Ok(()));
    for void in [withdraw as fn(&mut Devices), ask_anew] {
        let mut devices = Devices::default();
        assert_eq!(ask(&mut devices, "1", "a", 0), Ok(()));
        void(&mut devices);
        assert_eq!(answer(&mut devices, "1", 2), Err(Refused::Over));
        let no = |devices: &Devices, device: &str, seconds| {
            devices.answerable(device, "1", Decision::Deny, at(seconds)).map(drop)
        };
        assert_eq!(no(&devices, "phone", 119), Ok(()));
        assert_eq!(no(&devices, "phone", 120), Err(Refused::Over));
        assert_eq!(no(&devices, "tablet", 2), Err(Refused::Over));
        devices.denied("1", COOL_DOWN, at(2));
        assert_eq!(no(&devices, "phone", 2), Err(Refused::Over));
        assert_eq!(ask(&mut devices, "3", "b", 2), Err(Wait(300)));
        devices.prune(at(121));
        assert_eq!(devices.void, []);
    }
}

#[test]
fn o24_three_in_ten_minutes_unless_one_succeeds() {
    let mut devices = Devices::default();
    for (id, seconds) in [("1", 0), ("2", 10), ("3", 20)] {
        assert_eq!(ask(&mut devices, id, "a", seconds), Ok(()));
    }
    // Not even the ceremony that asked last; and what it asked is void.
    assert_eq!(ask(&mut devices, "4", "a", 30), Err(Wait(570)));
    assert_eq!(answer(&mut devices, "3", 31), Err(Refused::Over));
    assert_eq!(ask(&mut devices, "4", "b", 599), Err(Wait(1)));
    assert_eq!(ask(&mut devices, "4", "b", 600), Ok(()));
    devices.approved(at(1));
    for (id, seconds) in [("5", 720), ("6", 730), ("7", 740)] {
        assert_eq!(ask(&mut devices, id, "c", seconds), Ok(()), "{id}");
    }
    assert!(ask(&mut devices, "8", "c", 750).is_err());
}

#[test]
fn o24_each_no_within_the_hour_cools_down_for_longer() {
    let mut devices = Devices::default();
    let mut seconds = 0;
    for (no, cool_down) in [300, 600, 1200, 2400, 3600, 3600].into_iter().enumerate() {
        let id = no.to_string();
        assert_eq!(ask(&mut devices, &id, &id, seconds), Ok(()), "{no}");
        devices.denied(&id, COOL_DOWN, at(seconds));
        assert_eq!(ask(&mut devices, "x", &id, seconds), Err(Wait(cool_down)), "{no}");
        seconds += cool_down;
        assert_eq!(ask(&mut devices, "x", "x", seconds - 1), Err(Wait(1)), "{no}");
        if no == 1 {
            // Three would be too many in ten minutes, without any no.
            devices.asked.clear();
        }
    }
    // An hour after that it is as before the first.
    assert_eq!(ask(&mut devices, "y", "y", seconds + 3600), Ok(()));
    devices.denied("y", COOL_DOWN, at(seconds + 3600));
    assert_eq!(ask(&mut devices, "z", "z", seconds + 3600), Err(Wait(300)));
}

#[test]
fn r_push_02_one_answer_to_a_request_by_the_device_that_was_asked() {
    let answers: [fn(&mut Devices); 3] = [
        |devices| devices.approved(at(1)),
        |devices| devices.denied("1", COOL_DOWN, at(1)),
        Devices::wrong,
    ];
    for give in answers {
        let mut devices = Devices::default();
        assert_eq!(ask(&mut devices, "1", "a", 0), Ok(()));
        for decision in [Decision::Approve, Decision::Deny] {
            assert_eq!(devices.answerable("tablet", "1", decision, at(1)), Err(Refused::Over));
            assert_eq!(devices.answerable("phone", "2", decision, at(1)), Err(Refused::Over));
        }
        assert_eq!(devices.outcome("tablet", "1", at(1)), Outcome::Expired);
        assert_eq!(devices.waiting("tablet", at(1)), None);
        assert!(devices.waiting("phone", at(1)).is_some());
        give(&mut devices);
        assert_eq!(answer(&mut devices, "1", 1), Err(Refused::Answered));
        assert_eq!(devices.waiting("phone", at(1)), None);
    }
}

#[test]
fn r_push_01_a_wrong_number_is_one_guess_however_often_it_is_asked_after() {
    let mut devices = Devices::default();
    assert_eq!(ask(&mut devices, "1", "a", 0), Ok(()));
    devices.wrong();
    assert_eq!(devices.outcome("phone", "1", at(1)), Outcome::Wrong);
    assert_eq!(devices.outcome("phone", "1", at(1)), Outcome::Expired);
}

#[test]
fn r_push_03_a_device_pairs_once_and_in_time() {
    let mut devices = Devices::default();
    let is_secret = |tag: &str| tag == "tag";
    assert_eq!(devices.wait_for("phone", "tag".to_owned(), at(0)), Ok(()));
    assert_eq!(devices.paired("phone"), Some(None));
    assert_eq!(devices.key("phone"), None);
    let other = devices.pair("phone", |_| false, "other", "Other");
    assert_eq!(other, Err(Refused::NoSuchPairing));
    assert_eq!(devices.pair("tablet", is_secret, "key", "Tablet"), Err(Refused::NoSuchPairing));
    assert_eq!(devices.pair("phone", is_secret, "key", "Phone"), Ok(()));
    // Whose answer got lost sends it again; another key comes too late.
    assert_eq!(devices.pair("phone", is_secret, "key", "Phone"), Ok(()));
    assert_eq!(devices.pair("phone", is_secret, "other", "Other"), Err(Refused::NoSuchPairing));
    assert_eq!(devices.paired("phone"), Some(Some(("key", "Phone"))));
    devices.prune(at(599));
    assert_eq!(devices.key("phone"), Some("key"));
    devices.prune(at(600));
    assert_eq!(devices.paired("phone"), None);
}

#[test]
fn r_push_03_no_more_devices_are_waited_for_than_fit() {
    let mut devices = Devices::default();
    for number in 0..DEVICES {
        assert_eq!(devices.wait_for(&number.to_string(), "tag".to_owned(), at(0)), Ok(()));
    }
    assert_eq!(devices.wait_for("one", "tag".to_owned(), at(10)), Err(Wait(590)));
    devices.prune(at(600));
    assert_eq!(devices.wait_for("one", "tag".to_owned(), at(600)), Ok(()));
}

#[test]
fn o25_a_poll_is_good_once_for_as_long_as_it_is_good() {
    let mut devices = Devices::default();
    assert_eq!(devices.poll("a", NOW), Ok(()));
    devices.prune(at(60));
    assert_eq!(devices.poll("a", NOW), Err(Refused::NotThisDevice));
    devices.prune(at(61));
    assert_eq!(devices, Devices::default());
    for number in 0..POLLS {
        assert_eq!(devices.poll(&number.to_string(), NOW), Ok(()));
    }
    assert_eq!(devices.poll("one", NOW), Err(Refused::TooOften));
}

/// F7: what a clock wrote that was a day ahead counts no longer than what others wrote.
#[test]
fn f7_a_clock_that_was_ahead_locks_nobody_out() {
    const DAY: u64 = 86_400;
    let mut devices = Devices::default();
    assert_eq!(ask(&mut devices, "1", "a", DAY), Ok(()));
    devices.denied("1", COOL_DOWN, at(DAY));
    for (seconds, waits) in [(0, Err(Wait(300))), (299, Err(Wait(1))), (300, Ok(()))] {
        let mut devices = devices.clone();
        devices.prune(at(0));
        assert_eq!(devices.request, None);
        assert_eq!(ask(&mut devices, "2", "b", seconds), waits);
    }
}

#[test]
fn s12_a_record_with_something_unknown_is_not_read() {
    let mut devices = Devices::default();
    assert_eq!(devices.wait_for("phone", "tag".to_owned(), at(0)), Ok(()));
    assert_eq!(ask(&mut devices, "1", "a", 0), Ok(()));
    devices.denied("1", COOL_DOWN, at(1));
    let json = serde_json::to_value(&devices).unwrap();
    assert_eq!(serde_json::from_value::<Devices>(json.clone()).unwrap(), devices);
    for part in ["", "/known/phone", "/request", "/no"] {
        let mut other = json.clone();
        other.pointer_mut(part).unwrap()["of_another_version"] = true.into();
        assert!(serde_json::from_value::<Devices>(other).is_err(), "{part}");
    }
}
