//! What a crate declares: names first, then types and signatures, then bodies.

use super::attributes::Marks;
use super::names::{Item, Place};
use super::{Kind, Lowering, test_modules};
use crate::languages::syntax::{Node, Tree};
use crate::model::types::{Library, Type};
use crate::model::{FunctionKind, NamedId, Symbol, TypeId, VariableId, VariableKind};

/// What is done with each item of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Names,
    /// What is implemented for types, all of which have names by now.
    Methods,
    Signatures,
    Bodies,
}

impl Lowering<'_> {
    /// Tells what the file declares.
    pub(super) fn declare(&mut self, tree: &Tree) {
        self.items(tree.root(), Pass::Names);
    }

    /// Tells which methods the file gives to types, its own and those of other files.
    pub(super) fn methods(&mut self, tree: &Tree) {
        self.items(tree.root(), Pass::Methods);
    }

    /// Gives what the file declares its types.
    pub(super) fn signatures(&mut self, tree: &Tree) {
        self.items(tree.root(), Pass::Signatures);
    }

    /// Lowers what the file does.
    pub(super) fn bodies(&mut self, tree: &Tree) {
        self.items(tree.root(), Pass::Bodies);
    }

    fn items(&mut self, list: Node<'_>, pass: Pass) {
        let mut marks = Marks::default();
        for node in list.children().filter(Node::is_named) {
            match self.kind(&node) {
                Kind::AttributeItem => {
                    marks.read(self.text_of(&node));
                    if pass == Pass::Names {
                        self.note_lines(&node);
                    }
                }
                Kind::LineComment | Kind::BlockComment | Kind::InnerAttributeItem => {}
                _ => self.item(node, std::mem::take(&mut marks), pass),
            }
        }
    }

    /// Notes the lines of an attribute: the comment above it is about what stands below.
    fn note_lines(&mut self, attribute: &Node<'_>) {
        let lines = &self.builder.program.files[self.file.0 as usize].lines;
        let line = |at: usize| lines.line(at as u32);
        let range = line(attribute.start_byte())..=line(attribute.end_byte());
        let file = self.file;
        let marked = &mut self.builder.program.marked;
        marked.extend(range.map(|line| (file, line)));
    }

    fn item(&mut self, node: Node<'_>, marks: Marks, pass: Pass) {
        // Tests beside the code they test tell nothing about how it runs.
        if marks.is_test && !self.in_tests {
            if pass == Pass::Bodies {
                test_modules::note_names(self.builder, self.text_of(&node));
            }
            return;
        }
        self.deeper(&node, |this| match this.kind(&node) {
            Kind::UseDeclaration if pass == Pass::Names => this.use_declaration(&node),
            Kind::ModItem => this.module(&node, pass),
            Kind::ImplItem if pass == Pass::Names => {}
            Kind::ImplItem if pass == Pass::Methods => this.implementation(&node, Pass::Names),
            Kind::Error => this.items(node, pass),
            _ if pass == Pass::Methods => {}
            Kind::StructItem | Kind::UnionItem => this.structure(&node, &marks, pass),
            Kind::EnumItem => this.enumeration(&node, pass),
            Kind::TypeItem => this.alias(&node, pass),
            Kind::TraitItem => this.interface(&node, pass),
            Kind::ImplItem => this.implementation(&node, pass),
            Kind::FunctionItem => this.function_item(&node, marks, pass),
            Kind::ConstItem | Kind::StaticItem => this.constant(&node, pass),
            Kind::UseDeclaration
            | Kind::MacroDefinition
            | Kind::ExternCrate
            | Kind::ForeignMod
            | Kind::AssociatedType
            | Kind::FunctionSignatureItem
            | Kind::EmptyStatement => {}
            Kind::MacroInvocation if this.loose.is_none() && this.is_item_macro(&node) => {}
            _ if pass == Pass::Bodies => this.loose_statement(node),
            _ => {}
        });
    }

    /// An item that stands in a body: it is told, given its types and lowered at once.
    pub(super) fn local_item(&mut self, node: Node<'_>) {
        for pass in [Pass::Names, Pass::Methods, Pass::Signatures, Pass::Bodies] {
            self.item(node, Marks::default(), pass);
        }
    }

    fn is_item_macro(&self, node: &Node<'_>) -> bool {
        let name = self.field(node, self.f.r#macro);
        let name = name.map_or("", |name| self.text_of(&name));
        matches!(
            name,
            "lazy_static" | "thread_local" | "bitflags" | "cfg_if" | "macro_rules"
        )
    }

    /// The place of what the module at hand calls by a name.
    fn place_of(&mut self, name: &Node<'_>) -> Place {
        let text = self.text_of(name);
        self.names.under(self.module, text)
    }

    fn module(&mut self, node: &Node<'_>, pass: Pass) {
        let Some(name) = self.field(node, self.f.name) else {
            return;
        };
        let place = self.place_of(&name);
        if pass == Pass::Names {
            self.names.insert(place, Item::Module);
        }
        if let Some(body) = self.field(node, self.f.body) {
            let outer = std::mem::replace(&mut self.module, place);
            self.items(body, pass);
            self.module = outer;
        }
    }

    /// Whether an item carries `pub` without a limit.
    pub(super) fn is_public(&self, node: &Node<'_>) -> bool {
        node.children().any(|child| {
            self.kind(&child) == Kind::VisibilityModifier && self.text_of(&child) == "pub"
        })
    }

    fn new_type(&mut self, node: &Node<'_>, name: &Node<'_>) -> NamedId {
        let symbol = self.symbol(name);
        let (named, ty) = self.builder.anonymous(symbol, self.is_public(node));
        self.builder.program.named[named.index()].span = Some(self.span(name));
        let place = self.place_of(name);
        self.names.insert(place, Item::Type(named, ty));
        self.names
            .types
            .insert((self.file, node.start_byte() as u32), named);
        named
    }

    fn type_here(&self, node: &Node<'_>) -> Option<NamedId> {
        let key = (self.file, node.start_byte() as u32);
        self.names.types.get(&key).copied()
    }

    fn structure(&mut self, node: &Node<'_>, marks: &Marks, pass: Pass) {
        let Some(name) = self.field(node, self.f.name) else {
            return;
        };
        match pass {
            Pass::Names => {
                self.new_type(node, &name);
            }
            Pass::Signatures => {
                let Some(named) = self.type_here(node) else {
                    return;
                };
                let outer = self.declare_type_parameters(node);
                if let Some(body) = self.field(node, self.f.body) {
                    self.fields_of(named, &body, self.is_public(node));
                }
                self.note_marks(named, marks);
                self.type_parameters.truncate(outer);
            }
            Pass::Methods | Pass::Bodies => {}
        }
    }

    /// The fields of a struct or a variant, by name or by number.
    fn fields_of(&mut self, named: NamedId, body: &Node<'_>, is_public: bool) {
        let is_ordered = self.kind(body) == Kind::OrderedFields;
        let mut at = 0;
        for child in self.children(body) {
            if matches!(
                self.kind(&child),
                Kind::VisibilityModifier | Kind::AttributeItem
            ) {
                continue;
            }
            let (symbol, ty_node, span, open) = if is_ordered {
                let symbol = self.intern(&at.to_string());
                at += 1;
                (symbol, Some(child), self.span(&child), false)
            } else {
                let Some(name) = self.field(&child, self.f.name) else {
                    continue;
                };
                let open = is_public && self.is_public(&child);
                let ty = self.field(&child, self.f.r#type);
                (self.symbol(&name), ty, self.span(&name), open)
            };
            let ty = self.type_of_field(named, symbol, ty_node);
            let field = self.add_field(named, symbol, ty, span, open);
            self.note_kind(field, ty_node);
        }
    }

    /// The type of a field. A tuple there, bare or shared, is a type with fields of its own:
    /// `Arc<(Mutex<VecDeque<Job>>, Condvar)>`.
    fn type_of_field(&mut self, of: NamedId, field: Symbol, node: Option<Node<'_>>) -> TypeId {
        let Some(tuple) = node.and_then(|node| self.tuple_in(node)) else {
            return self.type_of(node);
        };
        let program = &self.builder.program;
        let of = program.named[of.index()].name;
        let name = format!("{}.{}", program.text(of), program.text(field));
        let name = self.intern(&name);
        let (named, ty) = self.builder.anonymous(name, false);
        self.names.tuples.insert(named);
        for (at, part) in self.children(&tuple).into_iter().enumerate() {
            let symbol = self.intern(&at.to_string());
            let ty = self.type_of(Some(part));
            let span = self.span(&part);
            self.add_field(named, symbol, ty, span, false);
        }
        self.builder.ty(Type::Pointer(ty))
    }

    /// The tuple that a type is, or that it shares.
    fn tuple_in<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        match self.kind(&node) {
            Kind::TupleType => Some(node),
            Kind::GenericType => {
                let name = self.field(&node, self.f.r#type)?;
                let name = self.text_of(&name);
                let shares = matches!(name.rsplit("::").next(), Some("Arc" | "Rc" | "Box"));
                let arguments = self.field(&node, self.f.type_arguments)?;
                let inner = self.first_child(&arguments)?;
                match shares {
                    true => self.tuple_in(inner),
                    false => None,
                }
            }
            _ => None,
        }
    }

    /// Derived code reads every field of what is written out.
    pub(super) fn open_fields(&mut self, named: NamedId) {
        self.builder.program.named[named.index()].exported = true;
        for (_, field) in self.builder.program.named[named.index()].fields.clone() {
            let ty = self.builder.program.variable(field).ty;
            let is_number = matches!(self.builder.program.underlying(ty), Type::Integer(_))
                || self.builder.program.library(ty) == Some(Library::AtomicInteger);
            self.builder.program.variables[field.index()].exported |= is_number;
        }
    }

    fn add_field(
        &mut self,
        named: NamedId,
        symbol: Symbol,
        ty: TypeId,
        span: crate::source::Span,
        open: bool,
    ) -> VariableId {
        let kind = VariableKind::Field(named);
        let variable = self.builder.variable(symbol, kind, ty, span, None);
        self.builder.program.variables[variable.index()].exported = open;
        self.builder.program.named[named.index()]
            .fields
            .push((symbol, variable));
        variable
    }

    /// What the text of a field's type says and its type in the model does not.
    fn note_kind(&mut self, variable: VariableId, ty: Option<Node<'_>>) {
        let text = ty.map_or("", |ty| self.text_of(&ty));
        if text.contains("BinaryHeap<") {
            self.builder.program.heaps.insert(variable);
        }
        if text.contains("Option<") {
            self.builder.program.optional.insert(variable);
        }
        // A weak sender keeps nothing open.
        if text.contains("WeakSender") || text.contains("WeakUnboundedSender") {
            self.builder.program.moved.insert(variable);
        }
        // A permit and the semaphore that it is of have one type in the model.
        if text.contains("SemaphorePermit") {
            self.builder.program.permit_fields.insert(variable);
        }
    }

    /// An enum: each variant that carries anything is a type with fields.
    fn enumeration(&mut self, node: &Node<'_>, pass: Pass) {
        let (Some(name), Some(body)) =
            (self.field(node, self.f.name), self.field(node, self.f.body))
        else {
            return;
        };
        let whole = (pass == Pass::Names).then(|| self.new_type(node, &name));
        if pass == Pass::Bodies {
            return;
        }
        let outer = self.declare_type_parameters(node);
        let module = self.place_of(&name);
        let outer_module = std::mem::replace(&mut self.module, module);
        for variant in self.children(&body) {
            let (Some(name), true) = (
                self.field(&variant, self.f.name),
                self.kind(&variant) == Kind::EnumVariant,
            ) else {
                continue;
            };
            if pass == Pass::Names {
                let form = self.new_type(&variant, &name);
                if let Some(whole) = whole {
                    self.builder.program.named[whole.index()].forms.push(form);
                }
            } else if let (Some(named), Some(fields)) =
                (self.type_here(&variant), self.field(&variant, self.f.body))
            {
                // The types of a variant's fields are named as seen from the enum's module.
                let variant_module = std::mem::replace(&mut self.module, outer_module);
                self.fields_of(named, &fields, false);
                self.module = variant_module;
            }
        }
        self.module = outer_module;
        self.type_parameters.truncate(outer);
    }

    fn alias(&mut self, node: &Node<'_>, pass: Pass) {
        let Some(name) = self.field(node, self.f.name) else {
            return;
        };
        match pass {
            Pass::Names => {
                self.new_type(node, &name);
            }
            Pass::Signatures => {
                let outer = self.declare_type_parameters(node);
                let ty = self.type_of(self.field(node, self.f.r#type));
                self.type_parameters.truncate(outer);
                if let Some(named) = self.type_here(node) {
                    self.builder.program.named[named.index()].underlying = Some(ty);
                }
            }
            Pass::Methods | Pass::Bodies => {}
        }
    }

    fn interface(&mut self, node: &Node<'_>, pass: Pass) {
        let (Some(name), Some(body)) =
            (self.field(node, self.f.name), self.field(node, self.f.body))
        else {
            return;
        };
        let named = match pass {
            Pass::Names => self.new_type(node, &name),
            _ => match self.type_here(node) {
                Some(named) => named,
                None => return,
            },
        };
        self.builder.program.named[named.index()].is_interface = true;
        let outer = self.declare_type_parameters(node);
        let ty = self.type_of_named(named);
        self.members(body, named, ty, false, pass);
        self.type_parameters.truncate(outer);
    }

    /// The type that stands for a declared one.
    fn type_of_named(&mut self, named: NamedId) -> TypeId {
        self.builder.ty(Type::Named(named))
    }

    fn implementation(&mut self, node: &Node<'_>, pass: Pass) {
        let Some(body) = self.field(node, self.f.body) else {
            return;
        };
        let outer = self.declare_type_parameters(node);
        let ty = self.type_of(self.field(node, self.f.r#type));
        let of_trait = self.field(node, self.f.r#trait).is_some();
        if pass == Pass::Names {
            self.note_implementor(node, ty);
        }
        match *self.builder.program.pointee(ty) {
            Type::Named(named) => self.members(body, named, ty, of_trait, pass),
            _ => {
                let before = std::mem::replace(&mut self.of_trait, of_trait);
                self.items(body, pass);
                self.of_trait = before;
            }
        }
        self.type_parameters.truncate(outer);
    }

    fn members(&mut self, body: Node<'_>, named: NamedId, ty: TypeId, of_trait: bool, pass: Pass) {
        let before = self.this.replace((named, ty));
        let of_before = std::mem::replace(&mut self.of_trait, of_trait);
        self.items(body, pass);
        self.this = before;
        self.of_trait = of_before;
    }

    fn function_item(&mut self, node: &Node<'_>, marks: Marks, pass: Pass) {
        let Some(name) = self.field(node, self.f.name) else {
            return;
        };
        let key = (self.file, node.start_byte() as u32);
        match pass {
            Pass::Names => {
                let symbol = self.symbol(&name);
                let span = self.span(node);
                let head = self.head_of(node);
                let function = self.new_function(symbol, FunctionKind::Plain, span, head);
                let exported = self.is_public(node) || self.of_trait;
                self.builder.program.functions[function.index()].exported = exported;
                self.builder.program.functions[function.index()].of_interface = self.of_trait;
                self.builder.program.functions[function.index()].is_test |= marks.is_test;
                self.names.functions.insert(key, function);
                if let Some((named, _)) = self.this {
                    self.builder.program.named[named.index()]
                        .methods
                        .push((symbol, function));
                    self.names
                        .methods
                        .entry((named, symbol))
                        .or_insert(function);
                } else {
                    let place = self.place_of(&name);
                    self.names.insert(place, Item::Function(function));
                }
            }
            Pass::Signatures => {
                if let Some(&function) = self.names.functions.get(&key) {
                    self.signature(function, node);
                    if let Some(handler) = marks.handler {
                        self.builder.program.functions[function.index()].handler = Some(handler);
                    }
                }
            }
            Pass::Methods => {}
            Pass::Bodies => {
                if let Some(&function) = self.names.functions.get(&key) {
                    self.body(function, node);
                }
            }
        }
    }

    fn constant(&mut self, node: &Node<'_>, pass: Pass) {
        let Some(name) = self.field(node, self.f.name) else {
            return;
        };
        let place = self.place_of(&name);
        match pass {
            Pass::Names => {
                let kind = match self.kind(node) {
                    Kind::ConstItem => VariableKind::Constant,
                    _ => VariableKind::Global,
                };
                let symbol = self.symbol(&name);
                let span = self.span(&name);
                let variable =
                    self.builder
                        .variable(symbol, kind, super::basic::UNKNOWN, span, None);
                self.builder.program.variables[variable.index()].exported = self.is_public(node);
                self.note_kind(variable, self.field(node, self.f.r#type));
                self.names.insert(place, Item::Variable(variable));
            }
            Pass::Signatures => {
                let ty = self.type_of(self.field(node, self.f.r#type));
                if let Some(Item::Variable(variable)) = self.names.item(place) {
                    self.builder.program.variables[variable.index()].ty = ty;
                }
            }
            Pass::Methods => {}
            Pass::Bodies => {
                if let Some(Item::Variable(variable)) = self.names.item(place) {
                    self.initial_value(node, variable);
                }
            }
        }
    }
}
