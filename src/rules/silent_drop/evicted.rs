//! Bounded lists and channels that throw an item out to make room, or turn one away.

use super::aftermath::is_quiet;
use super::entries::is_taken_with_entry;
use super::ignored::Telling;
use super::{FIX, WHY, overwritten, policy};
use crate::model::channels::Capacity;
use crate::model::{
    Assign, AssignHow, BinaryOp, BlockId, ExprId, ExprKind, FunctionId, Init, ObjectId, Op,
    Program, StepId, Type, VariableId, VariableKind,
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
                if overwritten::is_over_oldest(program, step, then) {
                    let most = Confidence::Medium;
                    let list = overwritten::list_of(program, step);
                    cut(program, step, list, most, findings);
                } else if let Some(full) = what_is_full(program, condition) {
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
            BinaryOp::Greater if program.constant_int(right) == Some(0) => {
                what_is_over(program, left)
            }
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

/// The list by whose length beyond a limit a value is: `len(q.items) - max`.
fn what_is_over(program: &Program, value: ExprId) -> Option<ObjectId> {
    match *program.kind(value) {
        ExprKind::Binary(BinaryOp::Subtract, left, right) => {
            measured(program, left).filter(|_| is_bound(program, right))
        }
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(first)
                if !program.is_reassigned(variable)
                    && matches!(program.kind(first), ExprKind::Binary(..)) =>
            {
                what_is_over(program, first)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The list whose length a value is; one that outlives the call.
fn measured(program: &Program, value: ExprId) -> Option<ObjectId> {
    match *program.kind(value) {
        ExprKind::Length(of) => program.object_of(of).filter(|_| is_kept(program, of)),
        ExprKind::Convert(_, inner) => measured(program, inner),
        ExprKind::Binary(BinaryOp::Add, left, _) => measured(program, left),
        _ => None,
    }
}

/// How many names a value may go by.
const MAX_NAMES: usize = 4;

/// Whether a value outlives the call: a field, a package variable, or what a local lends of one.
fn is_kept(program: &Program, mut value: ExprId) -> bool {
    for _ in 0..MAX_NAMES {
        match *program.kind(value) {
            ExprKind::Field(..) => return true,
            ExprKind::Reference(inner) | ExprKind::Dereference(inner) => value = inner,
            ExprKind::Variable(variable) => {
                let facts = program.variable(variable);
                match facts.init {
                    _ if facts.kind == VariableKind::Global => return true,
                    Init::Value(first)
                        if matches!(
                            program.kind(first),
                            ExprKind::Reference(_) | ExprKind::Dereference(_)
                        ) =>
                    {
                        value = first;
                    }
                    _ => return false,
                }
            }
            _ => return false,
        }
    }
    false
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
        if !is_taken_from(program, full, function) && !is_taken_with_entry(program, full) {
            return;
        }
        let name = program.object_name(full);
        let most = most_for(program, full, function);
        let grows_near =
            || grows_in(program, full, function) || is_called_by_grower(program, full, function);
        let grows_next = grows_after(program, full, step);
        if cuts_only(program, full, then) && grows_near() {
            cut(program, step, Some(full), most, findings);
        } else if grows_next && program.block_diverges(then) && is_quiet(program, step, then) {
            let most = most.min(Confidence::Medium);
            say(program, step, program.span(step), most, &name, findings);
        } else if grows_next && returns_refusal(program, then) {
            telling.add(program, step, program.span(step), Confidence::High);
        }
    }
}

/// What comments say of items that are too old to be missed.
const TOO_LATE: &[&str] = &[
    "no longer matter",
    "forget the oldest",
    "forgetting the oldest",
];

/// Says that the oldest is thrown out, unless the head of the function says that this is meant.
fn cut(
    program: &Program,
    step: StepId,
    list: Option<ObjectId>,
    most: Confidence,
    findings: &mut Findings,
) {
    let Some(list) = list else { return };
    let is_meant = policy::keeps_the_newest(program, program.function_of(step))
        || program.remark_says(program.span(step), TOO_LATE);
    let confidence = match is_meant {
        true => Confidence::Low,
        false => most,
    };
    let name = program.object_name(list);
    say(
        program,
        step,
        program.span(step),
        confidence,
        &name,
        findings,
    );
}

/// Whether a step puts an item into a list.
fn grows(program: &Program, list: ObjectId, write: StepId) -> bool {
    matches!(program.op(write), Op::Assign(assign)
        if program.list(assign.values).iter().any(|&value|
            matches!(*program.kind(value), ExprKind::Append(base, _) if program.object_of(base) == Some(list))))
}

/// Whether the same function puts an item into the list after the test.
fn grows_after(program: &Program, list: ObjectId, step: StepId) -> bool {
    let function = program.function_of(step);
    program.object(list).writes.iter().any(|&write| {
        program.function_of(write) == function
            && program.is_before(step, write)
            && grows(program, list, write)
    })
}

/// Whether a function puts items into a list.
fn grows_in(program: &Program, list: ObjectId, function: FunctionId) -> bool {
    let mut writes = program.object(list).writes.iter();
    writes.any(|&write| program.function_of(write) == function && grows(program, list, write))
}

/// Whether a function makes room, or trims, for one that puts items into the list.
fn is_called_by_grower(program: &Program, list: ObjectId, function: FunctionId) -> bool {
    let mut callers = program.callers[function.index()].iter();
    callers.any(|&caller| grows_in(program, list, program.function_of(caller)))
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
        let kept = kept_before(program, write, list);
        let is_used = kept.is_none_or(|kept| is_mentioned(program, kept, function));
        let empties = || match kept {
            Some(_) => true,
            None => !program.function(function).results.is_empty(),
        };
        is_used
            && program
                .list(assign.values)
                .iter()
                .any(|&value| match *program.kind(value) {
                    ExprKind::Slice(_, None, None) => false,
                    ExprKind::Slice(base, ..) => program.object_of(base) == Some(list),
                    ExprKind::Nil => empties(),
                    ExprKind::Make(..) => kept.is_some(),
                    _ => false,
                })
    })
}

/// The local that is given an item, or all of them, right before they are taken out of a list.
fn kept_before(program: &Program, write: StepId, list: ObjectId) -> Option<VariableId> {
    let (block, index) = (
        program.step(write).block,
        program.step(write).index as usize,
    );
    let before = program.block(block).steps[..index].last()?;
    let Op::Assign(assign) = program.op(*before) else {
        return None;
    };
    let (target, value) = program.assigned(assign).next()?;
    let is_of_list = match *program.kind(value) {
        ExprKind::Index(base, _) => program.object_of(base) == Some(list),
        _ => program.object_of(value) == Some(list),
    };
    match *program.kind(target) {
        ExprKind::Variable(variable)
            if is_of_list && program.variable(variable).kind == VariableKind::Local =>
        {
            Some(variable)
        }
        _ => None,
    }
}

/// Whether a function does anything with a local that it has given a value.
fn is_mentioned(program: &Program, variable: VariableId, function: FunctionId) -> bool {
    let steps = program.steps_of(function).into_iter();
    let defines = |step: StepId| {
        matches!(program.op(step), Op::Assign(assign)
        if assign.how == AssignHow::Define
            && program.list(assign.targets).iter().any(|&target| {
                program.variable_of(target) == Some(variable)
            }))
    };
    steps
        .filter(|&step| !defines(step))
        .any(|step| program.mentioned_by(step).contains(&variable))
}

/// How other functions take items out, as far as that tells what is lost: from the end only, where
/// the newest are, all at once, or the oldest first.
fn most_for(program: &Program, list: ObjectId, but: FunctionId) -> Confidence {
    let mut most = Confidence::Medium;
    let mut is_stack = false;
    let values = program
        .object(list)
        .writes
        .iter()
        .filter(|&&write| program.function_of(write) != but)
        .filter_map(|&write| match program.op(write) {
            Op::Assign(assign) => Some(program.list(assign.values)),
            _ => None,
        })
        .flatten();
    for &value in values {
        match *program.kind(value) {
            ExprKind::Slice(base, from, to) if program.object_of(base) == Some(list) => {
                match (from, to) {
                    (None, Some(_)) => is_stack = true,
                    _ => most = Confidence::High,
                }
            }
            _ => {}
        }
    }
    match (most, is_stack) {
        // Of a stack the last is taken first: a history, or things that are kept for reuse.
        (Confidence::Medium, true) => Confidence::Low,
        _ => most,
    }
}

/// Whether a block does nothing but shorten the list.
fn cuts_only(program: &Program, list: ObjectId, block: BlockId) -> bool {
    let mut cuts = false;
    for &step in &program.block(block).steps {
        let Op::Assign(assign) = program.op(step) else {
            return false;
        };
        if takes_for_nothing(program, list, step, assign) {
            continue;
        }
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

/// Whether a local is given the item that is taken out, and nothing is done with it.
fn takes_for_nothing(program: &Program, list: ObjectId, step: StepId, assign: &Assign) -> bool {
    let mut pairs = program.assigned(assign);
    let (Some((target, value)), None) = (pairs.next(), pairs.next()) else {
        return false;
    };
    let of_list = matches!(*program.kind(value), ExprKind::Index(base, _) if program.object_of(base) == Some(list));
    assign.how == AssignHow::Define
        && of_list
        && program
            .variable_of(target)
            .is_some_and(|variable| !is_mentioned(program, variable, program.function_of(step)))
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
