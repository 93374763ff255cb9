//! What is repeated is felt by others: it leaves the process.

use super::says;
use crate::model::{Api, Call, ExprKind, FunctionId, Library, Program};

/// Words in calls that leave the process, and in what they are called on.
const REMOTE: &[&str] = &[
    "client", "conn", "grpc", "http", "rpc", "dial", "remote", "server",
];
/// Words in the names of such calls. What is asked, or asks, need not be elsewhere.
const REMOTE_CALLS: &[&str] = &["request", "publish", "upload", "query"];

/// Whether a call leaves the process, itself or by what it runs: a function in view, or what a
/// caller hands in to be run.
pub(super) fn reaches_others(program: &Program, call: &Call) -> bool {
    leaves(program, call)
        || call
            .target
            .is_some_and(|target| has_outbound(program, target))
        || handed_in(program, call)
            .into_iter()
            .any(|function| has_outbound(program, function))
}

fn has_outbound(program: &Program, function: FunctionId) -> bool {
    program.reach(function).into_iter().any(|function| {
        let calls = program.calls_in(program.function(function).body);
        calls.into_iter().any(|(_, call)| leaves(program, call))
    })
}

/// What callers in view hand in where a call runs a parameter of its function.
pub(super) fn handed_in(program: &Program, call: &Call) -> Vec<FunctionId> {
    let Some(parameter) = program.variable_of(call.callee) else {
        return Vec::new();
    };
    let known = program.variable(parameter);
    let (Some(function), Some(at)) = (known.function, program.parameter_at(parameter)) else {
        return Vec::new();
    };
    let callers = program.callers[function.index()].iter();
    callers
        .filter_map(|&caller| program.call(caller))
        .filter_map(|call| program.list(call.args).get(at).copied())
        .filter_map(|given| match *program.kind(given) {
            ExprKind::Closure(closure) => Some(closure),
            _ => None,
        })
        .collect()
}

pub(super) fn leaves(program: &Program, call: &Call) -> bool {
    let takes_context = || {
        let arguments = program.list(call.args);
        arguments
            .iter()
            .any(|&argument| program.library(program.expr(argument).ty) == Some(Library::Context))
    };
    let is_of_others = |target: FunctionId| {
        !program.function(target).has_body && program.asynchronous.contains(&target)
    };
    call.api == Api::Outbound
        || call.target.is_some_and(is_of_others)
        || call.api == Api::Other
            && call.target.is_none()
            && (takes_context()
                || says(&program.show(call.callee), REMOTE)
                || says(&program.callee_name(call.callee), REMOTE_CALLS))
}
