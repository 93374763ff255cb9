//! Which fields code out of view can name: those with an open name whose struct it can reach, by
//! the struct's own name, through a field or a variable that it can name, or as a result.

use crate::model::{FunctionKind, NamedId, Program, Type, TypeId, VariableKind};

/// Takes the mark `exported` from fields of structs that nothing out of view reaches.
pub(super) fn settle(program: &mut Program) {
    let reached = Reached::compute(program);
    for variable in &mut program.variables {
        if let VariableKind::Field(owner) = variable.kind {
            variable.exported &= reached.types[owner.index()];
        }
    }
}

/// The types of which code out of view may hold a value.
struct Reached {
    types: Vec<bool>,
    open: Vec<NamedId>,
}

impl Reached {
    fn compute(program: &Program) -> Reached {
        let mut reached = Reached {
            types: vec![false; program.named.len()],
            open: Vec::new(),
        };
        for (at, named) in program.named.iter().enumerate() {
            if named.exported {
                reached.name(NamedId(at as u32));
            }
        }
        for variable in &program.variables {
            if variable.kind == VariableKind::Global && variable.exported {
                reached.value(program, variable.ty);
            }
        }
        for function in &program.functions {
            if function.exported && !matches!(function.kind, FunctionKind::Closure(_)) {
                for &result in &function.results {
                    reached.value(program, result);
                }
            }
        }
        while let Some(named) = reached.open.pop() {
            reached.parts(program, named);
        }
        reached
    }

    fn name(&mut self, named: NamedId) {
        if !std::mem::replace(&mut self.types[named.index()], true) {
            self.open.push(named);
        }
    }

    /// What a value of a type leads to: what it takes over, and its fields with an open name.
    fn parts(&mut self, program: &Program, id: NamedId) {
        let named = &program.named[id.index()];
        for &ty in named.embedded.iter().chain(&named.underlying) {
            self.value(program, ty);
        }
        for &(_, field) in &named.fields {
            let field = program.variable(field);
            if field.exported {
                self.value(program, field.ty);
            }
        }
    }

    fn value(&mut self, program: &Program, ty: TypeId) {
        match program.ty(ty) {
            Type::Named(named) => self.name(*named),
            Type::Pointer(inner)
            | Type::List(inner, _)
            | Type::Channel(inner, ..)
            | Type::Guarded(_, inner) => {
                self.value(program, *inner);
            }
            Type::Map(key, inner) => {
                self.value(program, *key);
                self.value(program, *inner);
            }
            Type::Function(_, types) | Type::Tuple(types) => {
                for &part in types {
                    self.value(program, part);
                }
            }
            _ => {}
        }
    }
}
