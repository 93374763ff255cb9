//! BP13: a receiver closes a channel that others send on.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP13",
    slug: "receiver-closes",
    summary: "a receiver closes a channel that others send on",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q4"],
    checklist: &["C6"],
    page: include_str!("../../rules/BP13-receiver-closes/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
