//! Files, imports, and what is declared at package level.

use super::{Kind, Lowering};
use crate::languages::build::Global;
use crate::model::step::{Assign, AssignHow, Owner};
use crate::model::types::Type;
use crate::model::{
    ExprId, ExprKind, Function, FunctionId, FunctionKind, Init, Op, Symbol, TypeId, VariableId,
    VariableKind,
};
use tree_sitter::Node;

impl<'a> Lowering<'a> {
    /// The whole file.
    pub(super) fn file(&mut self, root: Node<'_>) {
        let declarations = self.children(&root);
        for node in &declarations {
            match self.kind(node) {
                Kind::PackageClause => {
                    let name = self
                        .first_child(node)
                        .map(|name| self.text_of(&name).to_owned());
                    let facts = &mut self.builder.program.files[self.file.0 as usize];
                    facts.package = name.unwrap_or_default();
                    facts.is_whole = true;
                }
                Kind::ImportDeclaration => self.imports(node),
                _ => {}
            }
        }
        for node in declarations {
            self.top_level(node);
        }
    }

    fn imports(&mut self, node: &Node<'_>) {
        for child in self.children(node) {
            match self.kind(&child) {
                Kind::ImportSpecList => self.imports(&child),
                Kind::ImportSpec => self.import(&child),
                _ => {}
            }
        }
    }

    fn import(&mut self, node: &Node<'_>) {
        let Some(path) = self.field(node, self.f.path) else {
            return;
        };
        let path = self.text_of(&path).trim_matches(['"', '`']);
        self.builder.program.files[self.file.0 as usize]
            .imports
            .push(path.to_owned());
        let path_symbol = self.intern(path);
        let name = match self.field(node, self.f.name) {
            Some(name) if self.kind(&name) == Kind::Dot => {
                self.dot_imports = true;
                return;
            }
            Some(name) => self.symbol(&name),
            None => self.intern(default_name(path)),
        };
        self.imports.insert(name, path_symbol);
    }

    fn top_level(&mut self, node: Node<'_>) {
        match self.kind(&node) {
            Kind::PackageClause | Kind::ImportDeclaration | Kind::Comment => {}
            Kind::FunctionDeclaration => self.function_declaration(&node),
            Kind::MethodDeclaration => self.method_declaration(&node),
            Kind::TypeDeclaration => self.type_declaration(&node),
            Kind::VarDeclaration if self.loose.is_none() => self.package_variables(&node),
            Kind::ConstDeclaration => self.constants(&node),
            Kind::Error => self.broken_top_level(node),
            _ => self.loose_statement(node),
        }
    }

    /// What an error swallowed: declarations and statements are taken as they come.
    fn broken_top_level(&mut self, node: Node<'_>) {
        self.deeper(&node, |this| {
            for child in this.children(&node) {
                this.top_level(child);
            }
        });
    }

    /// A statement outside of any function, as in a pasted fragment.
    fn loose_statement(&mut self, node: Node<'_>) {
        let function = match self.loose {
            Some(function) => function,
            None => {
                let span = self.span(&node);
                let name = self.intern("fragment");
                let function = self.new_function(name, FunctionKind::Plain, span, span);
                self.builder.program.functions[function.index()].has_body = true;
                self.scope.open();
                self.loose = Some(function);
                function
            }
        };
        let span = self.span(&node);
        let whole = &mut self.builder.program.functions[function.index()];
        whole.span.end = span.end.max(whole.span.end);
        let before = (self.function, self.block);
        self.function = Some(function);
        self.block = self.builder.program.functions[function.index()].body;
        self.statement(node);
        (self.function, self.block) = before;
    }

    /// An empty function with a body block.
    pub(super) fn new_function(
        &mut self,
        name: Symbol,
        kind: FunctionKind,
        span: crate::source::Span,
        head: crate::source::Span,
    ) -> FunctionId {
        let is_test = self.builder.program.files[self.file.0 as usize].is_test;
        let function = self.builder.function(Function {
            name,
            kind,
            span,
            head,
            parameters: Vec::new(),
            results: Vec::new(),
            result_variables: Vec::new(),
            variadic: false,
            body: crate::model::BlockId(0),
            has_body: false,
            exported: false,
            handler: None,
            is_value: false,
            is_test,
        });
        let body = self.builder.block(Owner::Function(function));
        self.builder.program.functions[function.index()].body = body;
        function
    }

