//! BP06: a handler sends on a channel with no way out when it is full.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP06",
    slug: "blocking-send-in-handler",
    summary: "a handler sends on a channel with no way out when it is full",
    level: Level::Middle,
    seam: Seam::Handler,
    questions: &["Q2", "Q3"],
    checklist: &["C5"],
    page: include_str!("../../rules/BP06-blocking-send-in-handler/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
