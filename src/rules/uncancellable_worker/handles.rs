//! Where values have owners: who holds a worker's sender, and who can end it by its handle.

use super::{Claim, Confidence, Findings};
use crate::model::{ExprKind, FunctionId, Library, ObjectId, Owner, Program, StepId};

/// A worker whose own sender keeps the channel open that it receives from until the end.
pub(super) fn keeps_itself(
    program: &Program,
    step: StepId,
    channel: ObjectId,
    function: FunctionId,
    findings: &mut Findings,
) {
    let Some(named) = program.keeps_itself_open(channel, step) else {
        return;
    };
    // Who has all that sends for himself has forgotten to let go of his own: no worker.
    if program.sender_of_self_during(channel, step).is_some() {
        return;
    }
    let of = program.text(program.named[named.index()].name).to_owned();
    let mut claim = Claim::new(step, function, Confidence::Medium);
    claim.subject = program.object_name(channel);
    claim.message = format!("receives until every sender is gone, and `{of}` holds one itself");
    claim.why = "The channel ends when its last sender is dropped. One of them is kept beside the receiver for as long as this loop runs: it waits for itself, for ever.".to_owned();
    claim.fix = "Keep a weak sender, or move the receiver out before the loop; or give the loop a token or a shut-down receiver to select on.".to_owned();
    claim.say(program, findings);
}

/// Whether whoever runs a function waits for something else beside it, and drops it when that
/// comes first.
pub(super) fn is_raced(program: &Program, function: FunctionId) -> bool {
    let is_arm = |&caller: &StepId| {
        program
            .ancestors(caller)
            .any(|(_, owner)| matches!(owner, Owner::Guard(..)))
    };
    let callers = &program.callers[function.index()];
    program.has_owners
        && !callers.is_empty()
        && program.spawned_at(function).is_empty()
        && callers.iter().all(is_arm)
}

/// Whether somebody can end the task that runs a function from outside, at the next place where it
/// waits: through its handle, or by dropping the set that it belongs to.
pub(super) fn is_aborted(program: &Program, function: FunctionId) -> bool {
    if !program.has_owners {
        return false;
    }
    // A task may be no more than a call of this.
    let by_task = program.callers[function.index()]
        .iter()
        .map(|&caller| program.function_of(caller))
        .filter(|&by| program.is_task(by));
    let mut sites = program.spawned_at(function).to_vec();
    sites.extend(by_task.flat_map(|by| program.spawned_at(by)));
    sites.iter().any(|&spawn| {
        let group = program.spawn(spawn).and_then(|spawn| spawn.group);
        let Some(group) = group else { return false };
        let is_set = !matches!(*program.kind(group), ExprKind::Variable(handle)
                if program.text(program.variable(handle).name) == "handle"
                    && program.variable(handle).span == program.span(spawn));
        // What only counts its tasks, to wait for them, ends none of them.
        let ends_its_tasks = program.library(program.expr(group).ty) != Some(Library::TaskGroup);
        let group = program.object_of(group);
        is_set && ends_its_tasks || group.is_some_and(|group| program.is_cancelled(group))
    })
}
