//! BP02: a channel's buffer is so large that it never pushes back.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP02",
    slug: "huge-channel-buffer",
    summary: "a channel's buffer is so large that it never pushes back",
    level: Level::Junior,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C2"],
    page: include_str!("../../rules/BP02-huge-channel-buffer/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
