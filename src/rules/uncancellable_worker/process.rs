//! What the process keeps for as long as it runs: values of package variables, commands that
//! never return, and what the author says lives that long.

use crate::model::nearby::says;
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, LoopKind, NamedId, Op, Program, StepId, Type,
    VariableId, VariableKind,
};

/// How somebody says that a worker is meant to live as long as the process.
const MEANT: &[&str] = &[
    "process lifetime",
    "lifetime of the",
    "life of the process",
    "exit with the process",
    "as long as the process",
    "long-lived object",
    "until the process",
    "until the server",
];
/// How somebody says that a worker has no end.
const ENDS: &[&str] = &["exit", "return", "stop", "end", "finish"];
/// How far behind `never` that may stand.
const NEAR: usize = 24;

/// How many steps a made value is followed until it is kept.
const DEPTH: usize = 3;

/// Whether a worker that starts at a place lives as long as the process by all that its starter
/// shows.
pub(super) fn is_kept_at(program: &Program, site: StepId) -> bool {
    let starter = program.outermost(program.function_of(site));
    let facts = program.function(starter);
    let of_type = match facts.kind {
        FunctionKind::Method(_, named) => Some(named),
        _ => facts
            .results
            .iter()
            .find_map(|&ty| match *program.pointee(ty) {
                Type::Named(named) => Some(named),
                _ => None,
            }),
    };
    let of_type = of_type.and_then(|named| program.named[named.index()].span);
    is_said_at(program, program.span(site))
        || is_said_at(program, program.function(starter).span)
        || of_type.is_some_and(|of| is_said_at(program, of))
        || never_returns(program, site)
        || is_started_on_a_global(program, site)
        || sets_the_package_up(program, starter)
        || works_on_nothing(program, site)
}

/// Whether the comment at a place says that it is meant to last.
pub(super) fn is_said_at(program: &Program, place: crate::source::Span) -> bool {
    let remark = program.remark_on(place);
    says(&remark, MEANT) || has_no_end(&remark)
}

/// Whether a comment says that a worker never ends.
fn has_no_end(remark: &str) -> bool {
    let remark = remark.to_ascii_lowercase();
    remark.match_indices("never").any(|(at, _)| {
        let rest: String = remark[at..].chars().take(NEAR).collect();
        ENDS.iter().any(|&end| {
            rest.split(|c: char| !c.is_alphabetic())
                .any(|word| word == end || word.strip_suffix('s') == Some(end))
        })
    })
}

/// Whether a comment within a worker, before it begins to loop, says that it is meant to last.
pub(super) fn is_said_within(program: &Program, function: FunctionId, looped: StepId) -> bool {
    let (span, before) = (program.function(function).span, program.span(looped));
    program.is_task(function)
        && program
            .comments_on(span.file, program.line(span)..=program.line(before))
            .any(|comment| says(&comment.text, MEANT))
}

/// Whether a worker does nothing but call methods of values of the package.
pub(super) fn serves_the_package(program: &Program, function: FunctionId) -> bool {
    let mut works = program
        .steps_of(function)
        .into_iter()
        .filter_map(|step| program.call(step))
        .filter(|call| call.api == Api::Other)
        .peekable();
    works.peek().is_some()
        && works.all(|call| call.receiver.is_some_and(|on| is_global(program, on)))
}

/// Whether what starts the worker goes on for ever itself, outside of a loop of its own: a
/// command that only the end of the process ends.
fn never_returns(program: &Program, site: StepId) -> bool {
    let function = program.function_of(site);
    if program.is_task(function) || program.enclosing_loop(site).is_some() {
        return false;
    }
    program
        .steps_of(function)
        .into_iter()
        .filter(|&step| program.is_before(site, step))
        .any(|step| match program.op(step) {
            Op::Select(arms) => arms.is_empty(),
            Op::Loop(l) => {
                matches!(l.kind, LoopKind::Forever)
                    && program.enclosing_loop(step).is_none()
                    && program.loop_exits(step).is_empty()
            }
            _ => false,
        })
}

/// Whether the task is a method of a value of the package.
fn is_started_on_a_global(program: &Program, site: StepId) -> bool {
    program
        .spawn(site)
        .is_some_and(|spawn| match *program.kind(spawn.callee) {
            ExprKind::Function(_, Some(receiver)) => is_global(program, receiver),
            ExprKind::Member(base, _) | ExprKind::Field(base, _) => is_global(program, base),
            _ => false,
        })
}

/// Whether a function makes the channels and values of the package itself: it runs once, since a
/// second run would take them away from the first.
fn sets_the_package_up(program: &Program, function: FunctionId) -> bool {
    matches!(program.function(function).kind, FunctionKind::Plain)
        && program.steps_of(function).into_iter().any(|step| {
            let Op::Assign(assign) = program.op(step) else {
                return false;
            };
            let targets = program.list(assign.targets);
            let values = program.list(assign.values);
            targets.iter().zip(values).any(|(&target, &value)| {
                is_variable_of_package(program, target)
                    && matches!(program.kind(value), ExprKind::MakeChannel(..))
            })
        })
}

