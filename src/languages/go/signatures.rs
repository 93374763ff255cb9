//! Functions and methods: their heads, parameters, results and bodies.

use super::{Kind, Lowering};
use crate::languages::build::Global;
use crate::languages::syntax::Node;
use crate::model::types::Type;
use crate::model::{FunctionId, FunctionKind, Symbol, TypeId, VariableId, VariableKind};
use crate::source::Span;

impl Lowering<'_> {
    /// An empty function with a body block.
    pub(super) fn new_function(
        &mut self,
        name: Symbol,
        kind: FunctionKind,
        span: Span,
        head: Span,
    ) -> FunctionId {
        let is_test = self.builder.program.files[self.file.0 as usize].is_test;
        self.builder.function(name, kind, (span, head), is_test)
    }

    pub(super) fn function_declaration(&mut self, node: &Node<'_>) {
        let Some(name_node) = self.field(node, self.f.name) else {
            return;
        };
        let text = self.text_of(&name_node);
        let name = self.intern(text);
        let span = self.span(node);
        let head = self.head_of(node);
        let function = self.new_function(name, FunctionKind::Plain, span, head);
        self.builder.program.functions[function.index()].exported = Self::is_exported(text);
        if text != "init" && text != "_" {
            self.builder
                .globals
                .insert(name, Global::Function(function));
        }
        self.function_rest(function, node);
    }

    pub(super) fn method_declaration(&mut self, node: &Node<'_>) {
        let Some(name_node) = self.field(node, self.f.name) else {
            return;
        };
        let text = self.text_of(&name_node);
        let name = self.intern(text);
        let span = self.span(node);
        let head = self.head_of(node);
        let receiver = self
            .field(node, self.f.receiver)
            .and_then(|list| self.first_child(&list));
        let outer_parameters = self.type_parameters.len();
        let type_node = receiver.and_then(|receiver| self.field(&receiver, self.f.r#type));
        if let Some(type_node) = type_node {
            self.receiver_type_parameters(&type_node);
        }
        let ty = self.type_of(type_node);
        let Some(named) = self.named_behind(ty) else {
            self.type_parameters.truncate(outer_parameters);
            return self.function_declaration(node);
        };
        let self_name = receiver.and_then(|receiver| self.names_of(&receiver).first().copied());
        let (self_symbol, self_span) = match self_name {
            Some(node) => (self.symbol(&node), self.span(&node)),
            None => (Symbol(0), head),
        };
        let variable =
            self.builder
                .variable(self_symbol, VariableKind::Receiver, ty, self_span, None);
        let function = self.new_function(name, FunctionKind::Method(variable, named), span, head);
        self.builder.program.variables[variable.index()].function = Some(function);
        self.builder.program.functions[function.index()].exported = Self::is_exported(text);
        self.builder.program.named[named.index()]
            .methods
            .push((name, function));
        self.scope.open();
        if self_symbol != Symbol(0) {
            self.scope.declare(self_symbol, variable);
        }
        self.function_rest(function, node);
        self.scope.close();
        self.type_parameters.truncate(outer_parameters);
    }

    /// `func (q *Queue[T]) …` brings `T` into scope.
    fn receiver_type_parameters(&mut self, node: &Node<'_>) {
        let mut node = *node;
        while matches!(
            self.kind(&node),
            Kind::PointerType | Kind::ParenthesizedType
        ) {
            match self.first_child(&node) {
                Some(inner) => node = inner,
                None => return,
            }
        }
        if let Some(arguments) = self.field(&node, self.f.type_arguments) {
            for argument in self.children(&arguments) {
                let symbol = self.symbol(&argument);
                self.type_parameters.push(symbol);
            }
        }
    }

    fn named_behind(&self, mut ty: TypeId) -> Option<crate::model::NamedId> {
        for _ in 0..4 {
            match self.builder.program.ty(ty) {
                Type::Pointer(inner) => ty = *inner,
                Type::Named(named) => return Some(*named),
                _ => return None,
            }
        }
        None
    }

    /// From the start of a function to its body.
    pub(super) fn head_of(&self, node: &Node<'_>) -> Span {
        let mut span = self.span(node);
        if let Some(body) = self.field(node, self.f.body) {
            span.end = body.start_byte() as u32;
        }
        span
    }

    /// Parameters, results and body of a function, method or closure.
    pub(super) fn function_rest(&mut self, function: FunctionId, node: &Node<'_>) {
        let outer = (
            self.function,
            self.block,
            self.type_parameters.len(),
            self.label.take(),
        );
        self.function = Some(function);
        self.scope.open();
        if let Some(list) = self.field(node, self.f.type_parameters) {
            self.declare_type_parameters(&list);
        }
        if let Some(list) = self.field(node, self.f.parameters) {
            self.parameters(function, &list);
        }
        self.results(function, self.field(node, self.f.result));
        self.block = self.builder.program.functions[function.index()].body;
        if let Some(body) = self.field(node, self.f.body) {
            self.builder.program.functions[function.index()].has_body = true;
            self.scope.open();
            self.statements(&body);
            self.scope.close();
        }
        self.scope.close();
        self.function = outer.0;
        self.block = outer.1;
        self.type_parameters.truncate(outer.2);
        self.label = outer.3;
    }

    pub(super) fn declare_type_parameters(&mut self, list: &Node<'_>) {
        for parameter in self.children(list) {
            for name in self.names_of(&parameter) {
                let symbol = self.symbol(&name);
                self.type_parameters.push(symbol);
            }
        }
    }

    fn parameters(&mut self, function: FunctionId, list: &Node<'_>) {
        for parameter in self.children(list) {
            let mut ty = self.type_of(self.field(&parameter, self.f.r#type));
            if self.kind(&parameter) == Kind::VariadicParameterDeclaration {
                ty = self.builder.ty(Type::List(ty, None));
                self.builder.program.functions[function.index()].variadic = true;
            }
            let names = self.names_of(&parameter);
            if names.is_empty() {
                let span = self.span(&parameter);
                let variable = self.builder.variable(
                    Symbol(0),
                    VariableKind::Parameter,
                    ty,
                    span,
                    Some(function),
                );
                self.builder.program.functions[function.index()]
                    .parameters
                    .push(variable);
            }
            for name in names {
                let variable = self.declare(&name, VariableKind::Parameter, ty);
                self.builder.program.functions[function.index()]
                    .parameters
                    .push(variable);
            }
        }
    }

    fn results(&mut self, function: FunctionId, node: Option<Node<'_>>) {
        let Some(node) = node else { return };
        let mut results = Vec::new();
        let mut variables = Vec::new();
        if self.kind(&node) == Kind::ParameterList {
            for parameter in self.children(&node) {
                let ty = self.type_of(self.field(&parameter, self.f.r#type));
                let names = self.names_of(&parameter);
                for name in &names {
                    results.push(ty);
                    variables.push(self.declare(name, VariableKind::Result, ty));
                }
                if names.is_empty() {
                    results.push(ty);
                    variables.push(self.nameless_result(function, &parameter, ty));
                }
            }
        } else {
            let ty = self.type_of(Some(node));
            results.push(ty);
            variables.push(self.nameless_result(function, &node, ty));
        }
        let function = &mut self.builder.program.functions[function.index()];
        function.results = results;
        function.result_variables = variables;
    }

    fn nameless_result(&mut self, function: FunctionId, node: &Node<'_>, ty: TypeId) -> VariableId {
        let span = self.span(node);
        self.builder
            .variable(Symbol(0), VariableKind::Result, ty, span, Some(function))
    }
}
