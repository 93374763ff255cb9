//! What puts items into a queue and what takes the next one out.

use super::positions::{self, is_shared};
use crate::model::{
    Api, AssignHow, BinaryOp, ExprId, ExprKind, FunctionId, FunctionKind, Init, NamedId, Op,
    Parent, Program, StepId, VariableId, VariableKind,
};
use rustc_hash::FxHashMap;

/// Through how many locals a name is followed.
const MAX_NAMES: usize = 4;

/// What a queue is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A field, a package variable or a local.
    Variable(VariableId),
    /// A list type of the unit, by its methods.
    Type(NamedId),
}

/// Something done to a queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// The step: the append, or a call of the method that does it.
    pub step: StepId,
    /// The append itself.
    pub origin: StepId,
    /// Whether a take leaves the others in the order in which they came.
    pub is_first: bool,
    /// The key under which the append itself stands.
    pub inner: Key,
}

/// Pushes and takes of one queue.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub pushes: Vec<Event>,
    pub takes: Vec<Event>,
    /// Where something is put under a key.
    pub keyed: Vec<StepId>,
}

/// Every queue of the unit.
pub(super) fn queues(program: &Program) -> FxHashMap<Key, Queue> {
    let mut queues: FxHashMap<Key, Queue> = FxHashMap::default();
    for step in program.step_ids() {
        match program.op(step) {
            Op::Assign(assign) => {
                for (target, value) in program.assigned(assign) {
                    assigned(program, step, target, value, &mut queues);
                    positions::numbered(program, step, target, &mut queues);
                    positions::keyed(program, step, target, &mut queues);
                }
                if assign.how == AssignHow::Update(BinaryOp::Add) {
                    positions::stepped(program, step, program.list(assign.targets), &mut queues);
                }
            }
            Op::Call(call) => {
                listed(program, step, call, &mut queues);
                positions::deleted(program, step, call, &mut queues);
            }
            _ => {}
        }
    }
    positions::ordered(program, &mut queues);
    derive(program, &mut queues);
    queues.retain(|_, queue| !queue.pushes.is_empty() && !queue.takes.is_empty());
    queues
}

fn assigned(
    program: &Program,
    step: StepId,
    target: ExprId,
    value: ExprId,
    queues: &mut FxHashMap<Key, Queue>,
) {
    let (is_push, is_first) = match *program.kind(value) {
        ExprKind::Append(base, items) if is_moved_down(program, target, base, items) => {
            if !yields_item(program, step, target, true) {
                return;
            }
            (false, true)
        }
        ExprKind::Append(base, items) if items.len > 0 => {
            if !is_same(program, target, base) && !is_prepended(program, target, base, items) {
                return;
            }
            (true, false)
        }
        ExprKind::Slice(base, from, to) if is_same(program, target, base) => {
            match take_of(program, base, from, to) {
                Some(is_first) if yields_item(program, step, base, is_first) => (false, is_first),
                Some(true) if positions::is_acknowledged(program, step, base) => (false, true),
                _ => return,
            }
        }
        _ => return,
    };
    if let Some(key) = key_of(program, target) {
        add(queues, key, step, is_push, is_first);
    }
}

pub(super) fn add(
    queues: &mut FxHashMap<Key, Queue>,
    key: Key,
    step: StepId,
    is_push: bool,
    is_first: bool,
) {
    let event = Event {
        step,
        origin: step,
        is_first,
        inner: key,
    };
    let queue = queues.entry(key).or_default();
    if is_push {
        queue.pushes.push(event);
    } else {
        queue.takes.push(event);
    }
}

/// `q = append(q[:0], q[1:]...)`.
fn is_moved_down(
    program: &Program,
    target: ExprId,
    base: ExprId,
    items: crate::model::ExprList,
) -> bool {
    let ExprKind::Slice(list, None, Some(to)) = *program.kind(base) else {
        return false;
    };
    let rest = match program.list(items) {
        &[rest] => rest,
        _ => return false,
    };
    let ExprKind::Slice(of, Some(from), None) = *program.kind(rest) else {
        return false;
    };
    program.constant_int(to) == Some(0)
        && program.constant_int(from).is_some_and(|from| from > 0)
        && is_same(program, target, list)
        && is_same(program, target, of)
}

/// `q = append([]T{x}, q...)`.
fn is_prepended(
    program: &Program,
    target: ExprId,
    base: ExprId,
    items: crate::model::ExprList,
) -> bool {
    matches!(program.kind(base), ExprKind::Composite(..))
        && program
            .list(items)
            .last()
            .is_some_and(|&last| is_same(program, target, last))
}

/// Whether a slice takes from the front (`true`) or the back (`false`); none for a part that
/// is cut to nothing or to a length.
fn take_of(
    program: &Program,
    base: ExprId,
    from: Option<ExprId>,
    to: Option<ExprId>,
) -> Option<bool> {
    match (from, to) {
        (Some(from), None) => (program.constant_int(from) != Some(0)).then_some(true),
        (from, Some(to)) if from.is_none_or(|from| program.constant_int(from) == Some(0)) => {
            if is_what_was_moved(program, base, to) {
                return Some(true);
            }
            is_one_less(program, base, to, 4).then_some(false)
        }
        _ => None,
    }
}

