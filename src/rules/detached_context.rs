//! BP20: a new root context replaces the one in scope.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP20",
    slug: "detached-context",
    summary: "a new root context replaces the one in scope",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3", "Q5"],
    checklist: &[],
    page: include_str!("../../rules/BP20-detached-context/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