    fn function_declaration(&mut self, node: &Node<'_>) {
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

    fn method_declaration(&mut self, node: &Node<'_>) {
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
    pub(super) fn head_of(&self, node: &Node<'_>) -> crate::source::Span {
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

    /// Declares a variable in the scope at hand.
    pub(super) fn declare(
        &mut self,
        name: &Node<'_>,
        kind: VariableKind,
        ty: TypeId,
    ) -> VariableId {
        let symbol = self.symbol(name);
        let span = self.span(name);
        let variable = self.builder.variable(symbol, kind, ty, span, self.function);
        if self.kind(name) != Kind::BlankIdentifier && self.text_of(name) != "_" {
            self.scope.declare(symbol, variable);
        }
        variable
    }

    pub(super) fn type_declaration(&mut self, node: &Node<'_>) {
        for spec in self.children(node) {
            let (Some(name), ty) = (
                self.field(&spec, self.f.name),
                self.field(&spec, self.f.r#type),
            ) else {
                continue;
            };
            let text = self.text_of(&name);
            let symbol = self.intern(text);
            let (named, _) = self.builder.named(symbol, Self::is_exported(text));
            let span = self.span(&name);
            self.builder.program.named[named.index()].span = Some(span);
            let outer = self.type_parameters.len();
            if let Some(list) = self.field(&spec, self.f.type_parameters) {
                self.declare_type_parameters(&list);
            }
            match ty.map(|ty| (self.kind(&ty), ty)) {
                Some((Kind::StructType, ty)) => {
                    self.struct_type(&ty, Some(named));
                }
                Some((Kind::InterfaceType, _)) => {
                    self.builder.program.named[named.index()].is_interface = true
                }
                Some((_, ty)) => {
                    let underlying = self.type_of(Some(ty));
                    self.builder.program.named[named.index()].underlying = Some(underlying);
                }
                None => {}
            }
            self.type_parameters.truncate(outer);
        }
    }

    fn package_variables(&mut self, node: &Node<'_>) {
        for spec in self.children(node) {
            match self.kind(&spec) {
                Kind::VarSpecList => self.package_variables(&spec),
                Kind::VarSpec => self.package_variable(&spec),
                _ => {}
            }
        }
    }

    fn package_variable(&mut self, spec: &Node<'_>) {
        let ty = self.type_of(self.field(spec, self.f.r#type));
        let mut variables = Vec::new();
        for name in self.names_of(spec) {
            let variable = self.global(&name, VariableKind::Global, ty);
            variables.push(variable);
        }
        let Some(value) = self.field(spec, self.f.value) else {
            return;
        };
        // What an initial value does is done before anything else: it stands in a function of
        // its own.
        let span = self.span(spec);
        let name = self.intern("init");
        let function = self.new_function(name, FunctionKind::Plain, span, span);
        self.builder.program.functions[function.index()].has_body = true;
        let before = (self.function, self.block);
        self.function = Some(function);
        self.block = self.builder.program.functions[function.index()].body;
        let values = self.expression_list(&value);
        self.initialise(&variables, &values);
        let targets: Vec<ExprId> = variables
            .iter()
            .map(|&v| self.expr(ExprKind::Variable(v), span))
            .collect();
        let (targets, values) = (self.builder.list(&targets), self.builder.list(&values));
        self.emit(
            Op::Assign(Assign {
                targets,
                values,
                how: AssignHow::Define,
            }),
            span,
        );
        (self.function, self.block) = before;
    }

    /// Remembers where first values come from.
    pub(super) fn initialise(&mut self, variables: &[VariableId], values: &[ExprId]) {
        for (at, &variable) in variables.iter().enumerate() {
            let init = if values.len() == variables.len() {
                Init::Value(values[at])
            } else if let [value] = values {
                Init::Part(*value, at as u32)
            } else {
                Init::None
            };
            let variable = &mut self.builder.program.variables[variable.index()];
            if variable.init == Init::None {
                variable.init = init;
            }
        }
    }

    fn global(&mut self, name: &Node<'_>, kind: VariableKind, ty: TypeId) -> VariableId {
        let text = self.text_of(name);
        let symbol = self.intern(text);
        let span = self.span(name);
        let variable = self.builder.variable(symbol, kind, ty, span, None);
        self.builder.program.variables[variable.index()].exported = Self::is_exported(text);
        if text != "_" {
            self.builder
                .globals
                .insert(symbol, Global::Variable(variable));
        }
        variable
    }

    /// Constants, at package level or in a body. A spec without a value repeats the one above.
    pub(super) fn constants(&mut self, node: &Node<'_>) {
        let mut above: Option<(Option<Node<'_>>, Node<'_>)> = None;
        let mut iota = 0;
        for spec in self.children(node) {
            if self.kind(&spec) != Kind::ConstSpec {
                continue;
            }
            if let Some(value) = self.field(&spec, self.f.value) {
                above = Some((self.field(&spec, self.f.r#type), value));
            }
            let (type_node, value) = match above {
                Some((type_node, value)) => (type_node, Some(value)),
                None => (None, None),
            };
            let ty = self.type_of(type_node);
            let outer = self.iota.replace(iota);
            let values = value
                .map(|value| self.expression_list(&value))
                .unwrap_or_default();
            self.iota = outer;
            for (at, name) in self.names_of(&spec).into_iter().enumerate() {
                let variable = match self.function {
                    Some(_) => self.declare(&name, VariableKind::Constant, ty),
                    None => self.global(&name, VariableKind::Constant, ty),
                };
                if let Some(&value) = values.get(at) {
                    self.builder.program.variables[variable.index()].init = Init::Value(value);
                    self.builder.program.globals.push((variable, value));
                }
            }
            iota += 1;
        }
    }
}

/// The name under which a path is imported when the file gives none: its last part, without a
/// major version or a `go-` in front.
fn default_name(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let is_version =
        last.len() > 1 && last.starts_with('v') && last[1..].bytes().all(|b| b.is_ascii_digit());
    let last = if is_version {
        parts.next().unwrap_or(last)
    } else {
        last
    };
    let last = last.split(".v").next().unwrap_or(last);
    let last = last.strip_prefix("go-").unwrap_or(last);
    last.strip_suffix("-go").unwrap_or(last)
}
