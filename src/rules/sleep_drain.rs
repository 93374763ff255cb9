//! BP16: a shut-down sleeps a fixed time instead of waiting for the work.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP16",
    slug: "sleep-drain",
    summary: "a shut-down sleeps a fixed time instead of waiting for the work",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q5"],
    checklist: &[],
    page: include_str!("../../rules/BP16-sleep-drain/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
