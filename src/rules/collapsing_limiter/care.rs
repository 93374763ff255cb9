//! What keeps a limit up: floors, and ways to grow again.

use rustc_hash::FxHashMap;

use super::cuts::{Cut, shrinks, stored};
use super::values::Of;
use super::{handed, limits};
use crate::model::{
    Api, Assign, AssignHow, BinaryOp, Call, ExprId, ExprKind, ObjectId, Op, Owner, Program, StepId,
    VariableId,
};

/// What else is done to the limits that are cut.
#[derive(Default)]
pub(super) struct Care {
    /// Where a limit is brought back to a bound: a comparison with it decides on a change.
    pub floors: FxHashMap<ObjectId, StepId>,
    /// How a limit grows.
    pub growths: FxHashMap<ObjectId, Vec<Raise>>,
    /// Locals that are brought back to a bound before they are stored.
    pub floored_locals: FxHashMap<VariableId, StepId>,
}

/// A change that makes a limit larger, or may.
#[derive(Clone, Debug)]
pub(super) struct Raise {
    /// Where.
    pub step: StepId,
    /// How the limit is changed, and by what; none where that is not in view.
    pub value: Option<(AssignHow, ExprId)>,
    /// What else stands for the limit as it was.
    pub parameter: Option<VariableId>,
    /// The one of several values of a local that raises.
    pub chosen: Option<(VariableId, ExprId)>,
}

impl Raise {
    /// A raise by nobody knows how much.
    pub(super) fn unknown(step: StepId) -> Raise {
        Raise {
            step,
            value: None,
            parameter: None,
            chosen: None,
        }
    }

    fn by(step: StepId, how: AssignHow, value: ExprId) -> Raise {
        Raise {
            value: Some((how, value)),
            ..Raise::unknown(step)
        }
    }
}

impl Care {
    pub(super) fn of(program: &Program, cuts: &[Cut]) -> Care {
        let mut care = Care::default();
        let known = |object: ObjectId| cuts.iter().any(|cut| cut.limit == object);
        let is_cut = |step: StepId| cuts.iter().any(|cut| cut.step == step);
        for step in program.step_ids() {
            match program.op(step) {
                Op::Assign(assign) if !is_cut(step) => care.assign(program, step, assign, &known),
                Op::Call(call) if !is_cut(step) => care.call(program, step, call, &known),
                _ => {}
            }
        }
        for cut in cuts {
            let growths = cut.growths.iter().cloned();
            if !cut.growths.is_empty() {
                care.growths.entry(cut.limit).or_default().extend(growths);
            }
            let is_kept_up = compares(program, cut.decided, false, |part| cut.is_of(program, part));
            if is_kept_up {
                care.floors.entry(cut.limit).or_insert(cut.step);
            }
        }
        care
    }

    fn assign(
        &mut self,
        program: &Program,
        step: StepId,
        assign: &Assign,
        known: &dyn Fn(ObjectId) -> bool,
    ) {
        for (target, value) in program.assigned(assign) {
            if let ExprKind::Variable(variable) = *program.kind(target)
                && assign.how != AssignHow::Define
                && compares(program, step, true, |part| {
                    *program.kind(part) == ExprKind::Variable(variable)
                })
            {
                self.floored_locals.insert(variable, step);
            }
            let Some(object) = program.object_of(target).filter(|&object| known(object)) else {
                continue;
            };
            let of = Of::limit(object);
            let is_floor = !matches!(assign.how, AssignHow::Update(_))
                && (of.is_kept_up(program, value, step)
                    || compares(program, step, true, |part| of.is_it(program, part))
                        && !program
                            .parts_of(value)
                            .into_iter()
                            .any(|part| of.is_it(program, part)));
            if is_floor {
                self.floors.entry(object).or_insert(step);
            } else if grows(program, step, assign.how, value, object)
                && !is_bound_above(program, step, assign, |part| of.is_it(program, part))
            {
                let raises = self.growths.entry(object).or_default();
                raises.push(Raise::by(step, assign.how, value));
            }
        }
    }

    fn call(
        &mut self,
        program: &Program,
        step: StepId,
        call: &Call,
        known: &dyn Fn(ObjectId) -> bool,
    ) {
        let first = program.list(call.args).first().copied();
        let object = match call.api {
            Api::AtomicAdd | Api::AtomicStore | Api::AtomicCompareSwap | Api::AtomicSwap => call
                .receiver
                .and_then(|of| program.object_of(of))
                .filter(|&object| known(object))
                .or_else(|| first.and_then(|of| program.object_of(of))),
            _ => None,
        };
        if let Some(object) = object.filter(|&object| known(object)) {
            let raises = raises(program, step, call);
            if !raises.is_empty() {
                self.growths.entry(object).or_default().extend(raises);
            }
        }
    }
}

