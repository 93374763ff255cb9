//! What listens to the signals of the operating system: it belongs to the process, and lives as long.

use crate::model::{Api, ExprId, ExprKind, FunctionId, Init, Op, Program, StepId};

/// How far what is waited for is followed through variables and closures.
const DEPTH: u32 = 8;
/// Words in the names of signals that ask a process to end.
const ENDING: &[&str] = &["int", "term", "quit", "kill", "signals"];

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

/// Whether a value stands for signals of the operating system that ask the process to end: not for
/// those that ask it to show or read something.
pub(super) fn asks_to_end(program: &Program, value: ExprId) -> bool {
    let asked = asked_for(program, value, DEPTH);
    is_signal(program, value, DEPTH) && (asked.is_empty() || any_ends(program, &asked))
}

/// Whether one of some signals asks a process to end.
pub(super) fn any_ends(program: &Program, asked: &[ExprId]) -> bool {
    asked.iter().any(|&signal| {
        let name = program.show(signal);
        let last = name.rsplit(['.', ':']).next().unwrap_or(&name);
        let last = last.to_ascii_lowercase();
        ENDING.iter().any(|word| last.contains(word))
    })
}

/// The signals that are asked for where a value comes from; none where nothing says which.
fn asked_for(program: &Program, value: ExprId, depth: u32) -> Vec<ExprId> {
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    match *program.kind(value) {
        ExprKind::Call(step) => match program.call(step) {
            Some(call) if call.api == Api::SignalNotify => program.list(call.args).to_vec(),
            Some(call) => call
                .receiver
                .map_or(Vec::new(), |on| asked_for(program, on, depth)),
            None => Vec::new(),
        },
        ExprKind::Received(step) => match *program.op(step) {
            Op::Receive { channel, .. } => asked_for(program, channel, depth),
            _ => Vec::new(),
        },
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(first) | Init::Part(first, _) => asked_for(program, first, depth),
            _ => Vec::new(),
        },
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) => {
            asked_for(program, inner, depth)
        }
        _ => Vec::new(),
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
        .filter(|&step| {
            super::uncancellable_worker::is_pause(program, step)
                && program.select_of(step).is_none()
        })
        .all(|step| waits_for_signals(program, step, depth))
}