/// Whether a worker knows nothing of whoever started it: a closure that neither takes nor
/// mentions what is not of the package or its own, in a function that is handed nothing.
fn works_on_nothing(program: &Program, site: StepId) -> bool {
    let starter = program.function_of(site);
    let facts = program.function(starter);
    if !matches!(facts.kind, FunctionKind::Plain) || !facts.parameters.is_empty() {
        return false;
    }
    let Some(spawn) = program.spawn(site) else {
        return false;
    };
    let Some(target) = spawn.target else {
        return false;
    };
    program.function(target).kind == FunctionKind::Closure(starter)
        && program.function(target).parameters.is_empty()
        && program.steps_of(target).into_iter().all(|step| {
            program.mentioned_by(step).into_iter().all(|variable| {
                let facts = program.variable(variable);
                facts.kind == VariableKind::Global || facts.function != Some(starter)
            })
        })
}

/// Whether values of a type are the package's: there is a package variable of it, and all that
/// is made anew is kept in one.
pub(super) fn is_of_package(program: &Program, named: NamedId) -> bool {
    program.is_held_by_package(named)
        && !program.is_held_by_field(named)
        && program
            .literals_of(named)
            .iter()
            .filter(|&&made| is_built_in(program, made))
            .all(|&made| is_kept(program, made, DEPTH))
}

/// Whether an expression stands in a file that is no test.
fn is_built_in(program: &Program, id: ExprId) -> bool {
    !program.file(program.expr(id).span.file).is_test
}

/// Whether all calls of a function keep what it makes in a package variable.
pub(super) fn is_made_for_package(program: &Program, function: FunctionId) -> bool {
    keeps_all(program, function, DEPTH)
}

fn keeps_all(program: &Program, function: FunctionId, depth: usize) -> bool {
    let facts = program.function(function);
    let is_internal = !facts.exported || program.is_executable();
    let calls: Vec<ExprId> = program.callers[function.index()]
        .iter()
        .filter_map(|&caller| program.result_of(caller))
        .filter(|&call| is_built_in(program, call))
        .collect();
    depth > 0
        && is_internal
        && !facts.is_value
        && !calls.is_empty()
        && calls.iter().all(|&call| is_kept(program, call, depth - 1))
}

/// Whether a value ends up in a package variable and was made for that.
fn is_kept(program: &Program, value: ExprId, depth: usize) -> bool {
    if program.is_initial(value) {
        return true;
    }
    let is_it = |one: ExprId| program.parts_of(one).contains(&value);
    let Some(step) = program.step_of(value) else {
        return false;
    };
    match program.op(step) {
        Op::Assign(assign) => {
            let targets = program.list(assign.targets);
            let values = program.list(assign.values);
            let at = values.iter().position(|&one| is_it(one));
            let Some(&target) = at.and_then(|at| targets.get(at)) else {
                return false;
            };
            is_global(program, target)
                || program
                    .variable_of(target)
                    .is_some_and(|local| is_kept_variable(program, local, depth))
        }
        Op::Return(_) => keeps_all(program, program.outermost(program.function_of(step)), depth),
        _ => false,
    }
}

/// Whether a local variable is put into a package variable, or returned to be put there.
fn is_kept_variable(program: &Program, local: VariableId, depth: usize) -> bool {
    if program.variable(local).kind != VariableKind::Local {
        return false;
    }
    program.occurrences(local).iter().any(|&used| {
        let Some(step) = program.step_of(used) else {
            return false;
        };
        match program.op(step) {
            Op::Assign(assign) => {
                let targets = program.list(assign.targets);
                let values = program.list(assign.values);
                targets
                    .iter()
                    .zip(values)
                    .any(|(&target, &value)| value == used && is_global(program, target))
            }
            Op::Return(values) => {
                program.list(*values).contains(&used)
                    && keeps_all(program, program.outermost(program.function_of(step)), depth)
            }
            _ => false,
        }
    })
}

/// Whether an expression is a package variable or a part of one.
fn is_global(program: &Program, value: ExprId) -> bool {
    match *program.kind(value) {
        ExprKind::Variable(variable) => program.variable(variable).kind == VariableKind::Global,
        ExprKind::Field(base, _)
        | ExprKind::Member(base, _)
        | ExprKind::Index(base, _)
        | ExprKind::Reference(base)
        | ExprKind::Dereference(base) => is_global(program, base),
        _ => false,
    }
}

fn is_variable_of_package(program: &Program, value: ExprId) -> bool {
    matches!(*program.kind(value), ExprKind::Variable(variable)
        if program.variable(variable).kind == VariableKind::Global)
}

/// Whether a call works with what the package keeps.
pub(super) fn works_on_package(program: &Program, call: StepId) -> bool {
    program
        .mentioned_by(call)
        .into_iter()
        .any(|variable| program.variable(variable).kind == VariableKind::Global)
}
