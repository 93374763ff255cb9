//! Whether a step stands on a way that stops something, and how one knows.

use super::heard::heard_before;
use crate::model::channels::is_end_name;
use crate::model::{
    Api, Constant, ExprId, ExprKind, FunctionId, FunctionKind, Op, Program, StepId,
};
use crate::rules::Confidence;

const TOLD: &str = "the work is told to end here";

/// A way that stops something.
pub(super) struct Stop {
    pub confidence: Confidence,
    /// What tells the work to end, or this code that it is over.
    pub trigger: Option<(StepId, &'static str)>,
    /// The sleep itself, or the call of the helper that sleeps.
    pub at: StepId,
    /// The function that is left when it has stopped, with the call in it for a helper's sleep.
    pub function: FunctionId,
    pub calls: Vec<StepId>,
}

/// The stop of which a step is a part.
pub(super) fn at(program: &Program, step: StepId) -> Option<Stop> {
    let function = program.function_of(step);
    if let Some(found) = direct(program, step) {
        return Some(found);
    }
    // A helper that only stops call.
    let callers = &program.callers[function.index()];
    if callers.is_empty() || program.function(function).is_value || program.is_task(function) {
        return None;
    }
    let mut first = None;
    for &caller in callers {
        let stop = direct(program, caller)?;
        first = first.or(Some(stop));
    }
    let stop = first?;
    Some(Stop {
        calls: callers.clone(),
        ..stop
    })
}

fn direct(program: &Program, step: StepId) -> Option<Stop> {
    let function = program.function_of(step);
    let told = told_before(program, step);
    let of = |confidence, trigger| {
        Some(Stop {
            confidence,
            trigger,
            at: step,
            function,
            calls: Vec::new(),
        })
    };
    if let Some(heard) = heard_before(program, step) {
        let confidence = if is_a_deadline(program, step, heard.0) || tells_only_after(program, step)
        {
            Confidence::Low
        } else {
            Confidence::High
        };
        return of(confidence, Some(heard));
    }
    if stops(program, function) && !is_misnamed(program, function) {
        let is_sure = told.is_some() || takes_away(program, step);
        return of(
            if is_sure {
                Confidence::High
            } else if is_named_for_work(program, function) {
                Confidence::Medium
            } else {
                Confidence::Low
            },
            told,
        );
    }
    let Some((at, label)) = told else {
        let started = started_before(program, step).filter(|_| takes_away(program, step))?;
        return of(Confidence::Medium, Some((started, "this starts the work")));
    };
    let is_last = program.runs_deferred(step)
        || program.is_program_entry(program.outermost(function)) && !program.is_task(function);
    match program.op(at) {
        Op::Call(call) if call.api == Api::Cancel => of(
            if is_last {
                Confidence::High
            } else {
                Confidence::Medium
            },
            Some((at, label)),
        ),
        // The work is told by the end of what it takes from, and then loses what it works with.
        Op::Close { channel } if takes_away(program, step) && feeds_tasks(program, *channel) => of(
            if is_last {
                Confidence::High
            } else {
                Confidence::Medium
            },
            Some((at, label)),
        ),
        _ => None,
    }
}

/// The loop before a step that starts tasks which nobody waits for; it is over when the step is
/// reached, and they are not.
fn started_before(program: &Program, step: StepId) -> Option<StepId> {
    let function = program.function_of(step);
    let is_over =
        |&before: &StepId| program.op_loop(before).is_some() && !program.is_inside(step, before);
    let starts =
        |inner: StepId| program.spawn(inner).is_some() && program.join_of(inner, &[]).is_none();
    let before = program.before(step, function).into_iter().rev();
    let mut loops = before.filter(is_over);
    loops.find(|&started| {
        let turn = program.op_loop(started).map(|l| program.steps_in(l.body));
        turn.is_some_and(|turn| turn.into_iter().any(starts))
    })
}

/// Whether tasks take what comes through a channel, one after the other.
fn feeds_tasks(program: &Program, channel: ExprId) -> bool {
    let Some(object) = program.object_of(channel) else {
        return false;
    };
    let object = program.object(object);
    object.takes().any(|take| {
        let is_repeated = object.loops.contains(&take) || program.enclosing_loop(take).is_some();
        let entries = program.entries_of(program.function_of(take));
        is_repeated && entries.iter().any(|&entry| program.is_task(entry))
    })
}

/// Whether a function stops something: its name says so, or it runs when a value ends.
pub(super) fn stops(program: &Program, function: FunctionId) -> bool {
    program.is_shutdown(function) || program.ends_its_value(program.outermost(function))
}

/// Whether a name speaks of stopping something that works, not only of closing a thing.
fn is_named_for_work(program: &Program, function: FunctionId) -> bool {
    let named = program.text(program.function(program.outermost(function)).name);
    let kept_as = program.closure_name(function).unwrap_or_default();
    let name = format!("{named} {kept_as}").to_ascii_lowercase();
    ["stop", "shut", "drain", "terminate", "wind", "quiesce"]
        .iter()
        .any(|word| name.contains(word))
}

/// A task that ends the process some time after the end was heard: a limit for the stop, which
/// others carry out.
fn is_a_deadline(program: &Program, step: StepId, heard: StepId) -> bool {
    let Op::Receive { channel, .. } = *program.op(heard) else {
        return false;
    };
    !program.is_process_signal(channel)
        && program.is_task(program.function_of(step))
        && told_before(program, step).is_none()
        && program.after(step).into_iter().any(|after| {
            program
                .call(after)
                .is_some_and(|call| matches!(call.api, Api::Exit | Api::Panic))
        })
}

/// Whether the work is told to end behind the sleep and not before: time for others to notice.
fn tells_only_after(program: &Program, step: StepId) -> bool {
    told_before(program, step).is_none()
        && program.after(step).into_iter().any(|after| {
            program
                .call(after)
                .is_some_and(|call| call.api == Api::Cancel)
        })
}

/// `finalizeBlock`, `exitCode`: words that begin like a stop and are none.
fn is_misnamed(program: &Program, function: FunctionId) -> bool {
    let name = program
        .text(program.function(program.outermost(function)).name)
        .to_ascii_lowercase();
    name.starts_with("finaliz") || name.starts_with("exitcode")
}

/// What tells the work to end, before a step in its function or in one around it.
fn told_before(program: &Program, step: StepId) -> Option<(StepId, &'static str)> {
    let function = program.function_of(step);
    let found = program
        .before(step, function)
        .into_iter()
        .rev()
        .filter(|&other| !program.is_deferred(other) || program.is_deferred(step))
        .find_map(|other| tells(program, other).map(|label| (other, label)));
    found.or_else(|| match program.function(function).kind {
        FunctionKind::Closure(outer) if stops(program, outer) => program
            .steps_of(outer)
            .into_iter()
            .find_map(|other| tells(program, other).map(|label| (other, label))),
        _ => None,
    })
}

/// Whether work is told to end before a step; a flag may be for those who ask how things are.
pub(super) fn is_work_told_before(program: &Program, step: StepId) -> bool {
    told_before(program, step).is_some_and(|(_, label)| label == TOLD)
}

fn tells(program: &Program, step: StepId) -> Option<&'static str> {
    match program.op(step) {
        Op::Close { .. } => Some(TOLD),
        Op::Call(call) => match call.api {
            Api::Cancel => Some(TOLD),
            Api::AtomicStore | Api::AtomicSwap | Api::AtomicCompareSwap => {
                Some("a flag is set here, which says nothing about work that runs")
            }
            Api::OnceDo => Some(TOLD),
            _ => None,
        },
        Op::Assign(assign) => {
            let sets_flag = program
                .list(assign.values)
                .iter()
                .any(|&value| matches!(program.constant(value), Some(Constant::Bool(_))))
                && program.list(assign.targets).iter().any(|&target| {
                    matches!(program.kind(target), crate::model::ExprKind::Field(..))
                });
            sets_flag.then_some("a flag is set here, which says nothing about work that runs")
        }
        Op::Send { channel, value } => {
            let named = program.object_of(*channel);
            let is_end = named.is_some_and(|object| program.has_end_name(object))
                || is_end_message(program, *value);
            is_end.then_some(TOLD)
        }
        _ => None,
    }
}

