//! What on a stop's way really waits for the work.

use super::stopping::{Stop, is_work_told_before, stops};
use crate::model::channels::Source;
use crate::model::step::Call;
use crate::model::{Api, ExprId, ExprKind, FunctionId, LoopKind, Op, Owner, Program, StepId};

/// How deep calls are followed in search of a wait.
const MAX_DEPTH: u32 = 3;
/// Words in the names of calls that return when something has ended.
const WAITS: &[&str] = &["wait", "graceful", "drain", "shutdown", "join", "await"];
/// Words in the names of calls that only say how long, or whether.
const ASKS: &[&str] = &[
    "duration", "timeout", "delay", "period", "time", "interval", "status", "config", "enabled",
    "hook", "handler",
];

/// Whether the way on which a sleep stands also waits for the work itself.
pub(super) fn waits_too(program: &Program, sleep: StepId, stop: &Stop) -> bool {
    let own = program.function_of(sleep);
    let from_trigger = |function: FunctionId| {
        let steps = program.steps_of(function);
        // In a function that also starts the work, only what follows the signal is the stop.
        let trigger = stop
            .trigger
            .map(|(at, _)| at)
            .filter(|&at| program.function_of(at) == function && !stops(program, function));
        let start = trigger.map_or(0, |at| begins(program, at, stop));
        steps
            .into_iter()
            .filter(|&step| trigger.is_none_or(|at| !is_instead(program, step, at)))
            .filter(|&step| {
                step != sleep
                    && !is_beside(program, step, sleep)
                    && (program.span(step).start >= start || program.is_deferred(step))
            })
            .collect::<Vec<_>>()
    };
    let mut functions = vec![own];
    let outer = program.outermost(own);
    if !program.is_task(own) && outer != own {
        functions.push(outer);
    }
    functions.extend(stop.calls.iter().map(|&call| program.function_of(call)));
    if !functions.contains(&stop.function) {
        functions.push(stop.function);
    }
    functions
        .into_iter()
        .flat_map(from_trigger)
        .any(|step| is_wait(program, step, stop, MAX_DEPTH))
}

/// Whether a step is waited for in the same select as the sleep.
fn is_beside(program: &Program, step: StepId, sleep: StepId) -> bool {
    let select = program.select_of(sleep).map(|(select, _)| select);
    select.is_some() && program.select_of(step).map(|(select, _)| select) == select
}

/// Where the stop begins in the text: behind what tells it, or behind the whole select in which it
/// was heard when the stop stands behind that.
fn begins(program: &Program, trigger: StepId, stop: &Stop) -> u32 {
    match program.select_of(trigger) {
        Some((select, _)) if !program.is_inside(stop.at, select) => program.span(select).end,
        _ => program.span(trigger).end,
    }
}

/// Whether a step runs when another arm was chosen than the one in which the stop was heard.
fn is_instead(program: &Program, step: StepId, trigger: StepId) -> bool {
    program.select_of(trigger).is_some_and(|(select, arm)| {
        program.ancestors(step).any(|(around, owner)| {
            around == select
                && !matches!(owner, Owner::Arm(_, at) | Owner::Guard(_, at) if at == arm)
        })
    })
}

/// Whether a sleep stands in what a server is handed to be told to stop, and nothing else is told
/// before: when it is over the server refuses, and waits for whom it serves.
pub(super) fn is_before_the_stop(program: &Program, sleep: StepId) -> bool {
    let tells_a_server = |caller: StepId| {
        let taker = program.taker_of(caller).into_iter();
        let around = program.function_of(caller);
        let mut takers = taker.chain(program.handed_to(around).iter().copied());
        takers.any(|taker| {
            let call = program.call(taker);
            call.is_some_and(|call| program.callee_name(call.callee).contains("graceful"))
        })
    };
    let callers = &program.callers[program.function_of(sleep).index()];
    !callers.is_empty()
        && callers.iter().all(|&caller| tells_a_server(caller))
        && !is_work_told_before(program, sleep)
}

/// Whether a sleep stands in a future that is made to be cut short: whoever has it ends it when the
/// work is done.
pub(super) fn is_cut_short(program: &Program, sleep: StepId) -> bool {
    program.closure_name(program.function_of(sleep)) == Some("abortable")
}

