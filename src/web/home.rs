//! `/`: paste code or a diff, and see what a reviewer would say.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::asked::{Kind, Pasted};
use super::error::Error;
use super::examples;
use super::kept::Note;
use super::security::Frame;
use super::shown::{Shown, Subject};
use super::{Shared, rows};
use crate::report::{Format, Look, render};
use crate::review::outcome::Confidence;
use crate::review::{Options, change, run};
use crate::rules;
use crate::source::Language;

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
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
    /// The text as it is to be reviewed; what is not said is recognised.
    fn pasted(self) -> Result<Pasted, Error> {
        let kind = match self.kind.as_str() {
            "" | "auto" => Kind::Auto,
            "code" => Kind::Code,
            "diff" => Kind::Diff,
            other => {
                return Err(Error::BadRequest(format!(
                    "There is no kind `{other}`: it is `auto`, `code` or `diff`."
                )));
            }
        };
        let language = match self.language.as_str() {
            "" | "auto" => None,
            name => Some(language(name)?),
        };
        Ok(Pasted::new(self.text, kind, language))
    }

    /// What is kept of it when that is asked for: the text and what is said of it.
    pub fn kept_part(self) -> Result<Paste, Error> {
        self.least()?;
        self.clone().pasted()?;
        Ok(Paste {
            apply: String::new(),
            download: String::new(),
            class: String::new(),
            ..self
        })
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

/// The language by the name that a request gives.
fn language(name: &str) -> Result<Language, Error> {
    Language::by_name(name).ok_or_else(|| {
        let known: String = Language::ALL
            .iter()
            .map(|language| format!(", `{}`", language.name()))
            .collect();
        Error::BadRequest(format!(
            "The language `{name}` is not known. These are: `auto`{known}."
        ))
    })
}

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    frame: Frame,
    text: String,
    kind: String,
    /// What the reader says the language is.
    language: String,
    languages: [Language; 2],
    /// The language of the examples that are offered.
    example_language: &'static str,
    least: &'static str,
    class: String,
    examples: Vec<(&'static str, &'static str)>,
    result: Option<Shown>,
    /// Where the example that is shown is explained.
    example: Option<&'static rules::Rule>,
    /// What is to be said of a kept result.
    kept: Option<Note>,
    /// For how many days the result can be kept.
    keep_days: Option<u32>,
}

#[derive(Template)]
#[template(path = "result.html")]
struct Fragment {
    frame: Frame,
    result: Option<Shown>,
    class: String,
    keep_days: Option<u32>,
}

/// The example that a link asks for.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    /// A class, by code or slug.
    #[serde(default)]
    example: String,
    /// The language of the example.
    #[serde(default)]
    language: String,
}

/// The empty box, or one of the examples.
pub async fn page(frame: Frame, Query(chosen): Query<Chosen>) -> Result<Html<String>, Error> {
    let example = match chosen.example.as_str() {
        "" => None,
        name => Some(rules::by_name(name).ok_or(Error::NotFound)?),
    };
    let language = match chosen.language.as_str() {
        "" => Language::Go,
        name => language(name)?,
    };
    let text = example.map_or(String::new(), |rule| examples::first_bug(rule, language));
    rendered(&Page {
        frame,
        text,
        kind: "auto".to_owned(),
        language: "auto".to_owned(),
        languages: Language::ALL,
        example_language: language.name(),
        least: Confidence::Low.name(),
        class: String::new(),
        examples: examples::choices(),
        result: None,
        example,
        kept: None,
        keep_days: None,
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
    Ok(result(&site, frame, paste, None).await?.into_response())
}

/// The box with a text and its result.
pub async fn result(
    site: &Shared,
    frame: Frame,
    paste: Paste,
    kept: Option<Note>,
) -> Result<Html<String>, Error> {
    let least = paste.least()?;
    let text = paste.text.clone();
    let (kind, class) = (paste.kind.clone(), paste.class.clone());
    let language = paste.language.clone();
    let result = shown(site, paste, least).await?;
    rendered(&Page {
        frame: site.seen_from(frame),
        text,
        kind,
        example_language: Language::by_name(&language).unwrap_or(Language::Go).name(),
        language,
        languages: Language::ALL,
        least: least.name(),
        class,
        examples: examples::choices(),
        result,
        example: None,
        // A kept result is kept already.
        keep_days: site.keep_days().filter(|_| kept.is_none()),
        kept,
    })
}

/// The result alone, for the script that asks while somebody types.
pub async fn fragment(
    State(site): State<Shared>,
    frame: Frame,
    Form(paste): Form<Paste>,
) -> Result<Html<String>, Error> {
    let least = paste.least()?;
    let class = paste.class.clone();
    let result = shown(&site, paste, least).await?;
    rendered(&Fragment {
        frame: site.seen_from(frame),
        result,
        class,
        keep_days: site.keep_days(),
    })
}

/// What was pasted, reviewed; nothing for an empty box.
async fn shown(site: &Shared, paste: Paste, least: Confidence) -> Result<Option<Shown>, Error> {
    if paste.text.trim().is_empty() {
        return Ok(None);
    }
    let class = paste.class.clone();
    let pasted = paste.pasted()?;
    let work = move |options: &Options| {
        if let Some(change) = pasted.change() {
            let review = change::review(&change, options);
            let limits = &options.limits;
            let subject = Subject::Diff {
                change: &change,
                limits,
            };
            return Shown::new(review, &subject, least, &class);
        }
        let (path, text) = (pasted.name(), pasted.text.as_str());
        let (review, colours) = run::check_text_in_colour(path, text, pasted.language, options);
        let colours = &colours;
        let subject = Subject::Code {
            path,
            text,
            colours,
        };
        Shown::new(review, &subject, least, &class)
    };
    site.analyse(work).await.map(Some)
}

/// The text with the suggestion of one finding applied.
async fn apply(site: &Shared, mut paste: Paste) -> Result<Paste, Error> {
    let wanted = std::mem::take(&mut paste.apply);
    let pasted = paste.clone().pasted()?;
    if pasted.is_diff {
        return Err(Error::BadRequest(
            "A suggestion can be applied to code, not to a diff.".to_owned(),
        ));
    }
    let work = move |options: &Options| {
        let review = pasted.review(options);
        let found = review
            .findings
            .iter()
            .find(|remark| remark.fingerprint == wanted);
        if let Some(offer) = found.and_then(|remark| remark.suggestion.as_ref()) {
            paste.text = offer.applied(&pasted.text);
        }
        paste
    };
    site.analyse(work).await
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
    let pasted = paste.pasted()?;
    let work = move |options: &Options| {
        let review = pasted.review(options);
        render(&review.at_least(least), format, Look::default(), &|_| None)
    };
    let text = site.analyse(work).await?;
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
            .map_or(String::new(), |rule| rows::message(rule.summary))
    }
}
