//! `/bugs`: all classes; `/bugs/{code}-{slug}`: one, with the picture of its failure. Drawing is
//! work like an analysis and waits for its turn like one.

use std::sync::{LazyLock, OnceLock};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::error::Error;
use super::home::rendered;
use super::security::Frame;
use super::{Shared, markdown, plot};
use crate::report::plain::grouped;
use crate::review::checklist::{ITEMS, QUESTIONS};
use crate::rules::{self, Rule};
use crate::simulation::figure::Account;
use crate::simulation::models::objective::{self, Sizing};
use crate::simulation::models::{self, Model, Parameter};
use crate::source::Language;

/// What the list is filtered by; empty is everything.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    #[serde(default)]
    seam: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    question: String,
    #[serde(default)]
    item: String,
    #[serde(default)]
    language: String,
}

/// Languages by their fences in the explanations, and their names.
const LANGUAGES: [(&str, &str); 2] = [("go", "Go"), ("rust", "Rust")];

/// Whether a page has code in a language.
fn has_code(page: &str, language: &str) -> bool {
    let mut fences = page.lines().filter_map(|line| line.strip_prefix("```"));
    fences.any(|fence| fence.trim() == language)
}

/// The languages that one can choose from: those that any explanation has code in.
fn languages(pages: &[&str]) -> Vec<(&'static str, &'static str)> {
    let is_there = |(fence, _): &(&str, &str)| pages.iter().any(|page| has_code(page, fence));
    LANGUAGES.into_iter().filter(is_there).collect()
}

impl Filter {
    fn takes(&self, rule: &Rule) -> bool {
        let is = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        let has = |wanted: &str, own: &[&str]| wanted.is_empty() || own.contains(&wanted);
        is(&self.seam, rule.seam.name())
            && is(&self.level, rule.level.name())
            && has(&self.question, rule.questions)
            && has(&self.item, rule.checklist)
            && (self.language.is_empty() || has_code(rule.page, &self.language))
    }
}

