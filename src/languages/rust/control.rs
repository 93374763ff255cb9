//! `if` and jumps.

use super::statements::Dest;
use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::step::Owner;
use crate::model::{BinaryOp, ExprId, ExprKind, Init, Op, UnaryOp};
use crate::source::Span;

impl<'a> Lowering<'a> {
    pub(super) fn if_expression(&mut self, node: Node<'_>, dest: Dest) {
        let consequence = self.field(&node, self.f.consequence);
        let alternative = self.field(&node, self.f.alternative);
        let alternative = alternative.and_then(|clause| self.first_child(&clause));
        let Some(condition) = self.field(&node, self.f.condition) else {
            return;
        };
        self.scope.open();
        self.decide(
            condition,
            &mut |this| {
                if let Some(body) = consequence {
                    this.lower_into(body, dest);
                }
            },
            &mut |this| {
                if let Some(body) = alternative {
                    this.lower_into(body, dest);
                }
            },
        );
        self.scope.close();
    }

    /// Takes one of two ways by a condition of any form.
    pub(super) fn decide(
        &mut self,
        condition: Node<'_>,
        yes: &mut dyn FnMut(&mut Self),
        no: &mut dyn FnMut(&mut Self),
    ) {
        match self.kind(&condition) {
            Kind::ParenthesizedExpression => {
                if let Some(inner) = self.first_child(&condition) {
                    self.decide(inner, yes, no);
                }
            }
            Kind::UnaryExpression if self.text_of(&condition).starts_with('!') => {
                match self.first_child(&condition) {
                    Some(inner) if self.asks_outcome(&inner).is_some() => {
                        self.decide(inner, no, yes);
                    }
                    _ => self.plain_decision(condition, yes, no),
                }
            }
            Kind::LetCondition => self.let_condition(&condition, yes, no),
            Kind::LetChain => self.let_chain(&condition, yes, no),
            _ => match self.asks_outcome(&condition) {
                Some((subject, word)) => self.branch(
                    subject,
                    Some(word),
                    &mut |this, _| yes(this),
                    &mut |this, _| no(this),
                ),
                None => self.plain_decision(condition, yes, no),
            },
        }
    }

