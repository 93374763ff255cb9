//! What tasks leave behind: a set of tasks keeps what each yields, and a list of handles each
//! handle, until somebody takes it out. A loop that serves and only puts in grows for ever.

use super::{Confidence, Findings};
use crate::model::types::Library;
use crate::model::{
    Api, ExprId, ExprKind, LoopKind, Op, Program, StepId, VariableId, VariableKind,
};
use crate::source::Span;

/// How much is left behind in one place, for each of what.
struct Kept {
    /// The set or list.
    holder: VariableId,
    /// Where something is put in.
    put: StepId,
    /// The loop that goes on putting in.
    looped: StepId,
    /// Where the loop takes the next connection or message.
    source: StepId,
    is_set: bool,
}

pub(super) fn check(program: &Program, findings: &mut Findings) {
    for at in 0..program.steps.len() {
        let put = StepId(at as u32);
        if let Some(kept) = kept_by(program, put)
            && !is_taken_out(program, &kept)
            && !is_gathered_behind(program, &kept)
        {
            say(program, &kept, findings);
        }
    }
}

/// What a step leaves behind in a loop that serves, in something that outlives the turn.
fn kept_by(program: &Program, put: StepId) -> Option<Kept> {
    let (holder, is_set) = holder_of(program, put)?;
    let is_start = matches!(program.op(put), Op::Spawn(_));
    if is_set && !is_start {
        return None;
    }
    let looped = program.enclosing_loop(put)?;
    if let Op::Loop(l) = program.op(looped)
        && matches!(l.kind, LoopKind::Counted(_) | LoopKind::Over(_))
    {
        return None;
    }
    let source = program.loop_source(looped, put)?;
    let is_local = program.variable(holder).kind == VariableKind::Local;
    let span = program.span(looped);
    if is_local && span.contains(program.variable(holder).span) {
        return None;
    }
    // A way out behind it ends the loop's turn and the loop.
    if program.leaves_loop(put, looped) {
        return None;
    }
    Some(Kept {
        holder,
        put,
        looped,
        source,
        is_set,
    })
}

/// The set that a task is started in, or the list that its handle is appended to.
fn holder_of(program: &Program, put: StepId) -> Option<(VariableId, bool)> {
    match program.op(put) {
        Op::Spawn(spawn) => {
            let group = spawn.group?;
            let is_set = program.library(program.expr(group).ty) == Some(Library::TaskSet);
            Some((program.variable_or_field(group).filter(|_| is_set)?, true))
        }
        Op::Assign(assign) => {
            let &value = program.list(assign.values).first()?;
            if program.library(program.expr(value).ty) == Some(Library::TaskSet) {
                let &target = program.list(assign.targets).first()?;
                let handle = program.variable(program.variable_of(target)?).span;
                // The handle that the start yields has no name and the step's own place.
                let is_yielded = handle == program.span(put);
                return Some((
                    program.variable_or_field(value).filter(|_| is_yielded)?,
                    true,
                ));
            }
            let ExprKind::Append(list, items) = *program.kind(value) else {
                return None;
            };
            let is_handle =
                |&item: &ExprId| program.library(program.expr(item).ty) == Some(Library::TaskGroup);
            let is_handles = program.list(items).iter().all(is_handle);
            let is_some = items.len > 0 && is_handles;
            Some((program.variable_or_field(list).filter(|_| is_some)?, false))
        }
        _ => None,
    }
}

/// Whether anything but the putting in happens to it while the loop goes on: in the loop and
/// what that calls, or anywhere where the holder is not the loop's own.
fn is_taken_out(program: &Program, kept: &Kept) -> bool {
    let looped = program.span(kept.looped);
    let is_local = program.variable(kept.holder).kind == VariableKind::Local;
    (0..program.steps.len())
        .map(|at| StepId(at as u32))
        .any(|step| {
            let is_near = !is_local || looped.contains(program.span(step));
            is_near
                && holder_of(program, step).is_none_or(|(holder, _)| holder != kept.holder)
                && mentions(program, step, kept.holder)
        })
}

/// Whether a loop behind it, in the same block, takes all out and does more with it than to tell
/// of it: what came in was a list with an end, and somebody waits for what becomes of it.
fn is_gathered_behind(program: &Program, kept: &Kept) -> bool {
    let at = program.step(kept.looped);
    let behind = &program.block(at.block).steps[at.index as usize + 1..];
    let gathers = |&step: &StepId| {
        program.op_loop(step).is_some_and(|l| {
            let whole = program.span(step);
            let mut inside = program.steps_in(l.head);
            inside.extend(program.steps_in(l.body));
            let (asks, rest): (Vec<_>, Vec<_>) = inside
                .into_iter()
                .partition(|&step| mentions(program, step, kept.holder));
            !asks.is_empty() && rest.into_iter().any(|step| is_use(program, step, whole))
        })
    };
    program.variable(kept.holder).kind == VariableKind::Local && behind.iter().any(gathers)
}

/// Whether a step of a loop hands something to what does no more than log, or keeps it.
fn is_use(program: &Program, step: StepId, looped: Span) -> bool {
    match program.op(step) {
        Op::Call(call) => call.api == Api::Other && call.args.len > 0,
        Op::Assign(assign) => program.assigned(assign).any(|(target, _)| {
            let mut named = program.parts_of(target).into_iter();
            named.any(|part| {
                let kept = program.variable_or_field(part);
                kept.is_some_and(|kept| !looped.contains(program.variable(kept).span))
            })
        }),
        _ => false,
    }
}

fn mentions(program: &Program, step: StepId, holder: VariableId) -> bool {
    program
        .mentions_of(step)
        .into_iter()
        .flat_map(|value| program.parts_of(value))
        .any(|part| program.variable_or_field(part) == Some(holder))
}

fn say(program: &Program, kept: &Kept, findings: &mut Findings) {
    let name = program.variable_name(kept.holder);
    let (what, keeps) = if kept.is_set {
        (
            "result",
            "A set keeps what a task yields until it is asked for it",
        )
    } else {
        (
            "handle",
            "A handle keeps what its task yields until it is dropped",
        )
    };
    let finding = findings.at(
        program.span(kept.put),
        if program.is_for_tests(program.span(kept.put).file) {
            Confidence::Low
        } else {
            Confidence::Medium
        },
        format!("`{name}` keeps the {what} of every task that ended: nothing in this loop takes them out"),
    );
    finding
        .why(format!(
            "{keeps}. The loop serves for as long as others come, so `{name}` grows by one for each of them, however few are at work at once. What waits for the tasks after the loop comes too late."
        ))
        .fix("Take out what has ended in the same loop: an arm of the select that joins the next one, or a look for those that have ended before the next is started. Where nobody asks for results, track tasks without keeping them.")
        .about(name);
    finding.function = Some(program.function_of(kept.put));
    finding.because(program.span(kept.source), "the next one is taken here");
    if program.variable(kept.holder).kind != VariableKind::Implied {
        finding.because(program.variable(kept.holder).span, "declared here");
    }
}
