//! `lanes.iter().find(|lane| lane.has_room())`: the search that a loop with a test in it would be.

use super::loops::Form;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::{AssignHow, LoopKind, Owner};
use crate::model::{ExprId, Op, Type};

/// What a search yields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sought {
    /// The element.
    Element,
    /// Where it stands.
    Place,
}

impl Sought {
    /// What a method searches for, if it does.
    pub(super) fn by(method: &str) -> Option<Sought> {
        match method {
            "find" | "rfind" => Some(Sought::Element),
            "position" | "rposition" => Some(Sought::Place),
            _ => None,
        }
    }
}

impl Lowering<'_> {
    /// Whether a closure asks each element how full its channel is.
    pub(super) fn asks_for_room(&self, test: &Node<'_>) -> bool {
        let asked = self.text_of(test);
        let asks = [".capacity()", ".is_full()", ".len()"]
            .iter()
            .any(|word| asked.contains(word));
        asks && self.kind(test) == Kind::ClosureExpression
    }

    /// Goes over a list until a closure says yes; none where more than an expression is asked.
    pub(super) fn search(
        &mut self,
        node: &Node<'_>,
        list: ExprId,
        sought: Sought,
        test: &Node<'_>,
    ) -> Option<ExprId> {
        if self.kind(test) != Kind::ClosureExpression {
            return None;
        }
        let parameters = self.field(test, self.f.parameters)?;
        let [pattern] = self.children(&parameters)[..] else {
            return None;
        };
        // What a pair holds is told apart by its names alone, which others may not use.
        let element = self.element_of(self.ty(list));
        if matches!(self.builder.program.ty(element), Type::Tuple(_)) {
            return None;
        }
        let asked = self.field(test, self.f.body)?;
        if self.kind(&asked) == Kind::Block || self.text_of(&asked).contains('?') {
            return None;
        }
        let span = self.span(node);
        let ty = match sought {
            Sought::Element => element,
            Sought::Place => basic::INTEGER,
        };
        let found = self.unnamed("found", ty, span);
        let found = self.variable_value(found, span);
        let step = self.emit(Op::Gap, span);
        let head = self.builder.block(Owner::Head(step));
        self.scope.open();
        let item = self.loop_variable(&pattern, list);
        let (_, end) = self.label_of(node);
        let (body, label) = self.around(node, step, None, &mut |this| {
            this.take_apart(&pattern, item);
            let condition = this.expression(asked);
            this.split(
                condition,
                span,
                &mut |this| {
                    if sought == Sought::Element {
                        let value = this.variable_value(item, span);
                        this.assign(&[found], &[value], AssignHow::Define, span);
                    }
                    this.emit(Op::Break(Some(end)), span);
                },
                &mut |_| {},
            );
        });
        self.scope.close();
        let form = Form {
            kind: LoopKind::Over(list),
            variables: vec![item],
        };
        self.close_loop(step, form, label, head, body);
        Some(found)
    }
}
