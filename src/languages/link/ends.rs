//! Two ends of a channel whose making is not in view, as in a piece of a file.

use super::unify::Classes;
use crate::model::types::{Direction, Type};
use crate::model::{ExprKind, Named, NamedId, Program, Symbol, TypeId, VariableKind};
use rustc_hash::FxHashMap;

/// What a channel carries: a type of the unit, or another package's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Carried {
    Own(NamedId),
    Foreign(Symbol, Symbol),
}

/// The ends of channels that carry one type.
#[derive(Default)]
struct Ends {
    senders: Vec<u32>,
    receivers: Vec<u32>,
    /// Whether a channel of the type is made in view, or both its ends are one value.
    is_whole: bool,
}

/// Makes the ends of a channel one where nothing in view makes a channel of what they carry, and
/// there is only one receiving end: what is sent there comes out here.
pub(super) fn join(program: &Program, classes: &mut Classes) {
    let mut of: FxHashMap<Carried, Ends> = FxHashMap::default();
    for (at, variable) in program.variables.iter().enumerate() {
        let Type::Channel(element, direction, _) = *program.underlying(variable.ty) else {
            continue;
        };
        let Some(carried) = carried(program, element) else {
            continue;
        };
        let root = classes.find(at as u32);
        let ends = of.entry(carried).or_default();
        let is_end = matches!(
            variable.kind,
            VariableKind::Field(_) | VariableKind::Parameter | VariableKind::Local
        );
        match direction {
            _ if !is_end => ends.is_whole = true,
            Direction::Send => add(&mut ends.senders, root),
            Direction::Receive => add(&mut ends.receivers, root),
            Direction::Both => ends.is_whole = true,
        }
    }
    of.retain(|_, ends| !ends.is_whole && !ends.senders.is_empty() && ends.receivers.len() == 1);
    if of.is_empty() {
        return;
    }
    let made: Vec<u32> = classes
        .makes
        .iter()
        .filter(|(_, value)| matches!(program.kind(*value), ExprKind::MakeChannel(..)))
        .map(|&(node, _)| classes.find(node))
        .collect();
    for ends in of.into_values() {
        let mut all = ends.senders.iter().chain(&ends.receivers);
        let is_seen = all.any(|end| made.contains(end));
        let receiver = ends.receivers[0];
        if is_seen || ends.senders.contains(&receiver) {
            continue;
        }
        for &sender in &ends.senders {
            classes.join(sender, receiver);
        }
    }
}

fn add(roots: &mut Vec<u32>, root: u32) {
    if !roots.contains(&root) {
        roots.push(root);
    }
}

/// What a channel of these elements carries, where that is told by a name.
fn carried(program: &Program, element: TypeId) -> Option<Carried> {
    match *program.pointee(element) {
        Type::Named(named) => {
            let Named { name, .. } = program.named[named.index()];
            (!program.text(name).is_empty()).then_some(Carried::Own(named))
        }
        Type::Foreign(module, name) => Some(Carried::Foreign(module, name)),
        _ => None,
    }
}
