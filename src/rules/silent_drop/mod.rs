//! BP07: an item is dropped and nothing counts, logs or returns it.
//!
//! 1. A try-send whose full branch, or a timed send whose timer arm, goes on as if all were well.
//! 2. The full branch tells its caller, and the caller throws that away.
//! 3. A bounded list or channel that makes room by throwing out an item, or turns one away.
//!
//! What the way after a full branch does is in `aftermath`; what may be lost in `harmless`.

mod aftermath;
mod beside;
mod entries;
mod evicted;
mod harmless;
mod hints;
mod ignored;
mod overwritten;
mod policy;
mod tried;

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::{Program, StepId};

pub(super) static RULE: Rule = Rule {
    code: "BP07",
    slug: "silent-drop",
    summary: "an item is dropped and nothing counts, logs or returns it",
    level: Level::Middle,
    seam: Seam::SendReceive,
    questions: &["Q1"],
    checklist: &["C8"],
    page: include_str!("../../../rules/BP07-silent-drop/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut telling = ignored::Telling::default();
    tried::check(program, findings, &mut telling);
    evicted::check(program, findings, &mut telling);
    ignored::check(program, findings, telling);
}

/// Whether an item that a tried send could not place is handed elsewhere or counted. A log line
/// alone does neither.
pub(super) fn is_handled(program: &Program, send: StepId) -> bool {
    program
        .select_of(send)
        .is_some_and(|(select, _)| tried::is_handled(program, select))
}

const WHY: &str = "This way is taken only under load. The item has no other owner, so it is gone, while its producer and every dashboard go on as if it had been taken.";
const FIX: &str = "Return an error where a caller can act on it; otherwise count the drop in an exported metric and log at a low rate, or hand the item to a second place that can keep it.";
