//! The tasks in view that take from a queue, and how many of them are started.

use super::first_make;
use crate::model::{ExprId, FunctionId, ObjectId, Op, Program, StepId};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// How many calls are followed from where a task is started to where its queue is made.
const MAX_CALLS: u32 = 4;

/// How many tasks receive from a channel, and where one is started; none when a receiver is no
/// task or their number is not known.
pub(super) fn workers(
    program: &Program,
    channel: ObjectId,
    steps: &FxHashMap<ExprId, StepId>,
) -> Option<(u64, Span)> {
    if let Some(found) = at_once(program, channel) {
        return Some(found);
    }
    let object = program.object(channel);
    let mut tasks: FxHashSet<FunctionId> = FxHashSet::default();
    for step in object.takes() {
        let function = program.function_of(step);
        let entries = program.entries_of(function);
        if entries.is_empty() || entries.iter().any(|&entry| !program.is_task(entry)) {
            return None;
        }
        // What takes a single value waits for an answer; it is no worker.
        if program.enclosing_loop(step).is_none() && !object.loops.contains(&step) {
            return None;
        }
        tasks.extend(entries);
    }
    let made = first_make(program, channel);
    let made_in = made
        .and_then(|made| steps.get(&made))
        .and_then(|&step| program.enclosing_loop(step));
    let maker = made.and_then(|made| program.function_at(program.expr(made).span));
    let mut count = 0_u64;
    let mut started = None;
    for task in tasks {
        for &site in program.spawned_at(task) {
            count = count.checked_add(starts(program, site, made_in, maker, MAX_CALLS)?)?;
            started = started
                .min(Some(program.span(site)))
                .or(Some(program.span(site)));
        }
    }
    Some((count, started?)).filter(|&(count, _)| count > 0)
}

/// How many items of a channel one stream works on at once.
fn at_once(program: &Program, channel: ObjectId) -> Option<(u64, Span)> {
    let of_it = |&&(of, _): &&(ExprId, Option<ExprId>)| program.object_of(of) == Some(channel);
    let &(of, limit) = program.taken_at_once.iter().find(of_it)?;
    let limit = program.constant_int(limit?)?;
    let is_alone = program.object(channel).takes().count() == 1;
    let count = u64::try_from(limit).ok().filter(|&limit| limit > 0)?;
    is_alone.then_some((count, program.expr(of).span))
}

/// How often a task is started for each queue: by the loops around it, and by those around the
/// calls of what starts it, up to where the queue is made.
fn starts(
    program: &Program,
    site: StepId,
    made_in: Option<StepId>,
    maker: Option<FunctionId>,
    calls: u32,
) -> Option<u64> {
    let here = turns(program, site, made_in)?;
    let function = program.function_of(site);
    if Some(function) == maker {
        return Some(here);
    }
    let calls = calls.checked_sub(1)?;
    let handed_to = program.handed_to(function);
    if !handed_to.is_empty() && program.is_closure(function) {
        let each = program.elements(program.repeated_by(function)?)?;
        let around = handed_to.first().copied()?;
        let times = starts(program, around, made_in, maker, calls)?;
        return here.checked_mul(each)?.checked_mul(times);
    }
    let callers = &program.callers[function.index()];
    let has_calls = callers.iter().any(|&caller| program.call(caller).is_some());
    if !has_calls {
        return Some(here);
    }
    let mut times = 0_u64;
    for &caller in callers {
        times = times.checked_add(starts(program, caller, made_in, maker, calls)?)?;
    }
    here.checked_mul(times)
}

/// How often a step runs, by the loops around it up to the one in which the channel is made.
pub(super) fn turns(program: &Program, step: StepId, until: Option<StepId>) -> Option<u64> {
    let mut count = 1_u64;
    for (around, _) in program.ancestors(step) {
        if Some(around) == until {
            break;
        }
        if !matches!(program.op(around), Op::Loop(_)) {
            continue;
        }
        let turns = program.turns(around)?;
        count = count.checked_mul(turns)?;
    }
    Some(count)
}
