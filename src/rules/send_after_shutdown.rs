//! BP10: a send can meet a channel that shutting down has closed.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP10",
    slug: "send-after-shutdown",
    summary: "a send can meet a channel that shutting down has closed",
    level: Level::Senior,
    seam: Seam::Shutdown,
    questions: &["Q4", "Q5"],
    checklist: &["C6"],
    page: include_str!("../../rules/BP10-send-after-shutdown/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
