//! Go expressions to values; the calls, sends and receives in them become steps on the way.

use super::literals::{float_literal, int_literal};
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::languages::{nodes, operators};
use crate::model::step::Call;
use crate::model::types::Type;
use crate::model::{Api, ExprId, ExprKind, ExprList, FunctionKind, Op, TypeId, UnaryOp};

impl Lowering<'_> {
    /// Every expression of a list.
    pub(super) fn expression_list(&mut self, node: &Node<'_>) -> Vec<ExprId> {
        if self.kind(node) != Kind::ExpressionList {
            return vec![self.expression(*node)];
        }
        let values: Vec<ExprId> = self
            .children(node)
            .into_iter()
            .map(|child| self.expression(child))
            .collect();
        if let [value] = values[..] {
            return vec![value];
        }
        values
    }

    /// One expression.
    pub(super) fn expression(&mut self, node: Node<'_>) -> ExprId {
        match self.deeper(&node, |this| this.expression_inner(node)) {
            Some(value) => value,
            None => self.unknown(&node),
        }
    }

    /// A node without the parentheses around it.
    pub(super) fn unparenthesised<'t>(&self, mut node: Node<'t>) -> Node<'t> {
        while self.kind(&node) == Kind::ParenthesizedExpression {
            match self.first_child(&node) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }

    fn expression_inner(&mut self, node: Node<'_>) -> ExprId {
        let node = self.unparenthesised(node);
        let span = self.span(&node);
        let kind = match self.kind(&node) {
            Kind::Identifier
            | Kind::FieldIdentifier
            | Kind::TypeIdentifier
            | Kind::BlankIdentifier => self.identifier(&node),
            Kind::CallExpression => return self.call(&node),
            Kind::SelectorExpression => self.selector(&node),
            Kind::IndexExpression => self.index(&node),
            Kind::SliceExpression => self.slice(&node),
            Kind::UnaryExpression => return self.unary(&node),
            Kind::BinaryExpression => return self.binary(node),
            Kind::FuncLiteral => self.closure(&node),
            Kind::CompositeLiteral => {
                let ty = self.type_of(self.field(&node, self.f.r#type));
                match self.field(&node, self.f.body) {
                    Some(body) => self.composite(ty, &body),
                    None => ExprKind::Unknown,
                }
            }
            Kind::LiteralValue => self.composite(basic::UNKNOWN, &node),
            Kind::TypeConversionExpression if self.generic_name(&node).is_some() => {
                return self.call(&node);
            }
            Kind::TypeAssertionExpression | Kind::TypeConversionExpression => {
                let ty = self.type_of(self.field(&node, self.f.r#type));
                match self.field(&node, self.f.operand) {
                    Some(operand) => ExprKind::Convert(ty, self.expression(operand)),
                    None => ExprKind::Unknown,
                }
            }
            Kind::TypeInstantiationExpression | Kind::GenericType => {
                match self.first_child(&node) {
                    Some(inner) => return self.expression(inner),
                    None => ExprKind::Unknown,
                }
            }
            Kind::IntLiteral => int_literal(self.text_of(&node)),
            Kind::RuneLiteral => ExprKind::Int(0),
            Kind::FloatLiteral => float_literal(self.text_of(&node)),
            Kind::InterpretedStringLiteral | Kind::RawStringLiteral => {
                let text = self.text_of(&node).trim_matches(['"', '`']);
                ExprKind::Text(self.intern(text.get(..64).unwrap_or(text)))
            }
            Kind::True => ExprKind::Bool(true),
            Kind::False => ExprKind::Bool(false),
            Kind::Nil => ExprKind::Nil,
            Kind::Iota => self.iota.map_or(ExprKind::Unknown, ExprKind::Int),
            Kind::VariadicArgument => match self.first_child(&node) {
                Some(inner) => return self.expression(inner),
                None => ExprKind::Unknown,
            },
            _ => return self.other(&node),
        };
        self.expr(kind, span)
    }

    /// Something that is no expression: what stands in it is still looked at.
    fn other(&mut self, node: &Node<'_>) -> ExprId {
        for child in self.children(node) {
            self.expression(child);
        }
        self.unknown(node)
    }

    fn identifier(&mut self, node: &Node<'_>) -> ExprKind {
        let text = self.text_of(node);
        let name = self.intern(text);
        if let Some(variable) = self.scope.get(name) {
            return ExprKind::Variable(variable);
        }
        match text {
            "nil" => ExprKind::Nil,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "iota" => self.iota.map_or(ExprKind::Unknown, ExprKind::Int),
            "_" => ExprKind::Unknown,
            _ => ExprKind::Name(name),
        }
    }

    fn selector(&mut self, node: &Node<'_>) -> ExprKind {
        let (Some(base), Some(name)) = (
            self.field(node, self.f.operand),
            self.field(node, self.f.field),
        ) else {
            return ExprKind::Unknown;
        };
        let name = self.symbol(&name);
        if self.kind(&base) == Kind::Identifier {
            let package = self.symbol(&base);
            if self.scope.get(package).is_none() {
                if let Some(&module) = self.imports.get(&package) {
                    return ExprKind::Qualified(module, name);
                }
                if self.imports.is_empty() && super::apis::is_usual_package(self.text_of(&base)) {
                    return ExprKind::Qualified(package, name);
                }
            }
        }
        ExprKind::Member(self.expression(base), name)
    }

    fn index(&mut self, node: &Node<'_>) -> ExprKind {
        let base = match self.field(node, self.f.operand) {
            Some(base) => self.expression(base),
            None => return ExprKind::Unknown,
        };
        let index = match self.field(node, self.f.index) {
            Some(index) => self.expression(index),
            None => self.unknown(node),
        };
        ExprKind::Index(base, index)
    }

    fn slice(&mut self, node: &Node<'_>) -> ExprKind {
        let Some(base) = self.field(node, self.f.operand) else {
            return ExprKind::Unknown;
        };
        let base = self.expression(base);
        let from = self
            .field(node, self.f.start)
            .map(|start| self.expression(start));
        let to = self.field(node, self.f.end).map(|end| self.expression(end));
        ExprKind::Slice(base, from, to)
    }

    fn unary(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let operator = self
            .field(node, self.f.operator)
            .map_or("", |operator| self.text_of(&operator));
        let Some(operand) = self.field(node, self.f.operand) else {
            return self.unknown(node);
        };
        let operand = self.expression(operand);
        let kind = match operator {
            "<-" => {
                let step = self.emit(
                    Op::Receive {
                        channel: operand,
                        checked: false,
                    },
                    span,
                );
                ExprKind::Received(step)
            }
            "&" => ExprKind::Reference(operand),
            "*" => ExprKind::Dereference(operand),
            "!" => ExprKind::Unary(UnaryOp::Not, operand),
            "-" => ExprKind::Unary(UnaryOp::Negate, operand),
            _ => ExprKind::Unary(UnaryOp::Other, operand),
        };
        self.expr(kind, span)
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
            let span = self.span(&node);
            value = self.expr(ExprKind::Binary(operator, value, right), span);
        }
        value
    }

    fn closure(&mut self, node: &Node<'_>) -> ExprKind {
        let parent = self.function.unwrap_or(crate::model::FunctionId(0));
        let name = self.builder.program.function(parent).name;
        let span = self.span(node);
        let head = self.head_of(node);
        let function = self.new_function(name, FunctionKind::Closure(parent), span, head);
        self.function_rest(function, node);
        ExprKind::Closure(function)
    }

    /// The values of a composite literal; elided types of inner literals come from the outer one.
    fn composite(&mut self, ty: TypeId, body: &Node<'_>) -> ExprKind {
        let element = match *self.builder.program.ty(ty) {
            Type::List(element, _) | Type::Map(_, element) => Some(element),
            _ => None,
        };
        let mut keys = Vec::new();
        let mut values = Vec::new();
        for child in self.children(body) {
            let (key, value) = match self.kind(&child) {
                Kind::KeyedElement => (
                    self.field(&child, self.f.key),
                    self.field(&child, self.f.value),
                ),
                _ => (None, Some(child)),
            };
            let Some(value) = value else { continue };
            let key = match key {
                Some(key) => self.composite_key(&key, element.is_some()),
                None => self.unknown(&child),
            };
            keys.push(key);
            let value = self.composite_value(value, element);
            values.push(value);
        }
        let (values, keys) = (self.builder.list(&values), self.builder.list(&keys));
        ExprKind::Composite(ty, values, keys)
    }

    fn composite_key(&mut self, key: &Node<'_>, of_elements: bool) -> ExprId {
        let inner = match self.kind(key) {
            Kind::LiteralElement => self.first_child(key).unwrap_or(*key),
            _ => *key,
        };
        if !of_elements && matches!(self.kind(&inner), Kind::Identifier | Kind::FieldIdentifier) {
            let name = self.symbol(&inner);
            let span = self.span(&inner);
            return self.expr(ExprKind::Key(name), span);
        }
        self.expression(inner)
    }

    fn composite_value(&mut self, value: Node<'_>, element: Option<TypeId>) -> ExprId {
        let inner = match self.kind(&value) {
            Kind::LiteralElement => self.first_child(&value).unwrap_or(value),
            _ => value,
        };
        if self.kind(&inner) != Kind::LiteralValue {
            return self.expression(inner);
        }
        let kind = self.deeper(&inner, |this| {
            this.composite(element.unwrap_or(basic::UNKNOWN), &inner)
        });
        let span = self.span(&inner);
        self.expr(kind.unwrap_or(ExprKind::Unknown), span)
    }

    /// What is called and with what, without the call itself.
    pub(super) fn callee_and_arguments(&mut self, node: &Node<'_>) -> (ExprId, ExprList) {
        let callee = match self.field(node, self.f.function) {
            Some(function) => self.expression(function),
            None => match self.generic_name(node) {
                Some(name) => self.expression(name),
                None => self.unknown(node),
            },
        };
        let args = match self.field(node, self.f.operand) {
            Some(only) => {
                let only = self.expression(only);
                self.builder.list(&[only])
            }
            None => self.arguments(node),
        };
        (callee, args)
    }

    /// The name in `f[T](x)`, which reads like a conversion: linking knows what is a type.
    pub(super) fn generic_name<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        let generic = self.field(node, self.f.r#type)?;
        if self.kind(node) != Kind::TypeConversionExpression
            || self.kind(&generic) != Kind::GenericType
        {
            return None;
        }
        let name = self.field(&generic, self.f.r#type)?;
        (self.kind(&name) == Kind::TypeIdentifier).then_some(name)
    }

    fn arguments(&mut self, node: &Node<'_>) -> ExprList {
        let Some(list) = self.field(node, self.f.arguments) else {
            return ExprList::default();
        };
        let args: Vec<ExprId> = self
            .children(&list)
            .into_iter()
            .map(|argument| self.expression(argument))
            .collect();
        self.builder.list(&args)
    }

    fn call(&mut self, node: &Node<'_>) -> ExprId {
        if let Some(function) = self.field(node, self.f.function)
            && self.kind(&function) == Kind::Identifier
        {
            let text = self.text_of(&function);
            let name = self.intern(text);
            let shadowed =
                self.scope.get(name).is_some() || self.builder.globals.contains_key(&name);
            if !shadowed && let Some(value) = self.builtin(text, node) {
                return value;
            }
        }
        let (callee, args) = self.callee_and_arguments(node);
        self.emit_call(callee, args, Api::Other, node)
    }

    fn emit_call(&mut self, callee: ExprId, args: ExprList, api: Api, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        let step = self.emit(
            Op::Call(Call {
                callee,
                args,
                target: None,
                api,
                receiver: None,
            }),
            span,
        );
        self.expr(ExprKind::Call(step), span)
    }

    fn argument_nodes<'t>(&self, node: &Node<'t>) -> Vec<Node<'t>> {
        self.field(node, self.f.arguments)
            .map(|list| self.children(&list))
            .unwrap_or_default()
    }

    fn builtin(&mut self, name: &str, node: &Node<'_>) -> Option<ExprId> {
        let arguments = self.argument_nodes(node);
        let span = self.span(node);
        let kind = match (name, arguments.len()) {
            ("len", 1) => ExprKind::Length(self.expression(arguments[0])),
            ("cap", 1) => ExprKind::Capacity(self.expression(arguments[0])),
            ("make", 1..) => self.make(&arguments),
            ("new", 1) if self.is_value(&arguments[0]) => {
                let value = self.expression(arguments[0]);
                ExprKind::Reference(self.expr(ExprKind::Unary(UnaryOp::Other, value), span))
            }
            ("new", 1) => {
                let ty = self.type_of(Some(arguments[0]));
                ExprKind::Reference(self.expr(
                    ExprKind::Composite(ty, ExprList::default(), ExprList::default()),
                    span,
                ))
            }
            ("append", 1..) => {
                let list = self.expression(arguments[0]);
                let items: Vec<ExprId> = arguments[1..]
                    .iter()
                    .map(|&item| self.expression(item))
                    .collect();
                ExprKind::Append(list, self.builder.list(&items))
            }
            ("close", 1) => {
                let channel = self.expression(arguments[0]);
                self.emit(Op::Close { channel }, span);
                ExprKind::Unknown
            }
            ("min" | "max", 1..) => {
                let values: Vec<ExprId> = arguments
                    .iter()
                    .map(|&value| self.expression(value))
                    .collect();
                let values = self.builder.list(&values);
                if name == "min" {
                    ExprKind::Min(values)
                } else {
                    ExprKind::Max(values)
                }
            }
            ("panic" | "delete" | "clear" | "copy" | "print" | "println" | "recover", _) => {
                let api = match name {
                    "panic" => Api::Panic,
                    "delete" | "clear" => Api::MapDelete,
                    "copy" => Api::Copy,
                    "recover" => Api::Recover,
                    _ => Api::Log,
                };
                let callee = self.unknown(node);
                let args = self.arguments(node);
                return Some(self.emit_call(callee, args, api, node));
            }
            _ => return None,
        };
        Some(self.expr(kind, span))
    }

    /// Whether what `new` is given is a value to copy, not a type.
    fn is_value(&mut self, node: &Node<'_>) -> bool {
        match self.kind(node) {
            Kind::Identifier | Kind::TypeIdentifier => {
                let name = self.symbol(node);
                self.scope.get(name).is_some()
            }
            Kind::CallExpression | Kind::BinaryExpression | Kind::IntLiteral => true,
            _ => false,
        }
    }

    fn make(&mut self, arguments: &[Node<'_>]) -> ExprKind {
        let ty = self.type_of(Some(arguments[0]));
        let size = arguments.get(1).map(|&size| self.expression(size));
        if let Some(&capacity) = arguments.get(2) {
            self.expression(capacity);
        }
        match *self.builder.program.underlying(ty) {
            Type::Channel(element, _, how) => ExprKind::MakeChannel(element, size, how),
            _ => ExprKind::Make(ty, size),
        }
    }
}
