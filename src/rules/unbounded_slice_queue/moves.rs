//! Items that only go round between a queue and what its takers keep beside it.

use super::events::{Event, Key, alias_of, root};
use super::pace::parts_through_locals;
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, LoopKind, Op, Program, StepId, VariableId, VariableKind,
};

/// Whether an append gives back what a taker had taken and kept in a map until it was done: what
/// comes round adds nothing to what came in.
pub(super) fn gives_back(program: &Program, key: Key, push: &Event, takers: &[FunctionId]) -> bool {
    let kept_in = |map: VariableId| {
        takers
            .iter()
            .flat_map(|&taker| std::iter::once(taker).chain(program.runs(taker).iter().copied()))
            .any(|function| fills(program, function, map))
    };
    sources(program, push)
        .into_iter()
        .any(|map| Key::Variable(map) != key && kept_in(map))
}

/// Whether an append puts in what each of its callers has just taken out of the queue, through a
/// call that leads to a taker: nothing new comes in.
pub(super) fn puts_back(program: &Program, push: &Event, takers: &[FunctionId]) -> bool {
    let function = program.function_of(push.origin);
    let facts = program.function(function);
    let callers = &program.callers[function.index()];
    let given = |position: usize| {
        !callers.is_empty()
            && callers.iter().all(|&call| {
                let args = program.call(call).map(|call| program.list(call.args));
                let item = args.and_then(|args| args.get(position));
                item.is_some_and(|&item| is_taken(program, item, takers))
            })
    };
    let mut items = appended(program, push).into_iter().peekable();
    !facts.exported
        && !facts.is_value
        && items.peek().is_some()
        && items.all(|item| {
            let position = program
                .variable_of(item)
                .and_then(|one| facts.parameters.iter().position(|&known| known == one));
            position.is_some_and(given)
        })
}

/// Whether a value comes from a call that leads to one of the functions that take.
fn is_taken(program: &Program, item: ExprId, takers: &[FunctionId]) -> bool {
    parts_through_locals(program, item)
        .into_iter()
        .filter_map(|part| program.call_of(part)?.1.target)
        .any(|target| {
            let mut reached = program.reach(target).into_iter();
            reached.any(|function| takers.contains(&function))
        })
}

/// Whether an append puts in what its function takes out of the map that a place is.
pub(super) fn is_source(program: &Program, push: &Event, place: ExprId) -> bool {
    named(program, place).is_some_and(|map| sources(program, push).contains(&map))
}

/// The maps that an append's function takes the item out of.
fn sources(program: &Program, push: &Event) -> Vec<VariableId> {
    let calls = program
        .steps_of(program.function_of(push.origin))
        .into_iter();
    let goes_with = |&step: &StepId| {
        program.dominates(step, push.origin) || program.dominates(push.origin, step)
    };
    let emptied: Vec<VariableId> = calls
        .filter(goes_with)
        .filter_map(|step| program.call(step))
        .filter(|call| call.api == Api::MapDelete)
        .filter_map(|call| named(program, *program.list(call.args).first()?))
        .collect();
    appended(program, push)
        .into_iter()
        .flat_map(|item| parts_through_locals(program, item))
        .filter(|&part| matches!(program.kind(part), ExprKind::Index(..)))
        .filter_map(|part| named(program, part))
        .filter(|map| emptied.contains(map))
        .collect()
}

/// What an append puts in.
fn appended(program: &Program, push: &Event) -> Vec<ExprId> {
    match program.op(push.origin) {
        Op::Assign(assign) => program
            .assigned(assign)
            .filter_map(|(_, value)| match *program.kind(value) {
                ExprKind::Append(_, items) => Some(program.list(items)),
                _ => None,
            })
            .flatten()
            .copied()
            .collect(),
        Op::Call(call) => program.list(call.args).to_vec(),
        _ => Vec::new(),
    }
}

/// Whether a function puts something under a key of a map.
fn fills(program: &Program, function: FunctionId, map: VariableId) -> bool {
    program.steps_of(function).into_iter().any(|step| {
        let Op::Assign(assign) = program.op(step) else {
            return false;
        };
        program.assigned(assign).any(|(target, _)| {
            matches!(program.kind(target), ExprKind::Index(..))
                && named(program, target) == Some(map)
        })
    })
}

/// What a place is a part of, by the name of what it is and not by that of the moment.
fn named(program: &Program, place: ExprId) -> Option<VariableId> {
    let name = root(program, place)?;
    Some(alias_of(program, name).unwrap_or(name))
}

/// Whether a push, in a function that is told nothing, puts in what a loop finds in another part
/// of the queue's own owner: as many as that holds.
pub(super) fn lists_its_own(program: &Program, key: Key, push: &Event) -> bool {
    let owner_of = |variable: VariableId| match program.variable(variable).kind {
        VariableKind::Field(owner) => Some(owner),
        _ => None,
    };
    let Key::Variable(queue) = key else {
        return false;
    };
    let (Some(owner), Some(looped)) = (owner_of(queue), program.enclosing_loop(push.origin)) else {
        return false;
    };
    let (Some(l), Op::Assign(assign)) = (program.op_loop(looped), program.op(push.origin)) else {
        return false;
    };
    let LoopKind::Over(over) = l.kind else {
        return false;
    };
    let is_own_part = |part: ExprId| {
        matches!(*program.kind(part), ExprKind::Field(_, field)
            if field != queue && owner_of(field) == Some(owner))
    };
    let is_item = |value: ExprId| match *program.kind(value) {
        ExprKind::Append(_, items) => program
            .list(items)
            .iter()
            .flat_map(|&item| program.parts_of(item))
            .filter_map(|part| program.variable_of(part))
            .all(|one| l.variables.contains(&one)),
        _ => false,
    };
    let function = program.function_of(push.origin);
    program.function(function).parameters.is_empty()
        && program
            .list(assign.values)
            .iter()
            .any(|&value| is_item(value))
        && parts_through_locals(program, over)
            .into_iter()
            .any(is_own_part)
}
