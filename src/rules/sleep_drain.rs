//! BP16: a stop path sleeps for a fixed time instead of waiting until the work is done.
//!
//! A *stop path* is a function that stops something, what runs after the wait for a signal or the
//! end of a context, the deferred clean-up of `main`, and a helper that only these call. A sleep
//! in a loop that looks at the work is a poll; one with a real drain behind it is a delay for
//! load balancers.

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::{ArmKind, Source};
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, Op, Owner, Program, StepId, VariableKind,
};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "BP16",
    slug: "sleep-drain",
    summary: "a stop path sleeps instead of waiting until the work is done",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q5"],
    checklist: &[],
    page: include_str!("../../rules/BP16-sleep-drain/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    for step in program.step_ids() {
        let Some(pause) = pause_of(program, step) else {
            continue;
        };
        let function = program.function_of(step);
        if program.function(function).is_test || is_poll(program, step) {
            continue;
        }
        let Some(stop) = stop_path(program, step, function) else {
            continue;
        };
        if drains_after(program, step) || stop.call.is_some_and(|call| drains_after(program, call))
        {
            continue;
        }
        say(program, step, &pause, &stop, findings);
    }
}

/// A fixed wait.
struct Pause {
    at: Span,
    how_long: Option<ExprId>,
}

/// A sleep, a receive from a timer that stands alone, or a select with nothing but a timer.
fn pause_of(program: &Program, step: StepId) -> Option<Pause> {
    match program.op(step) {
        Op::Call(call) if call.api == Api::Sleep => Some(Pause {
            at: program.span(step),
            how_long: program.list(call.args).first().copied(),
        }),
        Op::Receive { channel, .. } => {
            let Source::Timer(how_long) = program.channel_source(*channel) else {
                return None;
            };
            if empties_timer(program, step) {
                return None;
            }
            let alone = match program.select_of(step) {
                None => true,
                Some((select, _)) => program.arms(select).len() == 1,
            };
            alone.then(|| Pause {
                at: program.span(step),
                how_long,
            })
        }
        _ => None,
    }
}

/// `if !timer.Stop() { <-timer.C }` empties a timer, and waits for nothing.
fn empties_timer(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(around, _)| {
        matches!(program.op(around), Op::Branch { condition, .. }
        if program.parts_of(*condition).iter().any(|&part| {
            program.call_of(part).is_some_and(|(_, call)| call.api == Api::TimerControl)
        }))
    })
}

/// A sleep in a loop looks again, and one behind a failure is a pause before another try.
fn is_poll(program: &Program, step: StepId) -> bool {
    program.enclosing_loop(step).is_some()
        || program.ancestors(step).any(|(around, owner)| {
            matches!((owner, program.op(around)), (Owner::Then(_) | Owner::Else(_), Op::Branch { condition, .. })
                if program.failure_test(*condition).is_some())
        })
}

/// Why a place is on a stop path.
struct Stop {
    /// In words.
    what: String,
    /// Where the stop is seen, beside the function's own name.
    at: Option<Span>,
    /// The call of the helper that sleeps.
    call: Option<StepId>,
}

fn stop_path(program: &Program, step: StepId, function: FunctionId) -> Option<Stop> {
    if let Some(stop) = direct(program, step, function) {
        return Some(stop);
    }
    // A helper that only stop paths call.
    let callers = &program.callers[function.index()];
    let of = program.function(function);
    if callers.is_empty() || of.exported || of.is_value {
        return None;
    }
    let mut last = None;
    for &call in callers {
        let stop = direct(program, call, program.function_of(call))?;
        last = Some(Stop {
            at: Some(program.span(call)),
            call: Some(call),
            ..stop
        });
    }
    last
}

fn direct(program: &Program, step: StepId, function: FunctionId) -> Option<Stop> {
    if program.is_shutdown(function) {
        let name = program.function_name(program.outermost(function));
        return Some(Stop {
            what: format!("`{name}` stops"),
            at: Some(program.function(program.outermost(function)).head),
            call: None,
        });
    }
    let outermost = program.outermost(function);
    let is_main = matches!(program.function(outermost).kind, FunctionKind::Plain)
        && program.text(program.function(outermost).name) == "main";
    if is_main
        && (program.is_deferred(step) || program.runs_deferred(step))
        && ends_something_before(program, step, function)
    {
        return Some(Stop {
            what: "`main` is left".to_owned(),
            at: None,
            call: None,
        });
    }
    after_the_end(program, step, function).map(|at| Stop {
        what: "the end was asked for".to_owned(),
        at: Some(at),
        call: None,
    })
}

