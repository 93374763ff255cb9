//! BP01: a slice or list is used as a queue that nothing bounds.

mod bounds;
mod endless;
mod ends;
mod events;
mod kinds;
mod moves;
mod pace;
mod positions;
mod pressure;
mod results;
mod room;
mod sources;
mod told;

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::{FunctionId, FunctionKind, NamedId, Program, StepId, VariableKind};
use bounds::Fill;
use events::{Event, Key, Queue};
use rustc_hash::FxHashMap;

pub(super) static RULE: Rule = Rule {
    code: "BP01",
    slug: "unbounded-slice-queue",
    summary: "a slice or list is used as a queue that nothing bounds",
    level: Level::Junior,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C1"],
    page: include_str!("../../../rules/BP01-unbounded-slice-queue/README.md"),
    check,
};

/// A push that nothing bounds, with a take that makes it a queue.
struct Claim {
    push: Event,
    take: Event,
    key: Key,
    confidence: Confidence,
    reason: Sharing,
}

/// How it is known that producers and consumers run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sharing {
    Lock(StepId),
    Condition,
    Tasks,
    Wake,
    Name,
}

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    endless::check(program, findings);
    results::check(program, findings);
    let queues = events::queues(program);
    let mut best: FxHashMap<StepId, Claim> = FxHashMap::default();
    for (&key, queue) in &queues {
        let Some(claim) = judge(program, key, queue) else {
            continue;
        };
        let known = best.get(&claim.push.origin);
        if known.is_none_or(|known| known.confidence < claim.confidence) {
            best.insert(claim.push.origin, claim);
        }
    }
    let mut claims: Vec<Claim> = best.into_values().collect();
    claims.sort_by_key(|claim| {
        let place = program.span(claim.push.origin);
        (std::cmp::Reverse(claim.confidence), place)
    });
    // One function that fills several lanes of one owner is one finding.
    let lane_of = |claim: &Claim| {
        let function = program.function_of(claim.push.origin);
        owner(program, claim.key).map(|owner| (owner, function))
    };
    while !claims.is_empty() {
        let first = claims.remove(0);
        let lane = lane_of(&first);
        let (others, rest) = claims
            .into_iter()
            .partition(|other| lane.is_some() && lane_of(other) == lane);
        claims = rest;
        say(program, &first, &others, findings);
    }
}

/// The worst that can be said of a queue.
fn judge(program: &Program, key: Key, queue: &Queue) -> Option<Claim> {
    if kinds::is_no_queue(program, key, queue) {
        return None;
    }
    // A cut that stands under a test of the length is a bound, not a consumer.
    let fill = Fill::of(program, key, queue.pushes.first()?);
    let takes: Vec<Event> = queue
        .takes
        .iter()
        .copied()
        .filter(|take| !is_trim(program, &fill, take.step))
        .collect();
    if takes.is_empty() {
        return None;
    }
    let takers: Vec<FunctionId> = takes
        .iter()
        .map(|take| program.function_of(take.step))
        .collect();
    let mut worst: Option<Claim> = None;
    for push in &queue.pushes {
        let Some((confidence, take, reason)) = judge_push(program, key, push, &takes, &takers)
        else {
            continue;
        };
        let by_age = takes
            .iter()
            .all(|take| kinds::is_taken_by_age(program, take.origin));
        let confidence = match by_age {
            true => Confidence::Low,
            false => lowered(program, (key, queue, &takers), push, confidence),
        };
        if worst
            .as_ref()
            .is_none_or(|worst| worst.confidence < confidence)
        {
            worst = Some(Claim {
                push: *push,
                take,
                key,
                confidence,
                reason,
            });
        }
    }
    worst
}

/// Whether a take only cuts the queue to its limit.
fn is_trim(program: &Program, fill: &Fill<'_>, take: StepId) -> bool {
    program
        .ancestors(take)
        .any(|(outer, _)| match program.op(outer) {
            crate::model::Op::Branch { condition, .. } => fill.is_limit(*condition),
            crate::model::Op::Loop(l) => l
                .condition()
                .is_some_and(|condition| fill.is_limit(condition)),
            _ => false,
        })
}

fn judge_push(
    program: &Program,
    key: Key,
    push: &Event,
    takes: &[Event],
    takers: &[FunctionId],
) -> Option<(Confidence, Event, Sharing)> {
    let function = program.function_of(push.step);
    if takers.contains(&function) {
        return kinds::is_pump(program, key, push, takes)
            .map(|take| (Confidence::High, take, Sharing::Tasks));
    }
    // Who appends drains as well, and slows down with it.
    if program
        .reach(function)
        .iter()
        .any(|reached| takers.contains(reached))
    {
        return None;
    }
    if is_bounded(program, key, push, takers)
        || bounds::refills(program, key, push)
        || bounds::is_last(program, push)
        || moves::gives_back(program, key, push, takers)
        || moves::puts_back(program, push, takers)
    {
        return None;
    }
    let (reason, take) = kinds::sharing(program, push, takes)?;
    let confidence = match reason {
        _ if bounds::is_set(program, push) || moves::lists_its_own(program, key, push) => {
            Confidence::Low
        }
        Sharing::Lock(_) | Sharing::Condition => Confidence::High,
        // Where values have owners, two tasks that share a list take a lock: none is in view.
        Sharing::Tasks | Sharing::Wake if program.has_owners => Confidence::Low,
        // Nothing orders the two sides: the fields of two values may be meant.
        Sharing::Tasks => match owner(program, key) {
            None => Confidence::High,
            Some(owner) if is_of(program, push, owner) && is_of(program, &take, owner) => {
                Confidence::Medium
            }
            Some(_) => Confidence::Low,
        },
        Sharing::Wake => Confidence::Medium,
        Sharing::Name => Confidence::Low,
    };
    Some((confidence, take, reason))
}

