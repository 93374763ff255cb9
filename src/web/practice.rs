//! `/practice`: a piece of code with a bug or without; the reader names the line and the class.
//!
//! The address holds the round, so that a piece can be shared and nothing is kept here. Which
//! classes come more often is the reader's own browser's business: it asks for one by name.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Error;
use super::home::rendered;
use super::security::Frame;
use super::{Shared, examples, rows};
use crate::practice::{self, Answer, Verdict};
use crate::rules::examples::Example;
use crate::rules::{self, Rule};
use crate::source::limits::Limits;

/// Which piece.
#[derive(Debug, Deserialize)]
pub struct Round {
    /// Decides the piece and its names.
    seed: Option<u64>,
    /// The class that the piece is about or looks like, when one is wished for.
    #[serde(default)]
    class: String,
}

/// An answer.
#[derive(Debug, Deserialize)]
pub struct Said {
    seed: u64,
    #[serde(default)]
    class: String,
    /// The line; empty with "nothing wrong".
    #[serde(default)]
    line: String,
    /// The code of a class.
    #[serde(default)]
    answer: String,
    /// Not empty: nothing is wrong. A button of its own, since a form sends the class as well.
    #[serde(default)]
    nothing: String,
    /// Milliseconds that it took, when a script has counted.
    #[serde(default)]
    took: String,
}

/// What the answer comes to.
struct Outcome {
    verdict: &'static str,
    is_right: bool,
    seconds: Option<f64>,
    /// What is wrong: line, class, and the confidence.
    marks: Vec<(u32, &'static Rule)>,
    /// The class that a sound piece looks like.
    like: &'static Rule,
}

#[derive(Template)]
#[template(path = "practice.html")]
struct Page {
    frame: Frame,
    seed: u64,
    next: u64,
    class: String,
    lines: Vec<(usize, String, bool)>,
    rules: &'static [&'static Rule],
    outcome: Option<Outcome>,
    said_line: String,
    said: String,
    /// What is wrong with the answer itself.
    hint: String,
}

/// A piece to look at. Without a seed one is drawn.
pub async fn page(
    State(site): State<Shared>,
    frame: Frame,
    Query(round): Query<Round>,
) -> Result<Response, Error> {
    let Some(seed) = round.seed else {
        let address = format!("/practice?seed={}", practice::any_seed());
        return Ok(Redirect::to(&address).into_response());
    };
    let example = piece(&site, seed, &round.class).await?;
    Ok(rendered(&shown(frame, seed, round.class, &example))?.into_response())
}

/// What the answer comes to, with the piece still in view.
pub async fn answer(
    State(site): State<Shared>,
    frame: Frame,
    Form(said): Form<Said>,
) -> Result<Html<String>, Error> {
    let example = piece(&site, said.seed, &said.class).await?;
    let lines = example.code.lines().count();
    let text = if said.nothing.is_empty() {
        format!("{} {}", said.line.trim(), said.answer)
    } else {
        "nothing".to_owned()
    };
    let mut page = shown(frame, said.seed, said.class, &example);
    page.said_line = said.line;
    page.said = said.answer;
    match practice::read(&text, lines) {
        Ok(answer) => {
            let outcome = outcome(&example, &answer, &said.took);
            for (line, _) in &outcome.marks {
                if let Some(row) = page.lines.get_mut((*line as usize).saturating_sub(1)) {
                    row.2 = true;
                }
            }
            page.outcome = Some(outcome);
        }
        Err(_) => {
            page.hint = format!(
                "Choose a line from 1 to {lines} and a class, or say that nothing is wrong."
            );
        }
    }
    rendered(&page)
}

/// The piece that the seed decides. Other names are tried by analysing, which has to wait for its
/// turn like any analysis.
async fn piece(site: &Shared, seed: u64, class: &str) -> Result<Example, Error> {
    let wanted = match class {
        "" => None,
        name => Some(rules::by_name(name).ok_or(Error::NotFound)?),
    };
    let is_wanted = |example: &&Example| wanted.is_none_or(|rule| example.rule == rule);
    let pieces = examples::ALL.iter().filter(is_wanted).cloned().collect();
    let mut chosen = practice::choose(pieces, seed, 1);
    let example = chosen.pop().ok_or(Error::NotFound)?;
    site.gate
        .run(move |_| practice::varied(&example, seed))
        .await
}

fn shown(frame: Frame, seed: u64, class: String, example: &Example) -> Page {
    let code = practice::without_spoiler(&example.code);
    let lines = rows::coloured_lines(&code, example.language, &Limits::default());
    Page {
        frame,
        seed,
        next: seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1) % 1_000_000,
        class,
        lines: lines
            .into_iter()
            .zip(1..)
            .map(|(html, number)| (number, html, false))
            .collect(),
        rules: rules::ALL,
        outcome: None,
        said_line: String::new(),
        said: String::new(),
        hint: String::new(),
    }
}

fn outcome(example: &Example, answer: &Answer, took: &str) -> Outcome {
    let verdict = practice::judge(example, answer);
    Outcome {
        verdict: match verdict {
            Verdict::Right => "Right.",
            Verdict::LineOnly => "The line is right, the class is another.",
            Verdict::ClassOnly => "The class is right, the line is another.",
            Verdict::Wrong => "Not so.",
        },
        is_right: verdict == Verdict::Right,
        seconds: took.parse().ok().map(|millis: f64| millis / 1e3),
        marks: example
            .marks
            .iter()
            .filter_map(|mark| Some((mark.line, rules::by_name(&mark.code)?)))
            .collect(),
        like: example.rule,
    }
}
