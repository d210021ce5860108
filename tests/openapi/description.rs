//! The description, and what it says of an answer.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use stepup_tests::Answer;

/// One way to answer one operation: method, path as it is described, status.
pub type Status = (String, String, u16);

pub struct Description {
    document: Value,
    /// By schema: each takes the whole document to be made, for what it may refer to.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

const METHODS: [&str; 5] = ["get", "head", "post", "put", "delete"];

impl Description {
    pub fn read() -> Self {
        let text = include_str!("../../stepup-authority/openapi.json");
        let document = serde_json::from_str(text).expect("JSON");
        Self { document, validators: Mutex::default() }
    }

    fn paths(&self) -> &Map<String, Value> {
        self.document["paths"].as_object().expect("paths")
    }

    /// Method and path of each operation.
    pub fn operations(&self) -> Vec<(String, String)> {
        let of_path = |(path, item): (&String, &Value)| {
            let methods: Vec<_> =
                METHODS.into_iter().filter(|method| item.get(method).is_some()).collect();
            methods.into_iter().map(|method| (method.to_uppercase(), path.clone())).collect()
        };
        let operations: Vec<_> = self.paths().iter().flat_map::<Vec<_>, _>(of_path).collect();
        let described = self.paths().values().filter_map(Value::as_object).flatten();
        let described = described.filter(|(name, _)| *name != "parameters").count();
        assert_eq!(operations.len(), described, "a method that is not looked at");
        operations
    }

    /// Every status of every operation.
    pub fn statuses(&self) -> BTreeSet<Status> {
        let of_operation = |(method, path): (String, String)| {
            let responses = self.operation(&method, &path)["responses"].as_object();
            let responses = responses.expect("responses").keys().cloned().collect::<Vec<_>>();
            responses.into_iter().map(move |status| {
                (method.clone(), path.clone(), status.parse().expect("a status"))
            })
        };
        self.operations().into_iter().flat_map(of_operation).collect()
    }

    pub fn operation(&self, method: &str, path: &str) -> &Value {
        &self.document["paths"][path][method.to_lowercase()]
    }

    /// Whether a user's token comes with the request, as in most: only others say what does.
    pub fn takes_a_login(&self, method: &str, path: &str) -> bool {
        self.operation(method, path).get("security").is_none()
    }

    /// The path that this one is an instance of.
    pub fn path_of(&self, path: &str) -> Option<&str> {
        let path = path.split('?').next().unwrap_or_default();
        let is_it = |described: &&String| {
            let (mut given, mut parts) = (path.split('/'), described.split('/'));
            let same = parts.by_ref().all(|part| {
                given.next().is_some_and(|given| part.starts_with('{') || part == given)
            });
            same && given.next().is_none()
        };
        self.paths().keys().find(is_it).map(String::as_str)
    }

