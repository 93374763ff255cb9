//! Sends to those that a lock guards: whoever is behind cannot be taken out meanwhile.

use super::harmless::has_much_room;
use super::reached::Reached;
use crate::model::channels::Capacity;
use crate::model::held::Held;
use crate::model::{
    Api, ExprId, ExprKind, FunctionKind, Init, ObjectId, Op, Program, StepId, VariableId,
};
use crate::rules::waits::WaitKind;

/// How far what a send goes to is followed back to where it is kept.
const FAR: usize = 12;

/// Whether a send goes to one of those that the lock guards: nobody can leave or come until he has
/// caught up.
pub(super) fn is_shut_in(
    program: &Program,
    step: StepId,
    found: &Reached,
    held: Held,
    takers: &[StepId],
) -> bool {
    let mut writers = takers.iter().filter(|&&taker| {
        program
            .call(taker)
            .is_some_and(|call| call.api == Api::Lock(false))
    });
    found.wait.kind == WaitKind::Send
        && found.through.is_empty()
        && !has_much_room(program, &found.wait)
        && is_known(program, found)
        && writers.next().is_some()
        && is_guarded(program, step, found, held.lock)
        && !are_taken_out(program, found.at, held.lock)
}

/// Whether the channel is in view: one whose making is not may have no end of room.
fn is_known(program: &Program, found: &Reached) -> bool {
    found
        .wait
        .channel
        .is_some_and(|of| program.capacity(of) != Capacity::Unknown)
}

/// Whether all are taken out in the function of a send: what is sent to is no member any more.
fn are_taken_out(program: &Program, send: StepId, lock: ObjectId) -> bool {
    program
        .steps_of(program.function_of(send))
        .into_iter()
        .filter_map(|step| program.call(step))
        .any(|call| match program.list(call.args) {
            &[all] => call.api == Api::MapDelete && program.object_of(all) == Some(lock),
            _ => false,
        })
}

/// Whether what a send goes to is the next of those that a lock guards, reached through its guard,
/// here or by a function that is called on what the guard lends.
fn is_guarded(program: &Program, step: StepId, found: &Reached, lock: ObjectId) -> bool {
    let Op::Send { channel, .. } = *program.op(found.at) else {
        return false;
    };
    let (mut at, mut is_element) = (channel, false);
    for _ in 0..FAR {
        if is_element && program.object_of(at) == Some(lock) {
            return true;
        }
        at = match *program.kind(at) {
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Element(of) => {
                    is_element = true;
                    of
                }
                Init::Value(of) | Init::Part(of, _) => of,
                _ if found.is_called => match lent_to(program, step, variable) {
                    Some(of) => of,
                    None => return false,
                },
                _ => return false,
            },
            ExprKind::Index(of, _) => of,
            ExprKind::Field(of, _) | ExprKind::Member(of, _) => of,
            ExprKind::Reference(of) | ExprKind::Dereference(of) | ExprKind::Convert(_, of) => of,
            _ => return false,
        };
    }
    false
}

/// What a call gives to the called function as a parameter, or as what it is called on.
fn lent_to(program: &Program, step: StepId, variable: VariableId) -> Option<ExprId> {
    let call = program.call(step)?;
    let facts = program.function(call.target?);
    if matches!(facts.kind, FunctionKind::Method(receiver, _) if receiver == variable) {
        return match *program.kind(call.callee) {
            ExprKind::Function(_, base) => base,
            ExprKind::Member(base, _) => Some(base),
            _ => call.receiver,
        };
    }
    let at = facts.parameters.iter().position(|&one| one == variable)?;
    program.list(call.args).get(at).copied()
}
