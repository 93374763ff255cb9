//! What is done with the first answer out of a set, and with the losers.

use crate::model::flow::Exit;
use crate::model::{Api, BinaryOp, ExprId, ExprKind, Init, Op, Owner, Program, StepId, VariableId};

/// Whether the function lets the losers run on by a word of its own: they are tasks that end.
pub(super) fn lets_go(program: &Program, first: StepId, set: VariableId) -> bool {
    program.after(first).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            let on = call.receiver.and_then(|on| program.variable_or_field(on));
            on == Some(set) && program.callee_name(call.callee) == "detach_all"
        })
    })
}

/// Whether the function ends what is left in the set by a word of its own.
pub(super) fn ends_losers(program: &Program, first: StepId, set: Option<VariableId>) -> bool {
    program
        .steps_of(program.function_of(first))
        .into_iter()
        .any(|step| {
            program.call(step).is_some_and(|call| {
                let on = call.receiver.and_then(|on| program.variable_or_field(on));
                call.api == Api::Cancel && on.is_some() && on == set
            })
        })
}

/// Whether an answer that went well ends the loop: not the end of the set, not a count.
pub(super) fn ends_on_answer(program: &Program, around: StepId, first: StepId) -> bool {
    program
        .loop_exits(around)
        .into_iter()
        .filter(|(_, exit)| *exit != Exit::Away)
        .any(|(step, _)| {
            let asked = program
                .ancestors(step)
                .take_while(|(of, _)| *of != around)
                .try_fold(false, |is_asked, (of, owner)| match program.op(of) {
                    Op::Branch { condition, .. } => {
                        let is_then = matches!(owner, Owner::Then(_));
                        match asks(program, *condition, first) {
                            Ask::WhetherAny => is_then.then_some(is_asked),
                            Ask::WhetherGood => is_then.then_some(true),
                            Ask::Other => None,
                        }
                    }
                    Op::Switch { .. } | Op::Loop(_) => None,
                    _ => Some(is_asked),
                });
            asked.is_some_and(|is_asked| is_asked || program.outcome_at(step) == Some(false))
        })
}

/// What a condition behind a wait asks.
enum Ask {
    /// Whether the set had anything left.
    WhetherAny,
    /// Whether the answer is one.
    WhetherGood,
    Other,
}

fn asks(program: &Program, condition: ExprId, first: StepId) -> Ask {
    if program.failure_test(condition) == Some(false) {
        return Ask::WhetherGood;
    }
    match *program.kind(condition) {
        ExprKind::Variable(found) => match program.variable(found).init {
            Init::Part(of, 1) if program.call_of(of).is_some_and(|(step, _)| step == first) => {
                Ask::WhetherAny
            }
            Init::Part(_, 1) => Ask::WhetherGood,
            _ => Ask::Other,
        },
        // A result that has no error, an option that has a value.
        ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, _, nothing)
            if matches!(program.kind(nothing), ExprKind::Nil) =>
        {
            Ask::WhetherGood
        }
        _ => Ask::Other,
    }
}
