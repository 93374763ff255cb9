//! Places that are counted by hand: in a number that is compared, by a flag that is swapped, under
//! a key that is asked for. Who finds none left turns back.

use super::permits::Move;
use super::{
    Api, AssignHow, BinaryOp, Call, ExprId, ExprKind, Init, ObjectId, Op, Program, StepId,
    VariableKind,
};
use rustc_hash::FxHashSet;

/// How many names a number may have between the count and the question.
const MAX_NAMES: u32 = 3;

impl Program {
    /// What a step does to a place that is counted by hand.
    pub(super) fn place_use(&self, step: StepId) -> Option<(ObjectId, Move)> {
        let (object, way) = match self.op(step) {
            Op::Assign(assign) => match (assign.how, self.list(assign.targets)) {
                (AssignHow::Update(BinaryOp::Add), &[target]) => {
                    (self.object_of(target)?, Move::In)
                }
                (AssignHow::Update(BinaryOp::Subtract), &[target]) => {
                    (self.object_of(target)?, Move::Out)
                }
                (AssignHow::Set, &[target]) => match *self.kind(target) {
                    ExprKind::Index(map, _) => (self.object_of(map)?, Move::In),
                    _ => return None,
                },
                _ => return None,
            },
            Op::Call(call) => {
                let on = || self.object_of(self.changed_by(call)?);
                match call.api {
                    Api::AtomicAdd if self.counts_down(call) => (on()?, Move::Out),
                    Api::AtomicSwap if self.sets_down(call) => (on()?, Move::Out),
                    Api::AtomicAdd | Api::AtomicSwap | Api::AtomicCompareSwap => (on()?, Move::In),
                    Api::AtomicStore | Api::MapDelete => (on()?, Move::Out),
                    _ => return None,
                }
            }
            _ => return None,
        };
        self.limited().contains(&object).then_some((object, way))
    }

    /// The atomic or the map that a call changes.
    fn changed_by(&self, call: &Call) -> Option<ExprId> {
        call.receiver
            .or_else(|| self.list(call.args).first().copied())
    }

    fn counts_down(&self, call: &Call) -> bool {
        let name = self.callee_name(call.callee);
        let by = self.list(call.args).last();
        let by = by
            .and_then(|&by| self.constant(by))
            .and_then(|by| by.as_f64());
        matches!(name.as_str(), "fetch_sub" | "Dec") || by.is_some_and(|by| by < 0.0)
    }

    fn sets_down(&self, call: &Call) -> bool {
        let value = self.list(call.args).last();
        value.is_some_and(|&value| *self.kind(value) == ExprKind::Bool(false))
    }

    /// What is asked for before one turns back: numbers, flags and maps that outlive the call.
    fn limited(&self) -> &FxHashSet<ObjectId> {
        self.limited.get_or_init(|| {
            let mut limited = FxHashSet::default();
            for step in self.step_ids() {
                match *self.op(step) {
                    Op::Branch {
                        condition,
                        then,
                        otherwise,
                    } if self.block_diverges(then)
                        || otherwise.is_some_and(|block| self.block_diverges(block)) =>
                    {
                        limited.extend(self.asked_in(condition));
                    }
                    Op::Call(ref call)
                        if matches!(call.api, Api::AtomicCompareSwap | Api::AtomicSwap) =>
                    {
                        let on = self.changed_by(call);
                        limited.extend(on.and_then(|on| self.object_of(on)));
                    }
                    _ => {}
                }
            }
            limited.retain(|&object| self.is_kept_place(object));
            limited
        })
    }

    fn is_kept_place(&self, object: ObjectId) -> bool {
        let mut places = self.object(object).variables.iter();
        places.any(|&place| {
            matches!(
                self.variable(place).kind,
                VariableKind::Field(_) | VariableKind::Global
            )
        })
    }

    /// The numbers that a condition compares, and the maps that it looks a key up in.
    fn asked_in(&self, condition: ExprId) -> Vec<ObjectId> {
        let mut found = Vec::new();
        for part in self.parts_of(condition) {
            match *self.kind(part) {
                ExprKind::Binary(operator, left, right) if operator.is_order() => {
                    found.extend(self.number_behind(left, MAX_NAMES));
                    found.extend(self.number_behind(right, MAX_NAMES));
                }
                ExprKind::Index(map, _) => found.extend(self.object_of(map)),
                ExprKind::Variable(variable) => {
                    if let Init::Value(value) | Init::Part(value, _) = self.variable(variable).init
                        && let ExprKind::Index(map, _) = *self.kind(value)
                    {
                        found.extend(self.object_of(map));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The number that one side of a comparison is, also right after it has moved.
    fn number_behind(&self, side: ExprId, names: u32) -> Option<ObjectId> {
        let names = names.checked_sub(1)?;
        match *self.kind(side) {
            ExprKind::Convert(_, inner) => self.number_behind(inner, names),
            ExprKind::Binary(BinaryOp::Add | BinaryOp::Subtract, left, _) => {
                self.number_behind(left, names)
            }
            ExprKind::Call(step) => {
                let call = self.call(step)?;
                let is_number = matches!(call.api, Api::AtomicLoad | Api::AtomicAdd);
                self.object_of(self.changed_by(call)?).filter(|_| is_number)
            }
            ExprKind::Variable(variable) => match self.variable(variable).init {
                Init::Value(value) if !matches!(self.kind(value), ExprKind::Int(_)) => {
                    self.number_behind(value, names)
                }
                _ => self.object_of(side),
            },
            _ => self.object_of(side),
        }
    }
}