/// What an atomic may be raised to by a call.
fn raises(program: &Program, step: StepId, call: &Call) -> Vec<Raise> {
    let closure = || {
        let (_, value) = stored(program, call)?;
        let function = handed::closure(program, value)?;
        let parameter = program.function(function).parameters.first().copied();
        let made = handed::results(program, function).into_iter();
        let raised = made.map(|(_, value)| Raise {
            parameter,
            ..Raise::by(step, AssignHow::Set, value)
        });
        Some(raised.collect())
    };
    match call.api {
        Api::AtomicAdd => match (limits::added(program, call), program.list(call.args).last()) {
            (Some((_, false)), _) => Vec::new(),
            (_, Some(&by)) => vec![Raise::by(step, AssignHow::Update(BinaryOp::Add), by)],
            _ => vec![Raise::unknown(step)],
        },
        Api::AtomicStore | Api::AtomicCompareSwap => closure().unwrap_or_else(|| {
            let value = stored(program, call).map(|(_, value)| value);
            vec![value.map_or(Raise::unknown(step), |value| {
                Raise::by(step, AssignHow::Set, value)
            })]
        }),
        _ => vec![Raise::unknown(step)],
    }
}

/// Whether a value is only brought down to a bound: it is set, where it is large, to something else.
pub(super) fn is_bound_above(
    program: &Program,
    step: StepId,
    assign: &Assign,
    is_it: impl Fn(ExprId) -> bool,
) -> bool {
    let mut values = program.list(assign.values).iter();
    assign.how == AssignHow::Set
        && !values.any(|&value| program.parts_of(value).into_iter().any(&is_it))
        && compares(program, step, false, is_it)
}

/// Whether an assignment makes the limit larger, or may.
fn grows(program: &Program, step: StepId, how: AssignHow, value: ExprId, limit: ObjectId) -> bool {
    match how {
        AssignHow::Update(BinaryOp::Add) => !Of::limit(limit).is_nothing(program, value),
        AssignHow::Update(BinaryOp::Multiply) => !shrinks(program, BinaryOp::Multiply, value),
        AssignHow::Update(BinaryOp::ShiftLeft) => true,
        AssignHow::Update(_) => false,
        AssignHow::Define | AssignHow::Set => !Of::limit(limit).never_grows(program, value, step),
    }
}

/// Whether a branch around a step is taken only when this is small (`small`) or large compared
/// with something.
pub(super) fn compares(
    program: &Program,
    step: StepId,
    small: bool,
    is_it: impl Fn(ExprId) -> bool,
) -> bool {
    use BinaryOp::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    // What would be left of it may be asked as well: `limit/2 >= floor`.
    let is_it = |side: ExprId| {
        is_it(side)
            || matches!(*program.kind(side),
                ExprKind::Binary(BinaryOp::Divide | BinaryOp::ShiftRight | BinaryOp::Subtract, of, _)
                    if is_it(of))
    };
    program.ancestors(step).any(|(around, owner)| {
        let (conditions, wanted): (&[ExprId], bool) = match (owner, program.op(around)) {
            (Owner::Then(_), Op::Branch { condition, .. }) => {
                (std::slice::from_ref(condition), small)
            }
            (Owner::Else(_), Op::Branch { condition, .. }) => {
                (std::slice::from_ref(condition), !small)
            }
            (
                Owner::Case(_, at),
                Op::Switch {
                    subject: None,
                    cases,
                },
            ) => (program.list(cases[at as usize].values), small),
            _ => return false,
        };
        let mut parts = conditions.iter().flat_map(|&of| program.parts_of(of));
        parts.any(|part| {
            let ExprKind::Binary(operator, left, right) = *program.kind(part) else {
                return false;
            };
            let is_left = is_it(left);
            if !is_left && !is_it(right) {
                return false;
            }
            match (operator, is_left) {
                (Less | LessEqual, true) | (Greater | GreaterEqual, false) | (Equal, _) => wanted,
                (Greater | GreaterEqual, true) | (Less | LessEqual, false) | (NotEqual, _) => {
                    !wanted
                }
                _ => false,
            }
        })
    })
}
