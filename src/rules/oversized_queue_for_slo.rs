//! BP19: a full queue makes the last item wait longer than the objective.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP19",
    slug: "oversized-queue-for-slo",
    summary: "a full queue makes the last item wait longer than the objective",
    level: Level::Senior,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C2"],
    page: include_str!("../../rules/BP19-oversized-queue-for-slo/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
