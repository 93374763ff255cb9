//! What stands in what, by text: the closures and the contexts of each function. Indexed once.

use super::{FunctionId, FunctionKind, Library, Program, VariableId, VariableKind};
use crate::source::Span;

/// Closures and local contexts by function.
#[derive(Debug, Default)]
pub(crate) struct Lexical {
    closures: Vec<Vec<FunctionId>>,
    contexts: Vec<Vec<VariableId>>,
    by_place: Vec<FunctionId>,
}

impl Program {
    fn lexical(&self) -> &Lexical {
        self.lexical.get_or_init(|| Lexical::compute(self))
    }

    /// The closures that stand directly in a function.
    pub fn closures_in(&self, parent: FunctionId) -> &[FunctionId] {
        &self.lexical().closures[parent.index()]
    }

    /// The innermost function in whose text a place stands.
    pub fn function_at(&self, place: Span) -> Option<FunctionId> {
        let by_place = &self.lexical().by_place;
        let end = by_place.partition_point(|&id| {
            let span = self.function(id).span;
            (span.file, span.start) <= (place.file, place.start)
        });
        let mut at = *by_place.get(end.checked_sub(1)?)?;
        while !self.function(at).span.contains(place) {
            match self.function(at).kind {
                FunctionKind::Closure(parent) => at = parent,
                _ => return None,
            }
        }
        Some(at)
    }

    /// The local variables of a function that hold a context, in the order of the text.
    pub fn local_contexts(&self, function: FunctionId) -> &[VariableId] {
        &self.lexical().contexts[function.index()]
    }
}

impl Lexical {
    fn compute(program: &Program) -> Lexical {
        let count = program.functions.len();
        let mut lexical = Lexical {
            closures: vec![Vec::new(); count],
            contexts: vec![Vec::new(); count],
            by_place: program.function_ids().collect(),
        };
        lexical.by_place.sort_by_key(|&id| {
            let span = program.function(id).span;
            (span.file, span.start)
        });
        for (id, function) in program.functions_with_ids() {
            if let FunctionKind::Closure(parent) = function.kind {
                lexical.closures[parent.index()].push(id);
            }
        }
        for (at, variable) in program.variables.iter().enumerate() {
            if let (Some(function), VariableKind::Local) = (variable.function, variable.kind)
                && program.library(variable.ty) == Some(Library::Context)
            {
                lexical.contexts[function.index()].push(VariableId(at as u32));
            }
        }
        lexical
    }
}
