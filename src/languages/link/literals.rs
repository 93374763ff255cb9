//! What literals and appends put where: into fields, and into the elements of lists and maps.

use super::unify::Unifier;
use crate::model::types::Type;
use crate::model::{ExprId, ExprKind, ExprList};

impl Unifier<'_> {
    /// The items that a value of a list or map is written with.
    pub fn items_of(&self, value: ExprId) -> Option<ExprList> {
        match *self.program.kind(value) {
            ExprKind::Append(_, items) => Some(items),
            ExprKind::Composite(ty, items, _)
                if matches!(self.program.underlying(ty), Type::List(..) | Type::Map(..)) =>
            {
                Some(items)
            }
            _ => None,
        }
    }

    /// Composite literals put values into fields, or into elements.
    pub fn literal(&mut self, id: ExprId) {
        let program = self.program;
        let ExprKind::Composite(ty, values, keys) = *program.kind(id) else {
            return;
        };
        if let Type::Foreign(..) = program.underlying(ty) {
            self.classes
                .departures
                .extend_from_slice(program.list(values));
            return;
        }
        let Type::Named(named) = *program.underlying(ty) else {
            return;
        };
        let fields = &program.named[named.index()].fields;
        for (at, (&value, &key)) in program
            .list(values)
            .iter()
            .zip(program.list(keys))
            .enumerate()
        {
            let field = match *program.kind(key) {
                ExprKind::Key(name) => fields.iter().find(|(known, _)| *known == name),
                _ => fields.get(at),
            };
            match field {
                Some(&(_, variable)) => self.flow(variable.0, value),
                None => self.classes.departures.push(value),
            }
        }
    }
}