#[derive(Template)]
#[template(path = "bugs.html")]
struct List {
    frame: Frame,
    rules: Vec<&'static Rule>,
    all: usize,
    filter: Filter,
    seams: Vec<&'static str>,
    levels: [&'static str; 3],
    questions: [(&'static str, &'static str); 5],
    items: [(&'static str, &'static str); 11],
    languages: Vec<(&'static str, &'static str)>,
}

/// All classes that the filter takes.
pub async fn list(frame: Frame, Query(filter): Query<Filter>) -> Result<Html<String>, Error> {
    let mut seams: Vec<&'static str> = rules::ALL.iter().map(|rule| rule.seam.name()).collect();
    seams.sort_unstable();
    seams.dedup();
    let pages: Vec<&str> = rules::ALL.iter().map(|rule| rule.page).collect();
    rendered(&List {
        frame,
        rules: rules::ALL
            .iter()
            .copied()
            .filter(|rule| filter.takes(rule))
            .collect(),
        filter,
        seams,
        levels: ["junior", "middle", "senior"],
        questions: QUESTIONS,
        items: ITEMS,
        all: rules::ALL.len(),
        languages: languages(&pages),
    })
}

/// A slider of the picture.
struct Slider {
    parameter: &'static Parameter,
    value: f64,
}

/// Where everything went, for the table under the plots: the runs, and a line for each fate.
struct Accounts {
    runs: Vec<String>,
    lines: Vec<(&'static str, Vec<String>)>,
}

/// The picture of a failure, with what can be changed about it.
struct Picture {
    scene: &'static str,
    sliders: Vec<Slider>,
    plots: Vec<String>,
    /// The answer where the picture is a calculator.
    sizing: Option<Sizing>,
    caption: String,
    accounts: Accounts,
}

/// The explanations, each rendered when it is first asked for.
static BODIES: LazyLock<Vec<OnceLock<String>>> =
    LazyLock::new(|| rules::ALL.iter().map(|_| OnceLock::new()).collect());

#[derive(Template)]
#[template(path = "bug.html")]
struct Page {
    frame: Frame,
    rule: &'static Rule,
    /// What the class is about, and all else that is said of it.
    lead: &'static str,
    body: &'static str,
    languages: [Language; 2],
    picture: Option<Picture>,
    before: Option<&'static Rule>,
    after: Option<&'static Rule>,
}

/// The explanation of a class. Other spellings of its name lead to it.
pub async fn page(
    frame: Frame,
    Path(name): Path<String>,
    State(site): State<Shared>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let rule = rules::by_name(&name).ok_or(Error::NotFound)?;
    let address = format!("{}-{}", rule.code, rule.slug);
    if name != address {
        return Ok(Redirect::permanent(&format!("/bugs/{address}")).into_response());
    }
    let at = rules::ALL.iter().position(|one| *one == rule).unwrap_or(0);
    let neighbour = |at: Option<usize>| at.and_then(|at| rules::ALL.get(at)).copied();
    let (before, after) = (neighbour(at.checked_sub(1)), neighbour(Some(at + 1)));
    let draw = move |_| {
        let text = BODIES[at].get_or_init(|| markdown::page(rule.page));
        let (lead, body) = text.split_at(text.find("<h2").unwrap_or(0));
        Page {
            frame,
            rule,
            languages: Language::ALL,
            lead,
            body,
            picture: models::by_code(rule.code).map(|model| Picture::new(model, &given)),
            before,
            after,
        }
    };
    Ok(rendered(&site.gate.run(draw).await?)?.into_response())
}

impl Picture {
    /// The picture of a model for the values that an address gives.
    fn new(model: &'static Model, given: &[(String, String)]) -> Picture {
        let value = |parameter: &Parameter| {
            let text = given.iter().find(|(name, _)| name == parameter.name);
            parameter.bounded(text.and_then(|(_, text)| text.parse().ok()))
        };
        let values: Vec<f64> = model.parameters.iter().map(value).collect();
        let figure = model.draw(&values);
        Picture {
            scene: model.scene,
            sizing: (model.code == objective::OBJECTIVE.code).then(|| objective::sizing(&values)),
            sliders: model
                .parameters
                .iter()
                .zip(values)
                .map(|(parameter, value)| Slider { parameter, value })
                .collect(),
            plots: figure.plots.iter().map(plot::svg).collect(),
            caption: figure.caption,
            accounts: accounts(&figure.accounts),
        }
    }
}

fn accounts(of: &[Account]) -> Accounts {
    // A fate that nothing met says nothing.
    let line = |name: &'static str, number: fn(&Account) -> u64| {
        let numbers: Vec<u64> = of.iter().map(number).collect();
        let shown = numbers.iter().map(|&number| grouped(number)).collect();
        numbers
            .iter()
            .any(|&number| number > 0)
            .then_some((name, shown))
    };
    Accounts {
        runs: of.iter().map(|account| account.label.clone()).collect(),
        lines: [
            line("came", |account| account.came),
            line("answered", |account| account.answered),
            line("too late", |account| account.wasted),
            line("rejected", |account| account.rejected),
            line("dropped", |account| account.dropped),
            line("left", |account| account.left),
            line("failed", |account| account.failed),
            line("still inside", |account| account.inside),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_those_that_there_is_code_in() {
        let (go, both) = (
            "# A\n\n```go\nx\n```\n",
            "```go\nx\n```\n\n```rust\nx\n```\n",
        );
        assert_eq!(languages(&[go]), [("go", "Go")]);
        assert_eq!(languages(&[go, both]), LANGUAGES);
        let in_rust = |page| has_code(page, "rust");
        assert!(in_rust(both) && !in_rust(go) && !in_rust("see ```rust"));
        let filter = Filter {
            language: "go".to_owned(),
            ..Filter::default()
        };
        assert!(rules::ALL.iter().all(|rule| filter.takes(rule)));
    }
}
