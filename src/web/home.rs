//! `/`: paste code or a diff, and see what a reviewer would say.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::error::Error;
use super::examples;
use super::security::Frame;
use super::shown::{Shown, Subject};
use super::{Shared, markdown};
use crate::report::{Format, Look, render};
use crate::review::outcome::Confidence;
use crate::review::{Options, Review, change, run};
use crate::rules;
use crate::source::change::Change;
use crate::source::diff::Diff;
use crate::source::{Language, patch};

/// The name that a pasted text goes by.
const PASTED: &str = "pasted.go";

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Paste {
    /// The code or the diff.
    #[serde(default)]
    pub text: String,
    /// `auto`, `code` or `diff`.
    #[serde(default)]
    pub kind: String,
    /// `auto` or the name of a language.
    #[serde(default)]
    pub language: String,
    /// The least confidence that is shown.
    #[serde(default)]
    pub least: String,
    /// The only class that is shown; empty for all.
    #[serde(default)]
    pub class: String,
    /// The fingerprint of the finding whose suggestion is to be applied.
    #[serde(default)]
    pub apply: String,
    /// `json`, `sarif` or `markdown`: the result as a file.
    #[serde(default)]
    pub download: String,
}

impl Paste {
    fn is_diff(&self) -> Result<bool, Error> {
        match self.kind.as_str() {
            "" | "auto" => Ok(patch::looks_like_diff(&self.text)),
            "code" => Ok(false),
            "diff" => Ok(true),
            other => Err(Error::BadRequest(format!(
                "There is no kind `{other}`: it is `auto`, `code` or `diff`."
            ))),
        }
    }

    fn language(&self) -> Result<Language, Error> {
        match self.language.as_str() {
            "" | "auto" => Ok(Language::Go),
            name => Language::by_name(name).ok_or_else(|| {
                Error::BadRequest(format!(
                    "The language `{name}` is not known: it is `auto` or `go`."
                ))
            }),
        }
    }

    fn least(&self) -> Result<Confidence, Error> {
        match self.least.as_str() {
            "" => Ok(Confidence::Low),
            name => Confidence::by_name(name).ok_or_else(|| {
                Error::BadRequest(format!(
                    "There is no confidence `{name}`: it is `high`, `medium` or `low`."
                ))
            }),
        }
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    frame: Frame,
    text: String,
    kind: String,
    least: &'static str,
    class: String,
    examples: Vec<(&'static str, &'static str)>,
    result: Option<Shown>,
    /// Where the example that is shown is explained.
    example: Option<&'static rules::Rule>,
}

#[derive(Template)]
#[template(path = "result.html")]
struct Fragment {
    result: Option<Shown>,
    class: String,
}

/// The example that a link asks for.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    /// A class, by code or slug.
    #[serde(default)]
    example: String,
}

/// The empty box, or one of the examples.
pub async fn page(frame: Frame, Query(chosen): Query<Chosen>) -> Result<Html<String>, Error> {
    let example = match chosen.example.as_str() {
        "" => None,
        name => Some(rules::by_name(name).ok_or(Error::NotFound)?),
    };
    let text = example.map_or(String::new(), examples::first_bug);
    rendered(&Page {
        frame,
        text,
        kind: "auto".to_owned(),
        least: Confidence::Low.name(),
        class: String::new(),
        examples: examples::choices(),
        result: None,
        example,
    })
}

/// The result with the box above it, or the result as a file.
pub async fn check(
    State(site): State<Shared>,
    frame: Frame,
    Form(mut paste): Form<Paste>,
) -> Result<Response, Error> {
    let least = paste.least()?;
    if !paste.apply.is_empty() {
        paste = apply(&site, paste).await?;
    }
    if let Some(format) = download(&paste.download)? {
        return as_file(&site, paste, format, least).await;
    }
    let text = paste.text.clone();
    let (kind, class) = (paste.kind.clone(), paste.class.clone());
    let result = shown(&site, paste, least).await?;
    Ok(rendered(&Page {
        frame,
        text,
        kind,
        least: least.name(),
        class,
        examples: examples::choices(),
        result,
        example: None,
    })?
    .into_response())
}