/// The type that a queue is a part of.
fn owner(program: &Program, key: Key) -> Option<NamedId> {
    match key {
        Key::Variable(variable) => match program.variable(variable).kind {
            VariableKind::Field(owner) => Some(owner),
            _ => None,
        },
        Key::Type(named) => Some(named),
    }
}

/// Whether an event stands in a method of a type, or in a closure of one.
fn is_of(program: &Program, event: &Event, owner: NamedId) -> bool {
    let function = program.outermost(program.function_of(event.step));
    matches!(program.function(function).kind, FunctionKind::Method(_, named) if named == owner)
}

/// Whether anything on the way to the append keeps the queue short.
fn is_bounded(program: &Program, key: Key, push: &Event, takers: &[FunctionId]) -> bool {
    let fill = Fill::of(program, key, push);
    let mut on_path = vec![
        program.function_of(push.origin),
        program.function_of(push.step),
    ];
    on_path.dedup();
    let own = on_path.clone();
    for &function in &own {
        on_path.extend(
            program
                .runs(function)
                .iter()
                .copied()
                .filter(|called| !takers.contains(called)),
        );
        let outer = program.outermost(function);
        if outer != function && !takers.contains(&outer) && !program.is_task(function) {
            on_path.push(outer);
        }
    }
    let bounds = |function: FunctionId| {
        let inside = [push.step, push.origin]
            .into_iter()
            .find(|&step| program.function_of(step) == function);
        fill.bounds_in(function, inside)
    };
    if on_path.iter().any(|&function| bounds(function)) || fill.fills_empty(push.origin) {
        return true;
    }
    if own.iter().any(|&function| bounds::waits(program, function)) {
        return true;
    }
    // Every caller in view tests, or asks for no more than there is room.
    let function = program.function_of(push.step);
    let callers = &program.callers[function.index()];
    !callers.is_empty()
        && !program.function(function).is_value
        && callers.iter().all(|&caller| {
            let by = program.function_of(caller);
            fill.bounds_in(by, Some(caller))
                || room::waits_for_leave(program, caller)
                || room::is_asked_for(program, &fill, caller)
                || takers.contains(&by)
        })
}

/// One step less where code out of view may keep the queue short, or items are cheap.
fn lowered(
    program: &Program,
    (key, queue, takers): (Key, &Queue, &[FunctionId]),
    push: &Event,
    confidence: Confidence,
) -> Confidence {
    // Most heaps are timers, or list who waits: as many as there are callers. One that is full for
    // others is a queue.
    let is_heap = |key| matches!(key, Key::Variable(of) if program.heaps.contains(&of));
    let is_full_for_others = || {
        let mut others = queue.pushes.iter().filter(|other| other.step != push.step);
        others.any(|other| is_bounded(program, key, other, takers))
    };
    if (is_heap(key) || is_heap(push.inner)) && !is_full_for_others() {
        return Confidence::Low;
    }
    if kinds::is_of_waiters(program, key)
        || kinds::wakes_a_task(program, push)
        || kinds::comes_with_an_end(program, push)
        || kinds::comes_with_leave(program, push)
        || bounds::gives_ticket(program, push)
    {
        return Confidence::Low;
    }
    let place = program.span(push.origin);
    let is_test = program.is_for_tests(place.file) || told::stands_in(program, place);
    let is_closed = program.is_executable();
    let is_open = match key {
        Key::Variable(variable) => program.variable(variable).exported && !is_closed,
        Key::Type(_) => false,
    };
    match (is_test, is_open || kinds::is_answered(program, key)) {
        (true, _) => Confidence::Low,
        (false, true) => confidence.lowered(),
        (false, false) => confidence,
    }
}

fn name_of(program: &Program, key: Key) -> String {
    match key {
        Key::Variable(variable) => program.variable_name(variable),
        Key::Type(named) => program.text(program.named[named.index()].name).to_owned(),
    }
}

fn say(program: &Program, claim: &Claim, others: &[Claim], findings: &mut Findings) {
    let name = name_of(program, claim.key);
    let function = program.function_of(claim.push.origin);
    let finding = findings.at(
        program.span(claim.push.origin),
        claim.confidence,
        format!("`{name}` is a queue that nothing bounds: this append never says no"),
    );
    finding
        .why(format!(
            "Whenever items come in faster than they are taken, `{name}` grows by the difference until memory ends, and its producers are never told.{}",
            match claim.reason {
                Sharing::Lock(_) | Sharing::Condition => " A lock orders the two sides; it does not couple their speeds.",
                _ => "",
            }
        ))
        .fix("Use a channel with a capacity, or test the length before the append under the same lock; then reject, wait with a way out, or drop and count when it is full.")
        .about(name);
    finding.function = Some(function);
    finding.because(program.span(claim.take.origin), "taken from here");
    for other in others {
        finding.because(
            program.span(other.push.origin),
            format!("`{}` takes everything as well", name_of(program, other.key)),
        );
    }
    if claim.push.step != claim.push.origin {
        finding.because(program.span(claim.push.step), "put in through this call");
    }
    if let Sharing::Lock(lock) = claim.reason {
        finding.because(program.span(lock), "both sides take this lock");
    }
    if let Key::Variable(variable) = claim.key
        && program.variable(variable).kind != VariableKind::Implied
    {
        finding.because(program.variable(variable).span, "declared here");
    }
}
