//! What comes to run at most once in the life of the process, or for as long as it has to start.
//!
//! Everybody who leads to a place is followed back to where it begins: to what a once or a cell of
//! the process runs, to the program's entry, or to what comes again and again. Code that nobody in
//! view calls tells nothing, as long as somebody else does.

use super::process;
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, Init, LoopKind, Program, StepId, Type,
    VariableKind,
};
use crate::rules::handlers;
use rustc_hash::FxHashSet;

/// How many functions are followed back.
const MOST: usize = 64;
/// How far a value is followed to the package variable that it comes from.
const DEPTH: u32 = 4;

/// How often a place comes to run in the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Often {
    /// Nobody in view leads there.
    Unseen,
    /// At most once, whoever asks for it.
    Once,
    /// As the program starts.
    AtStart,
    /// Again and again, or for each of many.
    Many,
}

/// How often the places of all these starts come to run.
pub(super) fn often(program: &Program, starts: &[StepId]) -> Often {
    let mut walk = Walk {
        program,
        seen: FxHashSet::default(),
    };
    walk.all(starts)
}

struct Walk<'p> {
    program: &'p Program,
    seen: FxHashSet<FunctionId>,
}

impl Walk<'_> {
    fn all(&mut self, sites: &[StepId]) -> Often {
        let mut found = Often::Unseen;
        for &site in sites {
            match (found, self.at(site)) {
                (_, Often::Many) => return Often::Many,
                (Often::Unseen, often) | (_, often @ Often::AtStart) => found = often,
                _ => {}
            }
        }
        found
    }

    fn at(&mut self, site: StepId) -> Often {
        let program = self.program;
        if is_claimed(program, site) {
            return Often::Once;
        }
        let comes_again = program.ancestors(site).any(|(around, _)| {
            program
                .op_loop(around)
                .is_some_and(|l| !matches!(l.kind, LoopKind::Over(_) | LoopKind::Counted(_)))
        });
        let often = self.function(program.function_of(site));
        // A loop that is come to once, and goes round.
        if comes_again { Often::Many } else { often }
    }

    fn function(&mut self, function: FunctionId) -> Often {
        let program = self.program;
        let facts = program.function(function);
        if facts.is_test || program.file(facts.span.file).is_test {
            return Often::Unseen;
        }
        if facts.handler.is_some() || self.seen.len() >= MOST {
            return Often::Many;
        }
        if program.is_program_entry(function) {
            return Often::AtStart;
        }
        if !self.seen.insert(function) {
            return Often::Unseen;
        }
        let handed = program.handed_to(function);
        if is_lasting(program, function)
            || handed.iter().any(|&call| is_once(program, call))
            || is_initial(program, function)
        {
            return Often::Once;
        }
        match self.leading(function) {
            // What it belongs to has an end, or it is told when it is to end.
            Often::AtStart if has_end(program, function) => Often::Many,
            often => often,
        }
    }

    /// How often those come to run who lead to a function.
    fn leading(&mut self, function: FunctionId) -> Often {
        let program = self.program;
        let callers = &program.callers[function.index()];
        if !callers.is_empty() {
            return self.all(callers);
        }
        let FunctionKind::Closure(parent) = program.function(function).kind else {
            return Often::Unseen;
        };
        match program.handed_to(function) {
            // A future that is handed back: it runs where its maker does.
            [] => self.function(parent),
            calls if calls.iter().all(|&call| runs_in_place(program, call)) => self.all(calls),
            _ => Often::Unseen,
        }
    }
}

/// Whether a function belongs to what can be stopped, makes such a thing, or is told when to end.
fn has_end(program: &Program, function: FunctionId) -> bool {
    super::owner::takes_context(program, function) || belongs_to_what_stops(program, function)
}

