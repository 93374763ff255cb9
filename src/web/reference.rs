//! `/checklist` and `/smell-check`: what a reviewer asks, with the classes behind it; and
//! `/precision`: how often the answers were right.

use std::sync::LazyLock;

use askama::Template;
use axum::response::Html;

use super::error::Error;
use super::home::rendered;
use super::security::Frame;
use super::{markdown, rows};
use crate::review::checklist::{ITEMS, QUESTIONS};
use crate::rules::{self, Rule};

/// An item or a question with the classes that answer to it.
struct Entry {
    id: &'static str,
    /// As HTML.
    text: String,
    rules: Vec<&'static Rule>,
}

#[derive(Template)]
#[template(path = "reference.html")]
struct Page {
    frame: Frame,
    title: &'static str,
    lead: &'static str,
    entries: Vec<Entry>,
    is_checklist: bool,
}

/// The eleven items.
pub async fn checklist(frame: Frame) -> Result<Html<String>, Error> {
    let entries = ITEMS.iter().map(|&(id, text)| Entry {
        id,
        text: rows::message(text),
        rules: having(|rule| rule.checklist.contains(&id)),
    });
    rendered(&Page {
        frame,
        title: "The checklist",
        lead: "Eleven things to look for in a change. An item is flagged when a finding of high or medium confidence answers to it, asks for a look when there are sites with nothing wrong seen, and is clear when the change has no such site.",
        entries: entries.collect(),
        is_checklist: true,
    })
}

/// The five questions.
pub async fn smell_check(frame: Frame) -> Result<Html<String>, Error> {
    let entries = QUESTIONS.iter().map(|&(id, text)| Entry {
        id,
        text: rows::message(text),
        rules: having(|rule| rule.questions.contains(&id)),
    });
    rendered(&Page {
        frame,
        title: "The smell check",
        lead: "Five questions to ask of any code that moves work from one place to another. For pasted code every site that a question is about is listed with its answer.",
        entries: entries.collect(),
        is_checklist: false,
    })
}

/// A document of ours.
#[derive(Template)]
#[template(path = "document.html")]
struct Document {
    frame: Frame,
    title: &'static str,
    body: &'static str,
}

/// What was measured on code that others wrote, rendered when it is first asked for.
static PRECISION: LazyLock<String> =
    LazyLock::new(|| markdown::page(include_str!("../../docs/precision.md")));

/// What was measured on code that others wrote.
pub async fn precision(frame: Frame) -> Result<Html<String>, Error> {
    rendered(&Document {
        frame,
        title: "How often it is right",
        body: &PRECISION,
    })
}

fn having(wanted: impl Fn(&Rule) -> bool) -> Vec<&'static Rule> {
    rules::ALL
        .iter()
        .copied()
        .filter(|rule| wanted(rule))
        .collect()
}
