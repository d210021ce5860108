//! Users at Twilio, their factors, and what these are asked.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{APP_CODE, Challenge, DATE, Factor, SERVICE, State, error, fields, text};
use crate::double::{Asked, Said};

impl State {
    pub(super) fn access_token(&mut self, asked: &Asked) -> Result<Said, Box<Said>> {
        let fields = fields(asked, &["Identity", "FactorType"], &["Ttl", "FactorFriendlyName"])?;
        let identity = identity(text(&fields, "Identity"))?;
        let ttl: u64 = text(&fields, "Ttl").parse().unwrap_or(60);
        if text(&fields, "FactorType") != "push" || !(60..=300).contains(&ttl) {
            return Err(Box::new(error(400, 60306).complaining("FactorType, Ttl")));
        }
        let body = json!({
            "sid": self.sid("YK"), "service_sid": SERVICE, "entity_identity": identity,
            "factor_type": "push", "factor_friendly_name": null, "token": "eyJ.access.token",
            "ttl": ttl, "date_created": DATE,
        });
        Ok(Said::json(201, &body))
    }

    pub(super) fn new_factor(&mut self, asked: &Asked, of: &str) -> Result<Said, Box<Said>> {
        let config = ["Config.Alg", "Config.CodeLength", "Config.Skew", "Config.TimeStep"];
        let fields = fields(asked, &["FriendlyName", "FactorType"], &config)?;
        let identity = identity(of)?;
        let is_right = text(&fields, "FactorType") == "totp"
            && (1..=64).contains(&text(&fields, "FriendlyName").len())
            && text(&fields, "Config.CodeLength") == "6";
        if !is_right {
            return Err(Box::new(error(400, 60306).complaining("a factor of another sort")));
        }
        let sid = self.sid("YF");
        let factor = Factor { identity, sort: "totp".to_owned(), status: "unverified", tries: 0 };
        let mut body = factor.body(&sid);
        // Only here.
        body["binding"] = json!({
            "secret": "GEZDGNBVGY3TQOJQ", "uri": "otpauth://totp/Bank:Bank?secret=GEZDGNBVGY3TQOJQ",
        });
        self.factors.insert(sid, factor);
        Ok(Said::json(201, &body))
    }

    pub(super) fn verify(&mut self, asked: &Asked, of: &str, sid: &str) -> Result<Said, Box<Said>> {
        let fields = fields(asked, &["AuthPayload"], &[])?;
        let found = self.factors.get_mut(sid).filter(|factor| factor.identity == of);
        let Some(factor) = found else { return Ok(error(404, 20404)) };
        factor.tries += 1;
        if factor.tries > 5 {
            return Ok(error(429, 60310));
        }
        if text(&fields, "AuthPayload") == APP_CODE {
            factor.status = "verified";
        }
        Ok(Said::json(200, &factor.body(sid)))
    }

    pub(super) fn factor(&self, of: &str, sid: &str) -> Result<Said, Box<Said>> {
        let found = self.factors.get(sid).filter(|factor| factor.identity == of);
        Ok(found.map_or_else(|| error(404, 20404), |factor| Said::json(200, &factor.body(sid))))
    }

    pub(super) fn delete(&mut self, asked: &Asked, of: &str, sid: &str) -> Result<Said, Box<Said>> {
        if !asked.body.is_empty() {
            return Err(Box::new(error(400, 60200).complaining("a body")));
        }
        let found = self.factors.get(sid).is_some_and(|factor| factor.identity == of);
        if !found {
            return Ok(error(404, 20404));
        }
        self.factors.remove(sid);
        Ok(Said { body: String::new(), headers: Vec::new(), ..Said::json(204, &json!({})) })
    }

    pub(super) fn challenge(&mut self, asked: &Asked, of: &str) -> Result<Said, Box<Said>> {
        let optional = ["AuthPayload", "Details.Message", "Details.Fields", "ExpirationDate"];
        let fields = fields(asked, &["FactorSid"], &optional)?;
        let sid = text(&fields, "FactorSid").to_owned();
        let found = self.factors.get(&sid).filter(|factor| factor.identity == of).cloned();
        let Some(factor) = found else { return Ok(error(404, 20404)) };
        if factor.status != "verified" {
            return Ok(error(403, 60318));
        }
        let is_push = factor.sort == "push";
        if is_push != fields.contains_key("Details.Message")
            || is_push == fields.contains_key("AuthPayload")
        {
            return Err(Box::new(error(400, 60306).complaining("of another sort of factor")));
        }
        let ends = fields.get("ExpirationDate").and_then(Value::as_str);
        if is_push && !ends.is_some_and(is_date_time) {
            return Err(Box::new(error(400, 60306).complaining("ExpirationDate")));
        }
        for (name, value) in asked.form() {
            let field: Option<HashMap<String, String>> = serde_json::from_str(&value).ok();
            let is_field = field.is_some_and(|field| {
                field.len() == 2 && field["label"].len() <= 36 && field["value"].len() <= 128
            });
            if name == "Details.Fields" && !is_field {
                return Err(Box::new(error(400, 60306).complaining("Details.Fields")));
            }
        }
        let is_right = text(&fields, "AuthPayload") == APP_CODE;
        let status = if is_right { "approved" } else { "pending" };
        let challenge = self.sid("YC");
        let body = body_of_challenge(&challenge, of, &sid, &factor.sort, status);
        self.challenges.insert(challenge, Challenge { factor: sid, status });
        Ok(Said::json(201, &body))
    }

    pub(super) fn challenged(&self, of: &str, sid: &str) -> Result<Said, Box<Said>> {
        let Some(challenge) = self.challenges.get(sid) else { return Ok(error(404, 20404)) };
        let sort = &self.factors[&challenge.factor].sort;
        let body = body_of_challenge(sid, of, &challenge.factor, sort, challenge.status);
        Ok(Said::json(200, &body))
    }
}

/// In UTC, as all dates of Twilio's are: `2015-07-30T20:00:00Z`.
fn is_date_time(text: &str) -> bool {
    let form = "dddd-dd-ddTdd:dd:ddZ";
    let is_of =
        |(byte, form): (u8, u8)| if form == b'd' { byte.is_ascii_digit() } else { byte == form };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(is_of)
}

/// "dash separated alphanumeric", 8 to 64 characters.
fn identity(text: &str) -> Result<String, Box<Said>> {
    let fits = (8..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Box::new(error(400, 60363).complaining("identity")))
    }
}

impl Factor {
    fn body(&self, sid: &str) -> Value {
        json!({
            "sid": sid, "account_sid": null, "service_sid": SERVICE, "entity_sid": null,
            "identity": self.identity, "date_created": DATE, "date_updated": DATE,
            "friendly_name": "Bank", "status": self.status, "factor_type": self.sort,
            "config": {}, "metadata": null, "url": null,
        })
    }
}

fn body_of_challenge(sid: &str, of: &str, factor: &str, sort: &str, status: &str) -> Value {
    json!({
        "sid": sid, "account_sid": null, "service_sid": SERVICE, "entity_sid": null,
        "identity": of, "factor_sid": factor, "date_created": DATE, "date_updated": DATE,
        "date_responded": null, "expiration_date": DATE, "status": status,
        "responded_reason": null, "details": {}, "hidden_details": null, "metadata": null,
        "factor_type": sort, "url": null, "links": {},
    })
}