/// Whether something is told to end before a step in the same function.
fn ends_something_before(program: &Program, step: StepId, function: FunctionId) -> bool {
    program
        .before(step, function)
        .into_iter()
        .any(|earlier| match program.op(earlier) {
            Op::Close { .. } => true,
            Op::Call(call) => {
                call.api == Api::Cancel
                    || crate::model::roles::is_shutdown_name(&program.callee_name(call.callee))
            }
            _ => false,
        })
}

/// Where the process's signal, or the end of a context that is to end everything, was received
/// before a step.
fn after_the_end(program: &Program, step: StepId, function: FunctionId) -> Option<Span> {
    let in_arm = program.ancestors(step).find_map(|(_, owner)| match owner {
        Owner::Arm(select, index) => {
            let arms = program.arms(select);
            let (arm, kind) = arms.get(index as usize)?;
            (*kind == ArmKind::Done).then_some(arm.span)
        }
        _ => None,
    });
    in_arm.or_else(|| {
        program
            .before(step, function)
            .into_iter()
            .find(|&earlier| {
                let ends = match program.op(earlier) {
                    Op::Receive { channel, .. } => {
                        program.select_of(earlier).is_none()
                            && (program.is_process_signal(*channel)
                                || matches!(program.channel_source(*channel), Source::Done(_)))
                    }
                    _ => false,
                };
                ends && program.dominates(earlier, step)
            })
            .map(|earlier| program.span(earlier))
    })
}

/// Words that begin the name of what waits for work to be done.
const DRAINS: &[&str] = &[
    "shutdown",
    "gracefulstop",
    "gracefulshutdown",
    "drain",
    "wait",
    "join",
    "await",
];

/// Whether a real wait for the work follows.
fn drains_after(program: &Program, step: StepId) -> bool {
    let later = program.after(step);
    let inner = later.iter().flat_map(|&later| match program.op(later) {
        Op::Spawn(spawn) => spawn
            .target
            .map_or(Vec::new(), |task| program.steps_of(task)),
        _ => vec![later],
    });
    inner.into_iter().any(|later| match program.op(later) {
        Op::Call(call) => {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            // A sleep before the end is told is a delay for others to notice.
            matches!(call.api, Api::GroupWait | Api::Cancel)
                || DRAINS.iter().any(|word| name.starts_with(word))
        }
        Op::Receive { channel, .. } => {
            matches!(program.channel_source(*channel), Source::Object(_))
                && program.select_of(later).is_none()
        }
        _ => false,
    })
}

fn say(program: &Program, step: StepId, pause: &Pause, stop: &Stop, findings: &mut Findings) {
    // A time that the caller chooses may be one that something measured.
    let chosen = pause.how_long.is_some_and(|time| {
        matches!(*program.kind(time), ExprKind::Variable(variable)
            if program.variable(variable).kind == VariableKind::Parameter)
    });
    let confidence = if chosen {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let shown = pause.how_long.map_or_else(
        || "a fixed time".to_owned(),
        |time| format!("`{}`", program.show(time)),
    );
    let finding = findings.at(
        pause.at,
        confidence,
        format!(
            "{}, and this sleeps {shown} instead of waiting for the work",
            stop.what
        ),
    );
    finding.function = Some(program.function_of(step));
    finding
        .about("sleep")
        .why("A sleep knows nothing of the work. What takes longer is cut off in the middle, and nobody learns of it; what is done sooner is waited for all the same, at each stop and each deployment.")
        .fix("Stop taking new work, then wait for what is running: a `WaitGroup` that each job is counted in, waited for in a goroutine that closes a channel, and a select on that channel and a deadline. Say how much was left when the deadline passes.");
    if let Some(at) = stop.at {
        finding.because(at, "the stop begins here");
    }
}
