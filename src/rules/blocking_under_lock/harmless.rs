//! Waits under a lock that look worse than they are.

use crate::model::channels::Capacity;
use crate::model::{Api, ObjectId, Op, Program, StepId};

/// Whether a channel is a lock of its own: every function that takes from it also gives back.
/// Then nobody works while the other waits; it is one lock taken inside another.
pub(super) fn is_baton(program: &Program, channel: ObjectId) -> bool {
    let object = program.object(channel);
    let home = |step: StepId| program.outermost(program.function_of(step));
    let gives_back = |taken: StepId| {
        let back = |&sent: &StepId| home(sent) == home(taken) && program.select_of(sent).is_none();
        object.sends.iter().any(back)
    };
    program.capacity(channel) != Capacity::Rendezvous
        && !object.receives.is_empty()
        && object.loops.is_empty()
        && object.receives.iter().all(|&taken| gives_back(taken))
}

/// More room than this is hardly ever used up while one lock is held.
const MUCH: u64 = 1000;

/// Whether a send with room will hardly ever wait: made once under its lock it is a slot for one
/// answer or a word that is said at most once. Only a loop of sends fills a small buffer.
pub(super) fn fits(program: &Program, channel: ObjectId, send: StepId) -> bool {
    let is_small = matches!(program.capacity(channel), Capacity::Known(room) if room < MUCH);
    !is_small || program.enclosing_loop(send).is_none()
}

/// Whether a task that finishes for a group takes the lock only before it counts itself in: then
/// nobody waits for it yet.
pub(super) fn is_before_counted(
    program: &Program,
    group: ObjectId,
    taken: StepId,
    finish: StepId,
) -> bool {
    let adds = program.object(group).calls.iter().copied();
    let mut adds = adds
        .filter(|&call| matches!(program.op(call), Op::Call(call) if call.api == Api::GroupAdd));
    let function = program.function_of(finish);
    adds.any(|add| {
        let here = program.function_of(add);
        if program.function_of(taken) == here {
            return program.is_before(taken, add);
        }
        here == function && program.function_of(taken) != function
    })
}
