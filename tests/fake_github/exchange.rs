//! What is asked and what is answered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::description::Operation;
use super::state::{Repository, State};
use super::tokens::Caller;

/// A request that found its operation.
#[derive(Clone, Debug)]
pub struct Asked {
    pub operation: &'static Operation,
    pub parameters: BTreeMap<String, String>,
    pub query: BTreeMap<String, String>,
    pub body: Value,
    pub accept: String,
    pub caller: Caller,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Json(Value),
    Text(Vec<u8>, &'static str),
    Empty,
}

/// What the client is told.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub content: Content,
}

/// A request that is not granted.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: u16,
    pub message: String,
    /// Texts for reviews, objects for everything else.
    pub errors: Option<Value>,
}

pub type Outcome = Result<Reply, Refusal>;

impl Reply {
    pub fn json(status: u16, value: Value) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            content: Content::Json(value),
        }
    }

    pub fn empty(status: u16) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            content: Content::Empty,
        }
    }

    pub fn text(bytes: Vec<u8>, kind: &'static str) -> Reply {
        Reply {
            status: 200,
            headers: Vec::new(),
            content: Content::Text(bytes, kind),
        }
    }

    /// The reply with its content written out.
    pub fn settled(mut self) -> Reply {
        if let Content::Json(value) = &self.content {
            let text = value.to_string().into_bytes();
            self.content = Content::Text(text, "application/json; charset=utf-8");
        }
        self
    }

    /// The content of a settled reply.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(bytes, _) => bytes,
            Content::Json(_) | Content::Empty => &[],
        }
    }
}

impl Refusal {
    pub fn new(status: u16, message: &str) -> Refusal {
        Refusal {
            status,
            message: message.to_owned(),
            errors: None,
        }
    }

    pub fn not_found() -> Refusal {
        Refusal::new(404, "Not Found")
    }

    /// The shape of reviews: a list of texts.
    // source: OpenAPI, `pulls/create-review` 422: validation-error-simple
    pub fn texts(texts: &[String]) -> Refusal {
        Refusal {
            status: 422,
            message: "Unprocessable Entity".to_owned(),
            errors: Some(json!(texts)),
        }
    }

    /// The shape of everything else: a list of objects.
    // source: OpenAPI, `pulls/create-review-comment` 422: validation-error
    pub fn field(resource: &str, field: &str, message: &str) -> Refusal {
        let error =
            json!({ "resource": resource, "code": "custom", "field": field, "message": message });
        Refusal {
            status: 422,
            message: "Validation Failed".to_owned(),
            errors: Some(json!([error])),
        }
    }

    pub fn reply(self) -> Reply {
        let mut value = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.to_string(),
        });
        if let Some(errors) = self.errors {
            value["errors"] = errors;
        }
        Reply::json(self.status, value)
    }
}

impl Asked {
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A number of the path; what is none is not found.
    pub fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.parameter(name)
            .parse()
            .map_err(|_| Refusal::not_found())
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    pub fn count(&self, name: &str) -> Option<usize> {
        usize::try_from(self.body.get(name)?.as_u64()?).ok()
    }

    /// The repository of the path, as far as the caller can know of it.
    pub fn repository<'a>(&self, state: &'a State) -> Result<&'a Repository, Refusal> {
        let found = state.repository_named(self.parameter("owner"), self.parameter("repo"));
        found
            .filter(|one| self.caller.sees(state, one))
            .ok_or_else(Refusal::not_found)
    }

    /// The path below the repository.
    pub fn rest_of_path(&self) -> String {
        let mut path = self.operation.path.clone();
        for (name, value) in &self.parameters {
            path = path.replace(&format!("{{{name}}}"), &super::shown::percent(value));
        }
        path.split('/')
            .skip(4)
            .map(|part| format!("/{part}"))
            .collect()
    }

    /// One page of a list, with its `Link` header.
    pub fn page(&self, state: &State, items: &[Value]) -> (Vec<Value>, Vec<(String, String)>) {
        let number = |name: &str| {
            self.query
                .get(name)
                .and_then(|text| text.parse::<usize>().ok())
        };
        let size = number("per_page").unwrap_or(30).clamp(1, 100);
        let page = number("page").unwrap_or(1).max(1);
        let last = items.len().div_ceil(size).max(1);
        let shown = items
            .iter()
            .skip((page - 1) * size)
            .take(size)
            .cloned()
            .collect();
        let mut path = self.operation.path.clone();
        for (name, value) in &self.parameters {
            path = path.replace(&format!("{{{name}}}"), &super::shown::percent(value));
        }
        let link = |to: usize, relation: &str| {
            let mut query: Vec<String> = Vec::new();
            for (name, value) in self.query.iter().filter(|(name, _)| *name != "page") {
                query.push(format!("{name}={}", super::shown::percent(value)));
            }
            query.push(format!("page={to}"));
            format!(
                "<{}?{}>; rel=\"{relation}\"",
                state.api(path.trim_start_matches('/')),
                query.join("&")
            )
        };
        let mut links = Vec::new();
        if page > 1 {
            links.push(link(page - 1, "prev"));
        }
        if page < last {
            links.extend([link(page + 1, "next"), link(last, "last")]);
        }
        if page > 1 {
            links.push(link(1, "first"));
        }
        let header = (!links.is_empty()).then(|| ("Link".to_owned(), links.join(", ")));
        (shown, header.into_iter().collect())
    }

    /// A page as a bare list.
    pub fn list(&self, state: &State, items: &[Value]) -> Reply {
        let (items, headers) = self.page(state, items);
        Reply {
            status: 200,
            headers,
            content: Content::Json(items.into()),
        }
    }

    /// A page within an object that counts all.
    pub fn counted(&self, state: &State, name: &str, items: &[Value]) -> Reply {
        let (shown, headers) = self.page(state, items);
        let content = Content::Json(json!({ "total_count": items.len(), name: shown }));
        Reply {
            status: 200,
            headers,
            content,
        }
    }
}
