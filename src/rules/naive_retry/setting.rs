//! Where a retry runs: while the process starts, on one task in the background, or inside
//! something that bounds it.

use crate::model::tasks::starts_tasks;
use crate::model::{Api, ExprId, FunctionId, FunctionKind, Op, Program, StepId, VariableId};

/// How far callers are followed.
const MAX_UP: usize = 8;

/// What the names of functions begin with that run before anything is served.
const STARTS: &[&str] = &[
    "main", "new", "init", "setup", "set_up", "boot", "startup", "start_up",
];

/// A task in the background, one of a kind.
pub(super) struct Background {
    /// It gets to the loop again and again, as by events.
    pub comes_back: bool,
}

/// The one task that gets to a step, if every caller on the way is in view and no handler is
/// among them.
pub(super) fn background(program: &Program, step: StepId) -> Option<Background> {
    let mut at = step;
    let mut comes_back = false;
    for _ in 0..MAX_UP {
        comes_back |= program.enclosing_loop(at).is_some();
        let function = program.function_of(at);
        if program.function(function).handler.is_some() {
            return None;
        }
        if let Some(spawn) = started_at(program, function) {
            let is_alone = program.enclosing_loop(spawn).is_none()
                && program.callers[function.index()]
                    .iter()
                    .all(|&caller| caller == spawn);
            let spawner = program.function_of(spawn);
            let serves = |&entry: &FunctionId| program.function(entry).handler.is_some();
            let is_served = program.entries_of(spawner).iter().any(serves);
            return (is_alone && !is_served).then_some(Background { comes_back });
        }
        at = match (
            &program.callers[function.index()][..],
            program.function(function).kind,
        ) {
            (&[caller], _) => caller,
            // Whoever polls a block of its own does it where the block stands.
            ([], FunctionKind::Closure(_)) => made_at(program, function)?,
            _ => return None,
        };
    }
    None
}

/// The one place that starts a function as a task, or hands it to what does.
fn started_at(program: &Program, function: FunctionId) -> Option<StepId> {
    let starts = |step: &StepId| {
        let call = program.call(*step);
        call.is_some_and(|call| starts_tasks(&program.callee_name(call.callee)))
    };
    match (program.spawned_at(function), program.handed_to(function)) {
        (&[spawn], _) => Some(spawn),
        (&[], &[to]) if starts(&to) => Some(to),
        _ => None,
    }
}

/// Where a closure is made.
pub(super) fn made_at(program: &Program, closure: FunctionId) -> Option<StepId> {
    let FunctionKind::Closure(around) = program.function(closure).kind else {
        return None;
    };
    let whole = program.function(closure).span;
    let steps = program.steps_of(around);
    let length = |step: StepId| program.span(step).end - program.span(step).start;
    let holds = |&step: &StepId| program.span(step).contains(whole);
    let within = steps.iter().copied().filter(holds);
    // What a block that is given a name stands in begins before it.
    let before = || {
        let is_before = |&step: &StepId| program.span(step).start <= whole.start;
        steps.iter().copied().filter(is_before).last()
    };
    within.min_by_key(|&step| length(step)).or_else(before)
}

/// Whether a step runs while the process, or what its function makes, starts: nothing is served
/// yet that could pile up.
pub(super) fn is_at_start(program: &Program, step: StepId) -> bool {
    let mut at = step;
    for _ in 0..MAX_UP {
        let mut function = program.function_of(at);
        while let FunctionKind::Closure(around) = program.function(function).kind {
            if program.is_task(function) {
                return false;
            }
            function = around;
        }
        let known = program.function(function);
        if known.handler.is_some() || program.is_task(function) {
            return false;
        }
        if begins(program.text(known.name)) {
            return true;
        }
        match program.callers[function.index()][..] {
            [caller] => at = caller,
            _ => return false,
        }
    }
    false
}

/// `new`, `new_in`, `NewStore`, but not `news`.
fn begins(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    STARTS.iter().any(|start| {
        lower.strip_prefix(start).is_some_and(|_| {
            let rest = &name[start.len()..];
            rest.is_empty()
                || rest.starts_with(|next: char| next == '_' || next.is_uppercase())
                || matches!(*start, "init" | "boot" | "startup")
        })
    })
}

/// Whether all of a loop runs inside a call that ends it after a time.
pub(super) fn is_inside_a_limit(program: &Program, looped: StepId) -> bool {
    let mut function = program.function_of(looped);
    while let FunctionKind::Closure(around) = program.function(function).kind {
        let ends = |&caller: &StepId| {
            program.call(caller).is_some_and(|call| {
                let name = program.callee_name(call.callee).to_ascii_lowercase();
                call.api == Api::Other && (name.contains("timeout") || name.contains("deadline"))
            })
        };
        let given_to = made_at(program, function);
        let is_lent = |made: &StepId| hands_by_name(program, *made, &["timeout", "timeout_at"]);
        if program.callers[function.index()].iter().any(ends)
            || given_to.iter().any(|made| ends(made) || is_lent(made))
        {
            return true;
        }
        function = around;
    }
    false
}

/// Whether what is named at a step is handed to one of these calls, beside something else.
pub(super) fn hands_by_name(program: &Program, named: StepId, calls: &[&str]) -> bool {
    let Op::Assign(assign) = program.op(named) else {
        return false;
    };
    let targets = program.list(assign.targets).iter();
    let names: Vec<VariableId> = targets
        .filter_map(|&target| program.variable_of(target))
        .collect();
    let around = program.function(program.function_of(named)).body;
    program.calls_in(around).into_iter().any(|(_, call)| {
        let given = program.list(call.args);
        let is_it = |&given: &ExprId| {
            let inside = super::turn::variables(program, given);
            names.iter().any(|name| inside.contains(name))
        };
        given.len() > 1
            && calls.contains(&program.callee_name(call.callee).as_str())
            && given.iter().any(is_it)
    })
}
