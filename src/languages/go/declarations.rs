//! Files, imports, and what is declared at package level.

use super::{Kind, Lowering};
use crate::languages::build::Global;
use crate::languages::syntax::Node;
use crate::model::step::AssignHow;
use crate::model::{ExprId, ExprKind, FunctionKind, Init, TypeId, VariableId, VariableKind};

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
        // What imports a test library is test support, whatever its file is called.
        if crate::model::nearby::is_test_library(path) {
            self.builder.program.files[self.file.0 as usize].is_test = true;
        }
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
        self.assign(&targets, &values, AssignHow::Define, span);
        (self.function, self.block) = before;
    }

    /// Remembers where first values come from.
    pub(super) fn initialise(&mut self, variables: &[VariableId], values: &[ExprId]) {
        if let ([_, _], [value]) = (variables, values) {
            self.check_received(*value);
        }
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
