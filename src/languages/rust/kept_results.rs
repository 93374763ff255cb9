//! Results that are kept in variables and asked later how it went.

use super::{Lowering, basic};
use crate::model::{BinaryOp, ExprId, ExprKind, Init, UnaryOp, VariableId, VariableKind};
use crate::source::Span;

impl Lowering<'_> {
    /// Whether a result that was kept is one of success. To the model its variable is the error
    /// that the call gave.
    pub(super) fn is_fine(&mut self, mut value: ExprId, span: Span) -> ExprId {
        if let ExprKind::Variable(variable) = *self.builder.program.kind(value) {
            if let Some(&error) = self.errors.get(&variable) {
                value = self.variable_value(error, span);
            }
            self.note_result(variable);
        }
        // What is asked is whether there is an error, whatever else the value holds.
        let nothing = self.typed(ExprKind::Nil, basic::ERROR, span);
        self.expr(ExprKind::Binary(BinaryOp::Equal, value, nothing), span)
    }

    /// Notes that a variable is the error that a call gave: the one that it is set to, or one of
    /// those that several ways give.
    fn note_result(&mut self, variable: VariableId) {
        let program = &mut self.builder.program;
        let kept = program.variable(variable);
        let joined = match kept.init {
            Init::Value(value) => match *program.kind(value) {
                ExprKind::Call(_) => None,
                ExprKind::Variable(joined)
                    if matches!(program.variable(joined).init, Init::None) =>
                {
                    Some(joined)
                }
                _ => return,
            },
            Init::None if kept.kind == VariableKind::Local => None,
            _ => return,
        };
        for variable in [Some(variable), joined].into_iter().flatten() {
            let kept = &mut program.variables[variable.index()];
            if kept.ty == basic::UNKNOWN && kept.kind == VariableKind::Local {
                kept.ty = basic::ERROR;
            }
        }
    }

    /// `x.is_ok()` and `x.is_err()` as values.
    pub(super) fn outcome_value(&mut self, on: ExprId, name: &str, span: Span) -> Option<ExprId> {
        let is_kept = matches!(
            self.builder.program.kind(on),
            ExprKind::Variable(_) | ExprKind::Call(_)
        );
        match name {
            "is_ok" if is_kept => Some(self.is_fine(on, span)),
            "is_err" if is_kept => {
                let fine = self.is_fine(on, span);
                Some(self.expr(ExprKind::Unary(UnaryOp::Not, fine), span))
            }
            _ => None,
        }
    }
}
