//! BP15: a request goes to all replicas at once and the losers run on.
//!
//! 1. A loop starts tasks that each call out and report to one channel, or to a once.
//! 2. The function then takes the first answer: a single receive, or a loop that good news ends.
//! 3. Nothing waits between the starts, nor in the tasks before they call.
//!
//! Or a set of tasks or futures is filled with such calls, and the first answer ends it.
//!
//! What uses every answer, counts to a quorum or reports failures only is something else.

mod answers;
mod sets;
mod task;
mod winner;

use self::task::Task;
use self::winner::Winner;
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::{ArmKind, Source};
use crate::model::{
    Api, ExprKind, FunctionId, Init, Library, Loop, LoopKind, Op, Program, StepId, VariableId,
};
use rustc_hash::FxHashMap;

pub(super) static RULE: Rule = Rule {
    code: "BP15",
    slug: "unhedged-fanout",
    summary: "a request goes to all replicas at once and the losers run on",
    level: Level::Senior,
    seam: Seam::Retry,
    questions: &["Q3"],
    checklist: &["C9"],
    page: include_str!("../../../rules/BP15-unhedged-fanout/README.md"),
    check,
};

/// Words in the names of functions that want one answer of many.
const RACES: &[&str] = &[
    "hedge",
    "race",
    "first",
    "fastest",
    "quickest",
    "any",
    "winner",
    "redundant",
    "best",
    "parallel",
];

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    sets::check(program, findings);
    let mut starts: FxHashMap<StepId, StepId> = FxHashMap::default();
    for step in program.step_ids() {
        if program.spawn(step).is_some()
            && let Some(looped) = program.enclosing_loop(step)
        {
            starts.entry(looped).or_insert(step);
        }
    }
    let mut starts: Vec<(StepId, StepId)> = starts.into_iter().collect();
    starts.sort_unstable();
    for (looped, spawn) in starts {
        if let Op::Loop(l) = program.op(looped)
            && !program.is_endless(looped)
            && !matches!(l.kind, LoopKind::Channel(_))
        {
            fan_out(program, looped, l, spawn, findings);
        }
    }
}

fn fan_out(
    program: &Program,
    looped: StepId,
    l: &Loop,
    spawn: StepId,
    findings: &mut Findings,
) -> Option<()> {
    if is_staggered(program, l) {
        return None;
    }
    let task = Task::of(program, spawn)?;
    let winner = winner::of(program, looped, &task)?;
    let function = program.function_of(looped);
    let is_opaque = is_called_element(program, l, &task);
    let says_race = says_race(program, function);
    let cancels = cancels_losers(program, function, spawn, &task);
    let hangs = winner.is_bare && task.reports_success_only;
    let confidence = match (cancels, is_opaque) {
        (true, _) if !hangs => Confidence::Low,
        // Who is asked for what one of them has cannot be asked one after the other in time.
        _ if task.searches && !says_race && !hangs => Confidence::Low,
        (_, true) if !says_race && !takes_context(program, &task) => Confidence::Low,
        (true, _) | (_, true) => Confidence::Medium,
        (false, false) => Confidence::High,
    };
    say(
        program,
        looped,
        &task,
        &winner,
        (confidence, cancels, hangs),
        findings,
    );
    Some(())
}

fn say(
    program: &Program,
    looped: StepId,
    task: &Task,
    winner: &Winner,
    (confidence, cancels, hangs): (Confidence, bool, bool),
    findings: &mut Findings,
) {
    let callee = program.show_called(task.call);
    let mut message = format!("calls `{callee}` on all at once and takes the first answer");
    if !cancels {
        message.push_str(", the losers run on");
    }
    if hangs {
        message.push_str(", and it waits for ever when all fail");
    }
    let mut why = "Every request costs as much as all replicas together, also when none of them is slow. When they are slow, the copies are what slows them down further.".to_owned();
    if !cancels {
        why.push_str(" Nobody tells the losers to stop: they work to their end for an answer that is thrown away.");
    }
    if hangs {
        why.push_str(" The tasks send only what went well. When all fail, or there are none, the receive waits for a value that nobody sends.");
    }
    let finding = findings.at(program.span(looped), confidence, message);
    finding
        .why(why)
        .fix("Start one; start the next when a delay has passed, for instance the 95th percentile of this call, or when the last one failed. Cancel the others on the way out with a context of their own, and count failures so that the wait ends.")
        .about(callee)
        .because(program.span(task.call), "each task calls here")
        .because(program.span(winner.receive), "the first answer is taken here");
    finding.function = Some(program.function_of(looped));
}

