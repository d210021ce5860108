//! What a token says.

use serde_json::{Value, json};
use stepup_tests::authority::{AUTHORITY, BANK_API};

use crate::action::Who;
use crate::walk::Walk;
use crate::world::*;

impl Walk {
    /// The token says exactly what was proved, of exactly this user, client and session.
    pub fn take_token(&mut self, who: Who, proof: &mut Proof, body: &Value) -> Result<(), String> {
        let raw = body["access_token"].as_str().unwrap_or_default().to_owned();
        let claims = claims(&raw).ok_or("the token cannot be read")?;
        let given = self.world.token(who).clone();
        let exp = proof.expires_at.min(given.exp);
        let scope: Vec<_> =
            proof.scope.iter().filter(|scope| given.scope.contains(scope)).cloned().collect();
        if proof.jti.is_empty() {
            proof.jti = claims["jti"].as_str().unwrap_or_default().to_owned();
            if proof.jti.len() != 22 || !self.world.token_ids.insert(proof.jti.clone()) {
                return Err(format!("the token's id is not its own: {claims}"));
            }
        }
        let expected = json!({
            "iss": AUTHORITY, "aud": BANK_API, "sub": USERS[user_of(who.seat)],
            "client_id": CLIENTS[who.seat % 2], "sid": session_of(who.seat),
            "acr": proof.level, "amr": proof.amr, "auth_time": proof.at, "iat": proof.issued_at,
            "exp": exp, "jti": proof.jti, "scope": scope.join(" "),
        });
        if claims != expected {
            return Err(format!("the token says {claims}, and should say {expected}"));
        }
        let said =
            ["token_type", "expires_in", "acr", "auth_time", "scope"].map(|name| &body[name]);
        let expected =
            json!(["Bearer", exp - self.world.now, proof.level, proof.at, scope.join(" ")]);
        if json!(said) != expected {
            return Err(format!("the answer says {body}, and should say {expected}"));
        }
        let token = Token {
            raw,
            is_proof: true,
            acr: proof.level.to_owned(),
            amr: proof.amr.clone(),
            auth_time: proof.at,
            iat: proof.issued_at,
            exp,
            scope,
        };
        let held = &mut self.world.seats[who.seat];
        held.push(token);
        if held.len() > 8 {
            held.remove(1);
        }
        Ok(())
    }
}

/// What a token says, unverified: whoever takes it verifies it.
fn claims(token: &str) -> Option<Value> {
    use base64::Engine as _;
    let payload = token.split('.').nth(1)?;
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}
