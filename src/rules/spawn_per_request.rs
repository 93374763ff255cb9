//! BP03: a handler starts a task per request with nothing that bounds them.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP03",
    slug: "spawn-per-request",
    summary: "a handler starts a task per request with nothing that bounds them",
    level: Level::Junior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &["C3"],
    page: include_str!("../../rules/BP03-spawn-per-request/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
