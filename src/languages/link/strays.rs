//! Parameters of functions that nothing in view calls, though nothing out of view can: what is in
//! view was cut out of something larger. Where there is one channel or lock of the same type, it
//! is that one which they are given.

use super::unify::Classes;
use crate::model::types::{Discipline, Type};
use crate::model::{
    ExprKind, FunctionId, FunctionKind, Op, Program, Symbol, TypeId, VariableId, VariableKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// What channels or locks of one type have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Channel(Inner, Discipline),
    Lock(Inner),
}

/// A type as one writes it: what is not in view is one type by its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Inner {
    Name(Symbol),
    Other(TypeId),
}

/// Makes one of the parameters and what they are given.
pub(super) fn tie(program: &Program, classes: &mut Classes) {
    let strays = strays(program);
    if strays.is_empty() {
        return;
    }
    let wanted: FxHashSet<Kind> = strays.iter().map(|&(_, kind)| kind).collect();
    let mut found: FxHashMap<Kind, Vec<u32>> = FxHashMap::default();
    for (at, variable) in program.variables.iter().enumerate() {
        let Some(kind) = kind_of(program, variable.ty).filter(|kind| wanted.contains(kind)) else {
            continue;
        };
        // What a lock was taken under has its type too.
        if matches!(kind, Kind::Channel(..)) || variable.kind != VariableKind::Local {
            found.entry(kind).or_default().push(at as u32);
        }
    }
    for (parameter, kind) in strays {
        let own = classes.find(parameter.0);
        // What the function has besides is not what it is given.
        let home = program.variable(parameter).function;
        let mut others: Vec<u32> = found[&kind]
            .iter()
            .filter(|&&other| program.variables[other as usize].function != home)
            .map(|&other| classes.find(other))
            .filter(|&other| other != own)
            .collect();
        others.sort_unstable();
        others.dedup();
        if let [other] = others[..] {
            classes.join(own, other);
        }
    }
}

/// The channels and locks that functions take which nothing in view calls.
fn strays(program: &Program) -> Vec<(VariableId, Kind)> {
    let mut called: FxHashSet<FunctionId> = program
        .steps
        .iter()
        .filter_map(|step| match &step.op {
            Op::Call(call) => call.target,
            Op::Spawn(spawn) => spawn.target,
            _ => None,
        })
        .collect();
    called.extend(program.exprs.iter().filter_map(|expr| match expr.kind {
        ExprKind::Function(function, _) => Some(function),
        _ => None,
    }));
    let mut found = Vec::new();
    for (function, facts) in program.functions_with_ids() {
        let is_stray = facts.has_body
            && !facts.exported
            && !facts.of_interface
            && !facts.is_test
            && !matches!(facts.kind, FunctionKind::Closure(_))
            && !called.contains(&function);
        if is_stray {
            let parameters = facts.parameters.iter();
            found.extend(parameters.filter_map(|&parameter| {
                Some((parameter, kind_of(program, program.variable(parameter).ty)?))
            }));
        }
    }
    found
}

fn kind_of(program: &Program, mut ty: TypeId) -> Option<Kind> {
    for _ in 0..8 {
        match *program.ty(ty) {
            Type::Pointer(inner) => ty = inner,
            Type::Channel(element, _, discipline) => {
                let element = inner_of(program, element)?;
                return matches!(element, Inner::Name(_))
                    .then_some(Kind::Channel(element, discipline));
            }
            Type::Guarded(_, inner) => {
                return Some(Kind::Lock(inner_of(program, inner)?));
            }
            Type::Named(named) => ty = program.named[named.index()].underlying?,
            _ => return None,
        }
    }
    None
}

fn inner_of(program: &Program, ty: TypeId) -> Option<Inner> {
    match *program.ty(ty) {
        Type::Unknown => None,
        Type::Foreign(_, name) => Some(Inner::Name(name)),
        Type::Named(named) => Some(Inner::Name(program.named[named.index()].name)),
        _ => Some(Inner::Other(ty)),
    }
}