/// `n := copy(q, q[k:]); q = q[:n]`: whether a length is that of the rest, which was moved down.
fn is_what_was_moved(program: &Program, base: ExprId, to: ExprId) -> bool {
    let moved = match *program.kind(to) {
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) => value,
            _ => return false,
        },
        _ => to,
    };
    program.call_of(moved).is_some_and(|(_, call)| {
        call.api == Api::Copy
            && matches!(program.list(call.args), &[into, from]
                if is_same(program, base, into)
                    && matches!(*program.kind(from), ExprKind::Slice(of, Some(_), None)
                        if is_same(program, base, of)))
    })
}

/// Whether a place is what is copied into another list as a whole.
fn is_copied_out(program: &Program, place: ExprId) -> bool {
    let Parent::Step(step) = program.parent_of(place) else {
        return false;
    };
    program
        .call(step)
        .is_some_and(|call| call.api == Api::Copy && program.list(call.args).get(1) == Some(&place))
}

/// Whether the function of a take hands the first item, the last, or a whole part to somebody.
/// A cut that nobody reads drops what is old; an item that is moved into a hole is a removal
/// from a set.
fn yields_item(program: &Program, take: StepId, base: ExprId, is_first: bool) -> bool {
    let Some(variable) = root(program, base) else {
        return false;
    };
    let mut names = vec![variable];
    names.extend(alias_of(program, variable));
    let function = program.function_of(take);
    names
        .iter()
        .flat_map(|&name| program.occurrences(name))
        .filter(|&&place| {
            program
                .step_of(place)
                .is_some_and(|step| program.function_of(step) == function)
        })
        .any(|&place| is_handed_on(program, place, base, is_first))
}

/// Whether a place is read as the item at the end of the queue, and not only compared.
fn is_handed_on(program: &Program, place: ExprId, base: ExprId, is_first: bool) -> bool {
    if is_first && is_copied_out(program, place) {
        return true;
    }
    let mut at = place;
    for _ in 0..4 {
        let Parent::Expr(outer) = program.parent_of(at) else {
            return false;
        };
        let is_item = match *program.kind(outer) {
            ExprKind::Index(list, index) if list == at => match program.constant_int(index) {
                Some(0) => is_first || is_copied_down(program, place),
                Some(_) => false,
                None => !is_first && is_one_less(program, base, index, 4),
            },
            ExprKind::Slice(list, None, Some(_)) if list == at => is_first,
            ExprKind::Slice(list, Some(from), None) if list == at && !is_first => {
                is_one_less(program, base, from, 4)
            }
            _ => false,
        };
        if is_item && goes_somewhere(program, outer) {
            return true;
        }
        at = outer;
    }
    false
}

/// Whether the function also moves the rest down: then the first item is what it takes.
fn is_copied_down(program: &Program, place: ExprId) -> bool {
    let Some(step) = program.step_of(place) else {
        return false;
    };
    program
        .steps_of(program.function_of(step))
        .into_iter()
        .any(|step| matches!(program.op(step), Op::Call(call) if call.api == Api::Copy))
}

/// Whether a value is taken: bound to a name, returned, sent, given to a call, asked for a part.
pub(super) fn goes_somewhere(program: &Program, item: ExprId) -> bool {
    match program.parent_of(item) {
        Parent::Step(step) => match program.op(step) {
            Op::Assign(assign) => {
                let Some(at) = program
                    .list(assign.values)
                    .iter()
                    .position(|&value| value == item)
                else {
                    return false;
                };
                let target = program.list(assign.targets).get(at);
                target.is_none_or(|&target| !matches!(program.kind(target), ExprKind::Index(..)))
            }
            Op::Return(_) | Op::Send { .. } | Op::Loop(_) | Op::Call(_) | Op::Spawn(_) => true,
            _ => false,
        },
        Parent::Expr(outer) => match *program.kind(outer) {
            ExprKind::Field(..) | ExprKind::Member(..) => goes_somewhere(program, outer),
            ExprKind::Function(..)
            | ExprKind::Reference(_)
            | ExprKind::Convert(..)
            | ExprKind::Dereference(_)
            | ExprKind::Composite(..) => true,
            ExprKind::Append(_, items) => program.list(items).contains(&item),
            _ => false,
        },
        Parent::None => false,
    }
}

/// Whether an index is the length of the list less a little.
fn is_one_less(program: &Program, base: ExprId, index: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match *program.kind(index) {
        ExprKind::Binary(BinaryOp::Subtract, left, right) => {
            program.constant_int(right) == Some(1) && is_length(program, base, left, depth)
        }
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) => is_one_less(program, base, value, depth),
            _ => false,
        },
        _ => false,
    }
}

fn is_length(program: &Program, base: ExprId, id: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match *program.kind(id) {
        ExprKind::Length(of) => is_same(program, base, of),
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) => is_length(program, base, value, depth),
            _ => false,
        },
        _ => false,
    }
}

