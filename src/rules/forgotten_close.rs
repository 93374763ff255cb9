//! BP04: a channel is received from until closed, and nothing closes it.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP04",
    slug: "forgotten-close",
    summary: "a channel is received from until closed, and nothing closes it",
    level: Level::Junior,
    seam: Seam::SendReceive,
    questions: &["Q2", "Q4"],
    checklist: &["C4"],
    page: include_str!("../../rules/BP04-forgotten-close/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
