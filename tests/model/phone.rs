//! A user's devices, and what they say.

use bytes::Bytes;
use http::{Request, Response};
use stepup_authority::EventKind;
use stepup_authority::device::{Asked, Device, DeviceError, Refusal};
use stepup_core::Timestamp;
use stepup_tests::authority::{addressed, heard};

use crate::action::Says;
use crate::code::Truth;
use crate::line::{Answered, Question};
use crate::walk::Walk;
use crate::world::{Secret, State, World, user_of};

pub struct Phone {
    device: Device,
    pairing: Request<Bytes>,
    /// What it showed last, the number of that question, and what stood on the other screen.
    seen: Option<(Asked, usize, String)>,
    is_paired: bool,
}

impl Phone {
    pub fn scan(uri: &str) -> Result<Self, String> {
        let paired = Device::pair(uri, "Telephone").map_err(|error| error.to_string());
        let (device, pairing) = paired?;
        Ok(Self { device, pairing, seen: None, is_paired: false })
    }
}

impl World {
    pub fn forget_lines(&mut self) {
        let now = self.now;
        self.accounts.iter_mut().for_each(|account| account.line.forget(now));
    }

    /// The names of this user's devices.
    fn devices(&self, user: usize) -> Vec<String> {
        let of_device = |secret: &Secret| match secret {
            Secret::Push(device) => Some(device.clone()),
            _ => None,
        };
        let factors = self.accounts[user].factors.iter();
        factors.filter_map(|factor| of_device(&factor.secret)).collect()
    }
}

impl Walk {
    /// Whoever scanned the code, or does not know its secret, pairs.
    pub async fn pair(&mut self, user: usize, device: &str, knows: bool) -> Result<(), String> {
        let phone = &self.world.phones[device];
        let was_paired = phone.is_paired;
        let is_known = self.world.accounts[user].line.knows(device);
        let answer = if knows {
            phone.device.paired(&self.send(phone.pairing.clone()).await)
        } else {
            let other = Phone::scan(&format!("{}#of-somebody-else", phone.device.page()))?;
            other.device.paired(&self.send(other.pairing.clone()).await)
        };
        let expected = if knows && is_known { Ok(()) } else { refused(Refusal::NoSuchPairing) };
        self.coverage.hit("pair", said(&answer));
        if let Some(phone) = self.world.phones.get_mut(device) {
            phone.is_paired |= knows && is_known;
        }
        // The same again is heard for as long as nothing was asked.
        let is_again = knows && was_paired && answer == refused(Refusal::NoSuchPairing);
        if answer == expected || is_again {
            Ok(())
        } else {
            Err(format!("pair: {answer:?}, where it should be {expected:?}"))
        }
    }

    pub fn is_paired(&self, user: usize, device: &str) -> Truth {
        match &self.world.accounts[user].line {
            line if !line.knows(device) => Truth::Expired,
            _ if self.world.phones[device].is_paired => Truth::Right(device.to_owned()),
            _ => Truth::Pending,
        }
    }

    /// A device looks what it is asked, and says something.
    pub async fn device(&mut self, seat: usize, nth: usize, says: Says) -> Result<(), String> {
        self.world.forget_lines();
        let user = user_of(seat);
        let devices = self.world.devices(user);
        if devices.is_empty() {
            return Ok(());
        }
        let device = &devices[nth % devices.len()];
        if !matches!(says, Says::Again) {
            self.look(user, device).await?;
        }
        let Some((asked, number, shown)) = self.world.phones[device].seen.clone() else {
            return Ok(());
        };
        let others = self.world.devices(1 - user);
        let (by, whose) = match (says, others.first()) {
            (Says::Look, _) | (Says::ByOther, None) => return Ok(()),
            (Says::ByOther, Some(other)) => (other, 1 - user),
            _ => (device, user),
        };
        let phone = &self.world.phones[by];
        let typed = match says {
            Says::Mistype => format!("{:06}", (shown.parse::<u32>().unwrap_or(0) + 1) % 1_000_000),
            _ => shown,
        };
        let reply = match says {
            Says::Deny => phone.device.deny(&asked),
            _ => phone.device.approve(&asked, &typed),
        };
        let reply = reply.map_err(|error| error.to_string())?;
        let answer = self.world.phones[by].device.answered(&self.send(reply).await);
        self.coverage.hit("answer", &format!("{says:?} {}", said(&answer)));
        let expected = self.replies(whose, by, number, says);
        if !expected.contains(&answer) {
            return Err(format!("answer: {says:?} {answer:?}, where it should be {expected:?}"));
        }
        if whose == user {
            self.answered(user, number, says, answer);
        }
        Ok(())
    }

