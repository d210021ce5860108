//! The questions of an authority's factors, in a terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use stepup_client::{Answer, Asked, BoxFuture, Offer, Prompter, Question, Trouble};

use crate::terminal::Terminal;

/// Methods whose answers only a browser can give.
pub(crate) const NOT_IN_A_TERMINAL: [&str; 2] = ["webauthn", "firebase"];

pub(crate) struct TerminalPrompter {
    terminal: Arc<Terminal>,
    has_chosen: AtomicBool,
}

impl TerminalPrompter {
    pub(crate) fn new(terminal: Arc<Terminal>) -> Self {
        Self { terminal, has_chosen: AtomicBool::new(false) }
    }

    async fn choice(&self, offers: &[Offer]) -> Option<usize> {
        if let [one] = offers {
            let again = format!("Press Enter to try {} again; Ctrl-C gives up", name(one));
            return self.terminal.ask(&again).await.map(|_| 0);
        }
        self.terminal.say("You can confirm that it is you by:");
        for (place, offer) in offers.iter().enumerate() {
            self.terminal.say(&format!("  {}  {}", place + 1, name(offer)));
        }
        loop {
            let number = self.terminal.ask(&format!("Which? (1 to {})", offers.len())).await?;
            let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            if let Some(place) = place.filter(|place| *place < offers.len()) {
                self.has_chosen.store(true, Ordering::Relaxed);
                return Some(place);
            }
        }
    }

    async fn code(&self, offer: &Offer) -> Answer {
        let has_chosen = self.has_chosen.load(Ordering::Relaxed);
        let another = if has_chosen { " (or nothing, to choose again)" } else { "" };
        loop {
            let code = self.terminal.ask(&format!("{}{another}:", request(offer))).await;
            match code {
                None => return Answer::Cancel,
                Some(code) if !code.is_empty() => return Answer::Code(code),
                Some(_) if has_chosen => return Answer::Another,
                Some(_) => {}
            }
        }
    }

    async fn answered(&self, question: &Question) -> Answer {
        let (offer, shown) = (question.offer(), question.shown());
        if ["publicKey", "authorization_url"].iter().any(|page| shown.contains_key(*page)) {
            self.terminal.say("This way needs a browser, and cannot be gone in a terminal.");
            return Answer::Cancel;
        }
        if let Some(number) = shown.get("number") {
            let number = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
            // Some phones have it typed, and some offer three to choose from.
            self.terminal.say(&format!("Type or choose this number on your phone: {number}"));
        }
        if shown.contains_key("number") || offer.method().ends_with("push") {
            self.terminal.wait_for("Waiting for your phone; Ctrl-C gives up");
            return Answer::Wait;
        }
        self.code(offer).await
    }
}

impl Prompter for TerminalPrompter {
    fn choose<'a>(&'a self, _: &'a Asked, offers: &'a [Offer]) -> BoxFuture<'a, Option<usize>> {
        Box::pin(self.choice(offers))
    }

    fn answer<'a>(&'a self, _: &'a Asked, question: &'a Question) -> BoxFuture<'a, Answer> {
        Box::pin(self.answered(question))
    }

    fn tell(&self, trouble: &Trouble) {
        self.terminal.say(&trouble.to_string());
    }
}

fn name(offer: &Offer) -> String {
    let hint = offer.hint();
    let name = match offer.method() {
        "totp" => "a code of your authenticator app",
        "email" => "a code by e-mail",
        "sms" => "a code by text message",
        "recovery" => "one of your recovery codes",
        "push" => "your phone",
        other => other,
    };
    if hint.is_empty() { name.to_owned() } else { format!("{name} ({hint})") }
}

fn request(offer: &Offer) -> String {
    match (offer.method(), offer.hint()) {
        ("totp", _) => "Code of your authenticator app".to_owned(),
        ("email" | "sms", hint) => format!("Code that was sent to {hint}"),
        ("recovery", _) => "One of your recovery codes".to_owned(),
        (method, hint) => format!("Code of {method} {hint}").trim_end().to_owned(),
    }
}