/// Whether something waits between two starts.
fn is_staggered(program: &Program, l: &Loop) -> bool {
    program
        .steps_in(l.body)
        .into_iter()
        .any(|step| match program.op(step) {
            Op::Call(call) => {
                matches!(
                    call.api,
                    Api::Sleep | Api::TimerFunction | Api::RateWait | Api::BackoffRetry
                ) || call.api == Api::Other && is_delay_name(&program.callee_name(call.callee))
            }
            Op::Receive { channel, .. } => !matches!(
                program.channel_source(*channel),
                Source::Unknown | Source::Done(_)
            ),
            Op::Select(_) => program.arms(step).iter().any(|(_, kind)| {
                matches!(kind, ArmKind::Timeout | ArmKind::Tick | ArmKind::Receive)
            }),
            _ => false,
        })
}

fn is_delay_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["sleep", "delay", "stagger", "wait"]
        .iter()
        .any(|word| lower.contains(word))
}

/// Whether what each task calls is itself the loop's element: a function of which nothing is
/// known.
fn is_called_element(program: &Program, l: &Loop, task: &Task) -> bool {
    let Some(call) = program.call(task.call) else {
        return false;
    };
    let is_element = |variable: VariableId| {
        l.variables.contains(&variable)
            || match program.variable(variable).init {
                Init::Element(_) => true,
                Init::Value(value) => {
                    matches!(
                        *program.kind(value),
                        ExprKind::Variable(of) if l.variables.contains(&of)
                    ) || matches!(program.kind(value), ExprKind::Index(..))
                }
                _ => false,
            }
    };
    match *program.kind(call.callee) {
        ExprKind::Variable(variable) => {
            is_element(variable)
                || program
                    .function(program.function_of(task.call))
                    .parameters
                    .contains(&variable)
        }
        ExprKind::Index(..) => true,
        _ => false,
    }
}

/// Whether what each task calls is told when its caller has had enough: it is no local work.
fn takes_context(program: &Program, task: &Task) -> bool {
    let handed = program
        .call(task.call)
        .map_or(&[][..], |call| program.list(call.args));
    handed
        .iter()
        .any(|&value| program.library(program.expr(value).ty) == Some(Library::Context))
}

fn says_race(program: &Program, function: FunctionId) -> bool {
    let function = program.outermost(function);
    let name = program
        .text(program.function(function).name)
        .to_ascii_lowercase();
    RACES.iter().any(|word| name.contains(word))
}

/// Whether the function ends a context, or closes a channel, that its tasks listen to.
fn cancels_losers(program: &Program, function: FunctionId, spawn: StepId, task: &Task) -> bool {
    let steps = program.steps_of(function);
    let ends = steps
        .iter()
        .any(|&step| matches!(program.call(step), Some(call) if call.api == Api::Cancel));
    let made: Vec<VariableId> = program
        .local_contexts(function)
        .iter()
        .copied()
        .filter(|&context| is_made_with_cancel(program, context))
        .collect();
    let uses = |variable: &VariableId| {
        made.contains(variable)
            || program.variable(*variable).function == Some(function)
                && is_remade(program, *variable)
    };
    if ends {
        let by_argument = program.spawn(spawn).is_some_and(|spawn| {
            program
                .list(spawn.args)
                .iter()
                .filter_map(|&argument| program.variable_of(argument))
                .any(|variable| uses(&variable))
        });
        let by_capture = task.contexts(program).iter().any(uses);
        if by_argument || by_capture {
            return true;
        }
    }
    // A done channel that the function closes and a task has an arm for.
    steps.iter().any(|&step| {
        matches!(program.op(step), Op::Close { .. })
            && program
                .channel_of(step)
                .is_some_and(|channel| task.listens_to.contains(&channel))
    })
}

fn is_made_with_cancel(program: &Program, context: VariableId) -> bool {
    match program.variable(context).init {
        Init::Value(value) | Init::Part(value, _) => {
            program.call_of(value).is_some_and(|(_, call)| {
                matches!(
                    call.api,
                    Api::ContextWithCancel | Api::ContextWithDeadline | Api::GroupNew
                )
            })
        }
        _ => false,
    }
}

/// Whether a context parameter is replaced by one that the function can end.
fn is_remade(program: &Program, context: VariableId) -> bool {
    let Some(object) = program.object_of_variable[context.index()] else {
        return false;
    };
    program.object(object).writes.iter().any(|&step| {
        let Op::Assign(assign) = program.op(step) else {
            return false;
        };
        program.function_of(step) == program.variable(context).function.unwrap_or(FunctionId(0))
            && program
                .list(assign.targets)
                .iter()
                .any(|&target| program.variable_of(target) == Some(context))
            && program.list(assign.values).iter().any(|&value| {
                program.call_of(value).is_some_and(|(_, call)| {
                    matches!(
                        call.api,
                        Api::ContextWithCancel | Api::ContextWithDeadline | Api::GroupNew
                    )
                })
            })
    })
}