    /// `x.is_err()` and the like: what is asked, and for what.
    fn asks_outcome<'t>(&self, node: &Node<'t>) -> Option<(Node<'t>, &'static str)> {
        let (receiver, name, arguments) = self.method_parts(node)?;
        let word = match self.text_of(&name) {
            "is_err" => "Err",
            "is_ok" => "Ok",
            "is_some" => "Some",
            "is_none" => "None",
            _ => return None,
        };
        arguments.is_empty().then_some((receiver, word))
    }

    fn plain_decision(
        &mut self,
        condition: Node<'_>,
        yes: &mut dyn FnMut(&mut Self),
        no: &mut dyn FnMut(&mut Self),
    ) {
        let span = self.span(&condition);
        let mark = self.held.len();
        let value = self.expression(condition);
        // What a plain condition borrowed is given back before the branch.
        let end = self.end_of(&condition);
        self.release_temporaries(mark, end);
        self.split(value, span, yes, no);
    }

    pub(super) fn split(
        &mut self,
        condition: ExprId,
        span: Span,
        yes: &mut dyn FnMut(&mut Self),
        no: &mut dyn FnMut(&mut Self),
    ) {
        let step = self.emit(Op::Gap, span);
        let then = self.in_block(Owner::Then(step), |this| yes(this));
        let otherwise = self.in_block(Owner::Else(step), |this| no(this));
        let is_empty = self.builder.program.blocks[otherwise.index()]
            .steps
            .is_empty();
        self.replace(
            step,
            Op::Branch {
                condition,
                then,
                otherwise: (!is_empty).then_some(otherwise),
            },
        );
    }

    fn let_condition(
        &mut self,
        node: &Node<'_>,
        yes: &mut dyn FnMut(&mut Self),
        no: &mut dyn FnMut(&mut Self),
    ) {
        let (Some(pattern), Some(value)) = (
            self.field(node, self.f.pattern),
            self.field(node, self.f.value),
        ) else {
            return;
        };
        if let Some((word, inner)) = self.shape_of(&pattern) {
            let word = self.asked_of(value, &pattern).unwrap_or(word);
            let literal = inner.filter(|inner| self.is_literal(inner));
            let nested = inner.filter(|inner| self.may_not_fit(inner, node));
            let one_failure = inner.filter(|inner| word == "Err" && self.asks_for_one(inner, node));
            return self.branch(
                value,
                Some(word),
                &mut |this, value| match literal {
                    // `Ok(false)` is a success with a question behind it.
                    Some(literal) => this.asked_literal(value, &literal, yes),
                    None if this.is_ended_pattern(&pattern) => {
                        this.if_ended(&pattern, value, yes);
                    }
                    None => match (one_failure, nested) {
                        (Some(one), _) => this.if_it_is_the_one(&pattern, value, &one, yes),
                        (None, Some(nested)) => this.if_it_fits(&pattern, value, &nested, yes),
                        (None, None) => {
                            this.bind(&pattern, value);
                            yes(this);
                        }
                    },
                },
                &mut |this, _| no(this),
            );
        }
        let span = self.span(node);
        let value = self.expression(value);
        let form = self.expr(ExprKind::Unknown, span);
        let condition = self.expr(ExprKind::Binary(BinaryOp::Equal, value, form), span);
        self.split(
            condition,
            span,
            &mut |this| {
                this.keep_names_of(&pattern);
                this.bind(&pattern, value);
                yes(this);
            },
            no,
        );
    }

    /// What is done when an item was refused by a channel that has ended, and not for want of
    /// room.
    fn if_ended(&mut self, pattern: &Node<'_>, value: ExprId, yes: &mut dyn FnMut(&mut Self)) {
        let span = self.span(pattern);
        let condition = self.expr(ExprKind::Unknown, span);
        self.split(
            condition,
            span,
            &mut |this| {
                this.builder.program.ended.insert(this.block);
                this.bind(pattern, value);
                yes(this);
            },
            &mut |_| {},
        );
    }

    fn is_literal(&self, pattern: &Node<'_>) -> bool {
        matches!(
            self.kind(pattern),
            Kind::BooleanLiteral | Kind::IntegerLiteral | Kind::StringLiteral | Kind::CharLiteral
        )
    }

    fn asked_literal(&mut self, value: ExprId, literal: &Node<'_>, yes: &mut dyn FnMut(&mut Self)) {
        let span = self.span(literal);
        let literal = self.expression(*literal);
        let condition = self.expr(ExprKind::Binary(BinaryOp::Equal, value, literal), span);
        self.split(condition, span, yes, &mut |_| {});
    }

    /// Whether a pattern within another asks once more, where nothing is done otherwise: that a
    /// call went well, as in `if let Ok(Some(job)) = …`, does not say that there is a job.
    fn may_not_fit(&self, inner: &Node<'_>, condition: &Node<'_>) -> bool {
        self.shape_of(inner).is_some() && !self.is_result(inner) && self.has_no_other_way(condition)
    }

    /// Whether a pattern of an error asks for one certain failure, where nothing is done for the
    /// others: `if let Err(Refused::Busy) = …`. What a queue says when it is full is told apart
    /// elsewhere.
    fn asks_for_one(&self, inner: &Node<'_>, condition: &Node<'_>) -> bool {
        let is_of_a_try = self
            .field(condition, self.f.value)
            .is_some_and(|value| self.is_try(&self.peel(value)));
        !is_of_a_try && self.names_a_variant(inner) && self.has_no_other_way(condition)
    }

    fn has_no_other_way(&self, condition: &Node<'_>) -> bool {
        condition.parent().is_some_and(|parent| {
            self.kind(&parent) == Kind::IfExpression
                && self.field(&parent, self.f.alternative).is_none()
        })
    }

    fn if_it_is_the_one(
        &mut self,
        pattern: &Node<'_>,
        error: ExprId,
        one: &Node<'_>,
        yes: &mut dyn FnMut(&mut Self),
    ) {
        let span = self.span(one);
        let form = self.expr(ExprKind::Unknown, span);
        let is_it = self.expr(ExprKind::Binary(BinaryOp::Equal, error, form), span);
        self.split(
            is_it,
            span,
            &mut |this| {
                this.keep_names_of(pattern);
                this.bind(pattern, error);
                yes(this);
            },
            &mut |_| {},
        );
    }

    /// Where a call went well, what it yields may still be another form than the one asked for.
    fn if_it_fits(
        &mut self,
        pattern: &Node<'_>,
        value: ExprId,
        nested: &Node<'_>,
        yes: &mut dyn FnMut(&mut Self),
    ) {
        let program = &self.builder.program;
        let is_of_call = match *program.kind(value) {
            ExprKind::Variable(found) => matches!(program.variable(found).init, Init::Part(..)),
            _ => false,
        };
        if !is_of_call {
            self.bind(pattern, value);
            return yes(self);
        }
        let span = self.span(nested);
        let form = self.expr(ExprKind::Unknown, span);
        self.split(
            form,
            span,
            &mut |this| {
                this.bind(pattern, value);
                yes(this);
            },
            &mut |_| {},
        );
    }

    /// `a && let Some(x) = b && c`: one condition inside the other.
    fn let_chain(
        &mut self,
        node: &Node<'_>,
        yes: &mut dyn FnMut(&mut Self),
        no: &mut dyn FnMut(&mut Self),
    ) {
        let parts = self.children(node);
        self.chain(&parts, yes, no);
    }

    fn chain(
        &mut self,
        parts: &[Node<'_>],
        yes: &mut dyn FnMut(&mut Self),
        no: &mut dyn FnMut(&mut Self),
    ) {
        match parts {
            [] => yes(self),
            [only] => self.decide(*only, yes, no),
            // What is done otherwise is lowered once, where the last condition fails.
            [first, rest @ ..] => {
                self.decide(*first, &mut |this| this.chain(rest, yes, no), &mut |_| {})
            }
        }
    }

    pub(super) fn break_expression(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let children = self.children(node);
        let label = children
            .iter()
            .find(|child| self.kind(child) == Kind::Label);
        let label = label.map(|label| self.text_of(label).to_owned());
        let value = children
            .iter()
            .find(|child| self.kind(child) != Kind::Label);
        let value = value.map(|&value| self.expression(value));
        let Some((at, around)) = self.loop_of(label.as_deref()) else {
            self.emit(Op::Break(None), span);
            return;
        };
        if let (Some(value), Some(variable)) = (value, around.value) {
            self.finish(Dest::Into(variable), value, span);
        }
        self.release_on_exit(around.held, span);
        let label = self.jump_label(at, around);
        self.emit(Op::Break(label), span);
    }

    pub(super) fn continue_expression(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let label = self
            .first_child(node)
            .map(|label| self.text_of(&label).to_owned());
        let Some((at, around)) = self.loop_of(label.as_deref()) else {
            self.emit(Op::Continue(None), span);
            return;
        };
        self.release_on_exit(around.held, span);
        let is_innermost = at + 1 == self.loops.len();
        let label = (!is_innermost).then_some(around.label);
        self.emit(Op::Continue(label), span);
    }

    fn loop_of(&self, label: Option<&str>) -> Option<(usize, super::Around)> {
        let at = match label {
            None => self.loops.len().checked_sub(1)?,
            Some(label) => self.loops.iter().rposition(|around| {
                around
                    .written
                    .is_some_and(|written| self.builder.program.text(written) == label)
            })?,
        };
        Some((at, self.loops[at]))
    }

    /// A switch or select would take a bare `break` of the model for its own.
    fn jump_label(&self, at: usize, around: super::Around) -> Option<crate::model::Symbol> {
        let is_innermost = at + 1 == self.loops.len();
        (!is_innermost || self.choices > 0).then_some(around.label)
    }

    pub(super) fn unary(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let Some(inner) = self.first_child(node) else {
            return self.unknown(node);
        };
        let value = self.expression(inner);
        let text = self.text_of(node);
        if text.starts_with('*') {
            let ty = self.ty(value);
            let ty = match *self.builder.program.ty(ty) {
                crate::model::Type::Pointer(inner) => inner,
                _ => ty,
            };
            return self.typed(ExprKind::Dereference(value), ty, span);
        }
        let operator = match text.as_bytes().first() {
            Some(b'!') => UnaryOp::Not,
            Some(b'-') => UnaryOp::Negate,
            _ => UnaryOp::Other,
        };
        let ty = self.ty(value);
        self.typed(ExprKind::Unary(operator, value), ty, span)
    }
}
