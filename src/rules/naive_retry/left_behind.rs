//! Loops in which what failed is put back, and which do not go round for as long as it fails.

use super::again::{Back, Search};
use crate::model::{ExprKind, LoopKind, Op, StepId};

impl Search<'_> {
    /// Whether the loop is not gone round for as long as it fails: it counts its rounds, it is left
    /// right behind what puts the item back, or it asks what is called whether to go on.
    pub(super) fn is_left_behind(&self, at: StepId, call: StepId, back: &Back) -> bool {
        let program = self.program;
        let Back::Item(_) = back else {
            return false;
        };
        let own = program.step(at);
        let behind = &program.block(own.block).steps[own.index as usize + 1..];
        let leaves = |step: &StepId| matches!(program.op(*step), Op::Return(_) | Op::Break(_));
        let on = program
            .call(call)
            .and_then(|call| match *program.kind(call.callee) {
                ExprKind::Member(on, _) => Some(on),
                _ => call.receiver,
            });
        let is_asked = || {
            let on = on.map(|on| program.show(on)).filter(|on| on != "self");
            let mut exits = program.loop_exits(self.looped).into_iter();
            on.is_some_and(|on| exits.any(|(exit, _)| self.asks(exit, &on)))
        };
        matches!(self.l.kind, LoopKind::Counted(_)) || behind.iter().any(leaves) || is_asked()
    }

    /// Whether a branch around a way out asks something of a value.
    fn asks(&self, exit: StepId, on: &str) -> bool {
        let program = self.program;
        let mut around = program
            .ancestors(exit)
            .take_while(|&(around, _)| around != self.looped);
        around.any(|(around, _)| match program.op(around) {
            Op::Branch { condition, .. } => {
                let mut parts = program.parts_of(*condition).into_iter();
                parts.any(|part| program.show(part) == on)
            }
            _ => false,
        })
    }
}
