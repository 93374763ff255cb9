//! Roots that are meant: clean-up, shut-down, what comes after the caller's end, and what a
//! comment explains.

use crate::model::channels::ArmKind;
use crate::model::nearby::says;
use crate::model::roles::is_shutdown_name;
use crate::model::{Api, ExprKind, FunctionId, Op, Owner, Program, StepId};

/// Words that begin the name of what puts things back whoever has left meanwhile, of what logs,
/// and of what makes something that lives longer.
const CLEANUP: &[&str] = &[
    "rollback",
    "release",
    "unlock",
    "cleanup",
    "clean",
    "revoke",
    "abort",
    "flush",
    "cancel",
    "leave",
    "deregister",
    "unregister",
    "restore",
    "undo",
    "revert",
    "discard",
    "log",
    "debug",
    "info",
    "warn",
    "error",
    "enabled",
    "new",
    "open",
    "dial",
    "connect",
    "start",
    "init",
    "setup",
    "serve",
    "listen",
    "print",
    "disconnect",
];

/// Words that begin the name of what looks something up in a context, or makes another of it.
const LOOKUPS: &[&str] = &[
    "get", "copy", "with", "from", "extract", "mime", "logger", "tracer", "span",
];

/// Ends of the names of what makes a thing that lives on with the context it is given.
const THINGS: &[&str] = &["conn", "reader", "writer", "listener", "watcher"];

/// Whether a call gives an error beside its value that somebody looks at: then it does work.
fn can_fail(program: &Program, call: StepId, function: FunctionId) -> bool {
    program
        .steps_of(function)
        .into_iter()
        .any(|step| match program.op(step) {
            Op::Assign(assign) => {
                let targets = program.list(assign.targets);
                let is_looked_at = targets.len() >= 2
                    && targets.last().is_some_and(|&error| {
                        program
                            .variable_of(error)
                            .is_none_or(|error| program.text(program.variable(error).name) != "_")
                    });
                is_looked_at
                    && program
                        .list(assign.values)
                        .iter()
                        .any(|&value| *program.kind(value) == ExprKind::Call(call))
            }
            Op::Return(values) => program
                .list(*values)
                .iter()
                .any(|&value| *program.kind(value) == ExprKind::Call(call)),
            _ => false,
        })
}

/// Clean-up, shut-down, and what comes after the caller's end.
pub(super) fn is_meant(program: &Program, root: StepId, work: StepId) -> bool {
    let function = program.function_of(root);
    if program.is_shutdown(function) || program.is_deferred(root) || program.runs_deferred(root) {
        return true;
    }
    let callee = program
        .call(work)
        .map_or(String::new(), |call| program.callee_name(call.callee));
    let last = callee
        .rsplit('.')
        .next()
        .unwrap_or(&callee)
        .to_ascii_lowercase();
    let is_other = ["newrequest", "login"]
        .iter()
        .any(|word| last.starts_with(word));
    if is_shutdown_name(&last) || !is_other && CLEANUP.iter().any(|word| last.starts_with(word)) {
        return true;
    }
    let makes = THINGS.iter().any(|word| last.ends_with(word));
    // What only tells of its end has nothing in it to look up.
    let looks_up = !program.has_owners && LOOKUPS.iter().any(|word| last.starts_with(word));
    if last.ends_with("dial") || (makes || looks_up) && !can_fail(program, work, function) {
        return true;
    }
    let around = program
        .text(program.function(program.outermost(function)).name)
        .to_ascii_lowercase();
    if ["cleanup", "rollback", "new", "init", "setup"]
        .iter()
        .any(|word| around.starts_with(word))
    {
        return true;
    }
    after_the_end(program, root, function)
}

/// Whether the caller's context has ended when this runs.
pub(super) fn after_the_end(program: &Program, root: StepId, function: FunctionId) -> bool {
    let in_done_arm = program.ancestors(root).any(|(around, owner)| match owner {
        Owner::Arm(select, index) => program
            .arms(select)
            .get(index as usize)
            .is_some_and(|(_, kind)| *kind == ArmKind::Done),
        Owner::Then(_) | Owner::Else(_) => match program.op(around) {
            Op::Branch { condition, .. } => program.parts_of(*condition).iter().any(|&part| {
                program
                    .call_of(part)
                    .is_some_and(|(_, call)| matches!(call.api, Api::ContextErr | Api::ErrorTest))
            }),
            _ => false,
        },
        _ => false,
    });
    in_done_arm
        || program.before(root, function).into_iter().any(|step| {
            // What comes after the loop that waits for the end.
            let is_over = |select| {
                program.enclosing_loop(select).is_some_and(|looped| {
                    !program.is_inside(root, looped) && program.dominates(looped, root)
                })
            };
            let mut goes_on = false;
            let waits = match program.op(step) {
                Op::Receive { channel, .. } => {
                    goes_on = true;
                    program.is_done_source(*channel) || program.is_process_signal(*channel)
                }
                Op::Select(_) => {
                    let arms = program.arms(step);
                    let mut ends = arms.iter().filter(|(_, kind)| *kind == ArmKind::Done);
                    // Whoever leaves at the end does not come here after it.
                    goes_on = ends
                        .clone()
                        .any(|(arm, _)| !program.block_diverges(arm.body));
                    ends.next().is_some()
                }
                Op::Call(call) => {
                    goes_on = true;
                    matches!(call.api, Api::Serve | Api::GroupWait)
                }
                _ => false,
            };
            let is_service = matches!(program.op(step), Op::Select(_)) && is_over(step);
            waits && (is_service || goes_on && program.dominates(step, root))
        })
}

/// Words by which people say that they meant it.
pub(super) const WORDS: &[&str] = &[
    "detach",
    "disconnect",
    "surviv",
    "no longer enforce",
    "not the caller",
    "background",
    "outlive",
    "independent",
    "intentional",
    "deliberate",
    "on purpose",
    "regardless",
    "even if",
    "even when",
    "not cancel",
    "n't cancel",
    "cancelled",
    "canceled",
    "don't use",
    "do not use",
    "unrelated",
    "nolint",
    "expressly",
    "separate context",
    "own context",
    "new context",
    "fresh context",
    "fresh ctx",
    "own ctx",
    "new ctx",
];

/// Whether a comment beside the root, above it or above the condition around it says that it is
/// meant.
pub(super) fn is_explained(program: &Program, root: StepId) -> bool {
    let span = program.span(root);
    let line = program.line(span);
    // A remark may also stand above the line before, which belongs to the same thought.
    let nearby = program
        .comments_on(span.file, line.saturating_sub(2)..=line)
        .any(|comment| says(&comment.text, WORDS));
    nearby
        || program.remark_says(span, WORDS)
        || program
            .ancestors(root)
            .take_while(|(_, owner)| matches!(owner, Owner::Then(_)))
            .any(|(around, _)| program.remark_says(program.span(around), WORDS))
}
