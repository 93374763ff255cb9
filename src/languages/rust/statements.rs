//! Blocks and statements, and where values go that stand at their ends.

use super::attributes::Marks;
use super::{Kind, Lowering, Outcome, basic};
use crate::languages::operators;
use crate::languages::syntax::Node;
use crate::model::step::{AssignHow, Owner};
use crate::model::{ExprId, ExprKind, Init, Op, VariableId, VariableKind};
use crate::source::Span;

/// Where the value of an expression goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dest {
    Discard,
    /// The function at hand yields it.
    Return,
    Into(VariableId),
}

impl Lowering<'_> {
    /// One statement. Guards that nothing is bound to are given back at its end.
    pub(super) fn statement(&mut self, node: Node<'_>) {
        let done = self.deeper(&node, |this| {
            let mark = this.held.len();
            this.statement_inner(node);
            this.release_temporaries(mark, this.end_of(&node));
            // So is what a pattern in the head of a `match` or an `if let` named.
            let inside = match this.kind(&node) {
                Kind::LetDeclaration => this.field(&node, this.f.value),
                _ => Some(node),
            };
            if let Some(inside) = inside {
                this.release_bound(mark, &inside);
            }
        });
        if done.is_none() {
            let span = self.span(&node);
            self.emit(Op::Gap, span);
        }
    }

    fn statement_inner(&mut self, node: Node<'_>) {
        match self.kind(&node) {
            Kind::ExpressionStatement => {
                if let Some(inner) = self.first_child(&node) {
                    self.lower_into(inner, Dest::Discard);
                }
            }
            Kind::LetDeclaration => self.let_declaration(&node),
            Kind::Error => {
                let span = self.span(&node);
                for child in self.children(&node) {
                    self.statement(child);
                }
                self.emit(Op::Gap, span);
            }
            Kind::UseDeclaration => self.use_declaration(&node),
            Kind::FunctionItem
            | Kind::StructItem
            | Kind::EnumItem
            | Kind::ImplItem
            | Kind::TraitItem
            | Kind::TypeItem
            | Kind::ModItem
            | Kind::MacroDefinition
            | Kind::EmptyStatement
            | Kind::Label => {}
            Kind::ConstItem | Kind::StaticItem => self.local_constant(&node),
            _ if node.is_named() => self.lower_into(node, Dest::Discard),
            _ => {}
        }
    }

    fn local_constant(&mut self, node: &Node<'_>) {
        let Some(name) = self.field(node, self.f.name) else {
            return;
        };
        let ty = self.type_of(self.field(node, self.f.r#type));
        if self.kind(node) == Kind::StaticItem {
            // It is the process's, and only its name is the function's.
            let variable = self.declare_local(&name, VariableKind::Global, ty);
            self.builder.program.variables[variable.index()].function = None;
            self.initial_value(node, variable);
            return;
        }
        let variable = self.declare_local(&name, VariableKind::Constant, ty);
        if let Some(value) = self.field(node, self.f.value) {
            let value = self.expression(value);
            self.builder.program.variables[variable.index()].init = Init::Value(value);
            self.builder.program.globals.push((variable, value));
        }
    }

    /// Items that stand in a body are known in all of it.
    fn local_items(&mut self, statements: &[Node<'_>]) {
        for child in statements {
            match self.kind(child) {
                Kind::UseDeclaration => self.use_declaration(child),
                Kind::FunctionItem | Kind::StructItem | Kind::ImplItem | Kind::EnumItem => {
                    self.local_item(*child);
                }
                _ => {}
            }
        }
    }

    /// The expression at the end of a block that is its value.
    pub(super) fn tail_of<'t>(&self, block: &Node<'t>) -> Option<Node<'t>> {
        self.tail_among(&self.children(block))
    }

    fn tail_among<'t>(&self, statements: &[Node<'t>]) -> Option<Node<'t>> {
        let &last = statements.last()?;
        let is_statement = matches!(
            self.kind(&last),
            Kind::ExpressionStatement
                | Kind::LetDeclaration
                | Kind::EmptyStatement
                | Kind::FunctionItem
                | Kind::UseDeclaration
                | Kind::StructItem
                | Kind::ConstItem
                | Kind::StaticItem
                | Kind::ImplItem
                | Kind::EnumItem
                | Kind::MacroDefinition
                | Kind::Label
                | Kind::Error
        );
        if !is_statement {
            return Some(last);
        }
        // What ends with a block needs no semicolon, and may still be the value.
        let inner = match self.kind(&last) {
            Kind::ExpressionStatement => self.first_child(&last)?,
            _ => return None,
        };
        let has_semicolon = self.text_of(&last).ends_with(';');
        (!has_semicolon).then_some(inner)
    }

    /// The statements of a block without those that are built for its tests only: they tell
    /// nothing about how it runs.
    fn built_in<'t>(&self, block: &Node<'t>) -> Vec<Node<'t>> {
        let mut marks = Marks::default();
        let mut statements: Vec<Node<'t>> = block.children().filter(Node::is_named).collect();
        statements.retain(|child| match self.kind(child) {
            Kind::AttributeItem => {
                marks.read(self.text_of(child));
                false
            }
            _ if self.is_aside(child) => false,
            _ => self.in_tests || !std::mem::take(&mut marks).is_test,
        });
        statements
    }

    /// The statements of a block, and its value.
    pub(super) fn block_into(&mut self, block: Node<'_>, dest: Dest) {
        self.scope.open();
        let statements = self.built_in(&block);
        self.local_items(&statements);
        let mark = self.held.len();
        let tail = self.tail_among(&statements);
        for child in statements {
            let of_tail = |node: &Node<'_>| Some(*node) == tail;
            let inner = match self.kind(&child) {
                Kind::ExpressionStatement => self.first_child(&child),
                _ => Some(child),
            };
            match inner {
                Some(inner) if of_tail(&inner) => self.lower_into(inner, dest),
                _ => self.statement(child),
            }
        }
        self.release_bound(mark, &block);
        self.scope.close();
    }

    /// Lowers an expression of any kind; its value goes to `dest`.
    pub(super) fn lower_into(&mut self, node: Node<'_>, dest: Dest) {
        let done = self.deeper(&node, |this| this.lower_into_inner(node, dest));
        if done.is_none() {
            let span = self.span(&node);
            self.emit(Op::Gap, span);
        }
    }

    fn lower_into_inner(&mut self, node: Node<'_>, dest: Dest) {
        match self.kind(&node) {
            Kind::Block => {
                if dest != Dest::Return && self.function.is_some() && self.is_inner(&node) {
                    let span = self.span(&node);
                    let step = self.emit(Op::Gap, span);
                    let block =
                        self.in_block(Owner::Scope(step), |this| this.block_into(node, dest));
                    self.replace(step, Op::Scope(block));
                } else {
                    self.block_into(node, dest);
                }
            }
            Kind::UnsafeBlock | Kind::TryBlock | Kind::ConstBlock => {
                let block = self.children(&node).pop();
                if let Some(block) = block {
                    self.block_into(block, dest);
                }
            }
            Kind::IfExpression => self.if_expression(node, dest),
            Kind::MatchExpression => self.match_expression(&node, dest),
            Kind::LoopExpression | Kind::WhileExpression | Kind::ForExpression => {
                self.loop_expression(&node, dest);
            }
            Kind::ReturnExpression => self.return_expression(&node),
            Kind::BreakExpression => self.break_expression(&node),
            Kind::ContinueExpression => self.continue_expression(&node),
            Kind::AssignmentExpression => self.assignment(&node),
            Kind::CompoundAssignment => self.compound_assignment(&node),
            Kind::ParenthesizedExpression => {
                if let Some(inner) = self.first_child(&node) {
                    self.lower_into(inner, dest);
                }
            }
            _ if dest == Dest::Return => self.yield_node(node),
            Kind::TryExpression | Kind::AwaitExpression | Kind::CallExpression
                if dest == Dest::Discard =>
            {
                self.discard(node);
            }
            Kind::MacroInvocation if self.is_select_macro(&node) => self.select_macro(&node, dest),
            _ => {
                let value = self.expression(node);
                let span = self.span(&node);
                self.finish(dest, value, span);
            }
        }
    }

    /// Whether a block is a statement of its own or the value of a `let`, and not the body of
    /// something.
    fn is_inner(&self, node: &Node<'_>) -> bool {
        node.parent().is_some_and(|parent| {
            matches!(
                self.kind(&parent),
                Kind::Block | Kind::ExpressionStatement | Kind::LetDeclaration
            )
        })
    }

    /// Puts a value where it goes.
    pub(super) fn finish(&mut self, dest: Dest, value: ExprId, span: Span) {
        match dest {
            Dest::Discard => {}
            Dest::Return => self.emit_return(&[value], span),
            Dest::Into(variable) => self.set(variable, value, span),
        }
    }

    pub(super) fn set(&mut self, variable: VariableId, value: ExprId, span: Span) {
        let ty = self.ty(value);
        let known = &mut self.builder.program.variables[variable.index()];
        if known.ty == basic::UNKNOWN {
            known.ty = ty;
        }
        self.bind_guard(value, variable);
        let target = self.variable_value(variable, span);
        self.assign(&[target], &[value], AssignHow::Set, span);
    }

    pub(super) fn assign(
        &mut self,
        targets: &[ExprId],
        values: &[ExprId],
        how: AssignHow,
        span: Span,
    ) {
        self.builder.assign(self.block, targets, values, how, span);
    }

    /// A variable as a value.
    pub(super) fn variable_value(&mut self, variable: VariableId, span: Span) -> ExprId {
        let ty = self.builder.program.variables[variable.index()].ty;
        self.typed(ExprKind::Variable(variable), ty, span)
    }

    /// A local that the code does not name.
    pub(super) fn unnamed(
        &mut self,
        name: &str,
        ty: crate::model::TypeId,
        span: Span,
    ) -> VariableId {
        let symbol = self.intern(name);
        let function = self.function;
        self.builder
            .variable(symbol, VariableKind::Local, ty, span, function)
    }

    /// Declares a local in the scope at hand.
    pub(super) fn declare_local(
        &mut self,
        name: &Node<'_>,
        kind: VariableKind,
        ty: crate::model::TypeId,
    ) -> VariableId {
        let symbol = self.symbol(name);
        let span = self.span(name);
        let function = self.function;
        let variable = self.builder.variable(symbol, kind, ty, span, function);
        self.scope.declare(symbol, variable);
        variable
    }

    /// Gives back what is held and leaves the function with values.
    pub(super) fn emit_return(&mut self, values: &[ExprId], span: Span) {
        self.release_on_exit(0, span);
        let values = self.builder.list(values);
        self.emit(Op::Return(values), span);
    }

    fn return_expression(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        match self.first_child(node) {
            Some(value) => self.lower_into(value, Dest::Return),
            None => self.emit_return(&[], span),
        }
    }

    /// A value that the function yields: `Ok(v)` is a value and no error.
    fn yield_node(&mut self, node: Node<'_>) {
        let span = self.span(&node);
        if self.outcome == Outcome::Plain {
            let values = match self.kind(&node) {
                Kind::TupleExpression => self.values_of_tuple(&node),
                _ => vec![self.expression(node)],
            };
            return self.emit_return(&values, span);
        }
        match self.shape_of(&node) {
            Some(("Ok", inner)) => {
                let mut values = match inner {
                    Some(inner) if self.kind(&inner) == Kind::UnitExpression => Vec::new(),
                    Some(inner) if self.kind(&inner) == Kind::TupleExpression => {
                        self.values_of_tuple(&inner)
                    }
                    Some(inner) => vec![self.expression(inner)],
                    None => Vec::new(),
                };
                values.push(self.typed(ExprKind::Nil, basic::ERROR, span));
                self.emit_return(&values, span);
            }
            Some(("Err", inner)) => {
                let error = match inner {
                    Some(inner) => self.expression(inner),
                    None => self.unknown(&node),
                };
                self.fail(error, span);
            }
            Some(("Some", Some(inner))) => {
                let value = self.expression(inner);
                self.emit_return(&[value], span);
            }
            Some(("None", _)) => {
                let nothing = self.expr(ExprKind::Nil, span);
                self.emit_return(&[nothing], span);
            }
            _ => {
                let value = self.expression(node);
                self.emit_return(&[value], span);
            }
        }
    }

    /// Leaves the function with an error, or with nothing.
    pub(super) fn fail(&mut self, error: ExprId, span: Span) {
        let count = self.function.map_or(0, |function| {
            self.builder.program.function(function).results.len()
        });
        let mut values = Vec::new();
        for _ in 1..count.max(1) {
            values.push(self.expr(ExprKind::Nil, span));
        }
        match self.outcome {
            Outcome::Option => values.push(self.expr(ExprKind::Nil, span)),
            _ => values.push(error),
        }
        self.emit_return(&values, span);
    }

    pub(super) fn values_of_tuple(&mut self, node: &Node<'_>) -> Vec<ExprId> {
        let parts = self.children(node);
        parts.into_iter().map(|part| self.moved(part)).collect()
    }

    fn assignment(&mut self, node: &Node<'_>) {
        let (Some(left), Some(right)) = (
            self.field(node, self.f.left),
            self.field(node, self.f.right),
        ) else {
            return;
        };
        let span = self.span(node);
        if self.text_of(&left) == "_" {
            return self.discard(right);
        }
        let value = self.moved(right);
        let target = self.expression(left);
        self.assign(&[target], &[value], AssignHow::Set, span);
    }

    fn compound_assignment(&mut self, node: &Node<'_>) {
        let (Some(left), Some(right)) = (
            self.field(node, self.f.left),
            self.field(node, self.f.right),
        ) else {
            return;
        };
        let operator = self
            .field(node, self.f.operator)
            .map_or("", |operator| self.text_of(&operator));
        let value = self.expression(right);
        let target = self.expression(left);
        let operator = operators::binary(operator.trim_end_matches('='));
        let span = self.span(node);
        self.assign(&[target], &[value], AssignHow::Update(operator), span);
    }
}
