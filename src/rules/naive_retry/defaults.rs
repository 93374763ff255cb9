//! Numbers that a retry is set to, unless whoever runs it sets them otherwise.

use crate::model::{
    Call, ExprId, ExprKind, FunctionId, Init, Op, Program, Type, VariableId, VariableKind,
};

/// The most steps of a function that only hands a setting out.
const MAX_STEPS: usize = 4;

/// What a field of a configuration is where nobody sets it: in the literal of a function or a
/// variable that is called a default, or by an assignment of a constant.
pub(super) fn of_field(program: &Program, field: VariableId) -> Option<i64> {
    let literals = (0..program.exprs.len() as u32).map(ExprId);
    let written = literals.filter_map(|at| in_literal(program, at, field));
    let assigned = program.step_ids().filter_map(|step| {
        let Op::Assign(assign) = program.op(step) else {
            return None;
        };
        let is_it = |target| matches!(*program.kind(target), ExprKind::Field(_, of) if of == field);
        let mut pairs = program.assigned(assign);
        let (_, value) = pairs.find(|&(target, _)| is_it(target))?;
        let is_test = program.function(program.function_of(step)).is_test;
        program.constant_int(value).filter(|_| !is_test)
    });
    written.chain(assigned).max()
}

/// What a literal of a field's owner gives for it, where that is a default.
fn in_literal(program: &Program, literal: ExprId, field: VariableId) -> Option<i64> {
    let ExprKind::Composite(ty, values, keys) = *program.kind(literal) else {
        return None;
    };
    let VariableKind::Field(owner) = program.variable(field).kind else {
        return None;
    };
    if *program.pointee(ty) != Type::Named(owner) {
        return None;
    }
    let name = program.variable(field).name;
    let is_it = |&key: &ExprId| matches!(*program.kind(key), ExprKind::Key(key) if key == name);
    let at = program.list(keys).iter().position(is_it)?;
    let value = *program.list(values).get(at)?;
    let around = program.function_at(program.expr(literal).span);
    let is_default = |function: FunctionId| {
        let function = program.function(function);
        let name = program.text(function.name).to_ascii_lowercase();
        !function.is_test && name.contains("default")
    };
    match instead(program, value) {
        Some(unset) => program.constant_int(unset),
        None => program
            .constant_int(value)
            .filter(|_| around.is_none_or(is_default)),
    }
}

/// What stands in for a setting that is not there, also where a local has its name.
pub(super) fn instead(program: &Program, value: ExprId) -> Option<ExprId> {
    let behind = match *program.kind(value) {
        ExprKind::Variable(local) => match program.variable(local).init {
            Init::Value(made) => made,
            _ => value,
        },
        _ => value,
    };
    program.fallbacks.get(&behind).copied()
}

/// What a function of the unit hands out, if that is all it does.
pub(super) fn handed_out(program: &Program, call: &Call) -> Option<ExprId> {
    let steps = program.steps_of(call.target?);
    if steps.len() > MAX_STEPS {
        return None;
    }
    let mut values = steps.into_iter().filter_map(|step| match program.op(step) {
        Op::Return(values) => program.list(*values).first().copied(),
        _ => None,
    });
    values.next().filter(|_| values.next().is_none())
}
