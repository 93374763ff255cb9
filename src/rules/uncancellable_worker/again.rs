//! Workers that a callback starts: one more each time that somebody out of view calls it.

use crate::model::{
    ExprId, ExprKind, FunctionId, FunctionKind, Init, Library, Program, StepId, Type, VariableId,
    VariableKind,
};

/// How far a value is followed to the parameter that it comes from.
const DEPTH: u32 = 5;

/// Words that begin the name of what is called once, to begin with.
const BEGINNINGS: &[&str] = &[
    "start",
    "run",
    "spawn",
    "init",
    "launch",
    "serve",
    "open",
    "new",
    "build",
    "setup_",
    "begin",
    "boot",
    "install",
    "register",
    "attach",
    "enable",
    "watch",
    "monitor",
    "main",
    "execute",
    "listen",
    "connect",
    "into_",
    "with_",
    "resume",
    "work",
    "background",
];

/// Whether a worker is started for what one call of a callback hands over: by a method that
/// fulfils a contract, or takes what a library makes, and that nobody in view calls.
pub(super) fn is_for_each_call(program: &Program, site: StepId) -> bool {
    let starter = program.outermost(program.function_of(site));
    let facts = program.function(starter);
    let name = program.text(facts.name).to_ascii_lowercase();
    matches!(facts.kind, FunctionKind::Method(..))
        && program.callers[starter.index()].is_empty()
        && !BEGINNINGS.iter().any(|word| name.starts_with(word))
        && (facts.of_interface || facts.is_value || takes_of_library(program, starter))
        && program
            .mentioned_by_task(site)
            .into_iter()
            .any(|variable| is_of_call(program, variable, starter, DEPTH))
}

/// Whether a function is handed a value that a library makes, besides a context.
fn takes_of_library(program: &Program, function: FunctionId) -> bool {
    program
        .function(function)
        .parameters
        .iter()
        .any(|&parameter| {
            matches!(
                program.pointee(program.variable(parameter).ty),
                Type::Foreign(..)
            )
        })
}

/// Whether a variable is a parameter of a function, or made of one alone.
fn is_of_call(program: &Program, variable: VariableId, of: FunctionId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let known = program.variable(variable);
    match (known.kind, known.init) {
        (VariableKind::Parameter, _) => {
            known.function == Some(of) && program.library(known.ty) != Some(Library::Context)
        }
        (VariableKind::Local, Init::Value(value) | Init::Part(value, _) | Init::Element(value)) => {
            let comes = |part: ExprId| {
                matches!(*program.kind(part), ExprKind::Variable(from)
                    if from != variable && is_of_call(program, from, of, depth))
            };
            let mut parts = program.parts_of(value);
            // A method of a value of which nothing else is known.
            if let Some((_, call)) = program.call_of(value) {
                parts.extend(program.parts_of(call.callee));
            }
            parts.into_iter().any(comes)
        }
        _ => false,
    }
}