/// The result alone, for the script that asks while somebody types.
pub async fn fragment(
    State(site): State<Shared>,
    Form(paste): Form<Paste>,
) -> Result<Html<String>, Error> {
    let least = paste.least()?;
    let class = paste.class.clone();
    let result = shown(&site, paste, least).await?;
    rendered(&Fragment { result, class })
}

/// What was pasted, reviewed; nothing for an empty box.
async fn shown(site: &Shared, paste: Paste, least: Confidence) -> Result<Option<Shown>, Error> {
    if paste.text.trim().is_empty() {
        return Ok(None);
    }
    let (is_diff, language) = (paste.is_diff()?, paste.language()?);
    let options = options(site);
    let work = move || {
        if is_diff {
            let change = Change::new(patch::read(&paste.text), Vec::new(), Vec::new());
            let review = change::review(&change, &options);
            return Shown::new(review, &Subject::Diff(&change), least, &paste.class);
        }
        let review = run::check_text(PASTED, &paste.text, language, &options);
        let subject = Subject::Code {
            path: PASTED,
            text: &paste.text,
            language,
        };
        Shown::new(review, &subject, least, &paste.class)
    };
    site.gate.run(work).await.map(Some)
}

/// How the site reviews.
pub fn options(site: &Shared) -> Options {
    let mut options = Options {
        help_base: site.settings.public_url.clone(),
        ..Options::default()
    };
    options.limits.bytes = site.settings.body_bytes;
    options.limits.time = site.settings.deadline;
    options
}

fn reviewed(paste: &Paste, is_diff: bool, language: Language, options: &Options) -> Review {
    if is_diff {
        let diff: Diff = patch::read(&paste.text);
        return change::review(&Change::new(diff, Vec::new(), Vec::new()), options);
    }
    run::check_text(PASTED, &paste.text, language, options)
}

/// The text with the suggestion of one finding applied.
async fn apply(site: &Shared, mut paste: Paste) -> Result<Paste, Error> {
    let wanted = std::mem::take(&mut paste.apply);
    if paste.is_diff()? {
        return Err(Error::BadRequest(
            "A suggestion can be applied to code, not to a diff.".to_owned(),
        ));
    }
    let (language, options) = (paste.language()?, options(site));
    let work = move || {
        let review = run::check_text(PASTED, &paste.text, language, &options);
        let found = review
            .findings
            .iter()
            .find(|remark| remark.fingerprint == wanted);
        let offer = found.and_then(|remark| remark.suggestion.clone());
        if let Some(offer) = offer {
            paste.text = with_lines(&paste.text, &offer);
        }
        paste
    };
    site.gate.run(work).await
}

fn with_lines(text: &str, offer: &crate::review::outcome::Suggestion) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let last = (offer.end_line as usize).min(lines.len());
    let first = (offer.start_line as usize).saturating_sub(1).min(last);
    lines.splice(first..last, offer.replacement.lines());
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn download(name: &str) -> Result<Option<(Format, &'static str)>, Error> {
    match name {
        "" => Ok(None),
        "json" => Ok(Some((Format::Json, "json"))),
        "sarif" => Ok(Some((Format::Sarif, "sarif"))),
        "markdown" => Ok(Some((Format::Markdown, "md"))),
        other => Err(Error::BadRequest(format!(
            "There is no download `{other}`: it is `json`, `sarif` or `markdown`."
        ))),
    }
}

async fn as_file(
    site: &Shared,
    paste: Paste,
    (format, ending): (Format, &'static str),
    least: Confidence,
) -> Result<Response, Error> {
    let (is_diff, language) = (paste.is_diff()?, paste.language()?);
    let options = options(site);
    let work = move || {
        let review = reviewed(&paste, is_diff, language, &options).at_least(least);
        render(&review, format, Look::default(), &|_| None)
    };
    let text = site.gate.run(work).await?;
    let kind = match format {
        Format::Markdown => "text/markdown; charset=utf-8",
        _ => "application/json",
    };
    let name = format!("attachment; filename=\"highwater.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// A template as an answer.
pub fn rendered(page: &impl Template) -> Result<Html<String>, Error> {
    let html = page.render();
    html.map(Html)
        .map_err(|error| Error::Internal(error.to_string()))
}

impl Page {
    fn summary(&self) -> String {
        self.example
            .map_or(String::new(), |rule| markdown::inline(rule.summary))
    }
}
