//! The smell check: every site that one of the five questions is about, and its answer.
//!
//! An inventory, not a second rule set: rules decide what is wrong, this lists what is there.
//! A site carries a checklist item only where the item asks for a look at it.

mod boundaries;
mod buffers;
mod closes;
mod stops;
mod waits;

use crate::model::Program;
use crate::source::Span;

/// A site that a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// `Q1` to `Q5`.
    pub question: &'static str,
    /// The checklist items that it is a site of.
    pub items: &'static [&'static str],
    /// Where.
    pub at: Span,
    /// What is there: ``channel `jobs` ``.
    pub what: String,
    /// The answer: `bounded, 100`.
    pub answer: String,
    /// Whether the answer is a good one.
    pub ok: bool,
}

/// Every site of a program, in the order of the questions and of the text.
pub fn inventory(program: &Program) -> Vec<Sighting> {
    let mut seen = Seen {
        question: "",
        sightings: Vec::new(),
    };
    seen.question = "Q1";
    buffers::list(program, &mut seen);
    seen.question = "Q2";
    waits::list(program, &mut seen);
    seen.question = "Q3";
    boundaries::list(program, &mut seen);
    seen.question = "Q4";
    closes::list(program, &mut seen);
    seen.question = "Q5";
    stops::list(program, &mut seen);
    let mut sightings = seen.sightings;
    for sighting in &mut sightings {
        program.in_own_words(&mut sighting.what);
        program.in_own_words(&mut sighting.answer);
    }
    sightings.sort_by(|a, b| (a.question, a.at).cmp(&(b.question, b.at)));
    sightings.dedup_by(|a, b| a.question == b.question && a.at == b.at && a.what == b.what);
    sightings
}

/// Collects the sites of a question.
struct Seen {
    question: &'static str,
    sightings: Vec<Sighting>,
}

impl Seen {
    fn add(
        &mut self,
        at: Span,
        items: &'static [&'static str],
        what: impl Into<String>,
        answer: impl Into<String>,
        ok: bool,
    ) {
        self.sightings.push(Sighting {
            question: self.question,
            items: if ok { &[] } else { items },
            at,
            what: what.into(),
            answer: answer.into(),
            ok,
        });
    }
}

/// A name in a message, or only the noun where there is none.
fn named(noun: &str, name: &str) -> String {
    match name.is_empty() || name == "…" {
        true => noun.to_owned(),
        false => format!("{noun} `{name}`"),
    }
}

/// Words one after the other: `a, b`; or what stands for none.
fn joined(words: &[String], none: &str) -> String {
    match words.is_empty() {
        true => none.to_owned(),
        false => words.join(", "),
    }
}