fn is_wait(program: &Program, step: StepId, stop: &Stop, depth: u32) -> bool {
    if stop.trigger.is_some_and(|(at, _)| at == step) {
        return false;
    }
    match program.op(step) {
        Op::Receive { channel, .. } => {
            if program.is_process_signal(*channel) {
                return false;
            }
            let is_data = matches!(
                program.channel_source(*channel),
                Source::Object(_) | Source::Unknown
            );
            is_data && !program.is_tried(step)
        }
        Op::Loop(l) => {
            // A range until the close, or a poll that looks at the work between two sleeps.
            matches!(l.kind, LoopKind::Channel(_))
                || program.steps_in(l.body).into_iter().any(
                    |inner| matches!(program.op(inner), Op::Call(call) if call.api == Api::Sleep),
                )
        }
        Op::Call(call) => {
            if matches!(call.api, Api::GroupWait | Api::ConditionWait) {
                return true;
            }
            if waits_in_what_it_is_handed(program, call, stop, depth) {
                return true;
            }
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            let is_self = call.target.is_some_and(|target| {
                stop.calls
                    .iter()
                    .any(|&of| program.call(of).is_some_and(|of| of.target == Some(target)))
            });
            if is_self {
                return false;
            }
            match (call.target, depth.checked_sub(1)) {
                (Some(target), Some(depth)) if program.function(target).has_body => program
                    .steps_of(target)
                    .into_iter()
                    .any(|inner| is_wait(program, inner, stop, depth)),
                _ => {
                    WAITS.iter().any(|word| name.contains(word))
                        && !ASKS.iter().any(|word| name.contains(word))
                        && !is_no_wait(program, call, &name)
                }
            }
        }
        _ => false,
    }
}

/// Whether a call only has the name of a wait: `path.join(name)`, where a thread that is joined is
/// given nothing, and `socket.shutdown(Shutdown::Both)`, which cuts.
fn is_no_wait(program: &Program, call: &Call, name: &str) -> bool {
    let given = program.list(call.args);
    let is_half = |&of: &ExprId| program.show(of).contains("Shutdown::");
    call.api == Api::Pure
        || name == "join" && call.receiver.is_some() && !given.is_empty()
        || name == "shutdown" && given.iter().any(is_half)
}

/// `timeout(limit, async { … })`: whether a block that a call runs waits for the work.
fn waits_in_what_it_is_handed(program: &Program, call: &Call, stop: &Stop, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let mut handed = program.list(call.args).iter();
    handed.any(|&argument| match *program.kind(argument) {
        ExprKind::Closure(block) if !program.is_task(block) => program
            .steps_of(block)
            .into_iter()
            .any(|inner| is_wait(program, inner, stop, depth)),
        _ => false,
    })
}

/// Whether the code looks at the work once more when the time is over.
pub(super) fn looks_afterwards(program: &Program, sleep: StepId) -> bool {
    program.after(sleep).into_iter().take(6).any(|after| {
        let Op::Branch { condition, .. } = *program.op(after) else {
            return false;
        };
        program.failure_test(condition).is_none()
            && program.parts_of(condition).into_iter().any(|part| {
                matches!(
                    program.kind(part),
                    ExprKind::Call(_) | ExprKind::Field(..) | ExprKind::Length(_)
                )
            })
    })
}

/// Whether a sleep runs only when the work was found in some state.
pub(super) fn is_behind_a_look(program: &Program, sleep: StepId) -> bool {
    program.ancestors(sleep).any(|(around, owner)| {
        matches!(owner, Owner::Then(_))
            && matches!(program.op(around), Op::Branch { condition, .. }
            if program.failure_test(*condition).is_none()
                && program.parts_of(*condition).into_iter().any(|part| {
                    matches!(program.kind(part), ExprKind::Call(_))
                }))
    })
}

/// Whether a call sends one of these signals.
fn sends(program: &Program, step: StepId, signals: &[&str]) -> bool {
    program.call(step).is_some_and(|call| {
        call.api != Api::SignalNotify
            && program.list(call.args).iter().any(|&sent| {
                let name = program.show(sent);
                let last = name.rsplit(['.', ':']).next();
                last.is_some_and(|last| signals.contains(&last))
            })
    })
}

/// Whether a process is asked to end before a sleep, and made to after it.
pub(super) fn is_between_kills(program: &Program, sleep: StepId) -> bool {
    let function = program.function_of(sleep);
    let kills = |&step: &StepId| {
        program.call(step).is_some_and(|call| {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            // What is called on nothing and with nothing names the signal that is waited for.
            let is_name = call.receiver.is_none() && call.args.len == 0 && call.target.is_none();
            !is_name
                && ["kill", "term", "interrupt"]
                    .iter()
                    .any(|word| name.contains(word))
                || name == "signal" && call.api != Api::SignalNotify
        })
    };
    let before = program.before(sleep, function);
    let asks = |&step: &StepId| sends(program, step, &["SIGTERM", "SIGINT", "SIGQUIT"]);
    let makes = |&step: &StepId| sends(program, step, &["SIGKILL"]);
    before.iter().any(kills) || before.iter().any(asks) && program.after(sleep).iter().any(makes)
}
