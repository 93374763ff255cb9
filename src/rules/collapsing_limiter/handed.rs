//! Limits that are scaled by what the caller says: `scale(3, 4)`.

use super::care::{Raise, compares};
use super::cuts::Cut;
use super::values::Of;
use crate::model::{ExprId, ExprKind, FunctionId, Op, Program, StepId};

/// How many calls are looked at.
const MAX_CALLS: usize = 16;

/// The cut that a step makes where one of its callers hands it a factor below one. What others hand
/// it may make the limit larger.
pub(super) fn cut(program: &Program, of: Of, step: StepId, value: ExprId) -> Option<Cut> {
    let callers = &program.callers[program.function_of(step).index()];
    let mut found = None;
    let mut growth = None;
    for &caller in callers.iter().take(MAX_CALLS) {
        let mut by = of;
        by.caller = Some(caller);
        match by.cut(program, step, value, false) {
            Some(cut) => {
                let is_kept_up = compares(program, caller, false, |part| of.is_it(program, part));
                found = found.or(Some(cut).filter(|_| !is_kept_up));
            }
            None => growth = growth.or(Some(Raise::unknown(caller))),
        }
    }
    found.map(|mut cut| {
        cut.growths.extend(growth);
        cut
    })
}

/// `change(limit)`: what the caller of the function around it hands in to make the new value, and
/// what that is given.
pub(super) fn change(
    program: &Program,
    caller: Option<StepId>,
    value: ExprId,
) -> Option<(FunctionId, ExprId)> {
    let (_, call) = program.call_of(value)?;
    let &[given] = program.list(call.args) else {
        return None;
    };
    let ExprKind::Variable(parameter) = *program.kind(call.callee) else {
        return None;
    };
    let at = program.parameter_at(parameter)?;
    let handed = program.call(caller?)?;
    let &change = program.list(handed.args).get(at)?;
    Some((closure(program, change)?, given))
}

/// The number that a value is, written there or where the function around it is called.
pub(super) fn number(program: &Program, id: ExprId, caller: Option<StepId>) -> Option<f64> {
    if let Some(written) = program.constant(id) {
        return written.as_f64();
    }
    let call = program.call(caller?)?;
    let handed = match *program.kind(id) {
        ExprKind::Convert(_, inner) => return number(program, inner, caller),
        ExprKind::Variable(variable) if !program.is_reassigned(variable) => {
            let parameters = &program.function(call.target?).parameters;
            let at = parameters.iter().position(|&one| one == variable)?;
            *program.list(call.args).get(at)?
        }
        _ => return None,
    };
    program.constant(handed)?.as_f64()
}

/// The closure that a value is, also by the name of a local.
pub(super) fn closure(program: &Program, value: ExprId) -> Option<FunctionId> {
    match *program.kind(value) {
        ExprKind::Reference(inner) => closure(program, inner),
        _ => {
            let function = program.function_of_value(value);
            function.filter(|&function| program.is_closure(function))
        }
    }
}

/// What a function returns, and where.
pub(super) fn results(program: &Program, function: FunctionId) -> Vec<(StepId, ExprId)> {
    let result = |inner: StepId| match *program.op(inner) {
        Op::Return(values) => Some((inner, *program.list(values).first()?)),
        _ => None,
    };
    let steps = program.steps_of(function).into_iter();
    steps.filter_map(result).collect()
}