/// Whether a message is named for an end: `Command::Stop`, `msgQuit`.
fn is_end_message(program: &Program, value: ExprId) -> bool {
    let name = program.show(value);
    let last = name.rsplit(['.', ':']).next();
    last.is_some_and(|last| last.len() < 16 && is_end_name(last))
}

/// Words in the names of calls after which what they are made on can no longer be used.
const TAKES: &[&str] = &[
    "close",
    "seal",
    "release",
    "unmount",
    "destroy",
    "disconnect",
    "finalize",
    "remove_file",
    "remove_dir",
    "removeall",
    "rename",
];

/// Whether things are taken away after the sleep: closed, cancelled, the process ended.
fn takes_away(program: &Program, step: StepId) -> bool {
    let takes = |step: StepId| match program.op(step) {
        Op::Close { .. } => true,
        Op::Call(call) => {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            matches!(call.api, Api::Exit | Api::Cancel)
                || TAKES.iter().any(|word| name.contains(word))
        }
        _ => false,
    };
    // `conns.Range(func(…) { … })`: what is done with each.
    let takes_each = |step: StepId| {
        let call = program.call(step);
        let given = call.map_or(&[][..], |call| program.list(call.args));
        given.iter().any(|&given| {
            matches!(*program.kind(given), ExprKind::Closure(each)
                if !program.is_task(each) && program.steps_of(each).into_iter().any(takes))
        })
    };
    let after = program.after(step).into_iter();
    after
        .into_iter()
        .any(|after| takes(after) || takes_each(after))
}
