//! BP23: a task waits for another while it holds a lock.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP23",
    slug: "blocking-under-lock",
    summary: "a task waits for another while it holds a lock",
    level: Level::Senior,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../rules/BP23-blocking-under-lock/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
