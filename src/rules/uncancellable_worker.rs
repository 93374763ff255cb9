//! BP09: a worker loops for ever with no way to stop it.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP09",
    slug: "uncancellable-worker",
    summary: "a worker loops for ever with no way to stop it",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q2", "Q5"],
    checklist: &["C4"],
    page: include_str!("../../rules/BP09-uncancellable-worker/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
