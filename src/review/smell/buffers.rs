//! Q1: where data is buffered, and whether the buffer is bounded.

use super::{Seen, named};
use crate::model::{
    Api, BinaryOp, ExprId, ExprKind, FunctionId, ObjectId, Op, Program, StepId, VariableKind,
};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// The capacity above which a buffer slows nobody down.
const HUGE: i64 = 10_000;

pub(super) fn list(program: &Program, seen: &mut Seen) {
    channels(program, seen);
    slices(program, seen);
    linked(program, seen);
}

fn channels(program: &Program, seen: &mut Seen) {
    let mut owners: FxHashMap<ExprId, ObjectId> = FxHashMap::default();
    for id in program.object_ids() {
        owners.extend(program.object(id).makes.iter().map(|&made| (made, id)));
    }
    for (at, expr) in program.exprs.iter().enumerate() {
        let ExprKind::MakeChannel(_, size, _) = expr.kind else {
            continue;
        };
        let name = owners
            .get(&ExprId(at as u32))
            .map_or(String::new(), |&owner| program.object_name(owner));
        let known = size.map(|size| (size, program.constant_int(size)));
        let (answer, ok) = match known {
            None | Some((_, Some(0))) => ("no buffer: each send waits".to_owned(), true),
            Some((_, Some(size))) if size > HUGE => {
                (format!("bounded in name only, {size}"), false)
            }
            Some((_, Some(size))) => (format!("bounded, {size}"), true),
            Some((size, None)) => match program.show(size).as_str() {
                "…" => ("bounded by a computed number".to_owned(), true),
                text => (format!("bounded, `{text}`"), true),
            },
        };
        seen.add(expr.span, &["C2"], named("channel", &name), answer, ok);
    }
}

/// What is done to a slice that lives longer than a call.
#[derive(Default)]
struct Queue {
    pushes: Vec<StepId>,
    is_taken_from: bool,
    is_shared: bool,
}

/// Slices that one place appends to and another takes from.
fn slices(program: &Program, seen: &mut Seen) {
    let mut queues: FxHashMap<ObjectId, Queue> = FxHashMap::default();
    let mut asked: FxHashSet<(ObjectId, FunctionId)> = FxHashSet::default();
    for step in program.step_ids() {
        match program.op(step) {
            Op::Assign(assign) => {
                for (target, value) in program.assigned(assign) {
                    slice_use(program, step, target, value, &mut queues);
                }
            }
            Op::Branch { condition, .. } => {
                for part in program.parts_of(*condition) {
                    if let ExprKind::Length(of) | ExprKind::Capacity(of) = *program.kind(part)
                        && is_limit(program, *condition)
                        && let Some(object) = program.object_of(of)
                    {
                        asked.insert((object, program.function_of(step)));
                    }
                }
            }
            _ => {}
        }
    }
    let mut found: Vec<(ObjectId, Queue)> = queues
        .into_iter()
        .filter(|(_, queue)| queue.is_taken_from && queue.is_shared)
        .collect();
    found.sort_by_key(|(object, _)| *object);
    for (object, queue) in found {
        let what = named("slice used as a queue", &program.object_name(object));
        for push in queue.pushes {
            let bounded = asked.contains(&(object, program.function_of(push)));
            let answer = match bounded {
                true => "its length is tested",
                false => "unbounded",
            };
            seen.add(program.span(push), &["C1"], what.clone(), answer, bounded);
        }
    }
}

fn slice_use(
    program: &Program,
    step: StepId,
    target: ExprId,
    value: ExprId,
    queues: &mut FxHashMap<ObjectId, Queue>,
) {
    let (of, pushes) = match *program.kind(value) {
        ExprKind::Append(of, _) => (of, true),
        ExprKind::Slice(of, from, to) if from.is_some() || to.is_some() => (of, false),
        _ => return,
    };
    let Some(object) = program.object_of(target) else {
        return;
    };
    // Reset to nothing is not taking.
    let is_reset = matches!(*program.kind(value), ExprKind::Slice(_, None, Some(to)) if program.constant_int(to) == Some(0));
    if program.object_of(of) != Some(object) || is_reset {
        return;
    }
    let queue = queues.entry(object).or_default();
    match pushes {
        true => queue.pushes.push(step),
        false => queue.is_taken_from = true,
    }
    let function = program.function_of(step);
    queue.is_shared |= program.object(object).variables.iter().any(|&variable| {
        let known = program.variable(variable);
        match known.kind {
            VariableKind::Field(_) | VariableKind::Global => true,
            VariableKind::Local => known.function != Some(function),
            _ => false,
        }
    });
}

/// Whether a condition compares with a number above zero or with something computed.
fn is_limit(program: &Program, condition: ExprId) -> bool {
    program.parts_of(condition).into_iter().any(|part| {
        let ExprKind::Binary(operator, a, b) = *program.kind(part) else {
            return false;
        };
        let has_length = |id: ExprId| {
            matches!(
                program.kind(id),
                ExprKind::Length(_) | ExprKind::Capacity(_)
            )
        };
        let other = match (has_length(a), has_length(b)) {
            (true, _) => b,
            (false, true) => a,
            _ => return false,
        };
        matches!(
            operator,
            BinaryOp::Less
                | BinaryOp::LessEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterEqual
                | BinaryOp::Equal
        ) && program.constant_int(other).is_none_or(|limit| limit > 0)
    })
}

/// Linked lists that something is pushed to.
fn linked(program: &Program, seen: &mut Seen) {
    let mut pushes: FxHashMap<ObjectId, Vec<Span>> = FxHashMap::default();
    let mut asked: FxHashSet<ObjectId> = FxHashSet::default();
    for step in program.step_ids() {
        let Some(call) = program.call(step) else {
            continue;
        };
        let Some(object) = call
            .receiver
            .and_then(|receiver| program.object_of(receiver))
        else {
            continue;
        };
        match call.api {
            Api::ListPush => pushes.entry(object).or_default().push(program.span(step)),
            Api::ListLength => {
                asked.insert(object);
            }
            Api::PoolSubmit => {
                let what = named("pool", &program.object_name(object));
                seen.add(program.span(step), &[], what, "bounded by the pool", true);
            }
            _ => {}
        }
    }
    let mut pushes: Vec<_> = pushes.into_iter().collect();
    pushes.sort_by_key(|(object, _)| *object);
    for (object, places) in pushes {
        let lives_on = program.object(object).variables.iter().any(|&variable| {
            matches!(
                program.variable(variable).kind,
                VariableKind::Field(_) | VariableKind::Global
            )
        });
        let bounded = asked.contains(&object);
        let answer = match (bounded, lives_on) {
            (true, _) => "its length is tested",
            (false, true) => "unbounded",
            (false, false) => "lives as long as the call",
        };
        let what = named("list", &program.object_name(object));
        for at in places {
            seen.add(at, &["C1"], what.clone(), answer, bounded || !lives_on);
        }
    }
}