/// Linked lists: pushes, and removals of the first or last item.
fn listed(
    program: &Program,
    step: StepId,
    call: &crate::model::Call,
    queues: &mut FxHashMap<Key, Queue>,
) {
    let Some(key) = call.receiver.and_then(|of| key_of(program, of)) else {
        return;
    };
    match call.api {
        Api::ListPush => add(queues, key, step, true, false),
        Api::ListRemove => {
            let item = program.list(call.args).first();
            if item.is_some_and(|&item| is_end_item(program, item)) {
                add(queues, key, step, false, true);
            }
        }
        _ => {}
    }
}

/// Whether a value is what a list yields as its first or last item.
fn is_end_item(program: &Program, item: ExprId) -> bool {
    match *program.kind(item) {
        ExprKind::Variable(variable) if !program.is_reassigned(variable) => {
            match program.variable(variable).init {
                Init::Value(value) => is_end_item(program, value),
                _ => false,
            }
        }
        _ => program
            .call_of(item)
            .is_some_and(|(_, call)| call.api == Api::ListPeek),
    }
}

/// The variable that a place is, or is an element of.
pub(super) fn root(program: &Program, id: ExprId) -> Option<VariableId> {
    match *program.kind(id) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
        ExprKind::Index(inner, _)
        | ExprKind::Dereference(inner)
        | ExprKind::Reference(inner)
        | ExprKind::Convert(_, inner) => root(program, inner),
        _ => None,
    }
}

/// Whether two places are the same: by their root, or through a local name for it.
pub(super) fn is_same(program: &Program, a: ExprId, b: ExprId) -> bool {
    let (Some(one), Some(other)) = (root(program, a), root(program, b)) else {
        return false;
    };
    one == other || alias_of(program, other) == Some(one) || alias_of(program, one) == Some(other)
}

/// The variable that a local is another name for, through other locals: a name of a lock, a guard
/// of that name.
pub(super) fn alias_of(program: &Program, local: VariableId) -> Option<VariableId> {
    let mut of = once_removed(program, local)?;
    for _ in 1..MAX_NAMES {
        match once_removed(program, of) {
            Some(next) if next != of && next != local => of = next,
            _ => break,
        }
    }
    Some(of)
}

fn once_removed(program: &Program, local: VariableId) -> Option<VariableId> {
    let variable = program.variable(local);
    match (variable.kind, variable.init) {
        (VariableKind::Local, Init::Value(value)) => root(program, value),
        _ => None,
    }
}

/// What a place is known by.
pub(super) fn key_of(program: &Program, id: ExprId) -> Option<Key> {
    let variable = root(program, id)?;
    match program.variable(variable).kind {
        VariableKind::Field(_) | VariableKind::Global => Some(Key::Variable(variable)),
        VariableKind::Local => match alias_of(program, variable) {
            Some(of) if of != variable && is_shared(program, of) => Some(Key::Variable(of)),
            _ => Some(Key::Variable(variable)),
        },
        VariableKind::Receiver => {
            let function = program.variable(variable).function?;
            match program.function(function).kind {
                FunctionKind::Method(_, named)
                    if program.named[named.index()].fields.is_empty() =>
                {
                    Some(Key::Type(named))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A method that pushes or takes makes each of its calls a push or a take on what it is called
/// on.
fn derive(program: &Program, queues: &mut FxHashMap<Key, Queue>) {
    let mut found = Vec::new();
    for (&key, queue) in queues.iter() {
        // A method that fills a list of its own adds nothing to what it is called on.
        if matches!(key, Key::Variable(variable)
            if program.variable(variable).kind == VariableKind::Local)
        {
            continue;
        }
        for (events, is_push) in [(&queue.pushes, true), (&queue.takes, false)] {
            for event in events {
                let function = program.function_of(event.step);
                if owner_of(program, function).is_none() {
                    continue;
                }
                for &caller in &program.callers[function.index()] {
                    found.extend(derived(program, caller, key, *event).map(|to| (to, is_push)));
                }
            }
        }
    }
    found.sort_by_key(|((_, event), _)| event.step);
    for ((key, event), is_push) in found {
        let queue = queues.entry(key).or_default();
        if is_push {
            queue.pushes.push(event);
        } else {
            queue.takes.push(event);
        }
    }
}

fn owner_of(program: &Program, function: FunctionId) -> Option<NamedId> {
    match program.function(function).kind {
        FunctionKind::Method(_, named) => Some(named),
        _ => None,
    }
}

fn derived(program: &Program, caller: StepId, inner: Key, event: Event) -> Option<(Key, Event)> {
    let receiver = match program.op(caller) {
        Op::Call(call) => call.receiver?,
        _ => return None,
    };
    let root = root(program, receiver)?;
    if !is_shared(program, root) {
        return None;
    }
    let key = Key::Variable(root);
    let event = Event {
        step: caller,
        inner,
        ..event
    };
    Some((key, event))
}
