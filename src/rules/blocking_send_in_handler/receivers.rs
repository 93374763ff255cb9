//! Queues that do not stay full, or are meant to hold senders back: what their receivers and their
//! comments say.

use super::can_wait;
use crate::model::channels::Capacity;
use crate::model::{Api, Call, ExprKind, FunctionId, ObjectId, Op, Owner, Program, StepId};
use crate::rules::handlers;
use rustc_hash::FxHashSet;

/// Whether all that takes from a channel waits for nothing but the next item and starts a task
/// with it: such a queue does not stay full, however long the work takes.
pub(super) fn is_passed_to_tasks(program: &Program, channel: ObjectId) -> bool {
    let starts_tasks = |take: StepId| {
        let looped = match program.op_loop(take) {
            Some(_) => Some(take),
            None => program.enclosing_loop(take),
        };
        looped
            .and_then(|looped| program.op_loop(looped))
            .is_some_and(|l| {
                let steps = program.steps_in(l.body);
                steps.into_iter().any(|inner| match program.op(inner) {
                    Op::Spawn(_) => true,
                    Op::Call(call) => handlers::starts_what_it_is_handed(program, inner, call),
                    _ => false,
                })
            })
    };
    let mut takes = program.object(channel).takes().peekable();
    takes.peek().is_some()
        && takes.all(|take| program.unwaiting.contains(&take) && starts_tasks(take))
}

/// Words of whoever says that a full queue is how senders are slowed down.
const HOLDS_BACK: &[&str] = &["backpressure", "back-pressure", "back pressure"];

/// Whether a comment where a channel is made, or at the setting that gives its size, says that it
/// is there to hold senders back.
pub(super) fn is_said_to_hold_back(program: &Program, channel: ObjectId) -> bool {
    let size = match program.capacity(channel) {
        Capacity::Computed(size) => program.variable_or_field(size),
        _ => None,
    };
    let setting = size.map(|size| program.variable(size).span);
    let makes = program.object(channel).makes.iter();
    makes
        .map(|&made| program.expr(made).span)
        .chain(setting)
        .any(|place| program.remark_says(place, HOLDS_BACK))
}

/// Whether all that takes from a channel is a loop over several things which waits for nothing but
/// what comes next, and neither sends, sleeps nor calls out in what it does with that: a send is
/// over as soon as the loop gets to run.
pub(super) fn is_taken_by_a_quick_loop(program: &Program, channel: ObjectId) -> bool {
    let is_quick = |take: StepId| {
        let l = program
            .enclosing_loop(take)
            .and_then(|looped| program.op_loop(looped));
        l.is_some_and(|l| {
            let own = program.steps_in(l.body);
            let called: FxHashSet<FunctionId> = own
                .iter()
                .filter_map(|&step| program.call(step)?.target)
                .flat_map(|target| program.reach(target))
                .collect();
            let reached = called.into_iter().flat_map(|one| program.steps_of(one));
            own.iter()
                .copied()
                .chain(reached)
                .all(|step| never_waits(program, step))
        })
    };
    let mut takes = program.object(channel).takes().peekable();
    takes.peek().is_some()
        && takes.all(|take| {
            program.unwaiting.contains(&take) && program.select_of(take).is_some() && is_quick(take)
        })
}

/// Whether a step is over at once, as far as it is in view.
fn never_waits(program: &Program, step: StepId) -> bool {
    // What a select waits for beside the item comes next, too.
    if matches!(
        program.block(program.step(step).block).owner,
        Owner::Guard(..)
    ) {
        return true;
    }
    match program.op(step) {
        Op::Send { .. } => program.is_tried(step) || !can_wait(program, step),
        Op::Receive { .. } => program.select_of(step).is_some(),
        Op::Call(call) => !calls_out(program, call),
        _ => true,
    }
}

/// Parts of the paths of what waits for a disk, a peer or another process.
const OUTSIDE: &[&str] = &["fs", "net", "process", "thread", "io", "blocking"];
/// What the names of calls out of view begin with that may do so.
const GOES_OUT: &[&str] = &[
    "write", "flush", "sync", "read", "save", "store", "persist", "append", "execute", "query",
    "commit", "request", "connect", "fetch", "post", "upload", "download", "publish", "forward",
    "block_on", "wait", "join", "sleep", "compact", "render", "deliver",
];

/// Whether a call waits for something outside, or may do so for all that is in view.
fn calls_out(program: &Program, call: &Call) -> bool {
    let is_outside = || match *program.kind(call.callee) {
        ExprKind::Qualified(module, _) => {
            let mut parts = program.text(module).split("::");
            parts.any(|part| OUTSIDE.contains(&part))
        }
        _ => false,
    };
    let goes_out = || {
        let name = program.callee_name(call.callee);
        GOES_OUT.iter().any(|word| name.starts_with(word))
    };
    match call.api {
        Api::Other => call.target.is_none() && (is_outside() || goes_out()),
        Api::Sleep
        | Api::Outbound
        | Api::Local
        | Api::Respond
        | Api::Accept
        | Api::MessageFetch
        | Api::GroupWait
        | Api::ConditionWait
        | Api::PermitAcquire(_)
        | Api::RateWait
        | Api::BackoffRetry
        | Api::Serve => true,
        _ => false,
    }
}
