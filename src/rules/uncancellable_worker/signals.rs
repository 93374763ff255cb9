//! What listens to the signals of the operating system: it belongs to the process, and lives as long.

use crate::model::{Api, ExprId, ExprKind, FunctionId, Init, Op, Program, StepId};

/// How far what is waited for is followed through variables and closures.
const DEPTH: u32 = 8;

/// Whether a step waits for the process's signals and nothing else.
pub(super) fn hears(program: &Program, step: StepId) -> bool {
    waits_for_signals(program, step, DEPTH)
}

fn waits_for_signals(program: &Program, step: StepId, depth: u32) -> bool {
    match program.op(step) {
        Op::Receive { channel, .. } => {
            program.select_of(step).is_none() && is_signal(program, *channel, depth)
        }
        Op::Select(arms) => {
            !arms.is_empty()
                && arms.iter().all(|arm| {
                    arm.communication.is_some_and(|wait| {
                        matches!(*program.op(wait), Op::Receive { channel, .. }
                            if is_signal(program, channel, depth))
                    })
                })
        }
        _ => false,
    }
}

/// Whether a value stands for signals of the operating system, or for a wait for one.
fn is_signal(program: &Program, value: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    if program.is_process_signal(value) {
        return true;
    }
    match *program.kind(value) {
        ExprKind::Call(step) => program.call(step).is_some_and(|call| {
            call.api == Api::SignalNotify
                || call
                    .receiver
                    .is_some_and(|on| is_signal(program, on, depth))
        }),
        ExprKind::Received(step) => matches!(*program.op(step), Op::Receive { channel, .. }
            if is_signal(program, channel, depth)),
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(first) | Init::Part(first, _) => is_signal(program, first, depth),
            _ => false,
        },
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) => {
            is_signal(program, inner, depth)
        }
        ExprKind::Closure(function) => only_hears(program, function, depth),
        _ => false,
    }
}

/// Whether a block asks for signals, and waits for nothing else.
fn only_hears(program: &Program, function: FunctionId, depth: u32) -> bool {
    let steps = program.steps_of(function);
    let asks = steps.iter().any(|&step| {
        program
            .call(step)
            .is_some_and(|call| call.api == Api::SignalNotify)
    });
    asks && steps
        .into_iter()
        .filter(|&step| super::is_pause(program, step) && program.select_of(step).is_none())
        .all(|step| waits_for_signals(program, step, depth))
}
