//! BP08: a channel's length is tested before a send that may block all the same.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP08",
    slug: "check-then-send",
    summary: "a channel's length is tested before a send that may block all the same",
    level: Level::Middle,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../rules/BP08-check-then-send/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
