//! How often a loop turns, where the number is written down.

use super::{BinaryOp, ExprId, ExprKind, Init, LoopKind, Op, Program, StepId, Type};

impl Program {
    /// The turns of a loop that is not left early: `for i := 0; i < 3; i++`, its mirror, and a
    /// range over a number, an array or a literal.
    pub fn turns(&self, looped: StepId) -> Option<u64> {
        let Op::Loop(l) = self.op(looped) else {
            return None;
        };
        match l.kind {
            LoopKind::Counted(condition) => self.counted(condition),
            LoopKind::Over(over) => self.elements(over),
            _ => None,
        }
    }

    /// How many there are in what a loop goes through: a number, an array, a literal.
    pub fn elements(&self, over: ExprId) -> Option<u64> {
        if let Type::List(_, Some(length)) = *self.value_type(over) {
            return Some(length);
        }
        match *self.kind(over) {
            ExprKind::Composite(_, values, _) => Some(u64::from(values.len)),
            ExprKind::Variable(variable) if !self.is_reassigned(variable) => {
                match self.variable(variable).init {
                    Init::Value(value) => match *self.kind(value) {
                        ExprKind::Composite(_, values, _) => Some(u64::from(values.len)),
                        _ => self.number(over),
                    },
                    _ => None,
                }
            }
            _ => self.number(over),
        }
    }

    fn number(&self, id: ExprId) -> Option<u64> {
        u64::try_from(self.constant_int(id)?).ok()
    }

    fn counted(&self, condition: ExprId) -> Option<u64> {
        let ExprKind::Binary(operator, left, right) = *self.kind(condition) else {
            return None;
        };
        let start = |id: ExprId| match *self.kind(id) {
            ExprKind::Variable(variable) => match self.variable(variable).init {
                Init::Value(value) => self.constant_int(value),
                _ => None,
            },
            _ => None,
        };
        let (from, to, both) = match operator {
            BinaryOp::Less | BinaryOp::NotEqual => (start(left)?, self.constant_int(right)?, 0),
            BinaryOp::LessEqual => (start(left)?, self.constant_int(right)?, 1),
            BinaryOp::Greater => (self.constant_int(right)?, start(left)?, 0),
            BinaryOp::GreaterEqual => (self.constant_int(right)?, start(left)?, 1),
            _ => return None,
        };
        u64::try_from(to.checked_sub(from)?.checked_add(both)?).ok()
    }
}
