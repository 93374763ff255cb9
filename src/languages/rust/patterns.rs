//! `let`, and patterns that take values apart.

use super::names::Item;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::step::AssignHow;
use crate::model::types::{Library, Type};
use crate::model::{ExprId, ExprKind, Init, NamedId, TypeId, VariableId, VariableKind};

impl Lowering<'_> {
    pub(super) fn let_declaration(&mut self, node: &Node<'_>) {
        let Some(pattern) = self.field(node, self.f.pattern) else {
            return;
        };
        let ty = self.type_of(self.field(node, self.f.r#type));
        let Some(value) = self.field(node, self.f.value) else {
            self.declare_only(&pattern, ty);
            return;
        };
        if let Some(otherwise) = self.field(node, self.f.alternative) {
            return self.let_else(&pattern, value, otherwise);
        }
        if self.text_of(&pattern) == "_" {
            // A place is neither moved nor borrowed by `_`: a permit stays where it is.
            return match self.kind(&value) {
                Kind::Identifier | Kind::FieldExpression => {}
                _ => self.discard(value),
            };
        }
        if self.postpone(node, value) {
            return;
        }
        if self.is_for_nobody(&pattern, value) {
            return self.discard(value);
        }
        if self.kind(&pattern) == Kind::TuplePattern && self.kind(&value) == Kind::TupleExpression {
            let values = self.values_of_tuple(&value);
            let parts = self.children(&pattern);
            for (part, value) in parts.iter().zip(values) {
                self.bind(part, value);
            }
            return;
        }
        let value = self.moved(value);
        if ty != basic::UNKNOWN && !self.has_type(value) {
            self.builder.program.exprs[value.index()].ty = ty;
        }
        self.settle_element(value, ty);
        if !self.keep_outcome(node, value) {
            self.bind(&pattern, value);
        }
    }

    /// `let q: VecDeque<Job> = VecDeque::new()`: the written type says more than the value.
    fn settle_element(&mut self, value: ExprId, written: TypeId) {
        let is_vague = |ty: &Type| match ty {
            Type::List(element, _) | Type::Channel(element, ..) => *element == basic::UNKNOWN,
            Type::Map(..) | Type::Pointer(_) | Type::Guarded(..) => true,
            _ => false,
        };
        if written != basic::UNKNOWN && is_vague(self.builder.program.ty(self.ty(value))) {
            self.builder.program.exprs[value.index()].ty = written;
        }
    }

    fn declare_only(&mut self, pattern: &Node<'_>, ty: TypeId) {
        if let Some(name) = self.simple_name(pattern) {
            self.declare_local(&name, VariableKind::Local, ty);
        }
    }

    /// `let Some(x) = f() else { return };`
    fn let_else(&mut self, pattern: &Node<'_>, value: Node<'_>, otherwise: Node<'_>) {
        let word = self.asked_of(value, pattern);
        let mut bound = None;
        self.branch(
            value,
            word,
            &mut |_, value| bound = Some(value),
            &mut |this, _| this.lower_into(otherwise, super::statements::Dest::Discard),
        );
        if let Some(value) = bound {
            self.bind(pattern, value);
        }
    }

    /// Binds the names of a pattern to the parts of a value.
    pub(super) fn bind(&mut self, pattern: &Node<'_>, value: ExprId) {
        self.deeper(pattern, |this| this.bind_inner(pattern, value));
    }

    fn bind_inner(&mut self, pattern: &Node<'_>, value: ExprId) {
        match self.kind(pattern) {
            Kind::Identifier => self.bind_name(pattern, value),
            Kind::MutPattern | Kind::RefPattern | Kind::ReferencePattern => {
                let inner = self
                    .children(pattern)
                    .into_iter()
                    .rfind(|child| self.kind(child) != Kind::MutableSpecifier);
                if let Some(inner) = inner {
                    self.bind(&inner, value);
                }
            }
            Kind::CapturedPattern => {
                for inner in self.children(pattern) {
                    self.bind(&inner, value);
                }
            }
            Kind::MatchPattern | Kind::OrPattern => {
                if let Some(inner) = self.first_child(pattern) {
                    self.bind(&inner, value);
                }
            }
            Kind::TuplePattern => self.bind_tuple(pattern, value),
            Kind::TupleStructPattern => self.bind_tuple_struct(pattern, value),
            Kind::StructPattern => self.bind_struct(pattern, value),
            Kind::SlicePattern => {
                for inner in self.children(pattern) {
                    let span = self.span(&inner);
                    let at = self.expr(ExprKind::Unknown, span);
                    let element = self.expr(ExprKind::Index(value, at), span);
                    self.bind(&inner, element);
                }
            }
            _ => {}
        }
    }

    fn bind_name(&mut self, name: &Node<'_>, value: ExprId) {
        let text = self.text_of(name);
        let is_constant = text.starts_with(char::is_uppercase);
        if is_constant || text == "_" {
            return;
        }
        let mut ty = self.ty(value);
        // An atomic cannot be copied: a name for one that stands elsewhere is a reference.
        let is_place = matches!(
            self.builder.program.kind(value),
            ExprKind::Field(..)
                | ExprKind::Index(..)
                | ExprKind::Variable(_)
                | ExprKind::Member(..)
        );
        if is_place && self.builder.program.library(ty) == Some(Library::AtomicInteger) {
            ty = self.builder.ty(Type::Pointer(ty));
        }
        let variable = self.declare_local(name, VariableKind::Local, ty);
        self.define(variable, value, name);
        self.bind_guard(value, variable);
    }

    /// Gives a variable its first value.
    pub(super) fn define(&mut self, variable: VariableId, value: ExprId, at: &Node<'_>) {
        self.builder.program.variables[variable.index()].init = Init::Value(value);
        let span = self.span(at);
        let target = self.variable_value(variable, span);
        self.assign(&[target], &[value], AssignHow::Define, span);
    }

    fn bind_tuple(&mut self, pattern: &Node<'_>, value: ExprId) {
        let parts = self.tuple_parts(pattern);
        match *self.builder.program.kind(value) {
            // Both ends of a new channel are the same thing.
            ExprKind::MakeChannel(element, _, discipline) => {
                self.bind_ends(&parts, value, element, discipline);
            }
            ExprKind::Composite(basic::UNKNOWN, values, _) => {
                let values = self.builder.program.list(values).to_vec();
                for (part, value) in parts.iter().zip(values) {
                    self.bind(part, value);
                }
            }
            // `let (guard, _) = changed.wait_timeout(guard, limit)`
            _ if self.is_guard(value) => {
                if let Some(first) = parts.first() {
                    self.bind(first, value);
                }
            }
            _ => match self.tuple_type(value) {
                Some(named) => self.bind_fields(named, &parts, value),
                None => self.bind_parts(&parts, value),
            },
        }
    }

    /// The type of a tuple that has fields of its own, as one that a field holds.
    fn tuple_type(&self, mut value: ExprId) -> Option<NamedId> {
        let program = &self.builder.program;
        while let ExprKind::Reference(inner) | ExprKind::Dereference(inner) = *program.kind(value)
            && !self.has_type(value)
        {
            value = inner;
        }
        match *program.pointee(self.ty(value)) {
            Type::Named(named) => self.names.tuples.contains(&named).then_some(named),
            _ => None,
        }
    }

    fn bind_fields(&mut self, named: NamedId, parts: &[Node<'_>], value: ExprId) {
        for (at, part) in parts.iter().enumerate() {
            let field = self.part_of(Some(named), &at.to_string(), value, part);
            self.bind(part, field);
        }
    }

    /// The parts of a tuple pattern, `_` among them.
    pub(super) fn tuple_parts<'t>(&self, pattern: &Node<'t>) -> Vec<Node<'t>> {
        pattern
            .children()
            .filter(|child| child.is_named() && !self.is_aside(child) || self.text_of(child) == "_")
            .collect()
    }

    fn bind_ends(
        &mut self,
        parts: &[Node<'_>],
        value: ExprId,
        element: TypeId,
        discipline: crate::model::Discipline,
    ) {
        use crate::model::Direction;
        let mut first = None;
        for (part, direction) in parts.iter().zip([Direction::Send, Direction::Receive]) {
            let Some(name) = self.simple_name(part) else {
                continue;
            };
            let ty = self
                .builder
                .ty(Type::Channel(element, direction, discipline));
            let variable = self.declare_local(&name, VariableKind::Local, ty);
            let span = self.span(&name);
            let value = match first {
                None => value,
                Some(sender) => self.variable_value(sender, span),
            };
            first.get_or_insert(variable);
            self.define(variable, value, &name);
        }
    }

    fn bind_parts(&mut self, parts: &[Node<'_>], value: ExprId) {
        let types = match self.builder.program.ty(self.ty(value)) {
            Type::Tuple(types) => types.clone(),
            _ => self.results_of(value),
        };
        let mut targets = Vec::new();
        let mut bound = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let ty = types.get(at).copied().unwrap_or(basic::UNKNOWN);
            let span = self.span(part);
            let variable = match self.simple_name(part) {
                Some(name) => self.declare_local(&name, VariableKind::Local, ty),
                None => self.unnamed("part", ty, span),
            };
            self.builder.program.variables[variable.index()].init = Init::Part(value, at as u32);
            targets.push(self.variable_value(variable, span));
            bound.push(variable);
        }
        let span = parts
            .first()
            .map_or(self.builder.program.expr(value).span, |part| {
                self.span(part)
            });
        self.assign(&targets, &[value], AssignHow::Define, span);
        for (part, variable) in parts.iter().zip(bound) {
            if self.simple_name(part).is_none() {
                let span = self.span(part);
                let value = self.variable_value(variable, span);
                self.bind(part, value);
            }
        }
    }

    /// The types of the values that a call of the crate yields.
    pub(super) fn results_of(&self, value: ExprId) -> Vec<TypeId> {
        let program = &self.builder.program;
        let ExprKind::Call(step) = *program.kind(value) else {
            return Vec::new();
        };
        let callee = match &program.steps[step.index()].op {
            crate::model::Op::Call(call) => call.callee,
            _ => return Vec::new(),
        };
        match *program.kind(callee) {
            ExprKind::Function(function, _) => program.functions[function.index()].results.clone(),
            _ => Vec::new(),
        }
    }

    fn bind_tuple_struct(&mut self, pattern: &Node<'_>, value: ExprId) {
        if let Some((_, inner)) = self.shape_of(pattern) {
            if let Some(inner) = inner {
                self.bind(&inner, value);
            }
            return;
        }
        let head = self.field(pattern, self.f.r#type);
        let named = head.and_then(|head| self.type_named(&head));
        let parts: Vec<Node<'_>> = self.tuple_parts(pattern);
        let parts = parts.into_iter().filter(|part| Some(*part) != head);
        // The place in a map that its entry is, whether anything stands there or not.
        let is_entry = named.is_none()
            && head.is_some_and(|head| {
                let name = self.text_of(&head).rsplit("::").next();
                matches!(name, Some("Vacant" | "Occupied"))
            });
        if is_entry {
            parts.for_each(|part| self.bind(&part, value));
            return;
        }
        for (at, part) in parts.enumerate() {
            let field = self.part_of(named, &at.to_string(), value, &part);
            self.bind(&part, field);
        }
    }

    fn bind_struct(&mut self, pattern: &Node<'_>, value: ExprId) {
        let head = self.field(pattern, self.f.r#type);
        let named = head.and_then(|head| self.type_named(&head));
        for part in self.children(pattern) {
            if self.kind(&part) != Kind::FieldPattern {
                continue;
            }
            let Some(name) = self.field(&part, self.f.name) else {
                continue;
            };
            let field = self.part_of(named, self.text_of(&name), value, &part);
            match self.field(&part, self.f.pattern) {
                Some(inner) => self.bind(&inner, field),
                None => self.bind_name(&name, field),
            }
        }
    }

    /// The type of the crate that a pattern or a literal names.
    pub(super) fn type_named(&mut self, head: &Node<'_>) -> Option<NamedId> {
        if self.text_of(head) == "Self" {
            return self.this.map(|(named, _)| named);
        }
        let text = self.text_of(head);
        if let Some(rest) = text.strip_prefix("Self::")
            && let Some((named, _)) = self.this
        {
            let name = self.builder.program.named[named.index()].name;
            let path = format!("{}::{rest}", self.builder.program.text(name));
            return match self.names.resolve(self.module, &path).1 {
                Some(Item::Type(named, _)) => Some(named),
                _ => None,
            };
        }
        match self.resolve(head).1 {
            Some(Item::Type(named, _)) => Some(named),
            _ => None,
        }
    }

    /// A field of a struct or variant as a part of a value.
    fn part_of(
        &mut self,
        named: Option<NamedId>,
        name: &str,
        value: ExprId,
        at: &Node<'_>,
    ) -> ExprId {
        let symbol = self.intern(name);
        let span = self.span(at);
        let field = named.and_then(|named| self.field_named(named, symbol));
        match field {
            Some(variable) => {
                let ty = self.builder.program.variable(variable).ty;
                self.typed(ExprKind::Field(value, variable), ty, span)
            }
            None => self.expr(ExprKind::Unknown, span),
        }
    }

    /// The field of a type with a name.
    pub(super) fn field_named(
        &self,
        named: NamedId,
        name: crate::model::Symbol,
    ) -> Option<VariableId> {
        let fields = &self.builder.program.named[named.index()].fields;
        fields
            .iter()
            .find(|(field, _)| *field == name)
            .map(|&(_, variable)| variable)
    }
}
