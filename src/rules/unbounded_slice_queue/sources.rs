//! Where items come from that are sent into a channel: a stream that may have its other end inside, a stock
//! that was laid in where the channel was made, a person's hands.

use super::pace;
use super::pressure::Made;
use crate::model::{
    Direction, ExprId, ExprKind, LoopKind, ObjectId, Op, Program, StepId, Type, VariableId,
};

/// The call that a loop waits for at the beginning of each turn, and for nothing beside it:
/// `while let Some(next) = source.next().await`.
pub(super) fn waited_for(program: &Program, looped: StepId) -> Option<ExprId> {
    let Op::Loop(l) = program.op(looped) else {
        return None;
    };
    let &first = program.block(l.body).steps.first()?;
    let call = program.call(first)?;
    let name = program.callee_name(call.callee);
    let source = call.receiver.or(match *program.kind(call.callee) {
        ExprKind::Member(base, _) => Some(base),
        _ => None,
    });
    source.filter(|_| matches!(&*name, "next" | "try_next" | "recv"))
}

/// Whether a loop waits for nothing but what is made of a channel's taking end: a stream that has
/// it inside.
pub(super) fn waits_for_itself(program: &Program, channel: ObjectId, looped: StepId) -> bool {
    let is_end = |part: ExprId| {
        let taken: Option<VariableId> = program.variable_or_field(part);
        program.object_of(part) == Some(channel)
            && taken.is_some_and(|taken| {
                matches!(
                    program.underlying(program.variable(taken).ty),
                    Type::Channel(_, Direction::Receive, _)
                )
            })
    };
    waited_for(program, looped).is_some_and(|source| {
        pace::parts_through_locals(program, source)
            .into_iter()
            .any(is_end)
    })
}

/// Whether items are made only where the channel is, so many at once, and else come back to it: tickets, of
/// which there are never more.
pub(super) fn is_of_a_stock(program: &Program, made: Made) -> bool {
    let Type::Named(item) = *program.ty(program.element_type(made.channel)) else {
        return false;
    };
    let home = program.function_at(program.expr(made.at).span);
    let is_bounded = |step: StepId| {
        program.enclosing_loop(step).is_none_or(|looped| {
            program
                .op_loop(looped)
                .is_some_and(|l| matches!(l.kind, LoopKind::Over(_) | LoopKind::Counted(_)))
        })
    };
    let is_made_at_home = |literal: &ExprId| {
        program
            .step_of(*literal)
            .is_some_and(|step| home == Some(program.function_of(step)) && is_bounded(step))
    };
    let literals = program.literals_of(item);
    program.has_owners && !literals.is_empty() && literals.iter().all(is_made_at_home)
}

/// What yields the keys that somebody presses at a terminal, and what waits for the next one.
const KEYS: &[&str] = &["crossterm::event::EventStream"];
const NEXT_KEY: &[&str] = &["crossterm::event::read", "crossterm::event::poll"];

/// Whether a value is waited for that comes from a person's hands.
pub(super) fn is_by_hand(program: &Program, value: ExprId) -> bool {
    pace::parts_through_locals(program, value)
        .into_iter()
        .filter_map(|part| program.call_of(part))
        .any(|(_, call)| match *program.kind(call.callee) {
            ExprKind::Qualified(of, _) => KEYS.contains(&program.text(of)),
            _ => false,
        })
}

/// Whether a step waits for a person to press a key.
pub(super) fn waits_for_a_key(program: &Program, step: StepId) -> bool {
    program
        .call(step)
        .is_some_and(|call| match *program.kind(call.callee) {
            ExprKind::Qualified(module, name) => {
                let path = format!("{}::{}", program.text(module), program.text(name));
                NEXT_KEY.contains(&&*path)
            }
            _ => false,
        })
}
