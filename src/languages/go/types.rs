//! Go types to model types.

use super::{Kind, Lowering, basic};
use crate::languages::go::apis;
use crate::languages::syntax::Node;
use crate::model::types::{Direction, Discipline, Type};
use crate::model::{NamedId, Symbol, TypeId, VariableKind};

impl Lowering<'_> {
    /// The type that a node writes; unknown where there is none.
    pub(super) fn type_of(&mut self, node: Option<Node<'_>>) -> TypeId {
        let Some(node) = node else {
            return basic::UNKNOWN;
        };
        self.deeper(&node, |this| this.type_inner(node))
            .unwrap_or(basic::UNKNOWN)
    }

    fn type_inner(&mut self, node: Node<'_>) -> TypeId {
        match self.kind(&node) {
            Kind::TypeIdentifier | Kind::Identifier => self.type_by_name(&node),
            Kind::QualifiedType | Kind::SelectorExpression => self.qualified_type(&node),
            Kind::GenericType | Kind::TypeInstantiationExpression | Kind::IndexExpression => {
                let inner = self
                    .field(&node, self.f.r#type)
                    .or_else(|| self.first_child(&node));
                self.type_of(inner)
            }
            Kind::PointerType | Kind::UnaryExpression => {
                let inner = self.first_child(&node);
                let inner = self.type_of(inner);
                self.builder.ty(Type::Pointer(inner))
            }
            Kind::ChannelType => self.channel_type(&node),
            Kind::SliceType | Kind::ImplicitLengthArrayType => {
                let element = self.type_of(self.field(&node, self.f.element));
                self.builder.ty(Type::List(element, None))
            }
            Kind::ArrayType => {
                let element = self.type_of(self.field(&node, self.f.element));
                let length = self
                    .field(&node, self.f.length)
                    .and_then(|n| self.text_of(&n).parse().ok());
                self.builder.ty(Type::List(element, length))
            }
            Kind::MapType => {
                let key = self.type_of(self.field(&node, self.f.key));
                let value = self.type_of(self.field(&node, self.f.value));
                self.builder.ty(Type::Map(key, value))
            }
            Kind::FunctionType => self.function_type(&node),
            Kind::StructType => self.struct_type(&node, None),
            Kind::InterfaceType => basic::INTERFACE,
            Kind::ParenthesizedType | Kind::ParenthesizedExpression => {
                let inner = self.first_child(&node);
                self.type_of(inner)
            }
            Kind::ParameterList => {
                let parts = self.result_types(Some(node));
                self.builder.ty(Type::Tuple(parts))
            }
            _ => basic::UNKNOWN,
        }
    }

    fn type_by_name(&mut self, node: &Node<'_>) -> TypeId {
        let text = self.text_of(node);
        let name = self.intern(text);
        if self.type_parameters.contains(&name) {
            return basic::UNKNOWN;
        }
        if let Some(&(_, declared)) = self.builder.named_by_name.get(&name) {
            return declared;
        }
        match text {
            "bool" => basic::BOOLEAN,
            "int" | "int64" | "uint" | "uint64" | "uintptr" => basic::INTEGER,
            "int32" | "uint32" | "rune" => basic::HALF,
            "int16" | "uint16" => basic::SMALL,
            "int8" | "uint8" | "byte" => basic::BYTE,
            "float32" | "float64" | "complex64" | "complex128" => basic::FLOAT,
            "string" => basic::TEXT,
            "error" => basic::ERROR,
            "any" | "comparable" => basic::INTERFACE,
            _ => self.builder.named(name, Self::is_exported(text)).1,
        }
    }

    fn qualified_type(&mut self, node: &Node<'_>) -> TypeId {
        let package = self
            .field(node, self.f.package)
            .or_else(|| self.field(node, self.f.operand));
        let name = self
            .field(node, self.f.name)
            .or_else(|| self.field(node, self.f.field));
        let (Some(package), Some(name)) = (package, name) else {
            return basic::UNKNOWN;
        };
        let package = self.symbol(&package);
        let module = self.imports.get(&package).copied().unwrap_or(package);
        let name = self.symbol(&name);
        self.foreign_type(module, name)
    }

    /// A type of another package: what the engine knows of it, or its name.
    pub(super) fn foreign_type(&mut self, module: Symbol, name: Symbol) -> TypeId {
        let symbols = &self.builder.program.symbols;
        let known = apis::library_type(symbols.text(module), symbols.text(name));
        match known {
            Some(crate::model::Library::Duration) => basic::DURATION,
            Some(crate::model::Library::Instant) => basic::INSTANT,
            Some(library) => self.builder.ty(Type::Library(library)),
            None => self.builder.ty(Type::Foreign(module, name)),
        }
    }

    fn channel_type(&mut self, node: &Node<'_>) -> TypeId {
        let element = self.type_of(self.field(node, self.f.value));
        let head = self.text_of(node);
        let direction = if head.starts_with("<-") {
            Direction::Receive
        } else if head
            .trim_start_matches("chan")
            .trim_start()
            .starts_with("<-")
        {
            Direction::Send
        } else {
            Direction::Both
        };
        self.builder
            .ty(Type::Channel(element, direction, Discipline::Closed))
    }

    fn function_type(&mut self, node: &Node<'_>) -> TypeId {
        let mut parameters = Vec::new();
        if let Some(list) = self.field(node, self.f.parameters) {
            for parameter in self.children(&list) {
                let ty = self.type_of(self.field(&parameter, self.f.r#type));
                let count = self.names_of(&parameter).len().max(1);
                parameters.extend(std::iter::repeat_n(ty, count));
            }
        }
        let results = self.result_types(self.field(node, self.f.result));
        self.builder.ty(Type::Function(parameters, results))
    }

    /// The types of a result: none, one, or those of a list.
    pub(super) fn result_types(&mut self, node: Option<Node<'_>>) -> Vec<TypeId> {
        let Some(node) = node else { return Vec::new() };
        if self.kind(&node) != Kind::ParameterList {
            return vec![self.type_of(Some(node))];
        }
        let mut results = Vec::new();
        for parameter in self.children(&node) {
            let ty = self.type_of(self.field(&parameter, self.f.r#type));
            let count = self.names_of(&parameter).len().max(1);
            results.extend(std::iter::repeat_n(ty, count));
        }
        results
    }

    /// The `name` children of a declaration.
    pub(super) fn names_of<'t>(&self, node: &Node<'t>) -> Vec<Node<'t>> {
        let names = node.children_by_field_id(self.f.name);
        names
            .filter(|name| {
                matches!(
                    self.kind(name),
                    Kind::Identifier | Kind::FieldIdentifier | Kind::BlankIdentifier
                )
            })
            .collect()
    }

    /// A struct; `declared` is the named type that it is the body of.
    pub(super) fn struct_type(&mut self, node: &Node<'_>, declared: Option<NamedId>) -> TypeId {
        let fields = self
            .first_child(node)
            .map(|list| self.children(&list))
            .unwrap_or_default();
        if fields.is_empty() && declared.is_none() {
            return basic::UNIT;
        }
        let nameless = Symbol(0);
        let (named, ty) = match declared {
            Some(named) => (named, basic::UNKNOWN),
            None => self.builder.anonymous(nameless, false),
        };
        if declared.is_none() {
            // All its members stand here: a name that is not among them is a method it takes over.
            let span = self.span(node);
            self.builder.program.named[named.index()].span = Some(span);
        }
        for field in fields {
            let type_node = self.field(&field, self.f.r#type);
            let ty = self.type_of(type_node);
            let names = self.names_of(&field);
            if names.is_empty() {
                self.embedded_field(named, type_node, ty);
            }
            for name in names {
                let text = self.text_of(&name);
                let symbol = self.intern(text);
                let span = self.span(&name);
                let variable =
                    self.builder
                        .variable(symbol, VariableKind::Field(named), ty, span, None);
                // Whether the struct can be reached is settled when all of it is in view.
                self.builder.program.variables[variable.index()].exported = Self::is_exported(text);
                self.builder.program.named[named.index()]
                    .fields
                    .push((symbol, variable));
            }
        }
        ty
    }

    fn embedded_field(&mut self, named: NamedId, type_node: Option<Node<'_>>, ty: TypeId) {
        let Some(type_node) = type_node else { return };
        let text = self.text_of(&type_node);
        let last = text.rsplit(['.', '*', ' ']).next().unwrap_or(text);
        let last = last.split('[').next().unwrap_or(last);
        let symbol = self.intern(last);
        let span = self.span(&type_node);
        let variable = self
            .builder
            .variable(symbol, VariableKind::Field(named), ty, span, None);
        let owner = &mut self.builder.program.named[named.index()];
        owner.fields.push((symbol, variable));
        owner.embedded.push(ty);
    }
}