    /// What is there, or what it refers to.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            None => value,
            Some(place) => {
                let pointer = place.strip_prefix('#').expect("a place in this document");
                self.document.pointer(pointer).unwrap_or_else(|| panic!("{place} leads nowhere"))
            }
        }
    }

    /// A schema together with what it may refer to.
    fn rooted(&self, schema: &Value) -> Value {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.document["components"],
        })
    }

    pub fn check_schema(&self, schema: &Value) -> Result<(), String> {
        jsonschema::meta::validate(&self.rooted(schema)).map_err(|error| error.to_string())?;
        self.check(schema, &Value::Null).map(drop).or_else(|error| {
            // Whatever `null` lacks: the schema was one.
            if error.starts_with("no schema") { Err(error) } else { Ok(()) }
        })
    }

    /// All schemas, by where they stand.
    pub fn schemas(&self) -> Vec<(String, &Value)> {
        let mut found = Vec::new();
        let mut open = vec![(String::from("#"), &self.document)];
        while let Some((place, value)) = open.pop() {
            if let Some(schema) = value.get("schema") {
                found.push((place.clone(), schema));
            }
            match value {
                Value::Object(members) => {
                    open.extend(members.iter().map(|(name, it)| (format!("{place}/{name}"), it)));
                }
                Value::Array(elements) => {
                    let numbered = elements.iter().enumerate();
                    open.extend(numbered.map(|(at, it)| (format!("{place}/{at}"), it)));
                }
                _ => {}
            }
        }
        let schemas = self.document["components"]["schemas"].as_object().expect("schemas");
        found.extend(schemas.iter().map(|(name, schema)| (name.clone(), schema)));
        found
    }

    /// Every name that a problem's `type` may end in.
    pub fn problems(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut open = vec![&self.document];
        while let Some(value) = open.pop() {
            let pattern = value.pointer("/properties/type/pattern").and_then(Value::as_str);
            for name in
                pattern.into_iter().flat_map(|pattern| pattern.split(['/', '(', '|', ')', '$']))
            {
                names.insert(name.to_owned());
            }
            match value {
                Value::Object(members) => open.extend(members.values()),
                Value::Array(elements) => open.extend(elements),
                _ => {}
            }
        }
        names.remove("");
        assert!(names.len() > 20, "{names:?}");
        names
    }

    fn check(&self, schema: &Value, instance: &Value) -> Result<(), String> {
        let validator = self.validator(schema)?;
        let errors: Vec<_> = validator
            .iter_errors(instance)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
    }

    fn validator(&self, schema: &Value) -> Result<Arc<Validator>, String> {
        let mut known = self.validators.lock().unwrap();
        let text = schema.to_string();
        if let Some(validator) = known.get(&text) {
            return Ok(validator.clone());
        }
        let options = jsonschema::options().should_validate_formats(true);
        let made = options.build(&self.rooted(schema));
        let made = Arc::new(made.map_err(|error| format!("no schema: {error}"))?);
        known.insert(text, made.clone());
        Ok(made)
    }

    /// Whether this is what a schema of this name describes.
    pub fn check_named(&self, name: &str, instance: &Value) -> Result<(), String> {
        self.check(&self.document["components"]["schemas"][name], instance)
    }

    /// Whether a body of this media type may be sent to an operation.
    pub fn check_request(
        &self,
        operation: &Value,
        media: &str,
        body: &Value,
    ) -> Result<(), String> {
        let Some(request) = operation.get("requestBody") else {
            return if body.is_null() { Ok(()) } else { Err("it takes no body".to_owned()) };
        };
        let content = request["content"].get(media).ok_or(format!("it takes no {media}"))?;
        self.check(&content["schema"], body)
    }

    /// Whether an answer is as the operation says.
    pub fn check_answer(
        &self,
        operation: &Value,
        is_head: bool,
        answer: &Answer,
    ) -> Result<(), String> {
        let status = answer.status.as_str();
        let responses = &operation["responses"];
        let response = responses.get(status).ok_or(format!("{status} is not described"))?;
        self.check_response(self.resolve(response), is_head, answer)
    }

    /// Whether an answer is one of those that stand for all pages.
    pub fn check_shared(&self, name: &str, answer: &Answer) -> Result<(), String> {
        self.check_response(&self.document["components"]["responses"][name], false, answer)
    }

    fn check_response(
        &self,
        response: &Value,
        is_head: bool,
        answer: &Answer,
    ) -> Result<(), String> {
        self.check_headers(response, answer)?;
        if is_head {
            return Ok(());
        }
        let Some(content) = response.get("content") else {
            return if answer.body.is_empty() { Ok(()) } else { Err("it has a body".to_owned()) };
        };
        let media = answer.headers.get("content-type").and_then(|media| media.to_str().ok());
        let media = media.unwrap_or_default();
        let content = content.get(media).ok_or(format!("`{media}` is not described"))?;
        self.check(&content["schema"], &answer.json())
    }

    fn check_headers(&self, response: &Value, answer: &Answer) -> Result<(), String> {
        let none = Map::new();
        let described = response.get("headers").and_then(Value::as_object).unwrap_or(&none);
        for name in answer.headers.keys().filter(|name| *name != "content-type") {
            if !described.keys().any(|known| known.eq_ignore_ascii_case(name.as_str())) {
                return Err(format!("the header `{name}` is not described"));
            }
        }
        for (name, header) in described {
            let header = self.resolve(header);
            let mut values = answer.headers.get_all(name).iter().peekable();
            if values.peek().is_none() && header["required"] == json!(true) {
                return Err(format!("there is no `{name}`"));
            }
            for value in values {
                let value = value.to_str().map_err(|_| format!("`{name}` is no text"))?;
                let checked = self.check(&header["schema"], &json!(value));
                checked.map_err(|error| format!("`{name}`: {error}"))?;
            }
        }
        Ok(())
    }
}
