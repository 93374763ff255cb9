//! Loops that come to an end by themselves: they count, they make a list shorter, they read one
//! answer.

use super::pace::parts_through_locals;
use super::sources;
use crate::model::{
    Api, AssignHow, BinaryOp, BlockId, ExprId, ExprKind, LoopKind, ObjectId, Op, Owner, Program,
    StepId, Type, VariableId, VariableKind,
};

/// What hands out the events of one answer to a request that this program has sent.
const ANSWERS: &[&str] = &["EventSource"];

/// Whether a loop comes to an end by itself: it leaves when a number that it counts on has come
/// to a limit, or when a list that it takes from is empty, or goes on while something that it makes
/// shorter has more, or reads one answer.
pub(super) fn has_end(program: &Program, looped: StepId) -> bool {
    let Op::Loop(l) = program.op(looped) else {
        return false;
    };
    if let LoopKind::While(condition) = l.kind {
        return shortens(program, looped, condition) || counts_up(program, looped, condition);
    }
    if is_one_answer(program, looped) {
        return true;
    }
    let exits = program.loop_exits(looped);
    let leaves = |block: BlockId| {
        exits
            .iter()
            .any(|&(exit, _)| program.step(exit).block == block)
    };
    let steps = &program.block(l.body).steps;
    // `while let Some(next) = list.pop_front()`
    let cut = steps
        .iter()
        .position(|&step| cut_short(program, step).is_some());
    let asks = cut.and_then(|cut| steps.get(cut + 1));
    let takes_next = asks.is_some_and(|&step| {
        matches!(program.op(step), Op::Branch { otherwise: Some(other), .. } if leaves(*other))
    });
    takes_next
        || steps.iter().any(|&step| {
            matches!(program.op(step), Op::Branch { condition, then, .. }
                if leaves(*then) && is_count_at_limit(program, *condition))
        })
}

fn is_count_at_limit(program: &Program, condition: ExprId) -> bool {
    let ExprKind::Binary(operator, a, b) = *program.kind(condition) else {
        return false;
    };
    let is_counted = |value: ExprId| {
        parts_through_locals(program, value).into_iter().any(
            |part| matches!(program.call_of(part), Some((_, call)) if call.api == Api::AtomicAdd),
        )
    };
    operator.is_order() && (is_counted(a) || is_counted(b))
}

/// Whether a loop goes on while a list has more, and makes it shorter in each turn.
fn shortens(program: &Program, looped: StepId, condition: ExprId) -> bool {
    let lists: Vec<ObjectId> = program
        .parts_of(condition)
        .into_iter()
        .filter_map(|part| match *program.kind(part) {
            ExprKind::Length(of) => program.object_of(of),
            _ => None,
        })
        .filter(|&list| {
            program.object(list).variables.iter().all(|&variable| {
                matches!(
                    program.variable(variable).kind,
                    VariableKind::Local | VariableKind::Parameter
                )
            })
        })
        .collect();
    let Op::Loop(l) = program.op(looped) else {
        return false;
    };
    program
        .block(l.body)
        .steps
        .iter()
        .any(|&step| cut_short(program, step).is_some_and(|list| lists.contains(&list)))
}

/// The list that a step takes an end off.
fn cut_short(program: &Program, step: StepId) -> Option<ObjectId> {
    let Op::Assign(assign) = program.op(step) else {
        return None;
    };
    program.assigned(assign).find_map(|(target, value)| {
        let list = program.object_of(target)?;
        parts_through_locals(program, value)
            .into_iter()
            .any(|part| {
                matches!(*program.kind(part), ExprKind::Slice(of, ..)
                        if program.object_of(of) == Some(list))
            })
            .then_some(list)
    })
}

/// Whether a loop goes on only while a number is below a limit, and counts it up in each turn.
fn counts_up(program: &Program, looped: StepId, condition: ExprId) -> bool {
    let (number, limit) = match *program.kind(condition) {
        ExprKind::Binary(BinaryOp::And, a, b) => {
            return counts_up(program, looped, a) || counts_up(program, looped, b);
        }
        ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEqual, a, b) => (a, b),
        ExprKind::Binary(BinaryOp::Greater | BinaryOp::GreaterEqual, a, b) => (b, a),
        _ => return false,
    };
    let Op::Loop(l) = program.op(looped) else {
        return false;
    };
    let ExprKind::Variable(number) = *program.kind(number) else {
        return false;
    };
    let counts =
        |step: StepId| sets(program, step, number) == Some(AssignHow::Update(BinaryOp::Add));
    let in_turn = &program.block(l.body).steps;
    in_turn.iter().any(|&step| counts(step))
        && program.steps_in(l.body).into_iter().all(|step| {
            let is_moved = program
                .variable_or_field(limit)
                .is_some_and(|limit| sets(program, step, limit).is_some());
            !is_moved && (sets(program, step, number).is_none() || counts(step))
        })
}

/// How a step sets a variable, if it does.
fn sets(program: &Program, step: StepId, variable: VariableId) -> Option<AssignHow> {
    match program.op(step) {
        Op::Assign(assign) => program
            .list(assign.targets)
            .iter()
            .any(|&target| program.variable_or_field(target) == Some(variable))
            .then_some(assign.how),
        _ => None,
    }
}

/// Whether a loop reads one answer to its end: events come out of what a request of this program
/// opened, and one of them says that it was the last.
fn is_one_answer(program: &Program, looped: StepId) -> bool {
    let is_answer = |source: ExprId| {
        program.variable_or_field(source).is_some_and(|from| {
            match *program.pointee(program.variable(from).ty) {
                Type::Foreign(_, name) => ANSWERS.contains(&program.text(name)),
                _ => false,
            }
        })
    };
    sources::waited_for(program, looped).is_some_and(is_answer)
        && program.loop_exits(looped).iter().any(|&(exit, _)| {
            program
                .ancestors(exit)
                .take_while(|&(outer, _)| outer != looped)
                .any(|(outer, owner)| match (owner, program.op(outer)) {
                    (Owner::Then(_), Op::Branch { condition, .. }) => {
                        is_last_word(program, *condition)
                            || is_told_last(program, looped, *condition)
                    }
                    _ => false,
                })
        })
}

/// Whether a condition holds for one word only: `data == "[DONE]"`.
fn is_last_word(program: &Program, condition: ExprId) -> bool {
    let is_text = |side: ExprId| matches!(program.kind(side), ExprKind::Text(_));
    matches!(*program.kind(condition), ExprKind::Binary(BinaryOp::Equal, a, b)
        if is_text(a) || is_text(b))
}

/// Whether a condition is a flag that the loop sets at the last word.
fn is_told_last(program: &Program, looped: StepId, condition: ExprId) -> bool {
    let ExprKind::Variable(flag) = *program.kind(condition) else {
        return false;
    };
    let Op::Loop(l) = program.op(looped) else {
        return false;
    };
    program.steps_in(l.body).into_iter().any(|step| {
        matches!(program.op(step), Op::Branch { condition, then, .. }
            if is_last_word(program, *condition)
                && program
                    .steps_in(*then)
                    .into_iter()
                    .any(|step| sets(program, step, flag).is_some()))
    })
}
