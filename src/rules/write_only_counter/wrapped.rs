//! Counters with a type of their own: a number that methods of the unit count up and read.

use crate::model::{
    Api, AssignHow, BinaryOp, Call, ExprId, ExprKind, FunctionId, FunctionKind, Library, NamedId,
    Op, Parent, Program, StepId, Type, TypeId, VariableId,
};

/// How many methods may lie between a call and the number.
const MAX_CALLS: u32 = 3;

/// The type of the unit that is no more than one whole number with methods of its own. A method of
/// an interface may be called by who knows no more than that.
pub(super) fn counter_within(program: &Program, ty: TypeId) -> Option<NamedId> {
    let Type::Named(named) = *program.ty(ty) else {
        return None;
    };
    let of = &program.named[named.index()];
    let &[(_, number)] = &of.fields[..] else {
        return None;
    };
    let ty = program.variable(number).ty;
    let is_number = program.library(ty) == Some(Library::AtomicInteger)
        || matches!(program.underlying(ty), Type::Integer(_));
    let mut methods = of.methods.iter();
    let is_closed = methods.all(|&(_, method)| !program.function(method).of_interface);
    (is_number && is_closed && !of.methods.is_empty()).then_some(named)
}

/// Whether a step calls a method that does no more than count its value up.
pub(super) fn counts_up(program: &Program, step: StepId, method: FunctionId) -> bool {
    let is_call = program
        .call(step)
        .is_some_and(|call| call.target == Some(method));
    is_call && !program.used_results().contains(&step) && only_counts(program, method, MAX_CALLS)
}

/// `bump(&stats.dropped)`: whether a call of a function of the unit does no more with the place that
/// it is given than count up there.
pub(super) fn counts_up_given(program: &Program, step: StepId, part: ExprId) -> bool {
    program.call(step).is_some_and(|call| {
        let at = program
            .list(call.args)
            .iter()
            .position(|&given| given == part);
        at.is_some_and(|at| only_counts_given(program, call, at, MAX_CALLS))
    })
}

fn only_counts_given(program: &Program, call: &Call, at: usize, calls: u32) -> bool {
    let given = call
        .target
        .map(|target| &program.function(target).parameters);
    let (Some(calls), Some(&place)) = (calls.checked_sub(1), given.and_then(|of| of.get(at)))
    else {
        return false;
    };
    let counts = |&named: &ExprId| match program.parent_of(named) {
        // `*n++`
        Parent::Expr(outer) => match (program.kind(outer), program.parent_of(outer)) {
            (ExprKind::Dereference(_), Parent::Step(step)) => {
                matches!(program.op(step), Op::Assign(assign)
                    if assign.how == AssignHow::Update(BinaryOp::Add)
                        && program.list(assign.targets).contains(&outer))
            }
            (ExprKind::Member(..), Parent::Step(step)) => adds(program, step, outer, None),
            _ => false,
        },
        Parent::Step(step) => adds(program, step, named, Some(calls)),
        Parent::None => false,
    };
    let mut places = program.occurrences(place).iter().peekable();
    places.peek().is_some() && places.all(counts)
}

/// Whether a call adds to an atomic that is a part of it, and nobody takes what it was.
fn adds(program: &Program, step: StepId, part: ExprId, calls: Option<u32>) -> bool {
    let Some(call) = program
        .call(step)
        .filter(|_| !program.used_results().contains(&step))
    else {
        return false;
    };
    let at = program
        .list(call.args)
        .iter()
        .position(|&given| given == part);
    match (at, calls) {
        (None, _) => call.api == Api::AtomicAdd && call.callee == part,
        // A place, and what is added to it; of a method's arguments it would be what is added.
        (Some(0), _) if call.api == Api::AtomicAdd => call.receiver.is_none() && call.args.len == 2,
        (Some(at), Some(calls)) => only_counts_given(program, call, at, calls),
        (Some(_), None) => false,
    }
}

fn only_counts(program: &Program, method: FunctionId, calls: u32) -> bool {
    let Some(calls) = calls.checked_sub(1) else {
        return false;
    };
    let FunctionKind::Method(receiver, named) = program.function(method).kind else {
        return false;
    };
    let Some(&(_, number)) = program.named[named.index()].fields.first() else {
        return false;
    };
    let mut counts = false;
    let is_plain = program
        .steps_of(method)
        .into_iter()
        .all(|step| match program.op(step) {
            Op::Call(call) => {
                let inner = |target: FunctionId| {
                    is_method_of(program, target, named) && only_counts(program, target, calls)
                };
                let is_count = call.api == Api::AtomicAdd || call.target.is_some_and(inner);
                counts |= is_count;
                is_count && !program.used_results().contains(&step)
            }
            // A name of its own tells nobody anything.
            Op::Assign(assign) if assign.how == AssignHow::Define => true,
            Op::Assign(assign) => {
                let is_count = assign.how == AssignHow::Update(BinaryOp::Add)
                    && program
                        .list(assign.targets)
                        .iter()
                        .all(|&target| is_number_of(program, target, receiver, number));
                counts |= is_count;
                is_count
            }
            Op::Return(values) => values.len == 0,
            Op::Scope(_) => true,
            _ => false,
        });
    is_plain && counts
}

fn is_method_of(program: &Program, function: FunctionId, named: NamedId) -> bool {
    matches!(program.function(function).kind, FunctionKind::Method(_, of) if of == named)
}

fn is_number_of(
    program: &Program,
    target: ExprId,
    receiver: VariableId,
    number: VariableId,
) -> bool {
    matches!(*program.kind(target), ExprKind::Field(base, field)
        if field == number && program.variable_of(base) == Some(receiver))
}
