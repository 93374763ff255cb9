//! BP15: a request goes to all replicas at once and the losers run on.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP15",
    slug: "unhedged-fanout",
    summary: "a request goes to all replicas at once and the losers run on",
    level: Level::Senior,
    seam: Seam::Retry,
    questions: &["Q3"],
    checklist: &["C9"],
    page: include_str!("../../rules/BP15-unhedged-fanout/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
