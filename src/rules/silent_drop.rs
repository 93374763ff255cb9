//! BP07: an item is dropped and nothing counts, logs or returns it.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP07",
    slug: "silent-drop",
    summary: "an item is dropped and nothing counts, logs or returns it",
    level: Level::Middle,
    seam: Seam::SendReceive,
    questions: &["Q1"],
    checklist: &["C8"],
    page: include_str!("../../rules/BP07-silent-drop/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
