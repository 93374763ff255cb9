//! Whether the function that starts the tasks takes the first answer and lets the rest go.

use super::task::{Task, carries_answers};
use crate::model::flow::Exit;
use crate::model::{Api, BinaryOp, ExprId, ExprKind, Init, ObjectId, Op, Owner, Program, StepId};

/// Where the first answer is taken.
pub(super) struct Winner {
    /// The receive.
    pub receive: StepId,
    /// It stands alone: nothing else ends it.
    pub is_bare: bool,
}

/// The first answer that a function takes after the loop that starts the tasks.
pub(super) fn of(program: &Program, looped: StepId, task: &Task) -> Option<Winner> {
    let mut channels = task.reports.clone();
    channels.extend_from_slice(&task.wins);
    channels.sort_unstable();
    channels.dedup();
    channels
        .into_iter()
        .find_map(|channel| taken_from(program, looped, channel, task))
}

fn taken_from(program: &Program, looped: StepId, channel: ObjectId, task: &Task) -> Option<Winner> {
    let is_won = task.wins.contains(&channel);
    let function = program.function_of(looped);
    let object = program.object(channel);
    // Who does not wait takes what is there, and not the first answer.
    let takes: Vec<StepId> = object
        .takes()
        .filter(|&take| !program.is_tried(take))
        .collect();
    let is_after = |&step: &StepId| {
        program.function_of(step) == function
            && program.is_before(looped, step)
            && !program.is_inside(step, looped)
    };
    let outside = takes
        .iter()
        .filter(|&&step| program.function_of(step) != function)
        .count();
    let [receive] = *takes.iter().copied().filter(is_after).collect::<Vec<_>>() else {
        return None;
    };
    if outside > 0 || takes.len() > 1 || waits_for_all(program, looped, receive) {
        return None;
    }
    let is_select = program.select_of(receive).is_some();
    let around = match program.op(receive) {
        Op::Loop(_) => Some(receive),
        _ => program.enclosing_loop(receive),
    };
    // A loop around both does the whole again.
    let around = around.filter(|&around| !program.is_inside(looped, around));
    match around {
        None => (is_won || carries_answers(program, channel)).then_some(Winner {
            receive,
            is_bare: !is_select,
        }),
        Some(around) => ends_on_success(program, around, receive, task).then_some(Winner {
            receive,
            is_bare: false,
        }),
    }
}

/// Whether the function waits for all tasks before it takes an answer.
fn waits_for_all(program: &Program, looped: StepId, receive: StepId) -> bool {
    program.after(looped).into_iter().any(|step| {
        matches!(program.call(step), Some(call) if call.api == Api::GroupWait)
            && program.is_before(step, receive)
            && !program.is_deferred(step)
    })
}

/// Whether good news alone ends a loop over the answers: not a count, not a failure.
fn ends_on_success(program: &Program, around: StepId, receive: StepId, task: &Task) -> bool {
    program
        .loop_exits(around)
        .into_iter()
        .filter(|(_, exit)| *exit != Exit::Away)
        .any(|(step, _)| {
            let conditions = conditions_of(program, step, around);
            let is_of_other_arm = program.select_of(receive).is_some_and(|(select, arm)| {
                program.ancestors(step).any(|(of, owner)| {
                    of == select && !matches!(owner, Owner::Arm(_, at) if at == arm)
                })
            });
            let is_good = conditions && program.outcome_at(step) == Some(false);
            let is_there = task.fails_by_nothing && is_behind_value(program, step, around, receive);
            !is_of_other_arm && (is_good || is_there)
        })
}

/// Whether all conditions between a step and the loop around it ask whether an answer is there.
fn is_behind_value(program: &Program, step: StepId, around: StepId, receive: StepId) -> bool {
    let is_answer = |value: ExprId| {
        let answer = program.variable_of(value);
        answer.is_some_and(|answer| {
            matches!(program.variable(answer).init, Init::Value(from)
                if *program.kind(from) == ExprKind::Received(receive))
        })
    };
    let mut asked = program
        .ancestors(step)
        .take_while(|(of, _)| *of != around)
        .filter_map(|(of, owner)| match *program.op(of) {
            Op::Branch { condition, .. } => Some((condition, owner)),
            _ => None,
        })
        .peekable();
    asked.peek().is_some()
        && asked.all(|(condition, owner)| {
            matches!(owner, Owner::Then(_))
                && matches!(*program.kind(condition), ExprKind::Binary(BinaryOp::NotEqual, value, nothing)
                    if is_answer(value) && *program.kind(nothing) == ExprKind::Nil)
        })
}

/// Whether all conditions between a step and the loop around it ask whether it went well.
fn conditions_of(program: &Program, step: StepId, around: StepId) -> bool {
    program
        .ancestors(step)
        .take_while(|(of, _)| *of != around)
        .all(|(of, owner)| match program.op(of) {
            Op::Branch { condition, .. } => {
                let fails_in_then = matches!(owner, Owner::Else(_));
                program.failure_test(*condition) == Some(fails_in_then)
            }
            Op::Switch { .. } | Op::Loop(_) => false,
            _ => true,
        })
}
