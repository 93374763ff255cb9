//! BP17: making room by dropping the oldest races with other senders.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP17",
    slug: "spinning-drop-oldest",
    summary: "making room by dropping the oldest races with other senders",
    level: Level::Senior,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../rules/BP17-spinning-drop-oldest/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
