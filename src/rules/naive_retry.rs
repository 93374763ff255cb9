//! BP11: a retry loop lacks a limit, back-off, jitter or an ear for its context.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP11",
    slug: "naive-retry",
    summary: "a retry loop lacks a limit, back-off, jitter or an ear for its context",
    level: Level::Middle,
    seam: Seam::Retry,
    questions: &["Q3"],
    checklist: &["C9", "C10"],
    page: include_str!("../../rules/BP11-naive-retry/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
