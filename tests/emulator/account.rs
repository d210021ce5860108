//! What a client's SDK does at Firebase, by its REST API.

use serde_json::{Value, json};

use crate::emulator::Emulator;

const PASSWORD: &str = "a long one";

/// A user at the emulator, with an e-mail address that is verified: without, there is no second
/// factor.
pub(crate) struct Account<'a> {
    emulator: &'a Emulator,
    email: String,
    pub(crate) uid: String,
    /// Of the session that began with signing up.
    session: String,
}

/// The tokens of a sign-in.
pub(crate) struct SignedIn {
    pub(crate) id_token: String,
    pub(crate) refresh_token: String,
}

impl<'a> Account<'a> {
    pub(crate) fn sign_up(emulator: &'a Emulator, email: &str) -> Self {
        let mut account =
            Self { emulator, email: email.to_owned(), uid: String::new(), session: String::new() };
        let credentials =
            json!({ "email": email, "password": PASSWORD, "returnSecureToken": true });
        let made = account.post("v1/accounts:signUp", &credentials);
        account.uid = text(&made, "localId");
        let verified = json!({ "localId": account.uid, "emailVerified": true });
        account.ask("v1/accounts:update", "authorization: Bearer owner\r\n", &verified);
        account.session = text(&made, "idToken");
        account
    }

    /// Adds a phone, as whoever has a session can: the tokens of the session that then is one "with
    /// a second factor".
    pub(crate) fn add_phone(&mut self, number: &str) -> SignedIn {
        let start = json!({
            "idToken": self.session, "phoneEnrollmentInfo": { "phoneNumber": number },
        });
        let begun = self.post("v2/accounts/mfaEnrollment:start", &start);
        let info = self.with_code(&text(&begun["phoneSessionInfo"], "sessionInfo"));
        let finish = json!({ "idToken": self.session, "phoneVerificationInfo": info });
        let tokens = SignedIn::of(&self.post("v2/accounts/mfaEnrollment:finalize", &finish));
        self.session = tokens.id_token.clone();
        tokens
    }

    /// With the password alone.
    pub(crate) fn sign_in(&self) -> Value {
        let credentials =
            json!({ "email": self.email, "password": PASSWORD, "returnSecureToken": true });
        self.post("v1/accounts:signInWithPassword", &credentials)
    }

    /// With the password and the code that is sent to the phone of this place in the list.
    pub(crate) fn sign_in_with_phone(&self, at: usize) -> SignedIn {
        let begun = self.sign_in();
        assert!(begun.get("idToken").is_none(), "a password is not enough: {begun}");
        let pending = &begun["mfaPendingCredential"];
        let phone = &begun["mfaInfo"][at]["mfaEnrollmentId"];
        let start = json!({ "mfaPendingCredential": pending, "mfaEnrollmentId": phone });
        let begun = self.post("v2/accounts/mfaSignIn:start", &start);
        let info = self.with_code(&text(&begun["phoneResponseInfo"], "sessionInfo"));
        let finish = json!({ "mfaPendingCredential": pending, "phoneVerificationInfo": info });
        SignedIn::of(&self.post("v2/accounts/mfaSignIn:finalize", &finish))
    }

    /// A new ID token of the same sign-in.
    pub(crate) fn refresh(&self, tokens: &SignedIn) -> String {
        let body = format!("grant_type=refresh_token&refresh_token={}", tokens.refresh_token);
        let (status, made) = self.emulator.call(
            "POST",
            "/securetoken.googleapis.com/v1/token?key=any",
            "content-type: application/x-www-form-urlencoded\r\n",
            &body,
        );
        assert_eq!(status, 200, "{made}");
        text(&made, "id_token")
    }

    /// The code that was sent to the phone.
    fn with_code(&self, session: &str) -> Value {
        let path = "/emulator/v1/projects/demo-bank/verificationCodes";
        let (status, sent) = self.emulator.call("GET", path, "", "");
        assert_eq!(status, 200, "{sent}");
        let mut sent = sent["verificationCodes"].as_array().expect("a list").iter().rev();
        let sent = sent.find(|sent| sent["sessionInfo"] == session);
        json!({ "sessionInfo": session, "code": sent.expect("it was sent")["code"] })
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.ask(path, "", body)
    }

    fn ask(&self, path: &str, headers: &str, body: &Value) -> Value {
        let path = format!("/identitytoolkit.googleapis.com/{path}?key=any");
        let headers = format!("content-type: application/json\r\n{headers}");
        let (status, answer) = self.emulator.call("POST", &path, &headers, &body.to_string());
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }
}

impl SignedIn {
    fn of(answer: &Value) -> Self {
        Self { id_token: text(answer, "idToken"), refresh_token: text(answer, "refreshToken") }
    }
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
}
