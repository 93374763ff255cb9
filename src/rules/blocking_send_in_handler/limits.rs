//! Handlers that wait for no more than a time, or for something else beside: what ends the call that
//! leads to a send ends the send with it.

use crate::model::channels::ArmKind;
use crate::model::{FunctionId, FunctionKind, Op, Owner, Program, StepId};

/// How many calls may lie between the limit and the send.
const MAX_CALLS: u32 = 3;

/// Whether every call that leads to a step ends after a time, or when something else comes first.
pub(super) fn is_ended_from_outside(program: &Program, step: StepId) -> bool {
    // Only a future can be ended from outside.
    program.has_owners && is_limited(program, program.function_of(step), MAX_CALLS)
}

fn is_limited(program: &Program, function: FunctionId, calls: u32) -> bool {
    let Some(calls) = calls.checked_sub(1) else {
        return false;
    };
    let handed_to = program.handed_to(function);
    if matches!(program.function(function).kind, FunctionKind::Closure(_)) && !handed_to.is_empty()
    {
        return handed_to.iter().all(|&taker| limits(program, taker));
    }
    let callers = &program.callers[function.index()];
    let is_ended = |&caller: &StepId| {
        matches!(program.op(caller), Op::Call(_))
            && (program
                .taker_of(caller)
                .is_some_and(|taker| limits(program, taker))
                || is_beside_another(program, caller)
                || is_limited(program, program.function_of(caller), calls))
    };
    !callers.is_empty() && callers.iter().all(is_ended)
}

/// `timeout(limit, future)`.
fn limits(program: &Program, taker: StepId) -> bool {
    program.call(taker).is_some_and(|call| {
        let name = program.callee_name(call.callee);
        matches!(name.rsplit('.').next(), Some("timeout" | "timeout_at"))
    })
}

/// Whether a call is one arm of a select of which another waits for a time or an end.
fn is_beside_another(program: &Program, caller: StepId) -> bool {
    program.ancestors(caller).any(|(select, owner)| {
        let Owner::Guard(_, at) = owner else {
            return false;
        };
        let mut arms = program.arms(select).into_iter().enumerate();
        arms.any(|(other, (_, kind))| {
            other != at as usize && matches!(kind, ArmKind::Done | ArmKind::Timeout)
        })
    })
}
