//! BP14: a full channel is met with a task that waits to send.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP14",
    slug: "overflow-spawn",
    summary: "a full channel is met with a task that waits to send",
    level: Level::Middle,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C3"],
    page: include_str!("../../rules/BP14-overflow-spawn/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
