//! Rust types to model types.

use super::libraries::{Shape, library_type};
use super::names::Item;
use super::{Kind, Lowering, Outcome, basic};
use crate::languages::syntax::Node;
use crate::model::types::{Library, Type};
use crate::model::{Symbol, TypeId};

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
            Kind::PrimitiveType => primitive(self.text_of(&node)),
            Kind::TypeIdentifier
            | Kind::ScopedTypeIdentifier
            | Kind::Identifier
            | Kind::ScopedIdentifier => self.named_type(&node, None),
            Kind::GenericType | Kind::TypeWithTurbofish => {
                let arguments = self.field(&node, self.f.type_arguments);
                match self.field(&node, self.f.r#type) {
                    Some(name) => self.named_type(&name, arguments),
                    None => basic::UNKNOWN,
                }
            }
            Kind::ReferenceType | Kind::PointerType => {
                let inner = self.type_of(self.field(&node, self.f.r#type));
                match self.builder.program.ty(inner) {
                    Type::Text => basic::TEXT,
                    _ => self.builder.ty(Type::Pointer(inner)),
                }
            }
            Kind::ArrayType => {
                let element = self.type_of(self.field(&node, self.f.element));
                let length = self
                    .field(&node, self.f.length)
                    .and_then(|length| self.text_of(&length).replace('_', "").parse().ok());
                self.builder.ty(Type::List(element, length))
            }
            Kind::UnitType => basic::UNIT,
            Kind::TupleType => {
                let parts = self.children(&node);
                let parts = parts
                    .into_iter()
                    .map(|part| self.type_of(Some(part)))
                    .collect();
                self.builder.ty(Type::Tuple(parts))
            }
            Kind::AbstractType | Kind::DynamicType | Kind::BoundedType => self.bounded(&node),
            Kind::FunctionType => {
                let results = self.result_types(self.field(&node, self.f.return_type)).0;
                let given = self.field(&node, self.f.parameters);
                let given = given.map_or(Vec::new(), |given| self.children(&given));
                let given = given.into_iter().map(|one| match self.kind(&one) {
                    Kind::Parameter => self.type_of(self.field(&one, self.f.r#type)),
                    _ => self.type_of(Some(one)),
                });
                let given = given.collect();
                self.builder.ty(Type::Function(given, results))
            }
            _ => basic::UNKNOWN,
        }
    }

    /// `impl Future<Output = T>` and `dyn Stream<Item = T>` yield their `T`, and `impl
    /// Iterator<Item = T>` is a list of them; of other bounds only behaviour is known.
    fn bounded(&mut self, node: &Node<'_>) -> TypeId {
        let bound = match self.kind(node) {
            Kind::BoundedType => self.first_child(node),
            _ => self.field(node, self.f.r#trait),
        };
        let Some(bound) = bound else {
            return basic::INTERFACE;
        };
        if self.kind(&bound) == Kind::FunctionType {
            return self.type_of(Some(bound));
        }
        if let Some(arguments) = self.field(&bound, self.f.type_arguments) {
            let bound = self.text_of(&bound);
            let (is_future, is_list) = (bound.contains("Future"), bound.contains("Iterator<"));
            let yielded = self.children(&arguments).into_iter().find_map(|argument| {
                match self.kind(&argument) {
                    Kind::TypeBinding => self.field(&argument, self.f.r#type),
                    _ => None,
                }
            });
            if is_future {
                return self.type_of(yielded);
            }
            if is_list && self.kind(node) == Kind::AbstractType {
                let element = self.type_of(yielded);
                return self.builder.ty(Type::List(element, None));
            }
        }
        match self.kind(node) {
            Kind::DynamicType => self.only_implementor(&bound),
            _ => basic::INTERFACE,
        }
    }

    /// `dyn Trait` is the one type that the crate has for a trait of its own.
    fn only_implementor(&mut self, bound: &Node<'_>) -> TypeId {
        match self.resolve(bound).1 {
            Some(Item::Type(of, _)) => self.names.only_implementor(of),
            _ => None,
        }
        .unwrap_or(basic::INTERFACE)
    }

    /// Which type implements which trait of the crate. References and boxes of one only pass on.
    pub(super) fn note_implementor(&mut self, node: &Node<'_>, ty: TypeId) {
        let Some(of) = self.field(node, self.f.r#trait) else {
            return;
        };
        let name = self.field(&of, self.f.r#type).unwrap_or(of);
        let Some(Item::Type(of, _)) = self.resolve(&name).1 else {
            return;
        };
        match *self.builder.program.ty(ty) {
            Type::Named(named) => self.names.implements(of, named, ty),
            Type::Pointer(_) => {}
            _ => self.names.implemented_by_many(of),
        }
    }

    fn named_type(&mut self, name: &Node<'_>, arguments: Option<Node<'_>>) -> TypeId {
        let text = self.text_of(name);
        if text == "Self" {
            return self.this.map_or(basic::UNKNOWN, |(_, ty)| ty);
        }
        if let Some(symbol) = self.builder.program.symbols.lookup(text)
            && self.type_parameters.iter().any(|of| of.0 == symbol)
        {
            return basic::UNKNOWN;
        }
        let (path, item) = self.resolve(name);
        match item {
            Some(Item::Type(_, ty)) if !path.ends_with("Result") => return ty,
            Some(Item::Type(..)) => return self.argument(arguments, 0),
            _ => {}
        }
        match library_type(&path) {
            Some(shape) => self.shaped(shape, arguments),
            None => self.foreign(&path, text),
        }
    }

    /// A type of another crate by its path, or one that nothing declares.
    fn foreign(&mut self, path: &str, text: &str) -> TypeId {
        match path.rsplit_once("::") {
            Some((module, name)) => {
                let (module, name) = (self.intern(module), self.intern(name));
                self.builder.ty(Type::Foreign(module, name))
            }
            None => {
                let place = self.names.under(self.module, text);
                let ty = self.implied_type(text);
                let Type::Named(named) = *self.builder.program.ty(ty) else {
                    return ty;
                };
                self.names.insert(place, Item::Type(named, ty));
                ty
            }
        }
    }

    /// A type of the crate that is only known by its use.
    fn implied_type(&mut self, text: &str) -> TypeId {
        let symbol = self.intern(text);
        self.builder.anonymous(symbol, false).1
    }

    /// A library's type with its arguments.
    pub(super) fn shaped(&mut self, shape: Shape, arguments: Option<Node<'_>>) -> TypeId {
        match shape {
            Shape::Channel(direction, discipline) => {
                let element = self.argument(arguments, 0);
                self.builder
                    .ty(Type::Channel(element, direction, discipline))
            }
            Shape::List => {
                let element = self.argument(arguments, 0);
                self.builder.ty(Type::List(element, None))
            }
            Shape::Map => {
                let (key, value) = (self.argument(arguments, 0), self.argument(arguments, 1));
                self.builder.ty(Type::Map(key, value))
            }
            Shape::Wrapper => {
                let inner = self.argument(arguments, 0);
                self.builder.ty(Type::Pointer(inner))
            }
            Shape::Guarded(lock) => {
                let inner = self.argument(arguments, 0);
                self.builder.ty(Type::Guarded(lock, inner))
            }
            Shape::Lends(library) => self.lends(library),
            Shape::Text => basic::TEXT,
            Shape::Result => self.argument(arguments, 0),
        }
    }

    /// The type of what a library lends.
    pub(super) fn lends(&mut self, library: Library) -> TypeId {
        match library {
            Library::Duration => basic::DURATION,
            Library::Instant => basic::INSTANT,
            library => self.builder.ty(Type::Library(library)),
        }
    }

    /// One of the type arguments, lifetimes not counted.
    pub(super) fn argument(&mut self, arguments: Option<Node<'_>>, at: usize) -> TypeId {
        let Some(arguments) = arguments else {
            return basic::UNKNOWN;
        };
        let argument = self
            .children(&arguments)
            .into_iter()
            .filter(|argument| self.kind(argument) != Kind::Lifetime)
            .nth(at);
        self.type_of(argument)
    }

    /// What a return type yields, one type for each value, and how.
    pub(super) fn result_types(&mut self, node: Option<Node<'_>>) -> (Vec<TypeId>, Outcome) {
        let Some(node) = node else {
            return (Vec::new(), Outcome::Plain);
        };
        let named = match self.kind(&node) {
            Kind::GenericType => self.field(&node, self.f.r#type),
            Kind::TypeIdentifier | Kind::ScopedTypeIdentifier => Some(node),
            Kind::AbstractType | Kind::DynamicType => {
                let inner = self.future_output(&node);
                return match inner {
                    Some(inner) => self.result_types(Some(inner)),
                    None => (vec![self.type_of(Some(node))], Outcome::Plain),
                };
            }
            _ => None,
        };
        let Some(name) = named else {
            return (self.parts_of_type(node), Outcome::Plain);
        };
        let path = self.resolve(&name).0;
        let last = path.rsplit("::").next().unwrap_or("");
        let arguments = self.field(&node, self.f.type_arguments);
        let first = arguments.and_then(|arguments| {
            self.children(&arguments)
                .into_iter()
                .find(|argument| self.kind(argument) != Kind::Lifetime)
        });
        match last {
            "Option" => {
                let mut parts =
                    first.map_or(vec![basic::UNKNOWN], |first| self.parts_of_type(first));
                // `Option<()>` says yes or no.
                if parts.is_empty() {
                    parts.push(basic::UNIT);
                }
                (parts, Outcome::Option)
            }
            last if last.ends_with("Result") => {
                let mut parts = first.map_or(Vec::new(), |first| self.parts_of_type(first));
                parts.push(basic::ERROR);
                (parts, Outcome::Result)
            }
            // `Pin<Box<dyn Future<Output = …>>>` and the like.
            "Pin" | "Box" if self.text_of(&node).contains("Future") => self.result_types(first),
            "BoxFuture" | "LocalBoxFuture" => self.result_types(first),
            _ => (self.parts_of_type(node), Outcome::Plain),
        }
    }

    fn future_output<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        let bound = self.field(node, self.f.r#trait)?;
        let arguments = self.field(&bound, self.f.type_arguments)?;
        if !self.text_of(&bound).contains("Future") {
            return None;
        }
        self.children(&arguments)
            .into_iter()
            .find(|argument| self.kind(argument) == Kind::TypeBinding)
            .and_then(|binding| self.field(&binding, self.f.r#type))
    }

    /// A type as the values that it is made of: none for `()`, several for a tuple.
    fn parts_of_type(&mut self, node: Node<'_>) -> Vec<TypeId> {
        match self.kind(&node) {
            Kind::UnitType => Vec::new(),
            Kind::TupleType => {
                let parts = self.children(&node);
                parts
                    .into_iter()
                    .map(|part| self.type_of(Some(part)))
                    .collect()
            }
            _ => vec![self.type_of(Some(node))],
        }
    }

    /// Brings the names of a list of type parameters into scope.
    pub(super) fn declare_type_parameters(&mut self, node: &Node<'_>) -> usize {
        let outer = self.type_parameters.len();
        if let Some(list) = self.field(node, self.f.type_parameters) {
            for parameter in self.children(&list) {
                if self.kind(&parameter) == Kind::TypeParameter
                    && let Some(name) = self.field(&parameter, self.f.name)
                {
                    let symbol: Symbol = self.symbol(&name);
                    self.type_parameters.push((symbol, basic::UNKNOWN));
                }
            }
            for parameter in self.children(&list) {
                self.bound_to(self.field(&parameter, self.f.name), &parameter);
            }
        }
        for clause in self.children(node) {
            if self.kind(&clause) == Kind::WhereClause {
                for predicate in self.children(&clause) {
                    self.bound_to(self.field(&predicate, self.f.left), &predicate);
                }
            }
        }
        outer
    }

    /// What the closure is given for which a type parameter stands.
    pub(super) fn callable(&self, node: &Node<'_>) -> Option<TypeId> {
        let symbol = self.builder.program.symbols.lookup(self.text_of(node))?;
        let mut known = self.type_parameters.iter().rev();
        let &(_, ty) = known.find(|known| known.0 == symbol)?;
        (ty != basic::UNKNOWN).then_some(ty)
    }

    /// `F: FnOnce(&mut State)`: what stands for such a parameter can be called with that.
    fn bound_to(&mut self, name: Option<Node<'_>>, of: &Node<'_>) {
        let bounds = self.field(of, self.f.bounds);
        let bounds = bounds.map_or(Vec::new(), |bounds| self.children(&bounds));
        let mut bounds = bounds.into_iter();
        let callable = bounds.find(|bound| self.kind(bound) == Kind::FunctionType);
        if let (Some(name), Some(callable)) = (name, callable) {
            let (symbol, ty) = (self.symbol(&name), self.type_of(Some(callable)));
            let mut known = self.type_parameters.iter_mut().rev();
            if let Some(known) = known.find(|known| known.0 == symbol) {
                known.1 = ty;
            }
        }
    }
}

fn primitive(name: &str) -> TypeId {
    match name {
        "bool" => basic::BOOLEAN,
        "u8" | "i8" => basic::BYTE,
        "u16" | "i16" => basic::SMALL,
        "u32" | "i32" | "char" => basic::HALF,
        "f32" | "f64" => basic::FLOAT,
        "str" => basic::TEXT,
        _ => basic::INTEGER,
    }
}
