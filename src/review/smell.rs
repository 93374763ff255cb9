//! The smell check: every site that one of the five questions is about, and its answer.
//!
//! An inventory, not a second rule set: rules decide what is wrong, this lists what is there.

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

/// Every site of a program.
pub fn inventory(_program: &Program) -> Vec<Sighting> {
    Vec::new()
}
