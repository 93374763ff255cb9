//! BP12: a permit is given back while the work it was to bound goes on.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP12",
    slug: "permit-released-early",
    summary: "a permit is given back while the work it was to bound goes on",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &["C11"],
    page: include_str!("../../rules/BP12-permit-released-early/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
