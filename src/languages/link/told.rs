//! What names stand for whose declaration is not in view, told by what is done with them.

use super::Dialect;
use crate::languages::build::Builder;
use crate::model::{ExprId, ExprKind, Library, Op, StepId, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};

/// For each name on which all methods of a set are called for nothing but their effect, what it
/// stands for.
pub(super) fn by_methods(
    builder: &mut Builder,
    dialect: &dyn Dialect,
) -> FxHashMap<Symbol, Library> {
    let sets = dialect.told_by_methods();
    if sets.is_empty() {
        return FxHashMap::default();
    }
    let methods = sets.iter().flat_map(|(methods, _)| methods.iter());
    let methods: FxHashSet<Symbol> = methods
        .map(|method| builder.program.symbols.intern(method))
        .collect();
    let mut wanted = FxHashSet::default();
    let mut called: FxHashMap<Symbol, Vec<(Symbol, StepId)>> = FxHashMap::default();
    for at in 0..builder.program.steps.len() {
        let step = StepId(at as u32);
        match &builder.program.steps[at].op {
            Op::Call(call) => {
                let on = on_what(builder, call.callee);
                if let Some((on, method)) = on.filter(|(_, method)| methods.contains(method)) {
                    called.entry(on).or_default().push((method, step));
                }
            }
            Op::Receive { channel, .. } => wanted.extend(call_of(builder, *channel)),
            Op::Assign(assign) => {
                let values = builder.program.list(assign.values).iter();
                wanted.extend(values.filter_map(|&value| call_of(builder, value)));
            }
            _ => {}
        }
    }
    let mut found = FxHashMap::default();
    for (name, calls) in called {
        if calls.iter().any(|(_, step)| wanted.contains(step)) {
            continue;
        }
        let has = |method: &&str| {
            let mut calls = calls.iter();
            calls.any(|&(called, _)| builder.program.symbols.text(called) == *method)
        };
        if let Some(&(_, library)) = sets.iter().find(|(methods, _)| methods.iter().all(has)) {
            found.insert(name, library);
        }
    }
    found
}

/// The name that a method is called on, and the method.
fn on_what(builder: &Builder, callee: ExprId) -> Option<(Symbol, Symbol)> {
    let ExprKind::Member(base, method) = *builder.program.kind(callee) else {
        return None;
    };
    match *builder.program.kind(base) {
        ExprKind::Member(_, name) | ExprKind::Name(name) => Some((name, method)),
        _ => None,
    }
}

fn call_of(builder: &Builder, value: ExprId) -> Option<StepId> {
    match *builder.program.kind(value) {
        ExprKind::Call(step) => Some(step),
        _ => None,
    }
}
