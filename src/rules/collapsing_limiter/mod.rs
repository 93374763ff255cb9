//! BP18: a limit that failures divide down and nothing keeps up.
//!
//! A *cut* makes a shared limit smaller in proportion, on failure. It needs a floor, a way back,
//! and one change at a time. Halvings of other things (batches, averages, searches, times) admit
//! no work and are not looked at.

mod care;
mod cuts;
mod failures;
mod handed;
mod limits;
mod tried;
mod values;

use care::Care;
use cuts::{Cut, cuts};

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::change::Change;
use crate::model::{ObjectId, Op, Program, Type};

pub(super) static RULE: Rule = Rule {
    code: "BP18",
    slug: "collapsing-limiter",
    summary: "a limit is divided down on failure and cannot recover",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &[],
    page: include_str!("../../../rules/BP18-collapsing-limiter/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let cuts = cuts(program);
    if cuts.is_empty() {
        return;
    }
    let care = Care::of(program, &cuts);
    for cut in &cuts {
        judge(program, cut, &care, findings);
    }
}

const NO_FLOOR: &str = "has no floor";

/// The limit as an assignment writes it, where it is a whole number.
fn whole_number(program: &Program, cut: &Cut) -> Option<String> {
    let Op::Assign(assign) = program.op(cut.step) else {
        return None;
    };
    let &[target] = program.list(assign.targets) else {
        return None;
    };
    let is_whole = matches!(
        program.underlying(program.expr(target).ty),
        Type::Integer(_)
    );
    Some(program.show(target)).filter(|name| is_whole && !name.contains('…'))
}

fn judge(program: &Program, cut: &Cut, care: &Care, findings: &mut Findings) {
    let rest = tried::rest(program, cut, care);
    let has_floor = cut.has_floor
        || rest.is_some()
        || care.floors.contains_key(&cut.limit)
        || cut
            .through
            .is_some_and(|local| care.floored_locals.contains_key(&local));
    let raises = care.growths.get(&cut.limit).map_or(&[][..], Vec::as_slice);
    let has_growth = !raises.is_empty();
    let grows_from = rest.and_then(|rest| tried::grows_from(program, cut, raises, rest));
    let at_once = program.runs_at_once(cut.step);
    let is_racing = is_racing(program, cut, at_once);
    let mut missing = Vec::new();
    if !has_floor {
        missing.push(NO_FLOOR);
    }
    if !has_growth {
        missing.push("never grows again");
    }
    let stuck = grows_from.map(|from| stuck(from, rest));
    missing.extend(stuck.as_deref());
    if is_racing {
        missing.push("is changed by several goroutines unguarded");
    }
    if missing.is_empty() {
        return;
    }
    let mut confidence = if !has_floor || !has_growth || stuck.is_some() || at_once {
        Confidence::High
    } else {
        Confidence::Medium
    };
    // What is out of view may raise it; it cannot mend a change in two steps.
    if program.object(cut.limit).escapes && has_floor && (!has_growth || stuck.is_some()) {
        confidence = confidence.lowered();
    }
    let name = program.object_name(cut.limit);
    let finding = findings.at(
        cut.at,
        confidence,
        format!("`{name}` is cut on failure and {}", missing.join(", ")),
    );
    finding.function = Some(program.function_of(cut.step));
    finding
        .about(name.clone())
        .why(why(&name, has_floor, has_growth && stuck.is_none()))
        .fix("Keep a floor of at least one (`max(limit/2, floor)`), grow again on success a little at a time, and hold one lock, or swap in a loop, around each change.");
    if missing == [NO_FLOOR]
        && let Some(number) = whole_number(program, cut)
    {
        finding.suggest(program.span(cut.step), Change::AtLeastOne { number });
    }
    if let Some(raise) = raises.first() {
        finding.because(program.span(raise.step), "it changes here as well");
    }
    for &variable in program.object(cut.limit).variables.iter().take(1) {
        finding.because(program.variable(variable).span, "the limit");
    }
}

/// That raises add nothing below a number, where cuts leave the limit.
fn stuck(from: i64, rest: Option<i64>) -> String {
    match rest {
        Some(rest) if from < rest + 1000 => format!(
            "grows by nothing, in whole numbers, while it is less than {from}; cuts leave {rest}"
        ),
        _ => "grows by nothing, in whole numbers, from where cuts leave it".to_owned(),
    }
}

fn why(name: &str, has_floor: bool, has_growth: bool) -> String {
    match (has_floor, has_growth) {
        (false, _) => format!(
            "A few failures in a row bring `{name}` to nothing, or so near to it that nothing gets in. Then there is no call, so no success, so nothing that could raise it: the overload is over and the limiter is not."
        ),
        (true, false) => format!(
            "Every failure takes from `{name}` and nothing gives it back: after a bad hour the service runs at its floor until it is restarted."
        ),
        (true, true) => format!(
            "Two goroutines read the same `{name}`, and each writes its own result: cuts are lost, or made twice, and a raise can undo a cut."
        ),
    }
}

/// Whether two may change the limit at once. Where values have owners, only an atomic lets them.
fn is_racing(program: &Program, cut: &Cut, at_once: bool) -> bool {
    let is_open = !cut.is_swapped && program.held_at(cut.step).is_empty();
    let is_plain = || !program.has_owners && (at_once || has_lock_elsewhere(program, cut.limit));
    is_open && !has_one_writer(program, cut) && (cut.is_torn || is_plain())
}

/// Whether only a task that is there once changes the limit.
fn has_one_writer(program: &Program, cut: &Cut) -> bool {
    let entries = program.entries_of(program.function_of(cut.step));
    !entries.is_empty()
        && entries
            .iter()
            .all(|&entry| program.is_task(entry) && !program.spawned_at(entry).is_empty())
        && !program.runs_at_once(cut.step)
}

/// Whether other code takes a lock to touch the limit.
fn has_lock_elsewhere(program: &Program, limit: ObjectId) -> bool {
    program
        .object(limit)
        .writes
        .iter()
        .any(|&step| !program.held_at(step).is_empty())
}
