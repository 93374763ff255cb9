//! BP21: a counter is incremented and nothing ever reads it.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP21",
    slug: "write-only-counter",
    summary: "a counter is incremented and nothing ever reads it",
    level: Level::Junior,
    seam: Seam::SendReceive,
    questions: &[],
    checklist: &["C7"],
    page: include_str!("../../rules/BP21-write-only-counter/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
