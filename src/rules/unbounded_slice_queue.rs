//! BP01: a slice or list is used as a queue that nothing bounds.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP01",
    slug: "unbounded-slice-queue",
    summary: "a slice or list is used as a queue that nothing bounds",
    level: Level::Junior,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C1"],
    page: include_str!("../../rules/BP01-unbounded-slice-queue/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
