//! Where a limit is cut: the places that make it smaller in proportion.

use super::care::Raise;
use super::values::Of;
use super::{failures, handed, limits, tried};
use crate::model::{
    Api, Assign, AssignHow, BinaryOp, Call, ExprId, ObjectId, Op, Program, StepId, VariableId,
};
use crate::source::Span;

/// A place where a limit is made smaller.
pub(super) struct Cut {
    /// The step that changes the limit.
    pub step: StepId,
    /// The step that decides on the smaller value; often the same.
    pub decided: StepId,
    /// Where to point.
    pub at: Span,
    pub limit: ObjectId,
    /// What else stands for the limit where its new value is made.
    pub parameter: Option<VariableId>,
    /// A floor stands in the value itself.
    pub has_floor: bool,
    /// Read and written in two steps of an atomic.
    pub is_torn: bool,
    /// Written only if nobody was in between.
    pub is_swapped: bool,
    /// The local that holds the new value for a while.
    pub through: Option<VariableId>,
    /// Where the same change makes the limit larger on another way.
    pub growths: Vec<Raise>,
    /// How the limit is changed, and by what.
    pub value: (AssignHow, ExprId),
    /// The one of several values of a local that cuts.
    pub chosen: Option<(VariableId, ExprId)>,
}

pub(super) fn cuts(program: &Program) -> Vec<Cut> {
    let mut found = Vec::new();
    for step in program.step_ids() {
        let cut = match program.op(step) {
            Op::Assign(assign) => of_assign(program, step, assign),
            Op::Call(call) if matches!(call.api, Api::AtomicStore | Api::AtomicCompareSwap) => {
                of_store(program, step, call)
            }
            _ => None,
        };
        found.extend(cut.filter(|cut| {
            limits::is_shared(program, cut.limit) && failures::on_failure(program, cut)
        }));
    }
    limits::retain(program, &mut found);
    found
}

/// `limit /= 2`, `limit = limit * 0.7`, `limit = max(limit/2, 1)`.
fn of_assign(program: &Program, step: StepId, assign: &Assign) -> Option<Cut> {
    let (&[target], &[value]) = (program.list(assign.targets), program.list(assign.values)) else {
        return None;
    };
    match assign.how {
        AssignHow::Update(operator) => {
            let takes_share = || {
                let of = program.object_of(target).map(Of::limit);
                operator == BinaryOp::Subtract
                    && of.is_some_and(|of| tried::is_share(program, of, value))
            };
            if !shrinks(program, operator, value) && !takes_share() {
                return None;
            }
            Some(Cut::at(
                step,
                program.span(step),
                program.object_of(target)?,
                (assign.how, value),
            ))
        }
        AssignHow::Set => {
            let of = Of::limit(program.object_of(target)?);
            of.cut(program, step, value, false)
                .or_else(|| handed::cut(program, of, step, value))
        }
        AssignHow::Define => None,
    }
}

/// `limit.Store(limit.Load() / 2)`, also through a local, and a swap that is tried again until
/// nobody was in between.
fn of_store(program: &Program, step: StepId, call: &Call) -> Option<Cut> {
    let (limit, value) = stored(program, call)?;
    let cut = match handed::closure(program, value) {
        Some(function) => {
            let of = Of {
                limit,
                parameter: program.function(function).parameters.first().copied(),
                caller: None,
            };
            of.cut_among(program, step, &handed::results(program, function))?
        }
        None => {
            let of = Of::limit(limit);
            let cut = of.cut(program, step, value, true);
            cut.or_else(|| handed::cut(program, of, step, value))?
        }
    };
    Some(Cut {
        is_torn: call.api == Api::AtomicStore,
        is_swapped: call.api == Api::AtomicCompareSwap,
        ..cut
    })
}

/// The atomic and the value of a store, as a method or as a function on its address.
pub(super) fn stored(program: &Program, call: &Call) -> Option<(ObjectId, ExprId)> {
    let arguments = program.list(call.args);
    if call.api == Api::AtomicCompareSwap {
        let on = call.receiver.and_then(|on| program.object_of(on));
        // Orderings stand beside the values, or before what makes one of the other.
        let made = arguments
            .iter()
            .rev()
            .find(|&&argument| handed::closure(program, argument).is_some());
        return match (on, made, arguments) {
            (Some(on), Some(&made), _) => Some((on, made)),
            (Some(on), None, &[_, value, ..]) => Some((on, value)),
            (_, _, &[place, _, value]) => Some((program.object_of(place)?, value)),
            _ => None,
        };
    }
    match (call.receiver, arguments) {
        (Some(receiver), &[value]) => Some((program.object_of(receiver)?, value)),
        (_, &[place, value]) => Some((program.object_of(place)?, value)),
        _ => None,
    }
}

impl Cut {
    pub(super) fn at(step: StepId, at: Span, limit: ObjectId, value: (AssignHow, ExprId)) -> Cut {
        Cut {
            step,
            decided: step,
            at,
            limit,
            parameter: None,
            has_floor: false,
            is_torn: false,
            is_swapped: false,
            through: None,
            growths: Vec::new(),
            value,
            chosen: None,
        }
    }

    /// What stands for the limit where its new value is made.
    pub(super) fn of(&self) -> Of {
        Of {
            parameter: self.parameter,
            ..Of::limit(self.limit)
        }
    }

    /// Whether an expression is the limit as it was.
    pub(super) fn is_of(&self, program: &Program, id: ExprId) -> bool {
        self.of().is_it(program, id)
    }
}

/// Whether combining with this value makes a number smaller in proportion.
pub(super) fn shrinks(program: &Program, operator: BinaryOp, value: ExprId) -> bool {
    let Some(by) = program.constant(value).and_then(|by| by.as_f64()) else {
        return false;
    };
    match operator {
        BinaryOp::Divide => by > 1.0,
        BinaryOp::ShiftRight => by >= 1.0,
        BinaryOp::Multiply => by > 0.0 && by < 1.0,
        _ => false,
    }
}
