//! Logins, and what is forgotten of them.

use stepup_authority::Login;
use stepup_core::{Forget, Method};
use stepup_tests::authority::AUTHORITY;

use crate::action::SEATS;
use crate::walk::Walk;
use crate::world::{CLIENTS, Token, USERS, session_of, user_of};

impl Walk {
    pub async fn login(&mut self, seat: usize, kind: usize) {
        let methods = match kind {
            4 => None,
            5 => Some(Method::OTP),
            _ => Some(Method::PWD),
        };
        let scope = if kind >= 6 { "read" } else { "read pay" };
        let seconds = match kind {
            3 => 23 * 3600,
            6 => 60,
            _ => 3600,
        };
        let mut login = Login::of(USERS[user_of(seat)])
            .client_id(CLIENTS[seat % 2])
            .session(&session_of(seat))
            .scope(scope)
            .lifetime(std::time::Duration::from_secs(seconds));
        if let Some(method) = methods {
            login = login.method(method);
        }
        let raw = self.service.issuer.issue_login(login).await.expect("a login");
        let token = Token {
            raw,
            is_proof: false,
            acr: "single-factor".to_owned(),
            amr: methods.iter().map(|method| method.name().to_owned()).collect(),
            auth_time: self.world.now,
            iat: self.world.now,
            exp: self.world.now + seconds,
            scope: scope.split(' ').map(str::to_owned).collect(),
        };
        let held = &mut self.world.seats[seat];
        match held.first_mut() {
            Some(first) => *first = token,
            None => held.push(token),
        }
        self.coverage.hit("login", "ok");
    }

    pub fn forget(&mut self, what: usize) {
        let session = session_of(what % SEATS);
        let subject = USERS[what % 2];
        let (forget, name) = match what {
            0 => (Forget::Everything, "*"),
            1..5 => (Forget::Subject { issuer: AUTHORITY, subject }, subject),
            _ => (Forget::Session { issuer: AUTHORITY, session: &session }, session.as_str()),
        };
        self.service.gate.forget(forget);
        self.world.forgotten.insert(name.to_owned(), self.world.now);
        self.coverage.hit("forget", "ok");
    }
}
