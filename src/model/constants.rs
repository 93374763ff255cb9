//! Values known without running the code: literals, constants, and variables that are set once.

use super::{
    AssignHow, BinaryOp, Constant, ExprId, ExprKind, Init, Op, Program, Type, UnaryOp, VariableId,
    VariableKind,
};

/// How deep a value is followed.
const MAX_DEPTH: u32 = 40;

impl Program {
    /// The value of an expression, if it can be known. Times are in nanoseconds.
    pub fn constant(&self, id: ExprId) -> Option<Constant> {
        self.fold(id, MAX_DEPTH)
    }

    /// The value as a whole number.
    pub fn constant_int(&self, id: ExprId) -> Option<i64> {
        self.constant(id)?.as_i64()
    }

    /// The value of a named constant or of a variable that is set once.
    pub fn constant_of(&self, variable: VariableId) -> Option<Constant> {
        self.fold_variable(variable, MAX_DEPTH)
    }

    fn fold(&self, id: ExprId, depth: u32) -> Option<Constant> {
        let depth = depth.checked_sub(1)?;
        match *self.kind(id) {
            ExprKind::Int(value) => Some(Constant::Int(value)),
            ExprKind::Float(value) => Some(Constant::Float(value)),
            ExprKind::Bool(value) => Some(Constant::Bool(value)),
            ExprKind::Variable(variable) => self.fold_variable(variable, depth),
            ExprKind::Convert(ty, inner) => {
                let value = self.fold(inner, depth)?;
                match (self.underlying(ty), value) {
                    (Type::Integer(_), Constant::Float(value)) => Some(Constant::Int(value as i64)),
                    _ => Some(value),
                }
            }
            ExprKind::Unary(UnaryOp::Negate, inner) => match self.fold(inner, depth)? {
                Constant::Int(value) => value.checked_neg().map(Constant::Int),
                Constant::Float(value) => Some(Constant::Float(-value)),
                Constant::Bool(_) => None,
            },
            ExprKind::Binary(operator, left, right) => {
                combined(operator, self.fold(left, depth)?, self.fold(right, depth)?)
            }
            ExprKind::Min(list) => self.extreme(list, depth, |a, b| a < b),
            ExprKind::Max(list) => self.extreme(list, depth, |a, b| a > b),
            _ => None,
        }
    }

    fn extreme(
        &self,
        list: super::ExprList,
        depth: u32,
        better: fn(f64, f64) -> bool,
    ) -> Option<Constant> {
        let mut best: Option<Constant> = None;
        for &id in self.list(list) {
            let value = self.fold(id, depth)?;
            let replaces = match best {
                Some(known) => better(value.as_f64()?, known.as_f64()?),
                None => true,
            };
            if replaces {
                best = Some(value);
            }
        }
        best
    }

    fn fold_variable(&self, id: VariableId, depth: u32) -> Option<Constant> {
        let variable = self.variable(id);
        let Init::Value(value) = variable.init else {
            return None;
        };
        let settled = match variable.kind {
            VariableKind::Constant => true,
            VariableKind::Local | VariableKind::Global => !self.is_reassigned(id),
            _ => false,
        };
        if !settled {
            return None;
        }
        self.fold(value, depth)
    }

    /// Whether a variable gets a value after its first. Always false for what stands for no
    /// object.
    pub fn is_reassigned(&self, id: VariableId) -> bool {
        let is_object = matches!(self.object_of_variable.get(id.index()), Some(Some(_)));
        is_object && self.reassigned.get_or_init(|| self.reassignments())[id.index()]
    }

    /// One pass over all assignments: objects have many variables, and their writes are many.
    fn reassignments(&self) -> Vec<bool> {
        let mut reassigned = vec![false; self.variables.len()];
        for step in &self.steps {
            let Op::Assign(assign) = &step.op else {
                continue;
            };
            if assign.how == AssignHow::Define {
                continue;
            }
            for &target in self.list(assign.targets) {
                if let ExprKind::Variable(variable) = *self.kind(target) {
                    reassigned[variable.index()] = true;
                }
            }
        }
        reassigned
    }
}

/// What an operator makes of two known numbers. Whole ones are divided as such.
pub fn combined(operator: BinaryOp, left: Constant, right: Constant) -> Option<Constant> {
    if let (Constant::Int(a), Constant::Int(b)) = (left, right) {
        let value = match operator {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Subtract => a.checked_sub(b),
            BinaryOp::Multiply => a.checked_mul(b),
            BinaryOp::Divide => a.checked_div(b),
            BinaryOp::Remainder => a.checked_rem(b),
            BinaryOp::ShiftLeft => u32::try_from(b)
                .ok()
                .filter(|&b| b < 63)
                .and_then(|b| a.checked_mul(1 << b)),
            BinaryOp::ShiftRight => u32::try_from(b).ok().and_then(|b| a.checked_shr(b)),
            _ => None,
        };
        return value.map(Constant::Int);
    }
    let (a, b) = (left.as_f64()?, right.as_f64()?);
    let value = match operator {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide if b != 0.0 => a / b,
        _ => return None,
    };
    Some(Constant::Float(value))
}
