//! GitHub's own description of its REST API: routes, validators, and the dullest values that it allows.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// An operation of the description.
#[derive(Debug)]
pub struct Operation {
    /// As GitHub names it: `pulls/create-review`.
    pub id: String,
    pub method: String,
    pub path: String,
    segments: Vec<String>,
    pub parameters: Vec<Value>,
    pub body: Option<Value>,
    pub responses: Map<String, Value>,
}

/// The whole description.
#[derive(Debug)]
pub struct Description {
    pub operations: Vec<Operation>,
    schemas: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
    required: Mutex<HashMap<usize, Arc<Required>>>,
}

/// Members by name.
type Required = Vec<(String, Value)>;

static DESCRIPTION: LazyLock<Description> = LazyLock::new(Description::read);

static WEBHOOKS: LazyLock<Description> = LazyLock::new(Description::of_webhooks);

/// The description of the REST API, read once.
pub fn description() -> &'static Description {
    &DESCRIPTION
}

/// The description of deliveries, whose schemas are named `EVENT ACTION`; read once.
pub fn webhooks() -> &'static Description {
    &WEBHOOKS
}

impl Description {
    fn read() -> Description {
        let text = include_str!("openapi/github.json");
        let mut whole: Value = serde_json::from_str(text).expect("the description is JSON");
        let mut operations = Vec::new();
        for (path, methods) in whole["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                operations.push(Operation {
                    id: operation["operationId"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    segments: path
                        .trim_start_matches('/')
                        .split('/')
                        .map(str::to_owned)
                        .collect(),
                    parameters: operation["parameters"]
                        .as_array()
                        .cloned()
                        .unwrap_or_default(),
                    body: operation.get("requestBody").cloned(),
                    responses: operation["responses"]
                        .as_object()
                        .cloned()
                        .unwrap_or_default(),
                });
            }
        }
        let schemas = whole["components"]["schemas"].take();
        Description {
            operations,
            schemas,
            validators: Mutex::default(),
            required: Mutex::default(),
        }
    }

    fn of_webhooks() -> Description {
        let text = include_str!("openapi/webhooks.json");
        let mut whole: Value = serde_json::from_str(text).expect("the description is JSON");
        let mut schemas = whole["components"]["schemas"].take();
        for (event, schema) in whole["events"].as_object().into_iter().flatten() {
            schemas[event] = schema.clone();
        }
        Description {
            operations: Vec::new(),
            schemas,
            validators: Mutex::default(),
            required: Mutex::default(),
        }
    }

    /// What is wrong with a value by the schema of this name.
    pub fn wrong_by(&self, name: &str, value: &Value) -> Vec<String> {
        match self.schemas.get(name) {
            Some(schema) => self.wrong(name, schema, value),
            None => vec![format!("`{name}` is not described")],
        }
    }

    /// The operation of a request, with the parameters of its path.
    pub fn route(
        &self,
        method: &str,
        path: &str,
    ) -> Option<(&Operation, BTreeMap<String, String>)> {
        let given: Vec<String> = path
            .trim_start_matches('/')
            .split('/')
            .map(decoded)
            .collect();
        let fits = |operation: &&Operation| operation.method == method;
        let mut found: Vec<_> = self
            .operations
            .iter()
            .filter(fits)
            .filter_map(|operation| Some((operation, operation.parameters_of(&given)?)))
            .collect();
        // `/pulls/comments/1` is not the pull request `comments`: fewer parameters are nearer.
        found.sort_by_key(|(operation, parameters)| (parameters.len(), operation.id.len()));
        found.into_iter().next()
    }

    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// What is wrong with a value by a schema, whose validator is compiled once under `name`.
    pub fn wrong(&self, name: &str, schema: &Value, value: &Value) -> Vec<String> {
        let known = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned();
        let validator = known.unwrap_or_else(|| {
            let built = Arc::new(self.validator(schema));
            let mut validators = self
                .validators
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            validators.insert(name.to_owned(), Arc::clone(&built));
            built
        });
        validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut needed = Map::new();
        self.needed(schema, &mut needed);
        let whole = json!({ "allOf": [schema], "components": { "schemas": needed } });
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .build(&whole)
            .expect("the description's schemas are sound")
    }

    /// All schemas that a schema leads to.
    fn needed(&self, schema: &Value, found: &mut Map<String, Value>) {
        match schema {
            Value::Object(members) => {
                if let Some(name) = members.get("$ref").and_then(named)
                    && !found.contains_key(name)
                {
                    found.insert(name.to_owned(), self.schemas[name].clone());
                    self.needed(&self.schemas[name], found);
                }
                members
                    .values()
                    .for_each(|member| self.needed(member, found));
            }
            Value::Array(members) => members.iter().for_each(|member| self.needed(member, found)),
            _ => {}
        }
    }

    /// A schema, or the one that it names.
    pub fn meant<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(named) {
            Some(name) => self.meant(&self.schemas[name]),
            None => schema,
        }
    }

    /// What is given, and for every other required member the dullest value that the schema allows.
    /// Members of members stay as they are given.
    pub fn fill(&self, schema: &str, given: Value) -> Value {
        self.filled(&self.schemas[schema], given, false)
    }

    /// The same for all that is within, too.
    pub fn fill_deeply(&self, schema: &str, given: Value) -> Value {
        self.filled(&self.schemas[schema], given, true)
    }

    fn filled(&self, schema: &Value, given: Value, deeply: bool) -> Value {
        let schema = self.meant(schema);
        let parts = schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let given = parts.fold(given, |given, part| self.filled(part, given, deeply));
        match given {
            Value::Object(mut members) => {
                for (name, value) in members.iter_mut().filter(|_| deeply) {
                    if let Some(schema) = schema["properties"].get(name) {
                        *value = self.filled(schema, value.take(), true);
                    }
                }
                for (name, value) in self.required_of(schema).iter() {
                    if !members.contains_key(name) {
                        members.insert(name.clone(), value.clone());
                    }
                }
                Value::Object(members)
            }
            Value::Array(items) if deeply && schema.get("items").is_some() => items
                .into_iter()
                .map(|item| self.filled(&schema["items"], item, true))
                .collect(),
            other => other,
        }
    }

    /// The required members of a schema with their dullest values, found out once.
    fn required_of(&self, schema: &Value) -> Arc<Required> {
        // The schemas never move: their address tells them apart.
        let key = std::ptr::from_ref(schema).addr();
        let known = self
            .required
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        known.unwrap_or_else(|| {
            let names = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let found: Required = names
                .map(|name| {
                    (
                        name.to_owned(),
                        self.dullest(name, &schema["properties"][name]),
                    )
                })
                .collect();
            let found = Arc::new(found);
            let mut required = self.required.lock().unwrap_or_else(PoisonError::into_inner);
            required.insert(key, Arc::clone(&found));
            found
        })
    }

    fn dullest(&self, name: &str, schema: &Value) -> Value {
        let schema = self.meant(schema);
        let alternatives = ["anyOf", "oneOf"]
            .iter()
            .find_map(|key| schema.get(*key)?.as_array());
        if let Some(alternatives) = alternatives {
            let null = alternatives.iter().any(|one| one["type"] == "null");
            return if null {
                Value::Null
            } else {
                self.dullest(name, &alternatives[0])
            };
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) if kinds.iter().any(|kind| kind == "null") => return Value::Null,
            Value::String(kind) => kind.as_str(),
            _ => "object",
        };
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        match kind {
            "boolean" => json!(false),
            "integer" | "number" => json!(0),
            "array" => json!([]),
            "string" if schema["format"] == "uri" || name.ends_with("_url") || name == "url" => {
                json!(format!("https://unmodelled.invalid/{name}"))
            }
            "string" if schema["format"] == "date-time" => json!("2020-01-01T00:00:00Z"),
            "string" => json!(""),
            _ => self.filled(schema, json!({}), false),
        }
    }
}

