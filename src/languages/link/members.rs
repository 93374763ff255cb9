//! `base.name`: a field, a promoted field, a method, or something that is not in view.

use super::infer::Inference;
use crate::languages::build::basic;
use crate::model::types::Type;
use crate::model::{
    ExprId, ExprKind, FunctionId, NamedId, Symbol, TypeId, VariableId, VariableKind,
};

/// How deep embedded types are searched.
const MAX_EMBEDDING: usize = 4;

/// What a member turned out to be.
enum Found {
    Field(VariableId),
    Method(FunctionId),
}

impl Inference<'_> {
    pub(super) fn member(
        &mut self,
        id: ExprId,
        base: ExprId,
        base_type: TypeId,
        name: Symbol,
    ) -> TypeId {
        let ty = self.behind(base_type);
        match *self.b.program.ty(ty) {
            Type::Named(named) => self.member_of_named(id, base, named, name),
            Type::Library(library) => {
                let text = self.b.program.symbols.text(name);
                self.dialect
                    .member(library, text)
                    .map_or(basic::UNKNOWN, |yields| self.yielded(yields))
            }
            Type::Unknown => self.unseen(name),
            _ => basic::UNKNOWN,
        }
    }

    /// A type with pointers, and names for other names, followed.
    fn behind(&self, mut ty: TypeId) -> TypeId {
        for _ in 0..8 {
            match self.b.program.ty(ty) {
                Type::Pointer(inner) => ty = *inner,
                Type::Named(named) => {
                    let named = &self.b.program.named[named.index()];
                    match named.underlying {
                        Some(inner) if named.fields.is_empty() && named.methods.is_empty() => {
                            ty = inner
                        }
                        _ => return ty,
                    }
                }
                _ => return ty,
            }
        }
        ty
    }

    fn member_of_named(
        &mut self,
        id: ExprId,
        base: ExprId,
        named: NamedId,
        name: Symbol,
    ) -> TypeId {
        match self.search(named, name) {
            Some(Found::Field(variable)) => {
                self.b.program.exprs[id.index()].kind = ExprKind::Field(base, variable);
                self.variable(variable)
            }
            Some(Found::Method(function)) => {
                self.b.program.exprs[id.index()].kind = ExprKind::Function(function, Some(base));
                basic::UNKNOWN
            }
            None => self.missing_member(id, base, named, name),
        }
    }

    /// A member that the type does not show. A type that nothing declares gets the field now.
    fn missing_member(&mut self, id: ExprId, base: ExprId, named: NamedId, name: Symbol) -> TypeId {
        let declared = &self.b.program.named[named.index()];
        if declared.span.is_some() || declared.is_interface {
            return basic::UNKNOWN;
        }
        let ty = self.unseen(name);
        let span = self.b.program.exprs[id.index()].span;
        let variable = self
            .b
            .variable(name, VariableKind::Field(named), ty, span, None);
        self.b.program.named[named.index()]
            .fields
            .push((name, variable));
        self.b.program.exprs[id.index()].kind = ExprKind::Field(base, variable);
        ty
    }

    /// What a name usually stands for, or by what is done with it.
    pub(super) fn unseen(&mut self, name: Symbol) -> TypeId {
        let usual = self
            .dialect
            .name_of_unseen(self.b.program.symbols.text(name));
        let library = usual.or_else(|| self.told.get(&name).copied());
        library.map_or(basic::UNKNOWN, |library| self.b.ty(Type::Library(library)))
    }

    fn search(&self, named: NamedId, name: Symbol) -> Option<Found> {
        let mut waiting = vec![named];
        for _ in 0..MAX_EMBEDDING {
            let mut deeper = Vec::new();
            for named in waiting {
                let named = &self.b.program.named[named.index()];
                if let Some(&(_, variable)) = named.fields.iter().find(|(field, _)| *field == name)
                {
                    return Some(Found::Field(variable));
                }
                if let Some(&(_, function)) =
                    named.methods.iter().find(|(method, _)| *method == name)
                {
                    return Some(Found::Method(function));
                }
                deeper.extend(named.embedded.iter().filter_map(|&ty| {
                    match *self.b.program.ty(self.behind(ty)) {
                        Type::Named(inner) => Some(inner),
                        _ => None,
                    }
                }));
            }
            waiting = deeper;
        }
        None
    }

    /// A method that a type takes over from a library's type which it embeds: the field that
    /// embeds it.
    pub(super) fn embedded_library(
        &mut self,
        base: ExprId,
        named: NamedId,
        name: Symbol,
    ) -> Option<ExprId> {
        let mut path = vec![(base, named)];
        let mut at = 0;
        while at < path.len() && at < 8 {
            let (base, named) = path[at];
            at += 1;
            let fields = self.b.program.named[named.index()].fields.clone();
            let embedded = self.b.program.named[named.index()].embedded.clone();
            for (_, variable) in fields {
                let ty = self.b.program.variables[variable.index()].ty;
                if !embedded.contains(&ty) {
                    continue;
                }
                let span = self.b.program.exprs[base.index()].span;
                match *self.b.program.pointee(ty) {
                    Type::Library(library)
                        if self
                            .dialect
                            .method(library, self.b.program.symbols.text(name))
                            .is_some() =>
                    {
                        let field = self.b.expr(ExprKind::Field(base, variable), span);
                        self.b.program.exprs[field.index()].ty = ty;
                        return Some(field);
                    }
                    Type::Named(inner) => {
                        let field = self.b.expr(ExprKind::Field(base, variable), span);
                        self.b.program.exprs[field.index()].ty = ty;
                        path.push((field, inner));
                    }
                    _ => {}
                }
            }
        }
        None
    }
}
