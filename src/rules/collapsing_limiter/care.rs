//! What keeps a limit up: floors, and ways to grow again.

use rustc_hash::FxHashMap;

use super::cuts::{Cut, Of, shrinks};
use crate::model::{
    Api, Assign, AssignHow, BinaryOp, Call, ExprId, ExprKind, ObjectId, Op, Owner, Program, StepId,
    VariableId,
};

/// What else is done to the limits that are cut.
#[derive(Default)]
pub(super) struct Care {
    /// Where a limit is brought back to a bound: a comparison with it decides on a change.
    pub floors: FxHashMap<ObjectId, StepId>,
    /// Where a limit grows.
    pub growths: FxHashMap<ObjectId, StepId>,
    /// Locals that are brought back to a bound before they are stored.
    pub floored_locals: FxHashMap<VariableId, StepId>,
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
            if let Some(growth) = cut.growth {
                care.growths.entry(cut.limit).or_insert(growth);
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
            } else if grows(program, step, assign.how, value, object) {
                self.growths.entry(object).or_insert(step);
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
            self.growths.entry(object).or_insert(step);
        }
    }
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
