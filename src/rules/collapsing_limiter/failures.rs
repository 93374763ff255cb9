//! Whether a limit is cut because something went wrong.

use super::cuts::Cut;
use super::values::Of;
use crate::model::{
    AssignHow, BinaryOp, BlockId, ExprId, ExprKind, Library, Op, Owner, Program, StepId, Type,
    VariableKind,
};

/// Words in the names of functions that are called when something went wrong.
const FAILURES: &[&str] = &[
    "fail",
    "overload",
    "err",
    "drop",
    "backoff",
    "back_off",
    "cut",
    "shrink",
    "throttl",
    "decrease",
    "congest",
    "reject",
    "slow",
    "timeout",
    "timedout",
    "timed_out",
    "reduce",
    "lower",
    "halve",
    "penal",
    "loss",
    "degrade",
    "down",
    "result",
    "done",
    "observe",
    "leave",
    "release",
    "report",
    "pressure",
    "pushback",
    "saturat",
    "unhealthy",
    "retry",
];

/// Words in the names of what is asked or matched when something went wrong.
const TROUBLES: &[&str] = &[
    "fail",
    "overload",
    "err",
    "drop",
    "throttl",
    "congest",
    "reject",
    "refus",
    "slow",
    "timeout",
    "timed_out",
    "timedout",
    "loss",
    "busy",
    "unavailable",
    "exhausted",
    "toomany",
    "too_many",
    "pressure",
];

pub(super) fn on_failure(program: &Program, cut: &Cut) -> bool {
    let outermost = program.outermost(program.function_of(cut.step));
    let name = program.text(program.function(outermost).name);
    let lower = name.to_ascii_lowercase();
    let is_on_failing_way = |at: StepId| {
        let mut around = program.ancestors(at);
        around.any(|(around, owner)| tells_failure(program, around, owner))
    };
    FAILURES.iter().any(|word| lower.contains(word))
        || is_trouble_name(name)
        || !cut.growths.is_empty()
        || is_on_failing_way(cut.step)
        || is_on_failing_way(cut.decided)
        || program.callers[outermost.index()]
            .iter()
            .any(|&caller| is_on_failing_way(caller))
        || succeeds_before(program, cut)
        || program
            .object(cut.limit)
            .writes
            .iter()
            .any(|&step| step != cut.step && is_growth_beside(program, step, cut))
}

/// Whether a way is taken when something failed.
fn tells_failure(program: &Program, around: StepId, owner: Owner) -> bool {
    match (owner, program.op(around)) {
        (Owner::Then(_) | Owner::Else(_), &Op::Branch { condition, .. }) => {
            program.failure_test(condition).is_some()
                || is_flag(program, condition)
                || is_trouble(program, condition)
        }
        (Owner::Case(_, at), Op::Switch { cases, .. }) => {
            let case = &cases[at as usize];
            is_trouble_block(program, case.body)
                || program
                    .list(case.values)
                    .iter()
                    .any(|&value| is_trouble(program, value) || is_status(program, value))
        }
        _ => false,
    }
}

/// Whether what the pattern of a block names is a failure.
fn is_trouble_block(program: &Program, block: BlockId) -> bool {
    program.asked_for.get(&block).is_some_and(|names| {
        names
            .iter()
            .any(|&name| is_trouble_name(program.text(name)))
    })
}

fn is_trouble_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TROUBLES.iter().any(|word| name.contains(word))
}

/// Whether a condition asks by name whether something failed, for the status of an answer that
/// says so, or whether it took too long.
fn is_trouble(program: &Program, condition: ExprId) -> bool {
    program
        .parts_of(condition)
        .into_iter()
        .any(|part| match *program.kind(part) {
            ExprKind::Call(step) => program
                .call(step)
                .is_some_and(|call| is_trouble_name(&program.callee_name(call.callee))),
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
                is_trouble_name(program.text(program.variable(variable).name))
            }
            ExprKind::Qualified(_, name) | ExprKind::Name(name) | ExprKind::Member(_, name) => {
                is_trouble_name(program.text(name))
            }
            ExprKind::Binary(operator, left, right) => {
                let is_time = |side: ExprId| {
                    program.library(program.expr(side).ty) == Some(Library::Duration)
                };
                operator.is_order() && (is_time(left) || is_time(right))
                    || operator.is_comparison()
                        && (is_status(program, left) || is_status(program, right))
            }
            _ => false,
        })
}

/// The number of an answer that says that something failed.
fn is_status(program: &Program, value: ExprId) -> bool {
    matches!(program.constant_int(value), Some(400..=599))
}

/// `if err == nil { return }` before the cut.
fn succeeds_before(program: &Program, cut: &Cut) -> bool {
    let function = program.function_of(cut.decided);
    program
        .before(cut.decided, function)
        .into_iter()
        .any(|step| {
            matches!(program.op(step), Op::Branch { condition, then, .. }
            if program.failure_test(*condition) == Some(false)
                && program.block_diverges(*then)
                && program.dominates(step, cut.decided))
        })
}

/// Up in one case and down in another of the same function: additive up, in proportion down.
fn is_growth_beside(program: &Program, step: StepId, cut: &Cut) -> bool {
    let Op::Assign(assign) = program.op(step) else {
        return false;
    };
    let adds = match assign.how {
        AssignHow::Update(BinaryOp::Add) => true,
        AssignHow::Set => program.list(assign.values).iter().any(|&value| {
            program.parts_of(value).into_iter().any(|part| {
                matches!(*program.kind(part), ExprKind::Binary(BinaryOp::Add, left, right)
                if [left, right].iter().any(|&side| {
                    Of::limit(cut.limit).is_it(program, side)
                }))
            })
        }),
        _ => false,
    };
    adds && program.function_of(step) == program.function_of(cut.step)
}

fn is_flag(program: &Program, condition: ExprId) -> bool {
    program.parts_of(condition).iter().any(|&part| {
        matches!(*program.kind(part), ExprKind::Variable(variable)
            if program.variable(variable).kind == VariableKind::Parameter
                && matches!(program.underlying(program.variable(variable).ty), Type::Boolean))
    })
}
