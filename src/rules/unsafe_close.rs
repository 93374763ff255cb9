//! BP05: a channel can be closed twice, or closed while others still send.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP05",
    slug: "unsafe-close",
    summary: "a channel can be closed twice, or closed while others still send",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q4"],
    checklist: &["C6"],
    page: include_str!("../../rules/BP05-unsafe-close/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
