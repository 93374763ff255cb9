//! Go statements to steps: everything that is not a branch, loop or select.

use super::{Kind, Lowering, basic};
use crate::languages::operators;
use crate::languages::syntax::Node;
use crate::model::step::{AssignHow, Owner, Spawn};
use crate::model::{BinaryOp, BlockId, ExprId, ExprKind, Op, StepId, VariableId, VariableKind};
use crate::source::Span;

impl Lowering<'_> {
    /// The statements of a block or statement list.
    pub(super) fn statements(&mut self, node: &Node<'_>) {
        for child in self.children(node) {
            if self.kind(&child) == Kind::StatementList {
                for statement in self.children(&child) {
                    self.statement(statement);
                }
            } else {
                self.statement(child);
            }
        }
    }

    /// One statement.
    pub(super) fn statement(&mut self, node: Node<'_>) {
        let done = self.deeper(&node, |this| this.statement_inner(node));
        if done.is_none() {
            let span = self.span(&node);
            self.emit(Op::Gap, span);
        }
    }

    fn statement_inner(&mut self, node: Node<'_>) {
        match self.kind(&node) {
            Kind::ExpressionStatement => {
                if let Some(inner) = self.first_child(&node) {
                    self.expression(inner);
                }
            }
            Kind::ShortVarDeclaration => self.short_declaration(&node),
            Kind::AssignmentStatement => self.assignment(&node),
            Kind::IncStatement => self.step_by_one(&node, BinaryOp::Add),
            Kind::DecStatement => self.step_by_one(&node, BinaryOp::Subtract),
            Kind::SendStatement => {
                self.send(&node);
            }
            Kind::ReceiveStatement => {
                self.receive_statement(&node);
            }
            Kind::GoStatement => self.go(&node),
            Kind::DeferStatement => self.defer(&node),
            Kind::ReturnStatement => self.return_statement(&node),
            Kind::IfStatement => self.if_statement(node),
            Kind::ForStatement => self.for_statement(&node),
            Kind::ExpressionSwitchStatement => self.switch(&node),
            Kind::TypeSwitchStatement => self.type_switch(&node),
            Kind::SelectStatement => self.select(&node),
            Kind::LabeledStatement => self.labeled(&node),
            Kind::BreakStatement => self.jump(&node, Op::Break),
            Kind::ContinueStatement => self.jump(&node, Op::Continue),
            Kind::GotoStatement => self.goto(&node),
            Kind::Block => self.scope_block(&node),
            Kind::VarDeclaration => self.local_variables(&node),
            Kind::ConstDeclaration => self.constants(&node),
            Kind::TypeDeclaration => self.type_declaration(&node),
            Kind::Error | Kind::StatementList => self.broken(&node),
            Kind::EmptyStatement | Kind::FallthroughStatement | Kind::Comment => {}
            Kind::FunctionDeclaration | Kind::MethodDeclaration => {}
            _ if node.is_named() => {
                self.expression(node);
            }
            _ => {}
        }
    }

    /// Whatever an error swallowed is taken as statements.
    fn broken(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        for child in self.children(node) {
            self.statement(child);
        }
        self.emit(Op::Gap, span);
    }

    fn scope_block(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let step = self.emit(Op::Gap, span);
        self.scope.open();
        let block = self.in_block(Owner::Scope(step), |this| this.statements(node));
        self.scope.close();
        self.replace(step, Op::Scope(block));
    }

    pub(super) fn replace(&mut self, step: StepId, op: Op) {
        self.builder.program.steps[step.index()].op = op;
    }

    fn short_declaration(&mut self, node: &Node<'_>) {
        let values = self
            .field(node, self.f.right)
            .map(|right| self.expression_list(&right))
            .unwrap_or_default();
        let Some(left) = self.field(node, self.f.left) else {
            return;
        };
        let variables = self.define(&left);
        self.initialise(&variables, &values);
        self.assign_variables(&variables, &left, &values, node);
    }

    fn assign_variables(
        &mut self,
        variables: &[VariableId],
        left: &Node<'_>,
        values: &[ExprId],
        node: &Node<'_>,
    ) {
        let names = self.children(left);
        let targets: Vec<ExprId> = variables
            .iter()
            .enumerate()
            .map(|(at, &variable)| {
                let span = names
                    .get(at)
                    .map_or_else(|| self.span(left), |name| self.span(name));
                self.expr(ExprKind::Variable(variable), span)
            })
            .collect();
        let span = self.span(node);
        self.assign(&targets, values, AssignHow::Define, span);
    }

    /// Declares the names on the left of `:=`; those that the block has already are reused.
    pub(super) fn define(&mut self, left: &Node<'_>) -> Vec<VariableId> {
        let mut variables = Vec::new();
        for name in self.children(left) {
            let symbol = self.symbol(&name);
            let known = self.scope.get_innermost(symbol);
            let variable = match known {
                Some(variable) => variable,
                None => self.declare(&name, VariableKind::Local, basic::UNKNOWN),
            };
            variables.push(variable);
        }
        variables
    }

    pub(super) fn assignment(&mut self, node: &Node<'_>) {
        let (Some(left), Some(right)) = (
            self.field(node, self.f.left),
            self.field(node, self.f.right),
        ) else {
            return;
        };
        let targets = self.expression_list(&left);
        let values = self.expression_list(&right);
        if let ([_, _], [value]) = (targets.as_slice(), values.as_slice()) {
            self.check_received(*value);
        }
        let operator = self
            .field(node, self.f.operator)
            .map_or("=", |operator| self.text_of(&operator));
        let how = match operator {
            "=" => AssignHow::Set,
            other => AssignHow::Update(operators::binary(other.trim_end_matches('='))),
        };
        let span = self.span(node);
        self.assign(&targets, &values, how, span);
    }

    /// A step that assigns.
    pub(super) fn assign(
        &mut self,
        targets: &[ExprId],
        values: &[ExprId],
        how: AssignHow,
        span: Span,
    ) {
        self.builder.assign(self.block, targets, values, how, span);
    }

    pub(super) fn step_by_one(&mut self, node: &Node<'_>, operator: BinaryOp) {
        let Some(inner) = self.first_child(node) else {
            return;
        };
        let span = self.span(node);
        let target = self.expression(inner);
        let one = self.expr(ExprKind::Int(1), span);
        self.assign(&[target], &[one], AssignHow::Update(operator), span);
    }

    /// A send; also the communication of a select's arm.
    pub(super) fn send(&mut self, node: &Node<'_>) -> Option<StepId> {
        let channel = self.field(node, self.f.channel)?;
        let channel = self.expression(channel);
        let value = match self.field(node, self.f.value) {
            Some(value) => self.expression(value),
            None => self.unknown(node),
        };
        let span = self.span(node);
        Some(self.emit(Op::Send { channel, value }, span))
    }

    /// `v, ok = <-ch` as an arm of a select.
    pub(super) fn receive_statement(&mut self, node: &Node<'_>) -> Option<StepId> {
        let right = self.field(node, self.f.right)?;
        let value = self.expression(right);
        let step = match *self.builder.program.kind(value) {
            ExprKind::Received(step) => Some(step),
            _ => None,
        };
        let Some(left) = self.field(node, self.f.left) else {
            return step;
        };
        let defines = self
            .text
            .get(left.end_byte()..right.start_byte())
            .is_some_and(|between| between.contains(":="));
        let parts = self.children(&left).len();
        if let (Some(step), true) = (step, parts > 1) {
            self.check_receive(step);
        }
        if defines {
            let variables = self.define(&left);
            self.initialise(&variables, &[value]);
            self.assign_variables(&variables, &left, &[value], node);
        } else {
            let targets = self.expression_list(&left);
            let span = self.span(node);
            self.assign(&targets, &[value], AssignHow::Set, span);
        }
        step
    }

    /// Marks the receive behind a value that is taken apart into the value and whether it came.
    pub(super) fn check_received(&mut self, value: ExprId) {
        if let ExprKind::Received(step) = self.builder.program.exprs[value.index()].kind {
            self.check_receive(step);
        }
    }

    /// Marks a receive that asks whether the channel is closed.
    pub(super) fn check_receive(&mut self, step: StepId) {
        if let Op::Receive { checked, .. } = &mut self.builder.program.steps[step.index()].op {
            *checked = true;
        }
    }

    fn go(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let Some(call) = self.first_child(node) else {
            return;
        };
        let call = self.unparenthesised(call);
        if self.kind(&call) != Kind::CallExpression && self.generic_name(&call).is_none() {
            self.expression(call);
            return;
        }
        let (callee, args) = self.callee_and_arguments(&call);
        self.emit(
            Op::Spawn(Spawn {
                callee,
                args,
                target: None,
                group: None,
            }),
            span,
        );
    }

    /// `defer f(x)`: the value of `x` is taken now, the call runs when the function is left.
    fn defer(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let Some(call) = self.first_child(node) else {
            return;
        };
        let step = self.emit(Op::Gap, span);
        let block = self.in_block(Owner::Deferred(step), |this| {
            this.expression(call);
        });
        self.replace(step, Op::Defer(block));
    }

    fn return_statement(&mut self, node: &Node<'_>) {
        let values: Vec<ExprId> = match self.first_child(node) {
            Some(list) if self.kind(&list) == Kind::ExpressionList => self.expression_list(&list),
            Some(value) => vec![self.expression(value)],
            None => Vec::new(),
        };
        let values = self.builder.list(&values);
        let span = self.span(node);
        self.emit(Op::Return(values), span);
    }

    fn labeled(&mut self, node: &Node<'_>) {
        let label = self
            .field(node, self.f.label)
            .map(|label| self.symbol(&label));
        if let (Some(function), Some(label)) = (self.function, label) {
            let start = self.span(node).start;
            self.builder.program.labels.insert((function, label), start);
        }
        let before = std::mem::replace(&mut self.label, label);
        for child in self.children(node) {
            if self.kind(&child) != Kind::LabelName {
                self.statement(child);
            }
        }
        self.label = before;
    }

    fn jump(&mut self, node: &Node<'_>, make: fn(Option<crate::model::Symbol>) -> Op) {
        let label = self.first_child(node).map(|label| self.symbol(&label));
        let span = self.span(node);
        self.emit(make(label), span);
    }

    fn goto(&mut self, node: &Node<'_>) {
        if let Some(label) = self.first_child(node).map(|label| self.symbol(&label)) {
            let span = self.span(node);
            self.emit(Op::Goto(label), span);
        }
    }

    fn local_variables(&mut self, node: &Node<'_>) {
        for spec in self.children(node) {
            match self.kind(&spec) {
                Kind::VarSpecList => self.local_variables(&spec),
                Kind::VarSpec => self.local_variable(&spec),
                _ => {}
            }
        }
    }

    fn local_variable(&mut self, spec: &Node<'_>) {
        let ty = self.type_of(self.field(spec, self.f.r#type));
        let values = self
            .field(spec, self.f.value)
            .map(|value| self.expression_list(&value))
            .unwrap_or_default();
        let names = self.names_of(spec);
        let variables: Vec<VariableId> = names
            .iter()
            .map(|name| self.declare(name, VariableKind::Local, ty))
            .collect();
        self.initialise(&variables, &values);
        if values.is_empty() {
            return;
        }
        let mut targets = Vec::new();
        for (name, &variable) in names.iter().zip(&variables) {
            let span = self.span(name);
            targets.push(self.expr(ExprKind::Variable(variable), span));
        }
        let span = self.span(spec);
        self.assign(&targets, &values, AssignHow::Define, span);
    }

    /// An empty block for what has none.
    pub(super) fn empty_block(&mut self, owner: Owner) -> BlockId {
        self.builder.block(owner)
    }
}
