//! `if`, `match` and jumps.

use super::statements::Dest;
use super::{Kind, Lowering};
use crate::model::step::{Case, Owner};
use crate::model::{BinaryOp, ExprId, ExprKind, ExprList, Op, UnaryOp};
use crate::source::Span;
use tree_sitter::Node;

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

    fn split(
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
            let literal = inner.filter(|inner| self.is_literal(inner));
            return self.branch(
                value,
                Some(word),
                &mut |this, value| match literal {
                    // `Ok(false)` is a success with a question behind it.
                    Some(literal) => this.asked_literal(value, &literal, yes),
                    None => {
                        this.bind(&pattern, value);
                        yes(this);
                    }
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
                this.bind(&pattern, value);
                yes(this);
            },
            no,
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

    pub(super) fn match_expression(&mut self, node: &Node<'_>, dest: Dest) {
        let (Some(subject), Some(body)) = (
            self.field(node, self.f.value),
            self.field(node, self.f.body),
        ) else {
            return;
        };
        let arms: Vec<Node<'_>> = self
            .children(&body)
            .into_iter()
            .filter(|arm| self.kind(arm) == Kind::MatchArm)
            .collect();
        let words: Vec<Option<&'static str>> = arms
            .iter()
            .map(|arm| {
                let pattern = self.field(arm, self.f.pattern)?;
                self.shape_of(&pattern).map(|(word, _)| word)
            })
            .collect();
        let is_success = |word: &Option<&str>| matches!(word, Some("Ok" | "Some"));
        let is_failure = |word: &Option<&str>| matches!(word, Some("Err" | "None"));
        if !words
            .iter()
            .any(|word| is_success(word) || is_failure(word))
        {
            return self.plain_match(node, subject, &arms, dest);
        }
        let of_results = words
            .iter()
            .flatten()
            .any(|word| matches!(*word, "Ok" | "Err"));
        let word = if of_results { "Ok" } else { "Some" };
        let side = |of: &dyn Fn(&Option<&str>) -> bool| -> Vec<Node<'_>> {
            let with = arms.iter().zip(&words);
            with.filter(|(_, word)| word.is_none() || of(word))
                .map(|(arm, _)| *arm)
                .collect()
        };
        let (good, bad) = (side(&is_success), side(&is_failure));
        self.branch(
            subject,
            Some(word),
            &mut |this, value| this.arms(&good, value, dest),
            &mut |this, error| this.arms(&bad, error, dest),
        );
    }

    /// The arms of one side of a match: one alone is what is done, several are a switch.
    fn arms(&mut self, arms: &[Node<'_>], value: ExprId, dest: Dest) {
        if let [arm] = arms
            && self.is_open(arm)
        {
            return self.arm(arm, value, dest);
        }
        let Some(first) = arms.first() else { return };
        let span = self.span(first);
        self.switch(span, value, arms, dest);
    }

    /// Whether an arm takes whatever its side yields.
    fn is_open(&self, arm: &Node<'_>) -> bool {
        let Some(pattern) = self.field(arm, self.f.pattern) else {
            return true;
        };
        if self.field(&pattern, self.f.condition).is_some() {
            return false;
        }
        match self.shape_of(&pattern) {
            Some((_, Some(inner))) => {
                self.shape_of(&inner).is_none()
                    && (self.simple_name(&inner).is_some() || self.text_of(&inner) == "_")
            }
            _ => true,
        }
    }

    fn arm(&mut self, arm: &Node<'_>, value: ExprId, dest: Dest) {
        self.scope.open();
        if let Some(pattern) = self.field(arm, self.f.pattern) {
            self.bind(&pattern, value);
        }
        if let Some(body) = self.field(arm, self.f.value) {
            let mark = self.held.len();
            self.lower_into(body, dest);
            let end = self.end_of(&body);
            self.release_temporaries(mark, end);
        }
        self.scope.close();
    }

    fn plain_match(&mut self, node: &Node<'_>, subject: Node<'_>, arms: &[Node<'_>], dest: Dest) {
        let value = self.expression(subject);
        let span = self.span(node);
        self.switch(span, value, arms, dest);
    }

    fn switch(&mut self, span: Span, value: ExprId, arms: &[Node<'_>], dest: Dest) {
        let step = self.emit(Op::Gap, span);
        self.choices += 1;
        let mut cases = Vec::new();
        for (at, arm) in arms.iter().enumerate() {
            let pattern = self.field(arm, self.f.pattern);
            let values =
                pattern.map_or(ExprList::default(), |pattern| self.pattern_value(&pattern));
            let condition = pattern.and_then(|pattern| self.field(&pattern, self.f.condition));
            let body = self.in_block(Owner::Case(step, at as u32), |this| match condition {
                None => this.arm(arm, value, dest),
                Some(condition) => {
                    this.scope.open();
                    if let Some(pattern) = pattern {
                        this.bind(&pattern, value);
                    }
                    this.decide(
                        condition,
                        &mut |this| this.arm(arm, value, dest),
                        &mut |_| {},
                    );
                    this.scope.close();
                }
            });
            let is_default =
                condition.is_none() && pattern.is_none_or(|pattern| self.takes_all(&pattern));
            cases.push(Case {
                values,
                is_default,
                body,
            });
        }
        self.choices -= 1;
        let subject = Some(value);
        self.replace(step, Op::Switch { subject, cases });
    }

    fn takes_all(&self, pattern: &Node<'_>) -> bool {
        let text = self.text_of(pattern);
        let is_name = text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        is_name
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && !matches!(text, "true" | "false")
    }

    /// A literal pattern as a value.
    fn pattern_value(&mut self, pattern: &Node<'_>) -> ExprList {
        let Some(inner) = self.first_child(pattern) else {
            return ExprList::default();
        };
        let is_literal = matches!(
            self.kind(&inner),
            Kind::IntegerLiteral
                | Kind::BooleanLiteral
                | Kind::StringLiteral
                | Kind::CharLiteral
                | Kind::ScopedIdentifier
        );
        if !is_literal {
            return ExprList::default();
        }
        let value = self.expression(inner);
        self.builder.list(&[value])
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
