//! BP22: a task waits to send or receive after the other side has left.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP22",
    slug: "abandoned-sender",
    summary: "a task waits to send or receive after the other side has left",
    level: Level::Middle,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../rules/BP22-abandoned-sender/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
