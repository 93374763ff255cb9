//! Go's branches, loops, switches and selects.

use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::{Arm, Case, Loop, LoopKind, Owner};
use crate::model::{
    BlockId, ExprId, ExprKind, ExprList, Init, Op, StepId, VariableId, VariableKind,
};

impl Lowering<'_> {
    /// An `if` with all its `else if`s, however many: they nest in the model, not on the stack.
    pub(super) fn if_statement(&mut self, node: Node<'_>) {
        let outer = self.block;
        let mut opened = 0;
        let mut next = Some(node);
        while let Some(node) = next.take() {
            self.scope.open();
            opened += 1;
            if let Some(initializer) = self.field(&node, self.f.initializer) {
                self.statement(initializer);
            }
            let condition = match self.field(&node, self.f.condition) {
                Some(condition) => self.expression(condition),
                None => self.unknown(&node),
            };
            let span = self.span(&node);
            let step = self.emit(Op::Gap, span);
            let then = self.in_block(Owner::Then(step), |this| {
                if let Some(body) = this.field(&node, this.f.consequence) {
                    this.scope.open();
                    this.statements(&body);
                    this.scope.close();
                }
            });
            let mut otherwise = None;
            if let Some(alternative) = self.field(&node, self.f.alternative) {
                let block = self.empty_block(Owner::Else(step));
                otherwise = Some(block);
                if self.kind(&alternative) == Kind::IfStatement {
                    self.block = block;
                    next = Some(alternative);
                } else {
                    let before = std::mem::replace(&mut self.block, block);
                    self.scope.open();
                    self.statements(&alternative);
                    self.scope.close();
                    self.block = before;
                }
            }
            self.replace(
                step,
                Op::Branch {
                    condition,
                    then,
                    otherwise,
                },
            );
        }
        for _ in 0..opened {
            self.scope.close();
        }
        self.block = outer;
    }

    pub(super) fn for_statement(&mut self, node: &Node<'_>) {
        let label = self.label.take();
        let span = self.span(node);
        self.scope.open();
        let header = self
            .children(node)
            .into_iter()
            .find(|child| self.kind(child) != Kind::Block);
        let header_kind = header.map(|header| self.kind(&header));
        if let (Some(header), Some(Kind::ForClause)) = (header, header_kind)
            && let Some(initializer) = self.field(&header, self.f.initializer)
        {
            self.statement(initializer);
        }
        let over = match (header, header_kind) {
            (Some(header), Some(Kind::RangeClause)) => self
                .field(&header, self.f.right)
                .map(|right| self.expression(right)),
            _ => None,
        };
        let step = self.emit(Op::Gap, span);
        let mut kind = LoopKind::Forever;
        let mut variables = Vec::new();
        let head = self.in_block(Owner::Head(step), |this| {
            (kind, variables) = this.loop_head(header, header_kind, over);
        });
        let body = self.in_block(Owner::Body(step), |this| {
            if let Some(body) = this.field(node, this.f.body) {
                this.scope.open();
                this.statements(&body);
                this.scope.close();
            }
        });
        let post = self.loop_post(header, header_kind, step);
        if post.is_none()
            && let LoopKind::Counted(condition) = kind
        {
            kind = LoopKind::While(condition);
        }
        self.scope.close();
        self.replace(
            step,
            Op::Loop(Loop {
                kind,
                label,
                head,
                body,
                post,
                variables,
            }),
        );
    }

    /// What a loop goes over, and the variables that it sets.
    fn loop_head(
        &mut self,
        header: Option<Node<'_>>,
        header_kind: Option<Kind>,
        over: Option<ExprId>,
    ) -> (LoopKind, Vec<VariableId>) {
        match (header, header_kind) {
            (Some(header), Some(Kind::ForClause)) => {
                let condition = self.field(&header, self.f.condition);
                let kind = condition.map_or(LoopKind::Forever, |condition| {
                    LoopKind::Counted(self.expression(condition))
                });
                (kind, Vec::new())
            }
            (Some(header), Some(Kind::RangeClause)) => {
                let over = over.unwrap_or_else(|| self.unknown(&header));
                let variables = self.range_variables(&header, over);
                (LoopKind::Over(over), variables)
            }
            (Some(condition), _) => (LoopKind::While(self.expression(condition)), Vec::new()),
            (None, _) => (LoopKind::Forever, Vec::new()),
        }
    }

    fn loop_post(
        &mut self,
        header: Option<Node<'_>>,
        kind: Option<Kind>,
        step: StepId,
    ) -> Option<BlockId> {
        let header = header.filter(|_| kind == Some(Kind::ForClause))?;
        let update = self.field(&header, self.f.update)?;
        Some(self.in_block(Owner::Post(step), |this| this.statement(update)))
    }

    fn range_variables(&mut self, header: &Node<'_>, over: ExprId) -> Vec<VariableId> {
        let (Some(left), Some(right)) = (
            self.field(header, self.f.left),
            self.field(header, self.f.right),
        ) else {
            return Vec::new();
        };
        let between = self
            .text
            .get(left.end_byte()..right.start_byte())
            .unwrap_or("");
        if !between.contains(":=") {
            self.expression_list(&left);
            return Vec::new();
        }
        let names = self.children(&left);
        let mut variables = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let variable = self.declare(name, VariableKind::Local, basic::UNKNOWN);
            self.builder.program.variables[variable.index()].init = match at {
                0 => Init::Key(over),
                _ => Init::Element(over),
            };
            variables.push(variable);
        }
        variables
    }

    pub(super) fn switch(&mut self, node: &Node<'_>) {
        self.scope.open();
        if let Some(initializer) = self.field(node, self.f.initializer) {
            self.statement(initializer);
        }
        let subject = self
            .field(node, self.f.value)
            .map(|value| self.expression(value));
        self.cases(node, subject, None);
        self.scope.close();
    }

    pub(super) fn type_switch(&mut self, node: &Node<'_>) {
        self.scope.open();
        if let Some(initializer) = self.field(node, self.f.initializer) {
            self.statement(initializer);
        }
        let subject = self
            .field(node, self.f.value)
            .map(|value| self.expression(value));
        let alias = self
            .field(node, self.f.alias)
            .and_then(|alias| self.children(&alias).first().copied());
        self.cases(node, subject, alias);
        self.scope.close();
    }

    fn cases(&mut self, node: &Node<'_>, subject: Option<ExprId>, alias: Option<Node<'_>>) {
        let span = self.span(node);
        self.label = None;
        let step = self.emit(Op::Gap, span);
        let mut cases = Vec::new();
        for child in self.children(node) {
            let kind = self.kind(&child);
            if !matches!(
                kind,
                Kind::ExpressionCase | Kind::TypeCase | Kind::DefaultCase
            ) {
                continue;
            }
            let at = cases.len() as u32;
            let values = match (kind, self.field(&child, self.f.value)) {
                (Kind::ExpressionCase, Some(values)) => {
                    let values = self.expression_list(&values);
                    self.builder.list(&values)
                }
                _ => ExprList::default(),
            };
            let alias_type = match kind {
                Kind::TypeCase => self.type_of(self.field(&child, self.f.r#type)),
                _ => basic::UNKNOWN,
            };
            let body = self.in_block(Owner::Case(step, at), |this| {
                this.scope.open();
                if let (Some(alias), Some(subject)) = (alias, subject) {
                    let variable = this.declare(&alias, VariableKind::Local, alias_type);
                    this.builder.program.variables[variable.index()].init = Init::Value(subject);
                }
                this.case_body(&child);
                this.scope.close();
            });
            cases.push(Case {
                values,
                is_default: kind == Kind::DefaultCase,
                body,
            });
        }
        self.replace(step, Op::Switch { subject, cases });
    }

    /// The statements of a case, without its values, types or communication.
    fn case_body(&mut self, case: &Node<'_>) {
        for child in self.children(case) {
            match self.kind(&child) {
                Kind::StatementList => {
                    for statement in self.children(&child) {
                        self.statement(statement);
                    }
                }
                Kind::Error => self.statement(child),
                _ => {}
            }
        }
    }

    pub(super) fn select(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        self.label = None;
        let step = self.emit(Op::Gap, span);
        let mut arms = Vec::new();
        for child in self.children(node) {
            let kind = self.kind(&child);
            if !matches!(kind, Kind::CommunicationCase | Kind::DefaultCase) {
                continue;
            }
            let at = arms.len() as u32;
            self.scope.open();
            let mut communication = None;
            let guard = self.in_block(Owner::Guard(step, at), |this| {
                if let Some(inner) = this.field(&child, this.f.communication) {
                    communication = this.communication(&inner);
                }
            });
            let body = self.in_block(Owner::Arm(step, at), |this| this.case_body(&child));
            self.scope.close();
            let span = self.span(&child);
            arms.push(Arm {
                guard,
                body,
                span,
                communication,
            });
        }
        self.replace(step, Op::Select(arms));
    }

    fn communication(&mut self, node: &Node<'_>) -> Option<StepId> {
        match self.kind(node) {
            Kind::SendStatement => self.send(node),
            Kind::ReceiveStatement => self.receive_statement(node),
            _ => {
                let value = self.expression(*node);
                match *self.builder.program.kind(value) {
                    ExprKind::Received(step) => Some(step),
                    _ => None,
                }
            }
        }
    }
}
