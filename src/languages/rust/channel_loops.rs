//! Loops that take what comes until a channel has ended.

use super::loops::Form;
use super::statements::Dest;
use super::{Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::Owner;
use crate::model::{ExprId, ExprKind, LoopKind, Op};

impl Lowering<'_> {
    pub(super) fn over_channel(&mut self, node: &Node<'_>, channel: ExprId, pattern: Node<'_>) {
        let span = self.span(node);
        let Some(block) = self.field(node, self.f.body) else {
            return;
        };
        let step = self.emit(Op::Gap, span);
        if self.is_in_async(node) && !self.waits_in(&block) {
            self.builder.program.unwaiting.insert(step);
        }
        let head = self.builder.block(Owner::Head(step));
        let inner = self.shape_of(&pattern).and_then(|(_, inner)| inner);
        self.scope.open();
        let item = inner.map(|inner| self.loop_variable(&inner, channel));
        let (body, label) = self.around(node, step, None, &mut |this| {
            if let (Some(inner), Some(item)) = (inner, item) {
                this.take_apart(&inner, item);
                this.leave_if_refused(&inner);
            }
            this.lower_into(block, Dest::Discard);
        });
        self.scope.close();
        let form = Form {
            kind: LoopKind::Over(channel),
            variables: item.into_iter().collect(),
        };
        self.close_loop(step, form, label, head, body);
    }

    /// `while let Some(Some(x)) = rx.recv().await`: an item of another form ends the loop as well.
    fn leave_if_refused(&mut self, item: &Node<'_>) {
        if self.shape_of(item).is_none() {
            return;
        }
        let span = self.span(item);
        let fits = self.typed(ExprKind::Unknown, basic::BOOLEAN, span);
        let step = self.emit(Op::Gap, span);
        let then = self.in_block(Owner::Then(step), |_| {});
        let otherwise = self.in_block(Owner::Else(step), |this| this.leave_loop(span));
        self.replace(
            step,
            Op::Branch {
                condition: fits,
                then,
                otherwise: Some(otherwise),
            },
        );
    }

    /// `rx.iter().collect()`: a loop that takes items until the channel has ended.
    pub(super) fn take_to_the_end(&mut self, node: &Node<'_>, channel: ExprId) -> ExprId {
        let span = self.span(node);
        let step = self.emit(Op::Gap, span);
        let head = self.builder.block(Owner::Head(step));
        let body = self.in_block(Owner::Body(step), |this| {
            let callee = this.expr(ExprKind::Unknown, span);
            let args = this.arguments(node);
            this.note_if_at_once(node, channel, args);
            if args.len > 0 {
                this.emit_call(callee, args, None, span);
            }
        });
        let form = Form {
            kind: LoopKind::Over(channel),
            variables: Vec::new(),
        };
        let (_, label) = self.label_of(node);
        self.close_loop(step, form, label, head, body);
        self.unknown(node)
    }
}
