//! The JSON API: the command line's contract over HTTP.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{self, RefOr};
use utoipa::{IntoResponses, ToSchema};

use super::Shared;
use super::asked::{Kind, Pasted};
use super::error::Error;
use crate::report::{Format, Look, render};
use crate::review::{Options, Review, change, run};
use crate::rules;
use crate::source::change::Change;
use crate::source::{Language, SourceFile, patch};

/// Files that one request may bring.
const MOST_FILES: usize = 1000;

/// Code to check: either a text, or files.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(try_from = "Fields", untagged)]
pub enum Check {
    /// A text.
    Text(Text),
    /// Files.
    Files(Files),
}

/// A text to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Code or a unified diff.
    text: String,
    /// What the text is; recognised when it is not said.
    kind: Option<Kind>,
    /// The language; recognised when it is not said.
    language: Option<Tongue>,
}

/// Files to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Files, reviewed together by directory.
    #[schema(max_items = 1000)]
    files: Vec<NamedText>,
}

/// All fields that a check may have. Read at once, so that an error names the field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    text: Option<String>,
    kind: Option<Kind>,
    language: Option<Tongue>,
    files: Option<Vec<NamedText>>,
}

impl TryFrom<Fields> for Check {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Check, &'static str> {
        let (kind, language) = (fields.kind, fields.language);
        match (fields.text, fields.files) {
            (Some(text), None) => Ok(Check::Text(Text {
                text,
                kind,
                language,
            })),
            (None, Some(files)) if kind.is_none() && language.is_none() => {
                Ok(Check::Files(Files { files }))
            }
            (None, Some(_)) => Err("`kind` and `language` go with `text`, files have names"),
            _ => Err("give either `text` or `files`"),
        }
    }
}

/// A language.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// Recognised.
    Auto,
    /// Go.
    Go,
    /// Rust.
    Rust,
}

/// A file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedText {
    /// Its path.
    path: String,
    /// Its text.
    text: String,
}

/// A change to review.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// The unified diff.
    diff: String,
    /// Files as they were before, by path.
    #[serde(default)]
    before: BTreeMap<String, String>,
    /// Files as they are after, by path.
    #[serde(default)]
    after: BTreeMap<String, String>,
}

/// A bug class.
#[derive(Debug, Serialize, ToSchema)]
pub struct Class {
    /// `BP06`.
    code: &'static str,
    /// `blocking-send-in-handler`.
    slug: &'static str,
    /// What it is, in a line.
    summary: &'static str,
    /// `junior`, `middle` or `senior`.
    level: &'static str,
    /// Where it sits.
    seam: &'static str,
    /// The questions that it answers to.
    questions: &'static [&'static str],
    /// The checklist items that it answers to.
    checklist: &'static [&'static str],
    /// Where it is explained.
    help: String,
}

/// How both analysing requests can be refused, as problem details.
struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let refusal = |(status, description): (&str, &str)| {
            let response = openapi::ResponseBuilder::new()
                .description(description)
                .content(
                    "application/problem+json",
                    openapi::ContentBuilder::new().build(),
                )
                .build();
            (status.to_owned(), RefOr::T(response))
        };
        [
            (
                "400",
                "The request makes no sense, or is not what this takes",
            ),
            ("403", "The page of another site has asked"),
            ("413", "The body is too large"),
            ("415", "The body is no JSON"),
            ("429", "This client asks too often"),
            ("503", "All turns are taken, or it took too long"),
        ]
        .into_iter()
        .map(refusal)
        .collect()
    }
}

/// Check code as it is.
#[utoipa::path(post, path = "/api/v1/check", request_body = Check, responses(
    (status = 200, description = "The review, schema 1", content_type = "application/json"),
    Refusals,
))]
pub async fn check(
    State(site): State<Shared>,
    body: Result<Json<Check>, JsonRejection>,
) -> Result<Response, Error> {
    let asked = read(body)?;
    match asked {
        Check::Text(Text {
            text,
            kind,
            language,
        }) => {
            let language = match language {
                None | Some(Tongue::Auto) => None,
                Some(Tongue::Go) => Some(Language::Go),
                Some(Tongue::Rust) => Some(Language::Rust),
            };
            let pasted = Pasted::new(text, kind.unwrap_or_default(), language);
            answer(&site, move |options| pasted.review(options)).await
        }
        Check::Files(Files { files }) => {
            if files.len() > MOST_FILES {
                return Err(bad(format!("at most {MOST_FILES} files at once")));
            }
            answer(&site, move |options| of_files(files, options)).await
        }
    }
}

/// Review what a change introduces and fixes.
#[utoipa::path(post, path = "/api/v1/review", request_body = Changed, responses(
    (status = 200, description = "The review, schema 1", content_type = "application/json"),
    Refusals,
))]
pub async fn review(
    State(site): State<Shared>,
    body: Result<Json<Changed>, JsonRejection>,
) -> Result<Response, Error> {
    let asked = read(body)?;
    if asked.before.len() + asked.after.len() > 2 * MOST_FILES {
        return Err(bad(format!("at most {MOST_FILES} files on each side")));
    }
    answer(&site, move |options| {
        let change = Change::new(
            patch::read(&asked.diff),
            sources(asked.before),
            sources(asked.after),
        );
        change::review(&change, options)
    })
    .await
}

/// List the bug classes.
#[utoipa::path(get, path = "/api/v1/rules", responses(
    (status = 200, description = "All bug classes", body = Vec<Class>),
))]
pub async fn rules(State(site): State<Shared>) -> Json<Vec<Class>> {
    let class = |rule: &&'static rules::Rule| Class {
        code: rule.code,
        slug: rule.slug,
        summary: rule.summary,
        level: rule.level.name(),
        seam: rule.seam.name(),
        questions: rule.questions,
        checklist: rule.checklist,
        help: format!(
            "{}/bugs/{}-{}",
            site.settings.public_url, rule.code, rule.slug
        ),
    };
    Json(rules::ALL.iter().map(class).collect())
}

fn bad(why: String) -> Error {
    Error::BadRequest(why)
}

/// The body, or what is wrong with it; the place in the JSON is said, its content is not.
fn read<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, Error> {
    match body {
        Ok(Json(body)) => Ok(body),
        Err(JsonRejection::JsonDataError(error)) => Err(bad(error.body_text())),
        Err(JsonRejection::JsonSyntaxError(error)) => Err(bad(error.body_text())),
        Err(other) => Err(Error::Refused(other.status())),
    }
}

fn of_files(files: Vec<NamedText>, options: &Options) -> Review {
    let texts: BTreeMap<String, String> = files
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect();
    let (units, skipped) = run::units(texts.keys().cloned(), &options.settings);
    let read = |path: &str| {
        let text = texts.get(path).map(|text| text.clone().into_bytes());
        text.ok_or_else(|| "not sent".to_owned())
    };
    let mut review = run::check(&units, &read, options, &|_| ());
    review.skipped.extend(skipped);
    review.skipped.sort();
    review
}

fn sources(texts: BTreeMap<String, String>) -> Vec<SourceFile> {
    texts
        .into_iter()
        .filter_map(|(path, text)| {
            let language = Language::of_path(&path)?;
            Some(SourceFile::new(path, language, text.into_bytes()))
        })
        .collect()
}

async fn answer(
    site: &Shared,
    work: impl FnOnce(&Options) -> Review + Send + 'static,
) -> Result<Response, Error> {
    let text = site
        .analyse(move |options| render(&work(options), Format::Json, Look::default(), &|_| None))
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