    async fn look(&mut self, user: usize, device: &str) -> Result<(), String> {
        let phone = &self.world.phones[device];
        let poll = phone.device.poll(Timestamp::from_secs(self.world.now));
        let poll = poll.map_err(|error| error.to_string())?;
        let asked = phone.device.asked(&self.send(poll).await);
        let mut asked = asked.map_err(|error| format!("look: {error:?}"))?;
        let (line, now) = (&self.world.accounts[user].line, self.world.now);
        let waits = |question: &&Question| {
            question.device == device
                && question.answered == Answered::Not
                && !question.is_late(now)
        };
        let waiting = line.question.as_ref().filter(waits).cloned();
        self.coverage.hit("look", if asked.is_empty() { "nothing" } else { "asked" });
        match (asked.pop(), waiting) {
            (None, None) => {}
            (None, Some(question)) if self.may_be_taken_back(&question) => {
                self.world.accounts[user].line.take_back();
            }
            (Some(asked), Some(question)) if asked.expires_at().as_secs() == question.until => {
                let phone = self.world.phones.get_mut(device).ok_or("no such device")?;
                phone.seen = Some((asked, question.number, question.shown));
            }
            (asked, question) => {
                return Err(format!("look: {asked:?}, where it should be {question:?}"));
            }
        }
        Ok(())
    }

    /// What may come of a reply to this question.
    fn replies(
        &self,
        user: usize,
        device: &str,
        number: usize,
        says: Says,
    ) -> Vec<Result<(), DeviceError>> {
        let (line, now) = (&self.world.accounts[user].line, self.world.now);
        if !line.knows(device) {
            return vec![refused(Refusal::NotThisDevice)];
        }
        let over = refused(Refusal::Over);
        let is_it = |question: &&Question| question.number == number && question.device == device;
        let is_no = matches!(says, Says::Deny);
        let Some(question) = line.question.as_ref().filter(is_it) else {
            let is_void = is_no && line.void.iter().any(|question| is_it(&question));
            return vec![if is_void { Ok(()) } else { over }];
        };
        let expected = match (question.answered, says) {
            (Answered::Not, _) if question.is_late(now) => over,
            (Answered::Not, Says::Mistype) => refused(Refusal::WrongNumber),
            (Answered::Not, _) => Ok(()),
            _ => refused(Refusal::Answered),
        };
        // A no is heard either way, while it is not late.
        let may_be_over = self.may_be_taken_back(question) && !(is_no && expected.is_ok());
        if may_be_over { vec![expected, over] } else { vec![expected] }
    }

    fn answered(
        &mut self,
        user: usize,
        number: usize,
        says: Says,
        answer: Result<(), DeviceError>,
    ) {
        let now = self.world.now;
        let line = &mut self.world.accounts[user].line;
        let questions = line.void.iter().chain(&line.question);
        let mut ceremonies = questions.filter(|one| one.number == number).map(|one| one.ceremony);
        let ceremony = ceremonies.next();
        match (answer, says) {
            (Ok(()), Says::Deny) => {
                line.deny(number, now);
                let state = ceremony.map(|place| &mut self.world.ceremonies[place].state);
                let Some(state) = state else { return };
                // Whoever asked, and gave up before the no, is told of all the same.
                let is_told = matches!(state, State::Pending | State::Cancelled | State::Proved(_));
                if let State::Pending = state {
                    *state = State::Denied;
                }
                self.happened(EventKind::Denied, usize::from(is_told));
            }
            (Ok(()), _) => line.approve(now),
            (Err(DeviceError::Refused(Refusal::WrongNumber)), _) => line.answer(Answered::Wrong),
            _ => {}
        }
    }

    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        heard(self.service.api.call(addressed(request)).await)
    }
}

fn refused(refusal: Refusal) -> Result<(), DeviceError> {
    Err(DeviceError::Refused(refusal))
}

/// What it is called.
fn said(answer: &Result<(), DeviceError>) -> &'static str {
    match answer {
        Ok(()) => "ok",
        Err(DeviceError::Refused(Refusal::Answered)) => "answered",
        Err(DeviceError::Refused(Refusal::NoSuchPairing)) => "no such pairing",
        Err(DeviceError::Refused(Refusal::NotThisDevice)) => "not this device",
        Err(DeviceError::Refused(Refusal::Over)) => "over",
        Err(DeviceError::Refused(Refusal::WrongNumber)) => "wrong number",
        Err(_) => "something else",
    }
}
