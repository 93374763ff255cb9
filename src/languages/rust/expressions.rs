//! Rust expressions to values; the calls, sends and receives in them become steps on the way.

use super::names::Item;
use super::shapes::{float_literal, int_literal};
use super::statements::Dest;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::languages::{nodes, operators};
use crate::model::types::Type;
use crate::model::{
    ExprId, ExprKind, ExprList, FunctionKind, Init, Op, Symbol, TypeId, VariableId, VariableKind,
};
use crate::source::Span;

impl Lowering<'_> {
    /// One expression.
    pub(super) fn expression(&mut self, node: Node<'_>) -> ExprId {
        match self.deeper(&node, |this| this.expression_inner(node)) {
            Some(value) => value,
            None => self.unknown(&node),
        }
    }

    /// An expression whose value gets a new owner.
    pub(super) fn moved(&mut self, node: Node<'_>) -> ExprId {
        let value = self.expression(node);
        if self.kind(&node) == Kind::Identifier
            && let ExprKind::Variable(variable) = *self.builder.program.kind(value)
        {
            self.builder.program.moved.insert(variable);
        }
        value
    }

    fn expression_inner(&mut self, node: Node<'_>) -> ExprId {
        let span = self.span(&node);
        let kind = match self.kind(&node) {
            Kind::Identifier | Kind::SelfKeyword => return self.identifier(&node),
            Kind::ScopedIdentifier => return self.scoped(&node),
            Kind::CallExpression => return self.call(&node),
            Kind::AwaitExpression => return self.await_expression(&node),
            Kind::TryExpression => return self.try_expression(&node),
            Kind::FieldExpression => return self.field_expression(&node),
            Kind::MacroInvocation => return self.macro_expression(&node),
            Kind::UnaryExpression => return self.unary(&node),
            Kind::BinaryExpression => return self.binary(node),
            Kind::IndexExpression => return self.index(&node),
            Kind::StructExpression => return self.structure_value(&node),
            Kind::GenericFunction => match self.field(&node, self.f.function) {
                Some(function) => return self.expression(function),
                None => ExprKind::Unknown,
            },
            Kind::ParenthesizedExpression => match self.first_child(&node) {
                Some(inner) => return self.expression(inner),
                None => ExprKind::Unknown,
            },
            Kind::ReferenceExpression => match self.field(&node, self.f.value) {
                Some(inner) => return self.expression(inner),
                None => ExprKind::Unknown,
            },
            Kind::TypeCast => {
                let ty = self.type_of(self.field(&node, self.f.r#type));
                match self.field(&node, self.f.value) {
                    Some(value) => {
                        let value = self.expression(value);
                        return self.typed(ExprKind::Convert(ty, value), ty, span);
                    }
                    None => ExprKind::Unknown,
                }
            }
            Kind::ClosureExpression => return self.closure(&node),
            Kind::AsyncBlock => return self.async_block(&node),
            Kind::TupleExpression => {
                let values = self.values_of_tuple(&node);
                return self.composite(basic::UNKNOWN, &values, span);
            }
            Kind::ArrayExpression => return self.array(&node),
            Kind::RangeExpression => {
                let end = self.range_end(&node);
                let range = self.expr(ExprKind::Unknown, span);
                self.builder.program.ranges.insert(range, end);
                return range;
            }
            _ => return self.literal(&node),
        };
        self.expr(kind, span)
    }

    fn literal(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let kind = match self.kind(node) {
            Kind::UnitExpression => ExprKind::Nil,
            Kind::IntegerLiteral => int_literal(self.text_of(node)),
            Kind::FloatLiteral => float_literal(self.text_of(node)),
            Kind::CharLiteral => ExprKind::Int(0),
            Kind::StringLiteral | Kind::RawStringLiteral => {
                let text = self.text_of(node).trim_matches(['"', '#', 'r', 'b']);
                let text = self.intern(text);
                return self.typed(ExprKind::Text(text), basic::TEXT, span);
            }
            Kind::BooleanLiteral => ExprKind::Bool(self.text_of(node) == "true"),
            _ => return self.other(node),
        };
        let ty = match kind {
            ExprKind::Int(_) => basic::INTEGER,
            ExprKind::Float(_) => basic::FLOAT,
            ExprKind::Bool(_) => basic::BOOLEAN,
            _ => basic::UNKNOWN,
        };
        self.typed(kind, ty, span)
    }

    /// Blocks, branches, matches and loops as values; and what is no expression.
    pub(super) fn other(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        match self.kind(node) {
            Kind::Block
            | Kind::UnsafeBlock
            | Kind::ConstBlock
            | Kind::TryBlock
            | Kind::IfExpression
            | Kind::MatchExpression
            | Kind::LoopExpression => {
                let value = self.unnamed("value", basic::UNKNOWN, span);
                let first = self.builder.program.steps.len();
                self.lower_into(*node, Dest::Into(value));
                if self.kind(node) == Kind::Block {
                    self.name_tail(value, first);
                }
                self.variable_value(value, span)
            }
            Kind::WhileExpression
            | Kind::ForExpression
            | Kind::ReturnExpression
            | Kind::BreakExpression
            | Kind::ContinueExpression
            | Kind::AssignmentExpression
            | Kind::CompoundAssignment
            | Kind::LetDeclaration
            | Kind::ExpressionStatement => {
                self.statement(*node);
                self.unknown(node)
            }
            _ => {
                for child in self.children(node) {
                    self.expression(child);
                }
                self.unknown(node)
            }
        }
    }

    /// A block whose last expression is a closure or a future is that, where one assignment since a
    /// step says so: `spawn({ let own = all.clone(); async move { … } })`.
    fn name_tail(&mut self, value: VariableId, first: usize) {
        let program = &mut self.builder.program;
        let set: Vec<ExprId> = program.steps[first..]
            .iter()
            .filter_map(|step| match &step.op {
                Op::Assign(assign) => Some((program.list(assign.targets), assign.values)),
                _ => None,
            })
            .filter(|(targets, _)| matches!(targets, [target] if program.variable_of(*target) == Some(value)))
            .filter_map(|(_, values)| program.list(values).first().copied())
            .collect();
        if let [one] = set[..]
            && matches!(program.kind(one), ExprKind::Closure(_))
        {
            program.variables[value.index()].init = Init::Value(one);
        }
    }

    /// The variable that a name stands for here; one that a task takes with it has a new owner.
    fn local(&mut self, name: &str) -> Option<VariableId> {
        let symbol = self.builder.program.symbols.lookup(name)?;
        let variable = self.scope.get(symbol)?;
        if self.moves && self.builder.program.variable(variable).function != self.function {
            self.builder.program.moved.insert(variable);
        }
        Some(variable)
    }

    pub(super) fn identifier(&mut self, node: &Node<'_>) -> ExprId {
        let text = self.text_of(node);
        let span = self.span(node);
        if let Some(variable) = self.local(text) {
            return self.variable_value(variable, span);
        }
        if text == "None" {
            return self.expr(ExprKind::Nil, span);
        }
        match self.resolve(node).1 {
            Some(item) => self.item_value(item, node),
            None => {
                let name = self.intern(text);
                self.expr(ExprKind::Name(name), span)
            }
        }
    }

    fn item_value(&mut self, item: Item, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        match item {
            Item::Variable(variable) => self.variable_value(variable, span),
            Item::Function(function) => self.expr(ExprKind::Function(function, None), span),
            Item::Type(_, ty) => self.composite(ty, &[], span),
            Item::Module => self.unknown(node),
        }
    }

    fn scoped(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let (path, item) = self.resolve(node);
        if let Some(item) = item {
            return self.item_value(item, node);
        }
        if let Some(function) = self.associated(node) {
            return self.expr(ExprKind::Function(function, None), span);
        }
        if let Some((value, ty)) = super::functions::constant(&path) {
            return self.typed(ExprKind::Int(value), ty, span);
        }
        match path.rsplit_once("::") {
            Some((module, name)) => {
                let (module, name) = (self.intern(module), self.intern(name));
                self.expr(ExprKind::Qualified(module, name), span)
            }
            None => self.unknown(node),
        }
    }

    /// `Type::method` of a type of the crate.
    pub(super) fn associated(&mut self, node: &Node<'_>) -> Option<crate::model::FunctionId> {
        let path = self.field(node, self.f.path)?;
        let name = self.field(node, self.f.name)?;
        let name = self.symbol(&name);
        let named = self.type_named(&path)?;
        self.method_named(named, name)
    }

    /// The method of a type with a name.
    pub(super) fn method_named(
        &self,
        mut named: crate::model::NamedId,
        name: crate::model::Symbol,
    ) -> Option<crate::model::FunctionId> {
        for _ in 0..4 {
            if let Some(&function) = self.names.methods.get(&(named, name)) {
                return Some(function);
            }
            let of = &self.builder.program.named[named.index()];
            match *self.builder.program.pointee(of.underlying?) {
                Type::Named(inner) => named = inner,
                _ => return None,
            }
        }
        None
    }

    fn field_expression(&mut self, node: &Node<'_>) -> ExprId {
        let (Some(base), Some(name)) = (
            self.field(node, self.f.value),
            self.field(node, self.f.field),
        ) else {
            return self.unknown(node);
        };
        let base = self.expression(base);
        let symbol = self.symbol(&name);
        let span = self.span(node);
        if let ExprKind::Composite(basic::UNKNOWN, values, _) = *self.builder.program.kind(base)
            && let Ok(at) = self.text_of(&name).parse::<usize>()
            && let Some(&value) = self.builder.program.list(values).get(at)
        {
            return value;
        }
        self.field_of(base, symbol, span)
    }

    /// A field of a value by its name.
    pub(super) fn field_of(&mut self, base: ExprId, symbol: Symbol, span: Span) -> ExprId {
        if let Type::Named(named) = *self.builder.program.pointee(self.ty(base)) {
            if let Some(variable) = self.field_named(named, symbol) {
                let ty = self.builder.program.variable(variable).ty;
                return self.typed(ExprKind::Field(base, variable), ty, span);
            }
            if let Some(inner) = self.builder.program.named[named.index()].underlying
                && let Type::Named(inner) = *self.builder.program.pointee(inner)
                && let Some(variable) = self.field_named(inner, symbol)
            {
                let ty = self.builder.program.variable(variable).ty;
                return self.typed(ExprKind::Field(base, variable), ty, span);
            }
        }
        match self.implied_field(base, symbol, span) {
            Some(field) => self.expr(ExprKind::Field(base, field), span),
            None => self.expr(ExprKind::Member(base, symbol), span),
        }
    }

    /// A field of a type that nothing in view declares, as in a piece of a file: known from now
    /// on, so that what is learnt of it in one place holds in others.
    fn implied_field(&mut self, base: ExprId, symbol: Symbol, span: Span) -> Option<VariableId> {
        let Type::Named(named) = *self.builder.program.pointee(self.ty(base)) else {
            return None;
        };
        let of = &self.builder.program.named[named.index()];
        let is_method = of.methods.iter().any(|&(name, _)| name == symbol);
        if of.span.is_some() || of.is_interface || is_method {
            return None;
        }
        let kind = VariableKind::Field(named);
        let ty = basic::UNKNOWN;
        let field = self.builder.variable(symbol, kind, ty, span, None);
        let of = &mut self.builder.program.named[named.index()];
        of.fields.push((symbol, field));
        Some(field)
    }

    /// The type of the elements of a list, map or channel.
    pub(super) fn element_of(&self, ty: TypeId) -> TypeId {
        match *self.builder.program.underlying(ty) {
            Type::List(element, _) | Type::Map(_, element) | Type::Channel(element, ..) => element,
            _ => basic::UNKNOWN,
        }
    }

    fn index(&mut self, node: &Node<'_>) -> ExprId {
        let parts = self.children(node);
        let [base, at] = parts[..] else {
            return self.unknown(node);
        };
        let span = self.span(node);
        let base = self.expression(base);
        if self.kind(&at) == Kind::RangeExpression {
            let bounds: Vec<ExprId> = self
                .children(&at)
                .into_iter()
                .map(|bound| self.expression(bound))
                .collect();
            let ty = self.ty(base);
            let kind = ExprKind::Slice(base, bounds.first().copied(), bounds.get(1).copied());
            return self.typed(kind, ty, span);
        }
        let at = self.expression(at);
        let ty = self.element_of(self.ty(base));
        self.typed(ExprKind::Index(base, at), ty, span)
    }

    /// A chain of operators.
    fn binary(&mut self, node: Node<'_>) -> ExprId {
        let (leftmost, operations) = nodes::chain(node, self.f.left, |node| {
            self.kind(node) == Kind::BinaryExpression
        });
        let mut value = self.expression(leftmost);
        for node in operations {
            let operator = self
                .field(&node, self.f.operator)
                .map_or("", |operator| self.text_of(&operator));
            let operator = operators::binary(operator);
            let right = match self.field(&node, self.f.right) {
                Some(right) => self.expression(right),
                None => self.unknown(&node),
            };
            value = self.combine(operator, value, right, &node);
        }
        value
    }

    /// Two values with an operator between them.
    pub(super) fn combine(
        &mut self,
        operator: crate::model::BinaryOp,
        left: ExprId,
        right: ExprId,
        node: &Node<'_>,
    ) -> ExprId {
        use crate::model::BinaryOp;
        let span = self.span(node);
        let is_truth = operator.is_comparison() || matches!(operator, BinaryOp::And | BinaryOp::Or);
        let plain = |ty: TypeId| ty == basic::UNKNOWN || ty == basic::INTEGER;
        let ty = match (self.ty(left), self.ty(right)) {
            _ if is_truth => basic::BOOLEAN,
            (left, right) if plain(left) && right != basic::UNKNOWN => right,
            (left, _) => left,
        };
        self.typed(ExprKind::Binary(operator, left, right), ty, span)
    }

    pub(super) fn composite(
        &mut self,
        ty: TypeId,
        values: &[ExprId],
        span: crate::source::Span,
    ) -> ExprId {
        let keys: Vec<ExprId> = (0..values.len())
            .map(|at| {
                let name = self.intern(&at.to_string());
                self.expr(ExprKind::Key(name), span)
            })
            .collect();
        let (values, keys) = (self.builder.list(values), self.builder.list(&keys));
        self.typed(ExprKind::Composite(ty, values, keys), ty, span)
    }

    /// An array, or the tokens between the brackets of a macro.
    pub(super) fn array(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        if let Some(length) = self.field(node, self.f.length) {
            if let Some(each) = self.first_child(node) {
                self.expression(each);
            }
            let length = self.expression(length);
            let ty = self.builder.ty(Type::List(basic::UNKNOWN, None));
            return self.typed(ExprKind::Make(ty, Some(length)), ty, span);
        }
        let values: Vec<ExprId> = self
            .children(node)
            .into_iter()
            .map(|value| self.moved(value))
            .collect();
        let element = values
            .first()
            .map_or(basic::UNKNOWN, |&value| self.ty(value));
        let ty = self.builder.ty(Type::List(element, None));
        let (values, keys) = (self.builder.list(&values), ExprList::default());
        self.typed(ExprKind::Composite(ty, values, keys), ty, span)
    }

    fn structure_value(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let ty = match self.field(node, self.f.name) {
            Some(name) => match self.type_named(&name) {
                Some(named) => self.builder.ty(Type::Named(named)),
                None => self.type_of(Some(name)),
            },
            None => basic::UNKNOWN,
        };
        let (mut values, mut keys) = (Vec::new(), Vec::new());
        let body = self.field(node, self.f.body);
        for part in body.map(|body| self.children(&body)).unwrap_or_default() {
            let (name, value) = match self.kind(&part) {
                Kind::FieldInitializer => {
                    let (Some(name), Some(value)) = (
                        self.field(&part, self.f.field)
                            .or_else(|| self.first_child(&part)),
                        self.field(&part, self.f.value),
                    ) else {
                        continue;
                    };
                    (name, self.moved(value))
                }
                Kind::ShorthandField => {
                    let name = self.first_child(&part).unwrap_or(part);
                    (name, self.moved(name))
                }
                Kind::BaseField => {
                    let Some(base) = self.first_child(&part) else {
                        continue;
                    };
                    // What is not named is taken from another value of the type.
                    let value = self.expression(base);
                    let (symbol, span) = (self.intern(".."), self.span(&part));
                    keys.push(self.expr(ExprKind::Key(symbol), span));
                    values.push(value);
                    continue;
                }
                _ => continue,
            };
            self.hand_over(value);
            let symbol = self.symbol(&name);
            let span = self.span(&name);
            keys.push(self.expr(ExprKind::Key(symbol), span));
            values.push(value);
        }
        let (values, keys) = (self.builder.list(&values), self.builder.list(&keys));
        self.typed(ExprKind::Composite(ty, values, keys), ty, span)
    }

    /// Whether a function is a method that takes its receiver.
    pub(super) fn is_method(&self, function: crate::model::FunctionId) -> bool {
        let kind = self.builder.program.function(function).kind;
        matches!(kind, FunctionKind::Method(..))
    }
}