impl Operation {
    fn parameters_of(&self, given: &[String]) -> Option<BTreeMap<String, String>> {
        let mut parameters = BTreeMap::new();
        let mut at = 0;
        for (index, segment) in self.segments.iter().enumerate() {
            let after = self.segments.len() - index - 1;
            let Some(name) = segment
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            else {
                if given.get(at)? != segment {
                    return None;
                }
                at += 1;
                continue;
            };
            // Paths and names of branches hold slashes.
            let wide = matches!(name, "path" | "ref" | "basehead");
            let end = if wide {
                given.len().checked_sub(after)?
            } else {
                at + 1
            };
            let value = given
                .get(at..end)
                .filter(|parts| !parts.is_empty())?
                .join("/");
            if value.is_empty() {
                return None;
            }
            parameters.insert(name.to_owned(), value);
            at = end;
        }
        (at == given.len()).then_some(parameters)
    }
}

fn named(reference: &Value) -> Option<&str> {
    reference.as_str()?.strip_prefix("#/components/schemas/")
}

/// A part of a path with its `%xx` read.
pub fn decoded(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = part
            .get(at + 1..at + 3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(byte) if bytes[at] == b'%' => {
                plain.push(byte);
                at += 3;
            }
            _ => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

impl Operation {
    /// GraphQL, which this description does not describe.
    pub fn graphql() -> Operation {
        Operation {
            id: "graphql".to_owned(),
            method: "POST".to_owned(),
            path: "/graphql".to_owned(),
            segments: Vec::new(),
            parameters: Vec::new(),
            body: None,
            responses: Map::new(),
        }
    }
}