/// Whether a function is a method of what can be stopped, or makes one.
pub(super) fn belongs_to_what_stops(program: &Program, function: FunctionId) -> bool {
    let facts = program.function(function);
    let made = facts
        .results
        .iter()
        .filter_map(|&ty| match *program.pointee(ty) {
            Type::Named(named) => Some(named),
            _ => None,
        });
    let of = match facts.kind {
        FunctionKind::Method(_, named) => Some(named),
        _ => None,
    };
    of.into_iter()
        .chain(made)
        .any(|named| program.has_stop(named))
}

/// Whether the one who calls this is what lives as long as the process.
fn is_lasting(program: &Program, function: FunctionId) -> bool {
    matches!(program.function(function).kind, FunctionKind::Method(receiver, _)
        if program.lasting.contains(&receiver))
}

/// Whether a function makes the first value of a package variable: nothing calls it.
fn is_initial(program: &Program, function: FunctionId) -> bool {
    let facts = program.function(function);
    program.text(facts.name) == "init"
        && facts.kind == FunctionKind::Plain
        && program.callers[function.index()].is_empty()
}

/// Whether a call runs what it is handed at most once in the life of the process.
fn is_once(program: &Program, call: StepId) -> bool {
    program.call(call).is_some_and(|once| {
        once.api == Api::OnceDo
            && once
                .receiver
                .into_iter()
                .chain([once.callee])
                .any(|on| is_of_process(program, on, DEPTH))
    })
}

/// Whether a call runs a closure that it is handed on the spot, once.
fn runs_in_place(program: &Program, call: StepId) -> bool {
    program.call(call).is_some_and(|call| {
        let name = program.callee_name(call.callee);
        ["block_on", "in_scope", "scope", "enter"]
            .iter()
            .any(|known| name.starts_with(known))
            || call.api == Api::OnceDo
    })
}

/// Whether a step is only for the first who comes: a flag of the process is asked and set before.
fn is_claimed(program: &Program, site: StepId) -> bool {
    handlers::happens_once(program, site)
        && handlers::conditions_before(program, site)
            .into_iter()
            .flat_map(|condition| program.parts_of(condition))
            .any(|part| {
                matches!(*program.kind(part), ExprKind::Variable(variable)
                    if program.variable(variable).kind == VariableKind::Global)
            })
}

/// Whether a value is a part of what package variables hold.
fn is_of_process(program: &Program, value: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match *program.kind(value) {
        ExprKind::Variable(variable) => {
            let of = program.variable(variable);
            match (of.kind, of.init) {
                (VariableKind::Global, _) => true,
                (VariableKind::Local, Init::Value(first)) => is_of_process(program, first, depth),
                _ => false,
            }
        }
        ExprKind::Field(base, _)
        | ExprKind::Member(base, _)
        | ExprKind::Index(base, _)
        | ExprKind::Reference(base)
        | ExprKind::Dereference(base)
        | ExprKind::Convert(_, base) => is_of_process(program, base, depth),
        ExprKind::Call(step) => program.call(step).is_some_and(|call| {
            call.args.len == 0
                && match (call.receiver, call.target) {
                    (Some(on), _) => is_of_process(program, on, depth),
                    (None, Some(target)) => hands_out(program, target, depth),
                    _ => false,
                }
        }),
        _ => false,
    }
}

/// Whether a function that is told nothing hands out what package variables hold.
fn hands_out(program: &Program, function: FunctionId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    program.function(function).parameters.is_empty()
        && program.steps_of(function).into_iter().any(|step| {
            program
                .mentioned_by(step)
                .into_iter()
                .any(|variable| program.variable(variable).kind == VariableKind::Global)
                || program.call(step).is_some_and(|call| {
                    call.receiver.is_none()
                        && call.args.len == 0
                        && call
                            .target
                            .is_some_and(|target| hands_out(program, target, depth))
                })
        })
}

/// Whether all that a task does is to call a method of a value of the package.
pub(super) fn only_serves_the_package(program: &Program, starts: &[StepId]) -> bool {
    !starts.is_empty()
        && starts.iter().all(|&site| {
            let target = program.spawn(site).and_then(|spawn| spawn.target);
            target.is_some_and(|target| {
                program.is_closure(target) && process::serves_the_package(program, target)
            })
        })
}
