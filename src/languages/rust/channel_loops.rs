//! Loops that take what comes until a channel has ended.

use super::loops::Form;
use super::statements::Dest;
use super::{Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::Owner;
use crate::model::{ExprId, ExprKind, LoopKind, Op};

/// How many adapters of an iterator or a stream are looked through.
const MAX_ADAPTERS: usize = 12;

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
        self.leave_sometimes(span);
    }

    /// Whether what takes items may have had enough before the channel has ended.
    pub(super) fn ends_early(&self, node: &Node<'_>) -> bool {
        const ENOUGH: &[&str] = &["take", "take_while", "map_while", "take_until"];
        const BY_ITSELF: &[&str] = &["find", "find_map", "any", "all", "position"];
        let mut at = *node;
        for depth in 0..MAX_ADAPTERS {
            let Some((receiver, name, _)) = self.method_head(&at) else {
                return false;
            };
            let name = self.text_of(&name);
            if ENOUGH.contains(&name) || depth == 0 && BY_ITSELF.contains(&name) {
                return true;
            }
            at = receiver;
        }
        false
    }

    /// Leaves a loop for a reason of its own.
    pub(super) fn leave_sometimes(&mut self, span: crate::source::Span) {
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
        let is_early = self.ends_early(node);
        let step = self.emit(Op::Gap, span);
        let head = self.builder.block(Owner::Head(step));
        let (body, label) = self.around(node, step, None, &mut |this| {
            let callee = this.expr(ExprKind::Unknown, span);
            let args = this.arguments(node);
            this.note_if_at_once(node, channel, args);
            if args.len > 0 {
                this.emit_call(callee, args, None, span);
            }
            if is_early {
                this.leave_sometimes(span);
            }
        });
        let form = Form {
            kind: LoopKind::Over(channel),
            variables: Vec::new(),
        };
        self.close_loop(step, form, label, head, body);
        self.unknown(node)
    }
}
