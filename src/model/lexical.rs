//! What stands in what, by text: the closures and the contexts of each function. Indexed once.

use super::{
    ExprKind, FunctionId, FunctionKind, Library, Op, Program, Symbol, VariableId, VariableKind,
};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// Closures and local contexts by function.
#[derive(Debug, Default)]
pub(crate) struct Lexical {
    closures: Vec<Vec<FunctionId>>,
    contexts: Vec<Vec<VariableId>>,
    by_place: Vec<FunctionId>,
    names: FxHashMap<FunctionId, Symbol>,
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

    /// The name under which a closure is kept: that of the field, key, variable or result it is
    /// given to, or of the function that it is handed to.
    pub fn closure_name(&self, closure: FunctionId) -> Option<&str> {
        let name = *self.lexical().names.get(&closure)?;
        Some(self.text(name))
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
            names: FxHashMap::default(),
        };
        lexical.name_closures(program);
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

    fn name_closures(&mut self, program: &Program) {
        for expr in &program.exprs {
            let ExprKind::Composite(_, values, keys) = expr.kind else {
                continue;
            };
            for (&value, &key) in program.list(values).iter().zip(program.list(keys)) {
                if let (ExprKind::Closure(closure), ExprKind::Key(name)) =
                    (program.kind(value), program.kind(key))
                {
                    self.names.insert(*closure, *name);
                }
            }
        }
        for step in program.step_ids() {
            match program.op(step) {
                Op::Assign(assign) => {
                    for (target, value) in program.assigned(assign) {
                        let name = match *program.kind(target) {
                            ExprKind::Field(_, field) => program.variable(field).name,
                            ExprKind::Variable(variable) => program.variable(variable).name,
                            ExprKind::Member(_, name) => name,
                            _ => continue,
                        };
                        if let ExprKind::Closure(closure) = *program.kind(value) {
                            self.names.insert(closure, name);
                        }
                    }
                }
                Op::Call(call) => {
                    let name = match *program.kind(call.callee) {
                        ExprKind::Member(_, name)
                        | ExprKind::Name(name)
                        | ExprKind::Qualified(_, name) => name,
                        _ => continue,
                    };
                    for &argument in program.list(call.args) {
                        if let ExprKind::Closure(closure) = *program.kind(argument) {
                            self.names.entry(closure).or_insert(name);
                        }
                    }
                }
                Op::Return(values) => {
                    let returned = program.list(*values);
                    let function = program.function(program.function_of(step));
                    for (&value, &result) in returned.iter().zip(&function.result_variables) {
                        let name = program.variable(result).name;
                        if let ExprKind::Closure(closure) = *program.kind(value)
                            && returned.len() == function.result_variables.len()
                            && !program.text(name).is_empty()
                        {
                            self.names.entry(closure).or_insert(name);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}
