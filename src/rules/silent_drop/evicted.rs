//! Bounded lists and channels that throw an item out to make room, or turn one away.

use super::aftermath::is_quiet;
use super::ignored::Telling;
use super::{FIX, WHY, policy};
use crate::model::channels::Capacity;
use crate::model::{
    BinaryOp, BlockId, ExprId, ExprKind, FunctionId, ObjectId, Op, Program, StepId, Type,
    VariableKind,
};
use crate::rules::{Confidence, Findings};
use crate::source::Span;

pub(super) fn check(program: &Program, findings: &mut Findings, telling: &mut Telling) {
    for step in program.step_ids() {
        match *program.op(step) {
            Op::Branch {
                condition,
                then,
                otherwise,
            } => {
                if let Some(full) = what_is_full(program, condition) {
                    bounded(program, step, (full, then, otherwise), findings, telling);
                }
            }
            Op::Loop(ref l) => {
                if let Some(full) = l.condition().and_then(|of| what_is_full(program, of)) {
                    bounded(program, step, (full, l.body, None), findings, telling);
                }
            }
            Op::Receive { .. } => thrown_out(program, step, findings),
            _ => {}
        }
    }
}

/// The list that a condition finds full: `len(q.items) >= max`.
fn what_is_full(program: &Program, condition: ExprId) -> Option<ObjectId> {
    match *program.kind(condition) {
        ExprKind::Binary(operator, left, right) => match operator {
            BinaryOp::Greater | BinaryOp::GreaterEqual | BinaryOp::Equal => {
                measured(program, left).filter(|_| is_bound(program, right))
            }
            BinaryOp::Less | BinaryOp::LessEqual => {
                measured(program, right).filter(|_| is_bound(program, left))
            }
            BinaryOp::And => what_is_full(program, left).or_else(|| what_is_full(program, right)),
            _ => None,
        },
        _ => None,
    }
}

/// The list whose length a value is; one that outlives the call.
fn measured(program: &Program, value: ExprId) -> Option<ObjectId> {
    match *program.kind(value) {
        ExprKind::Length(of) => {
            let is_kept = match *program.kind(of) {
                ExprKind::Field(..) => true,
                ExprKind::Variable(variable) => {
                    program.variable(variable).kind == VariableKind::Global
                }
                _ => false,
            };
            program.object_of(of).filter(|_| is_kept)
        }
        ExprKind::Convert(_, inner) => measured(program, inner),
        ExprKind::Binary(BinaryOp::Add, left, _) => measured(program, left),
        _ => None,
    }
}

/// Whether a value is a limit, not a position or another length.
fn is_bound(program: &Program, value: ExprId) -> bool {
    if let Some(number) = program.constant_int(value) {
        return number > 1;
    }
    match *program.kind(value) {
        ExprKind::Field(..) | ExprKind::Capacity(_) | ExprKind::Call(_) => true,
        ExprKind::Convert(_, inner) => is_bound(program, inner),
        ExprKind::Variable(variable) => matches!(
            program.variable(variable).kind,
            VariableKind::Global | VariableKind::Constant
        ),
        ExprKind::Name(_) | ExprKind::Qualified(..) | ExprKind::Member(..) => true,
        _ => false,
    }
}

/// A branch or loop that is entered when a list is full, or a channel.
fn bounded(
    program: &Program,
    step: StepId,
    (full, then, otherwise): (ObjectId, BlockId, Option<BlockId>),
    findings: &mut Findings,
    telling: &mut Telling,
) {
    let function = program.function_of(step);
    if otherwise.is_none() && !super::harmless::is_pool(program, full) {
        if program.is_channel(full) {
            return;
        }
        if !grows_after(program, full, step) || !is_taken_from(program, full, function) {
            return;
        }
        let name = program.object_name(full);
        // Of a stack the last is taken first: a history, or things that are kept for reuse.
        let most = match is_stack(program, full, function) {
            true => Confidence::Low,
            false => Confidence::High,
        };
        if cuts_only(program, full, then) {
            say(program, step, program.span(step), most, &name, findings);
        } else if program.block_diverges(then) && is_quiet(program, step, then) {
            let most = most.min(Confidence::Medium);
            say(program, step, program.span(step), most, &name, findings);
        } else if returns_refusal(program, then) {
            telling.add(program, step, program.span(step), Confidence::High);
        }
    }
}

/// Whether the same function puts an item into the list after the test.
fn grows_after(program: &Program, list: ObjectId, step: StepId) -> bool {
    let function = program.function_of(step);
    program.object(list).writes.iter().any(|&write| {
        program.function_of(write) == function
            && program.is_before(step, write)
            && matches!(program.op(write), Op::Assign(assign)
                if program.list(assign.values).iter().any(|&value|
                    matches!(*program.kind(value), ExprKind::Append(base, _) if program.object_of(base) == Some(list))))
    })
}

