//! BP18: a limit shrinks on failure with no floor, no guard or no way up.

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::Program;

pub(super) static RULE: Rule = Rule {
    code: "BP18",
    slug: "collapsing-limiter",
    summary: "a limit shrinks on failure with no floor, no guard or no way up",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &[],
    page: include_str!("../../rules/BP18-collapsing-limiter/README.md"),
    check,
};

fn check(_program: &Program, _thresholds: &Thresholds, _findings: &mut Findings) {}