/// Whether another function takes items out, so that those which are lost were meant for it.
fn is_taken_from(program: &Program, list: ObjectId, but: FunctionId) -> bool {
    program.object(list).writes.iter().any(|&write| {
        let function = program.function_of(write);
        if function == but {
            return false;
        }
        let Op::Assign(assign) = program.op(write) else {
            return false;
        };
        program
            .list(assign.values)
            .iter()
            .any(|&value| match *program.kind(value) {
                ExprKind::Slice(base, ..) => program.object_of(base) == Some(list),
                ExprKind::Nil => !program.function(function).results.is_empty(),
                _ => false,
            })
    })
}

/// Whether other functions take items from the end only, where the newest are.
fn is_stack(program: &Program, list: ObjectId, but: FunctionId) -> bool {
    program
        .object(list)
        .writes
        .iter()
        .filter(|&&write| program.function_of(write) != but)
        .filter_map(|&write| match program.op(write) {
            Op::Assign(assign) => Some(program.list(assign.values)),
            _ => None,
        })
        .flatten()
        .all(|&value| match *program.kind(value) {
            ExprKind::Slice(base, from, to) => {
                program.object_of(base) != Some(list) || from.is_none() && to.is_some()
            }
            _ => true,
        })
}

/// Whether a block does nothing but shorten the list.
fn cuts_only(program: &Program, list: ObjectId, block: BlockId) -> bool {
    let mut cuts = false;
    for &step in &program.block(block).steps {
        let Op::Assign(assign) = program.op(step) else {
            return false;
        };
        let (targets, values) = (program.list(assign.targets), program.list(assign.values));
        let ([target], [value]) = (targets, values) else {
            return false;
        };
        let is_element = matches!(*program.kind(*target), ExprKind::Index(base, _) if program.object_of(base) == Some(list));
        match *program.kind(*value) {
            ExprKind::Slice(base, Some(_), None) => {
                cuts = program.object_of(*target) == Some(list)
                    && program.object_of(base) == Some(list);
            }
            ExprKind::Append(base, _) if matches!(program.kind(base), ExprKind::Slice(..)) => {
                cuts = program.object_of(*target) == Some(list);
            }
            _ if is_element => {}
            _ => return false,
        }
    }
    cuts
}

/// Whether a block only returns, and says no by what it returns.
fn returns_refusal(program: &Program, block: BlockId) -> bool {
    let steps = &program.block(block).steps;
    let quiet = steps.iter().all(|&step| match program.op(step) {
        Op::Return(_) => true,
        Op::Call(call) => matches!(
            call.api,
            crate::model::Api::ErrorNew | crate::model::Api::Unlock(_)
        ),
        _ => false,
    });
    quiet
        && steps.last().is_some_and(|&step| {
            let Op::Return(list) = program.op(step) else {
                return false;
            };
            program.list(*list).last().is_some_and(|&value| {
                program.constant(value) == Some(crate::model::Constant::Bool(false))
                    || program.is_error(value) && !matches!(program.kind(value), ExprKind::Nil)
            })
        })
}

/// An item that is received only to make room for a send in the same function.
fn thrown_out(program: &Program, receive: StepId, findings: &mut Findings) {
    let Some(channel) = program.channel_of(receive) else {
        return;
    };
    let function = program.function_of(receive);
    let object = program.object(channel);
    let sends_beside = object
        .sends
        .iter()
        .any(|&send| program.function_of(send) == function && program.is_tried(send));
    if !sends_beside
        || matches!(
            program.underlying(program.element_type(channel)),
            Type::Unit | Type::Boolean
        )
    {
        return;
    }
    let confidence = match program.capacity(channel) {
        Capacity::Known(2..) | Capacity::Computed(_) => Confidence::Medium,
        Capacity::Unknown => Confidence::Low,
        _ => return,
    };
    let (body, at) = match program.select_of(receive) {
        Some((select, arm)) => {
            let arms = program.arms(select);
            if !program.has_default(select) {
                return;
            }
            let Some((arm, _)) = arms.get(arm as usize) else {
                return;
            };
            if program.block(arm.guard).steps.len() > 1 {
                return;
            }
            (arm.body, select)
        }
        None => (program.step(receive).block, receive),
    };
    let is_unnoticed = match program.select_of(receive) {
        Some(_) => is_quiet(program, at, body),
        None => program.block(body).steps.len() == 1,
    };
    if is_unnoticed && !says_newest(program, receive) {
        let name = program.object_name(channel);
        let confidence = match policy::keeps_the_newest(program, function) {
            true => Confidence::Low,
            false => confidence,
        };
        say(
            program,
            receive,
            program.span(receive),
            confidence,
            &name,
            findings,
        );
    }
}

fn says_newest(program: &Program, at: StepId) -> bool {
    let head = program.function(program.function_of(at)).head;
    [program.span(at), head]
        .into_iter()
        .any(|span| program.is_commented_with(span, &["latest", "newest", "most recent", "stale"]))
}

fn say(
    program: &Program,
    step: StepId,
    anchor: Span,
    confidence: Confidence,
    name: &str,
    findings: &mut Findings,
) {
    let finding = findings.at(
        anchor,
        confidence,
        format!("an item is lost when `{name}` is full, and nothing tells of it"),
    );
    finding.why(WHY).fix(FIX).about(name);
    finding.function = Some(program.function_of(step));
}
