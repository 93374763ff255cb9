//! Races in sets: all calls are put into a set of tasks or futures at once, and the first answer
//! ends the wait for it.

use super::answers::{ends_losers, ends_on_answer, lets_go};
use super::task::{better, waits_first, waits_for_others};
use super::{is_staggered, says_race};
use crate::model::types::Library;
use crate::model::{
    Api, Call, ExprId, ExprKind, FunctionId, Init, LoopKind, Op, Program, StepId, Type, VariableId,
    VariableKind,
};
use crate::rules::{Confidence, Findings};

/// How many values deep a chain of iterator methods is followed.
const MAX_CHAIN: u32 = 8;

/// Calls that run at once.
struct Start {
    /// Where they are put together: the loop, or the expression.
    at: StepId,
    /// The call that each of them is.
    asks: StepId,
    /// Whether they are for the members of a list that the code itself spells out.
    is_spelt_out: bool,
}

pub(super) fn check(program: &Program, findings: &mut Findings) {
    let mut firsts: Vec<StepId> = program.firsts.iter().copied().collect();
    firsts.sort_unstable();
    for first in firsts {
        let Some(call) = program.call(first) else {
            continue;
        };
        let set = call.receiver.and_then(|set| program.variable_or_field(set));
        let start = match set {
            Some(set) => filled_in_loop(program, first, set)
                .or_else(|| collected(program, first, set))
                .or_else(|| handed(program, first, set)),
            None => given(program, first, call),
        };
        if let Some(start) = start
            && let Some(confidence) = confidence(program, first, set, &start)
        {
            let confidence = match start.is_spelt_out {
                true => Confidence::Low,
                false => confidence,
            };
            say(program, first, &start, confidence, findings);
        }
    }
}

/// A loop over a list that puts one call for each element into the set.
fn filled_in_loop(program: &Program, first: StepId, set: VariableId) -> Option<Start> {
    let function = program.function_of(first);
    let puts = program.steps_of(function).into_iter().find_map(|step| {
        let asks = match program.op(step) {
            Op::Spawn(spawn) => {
                let group = spawn.group?;
                let is_set = program.library(program.expr(group).ty) == Some(Library::TaskSet);
                (is_set && program.variable_or_field(group) == Some(set))
                    .then(|| asked_by(program, spawn.target?))?
            }
            Op::Call(call) => {
                let is_put = program.variable_or_field(call.receiver?) == Some(set);
                let &[work] = program.list(call.args) else {
                    return None;
                };
                is_put.then(|| asked(program, work, MAX_CHAIN))?
            }
            _ => None,
        }?;
        let looped = program.enclosing_loop(step)?;
        Some((looped, asks))
    })?;
    let (at, asks) = puts;
    let Op::Loop(l) = program.op(at) else {
        return None;
    };
    let is_over_all = matches!(l.kind, LoopKind::Over(_) | LoopKind::Counted(_));
    let is_behind = program.is_before(at, first) && !program.is_inside(first, at);
    let is_spelt_out =
        matches!(l.kind, LoopKind::Over(over) if is_spelt_out(program, over, MAX_CHAIN));
    (is_over_all && is_behind && !is_staggered(program, l)).then_some(Start {
        at,
        asks,
        is_spelt_out,
    })
}

/// A set that was collected from an iterator of calls.
fn collected(program: &Program, first: StepId, set: VariableId) -> Option<Start> {
    let known = program.variable(set);
    let Init::Value(value) = known.init else {
        return None;
    };
    let (at, _) = program.call_of(value)?;
    let is_own = known.function == Some(program.function_of(first));
    let asks = asked_by_each(program, value, MAX_CHAIN)?;
    is_own.then_some(Start {
        at,
        asks,
        is_spelt_out: is_spelt_out(program, value, MAX_CHAIN),
    })
}

/// A set that a caller has filled, for a helper that takes the first answer out of it.
fn handed(program: &Program, first: StepId, set: VariableId) -> Option<Start> {
    let function = program.function_of(first);
    let at = program.parameter_at(set)?;
    program.callers[function.index()]
        .iter()
        .find_map(|&caller| {
            let &given = program.list(program.call(caller)?.args).get(at)?;
            let set = program.variable_or_field(given)?;
            let is_waited_for = program
                .firsts
                .iter()
                .any(|&other| waits_for(program, other) == Some(set));
            if is_waited_for {
                return None;
            }
            filled_in_loop(program, caller, set).or_else(|| collected(program, caller, set))
        })
}

/// The set for whose first answer a step waits.
fn waits_for(program: &Program, first: StepId) -> Option<VariableId> {
    program.variable_or_field(program.call(first)?.receiver?)
}

/// All that is handed to one wait for the first of them.
fn given(program: &Program, first: StepId, call: &Call) -> Option<Start> {
    let &value = program.list(call.args).first()?;
    let asks = asked_by_each(program, value, MAX_CHAIN)?;
    // Where failures are passed over, to have gone well is an answer too.
    let wants_success = program.callee_name(call.callee).ends_with("_ok");
    if !wants_success && only_works_off(program, value, asks) {
        return None;
    }
    Some(Start {
        at: first,
        asks,
        is_spelt_out: is_spelt_out(program, value, MAX_CHAIN),
    })
}

/// Whether each call is handed its element for good and yields nothing but whether it failed: it
/// works off what is its own, and whoever waits for the first of them learns that one has ended.
fn only_works_off(program: &Program, value: ExprId, asks: StepId) -> bool {
    let Some(each) = closure_for_each(program, value, MAX_CHAIN) else {
        return false;
    };
    let is_element = |&argument: &ExprId| match *program.kind(argument) {
        ExprKind::Variable(variable) => {
            program.function(each).parameters.contains(&variable)
                && program.moved.contains(&variable)
        }
        _ => false,
    };
    let yields_nothing = |function: FunctionId| {
        let results = &program.function(function).results;
        results
            .iter()
            .all(|&ty| matches!(program.underlying(ty), Type::Unit | Type::Error))
    };
    // What each does, itself or in a task that it starts for it.
    [each, program.function_of(asks)]
        .into_iter()
        .flat_map(|function| program.calls_in(program.function(function).body))
        .any(|(_, call)| {
            call.target.is_some_and(yields_nothing)
                && program.list(call.args).iter().any(is_element)
        })
}

/// Whether a chain of iterator methods begins at a constant of the code: a few names that whoever
/// wrote it has counted.
fn is_spelt_out(program: &Program, value: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match *program.kind(value) {
        ExprKind::Call(step) => program
            .call(step)
            .and_then(|call| call.receiver)
            .is_some_and(|on| is_spelt_out(program, on, depth)),
        ExprKind::Variable(variable) => {
            let known = program.variable(variable);
            match known.init {
                Init::Value(value) if known.kind == VariableKind::Local => {
                    is_spelt_out(program, value, depth)
                }
                Init::Value(value) => {
                    matches!(known.kind, VariableKind::Global | VariableKind::Constant)
                        && matches!(program.kind(value), ExprKind::Composite(..))
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// The closure that an iterator runs for each element.
fn closure_for_each(program: &Program, value: ExprId, depth: u32) -> Option<FunctionId> {
    let depth = depth.checked_sub(1)?;
    match *program.kind(value) {
        ExprKind::Call(step) => {
            let call = program.call(step)?;
            let closure =
                program
                    .list(call.args)
                    .iter()
                    .find_map(|&arg| match *program.kind(arg) {
                        ExprKind::Closure(function) => Some(function),
                        _ => None,
                    });
            closure.or_else(|| closure_for_each(program, call.receiver?, depth))
        }
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) => closure_for_each(program, value, depth),
            _ => None,
        },
        _ => None,
    }
}

/// The call that the closure of an iterator makes for each element.
fn asked_by_each(program: &Program, value: ExprId, depth: u32) -> Option<StepId> {
    let depth = depth.checked_sub(1)?;
    match *program.kind(value) {
        ExprKind::Call(step) => {
            let call = program.call(step)?;
            let by_closure =
                program
                    .list(call.args)
                    .iter()
                    .find_map(|&arg| match *program.kind(arg) {
                        ExprKind::Closure(function) => asked_by(program, function),
                        _ => None,
                    });
            by_closure.or_else(|| asked_by_each(program, call.receiver?, depth))
        }
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) => asked_by_each(program, value, depth),
            _ => None,
        },
        _ => None,
    }
}

/// The call that a future is, or makes.
fn asked(program: &Program, work: ExprId, depth: u32) -> Option<StepId> {
    let depth = depth.checked_sub(1)?;
    match *program.kind(work) {
        ExprKind::Closure(function) => asked_by(program, function),
        ExprKind::Call(step) => {
            let call = program.call(step)?;
            if let Some(target) = call.target
                && let Some(asks) = asked_by(program, target)
            {
                return Some(asks);
            }
            let name = program.callee_name(call.callee);
            (!waits_for_others(&name) && !name.starts_with("run")).then_some(step)
        }
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) => asked(program, value, depth),
            _ => None,
        },
        _ => None,
    }
}

/// The call by which a function, or what it runs, asks somebody.
fn asked_by(program: &Program, function: FunctionId) -> Option<StepId> {
    let mut functions = program.reach(function);
    // A function that yields a block which is still to be run asks what the block asks.
    let yielded: Vec<FunctionId> = functions
        .iter()
        .filter_map(|&of| yielded_block(program, of))
        .flat_map(|block| program.reach(block))
        .collect();
    functions.extend(yielded);
    let steps: Vec<StepId> = functions
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .collect();
    let own = steps
        .iter()
        .filter(|&&step| !is_about_a_value(program, step))
        .fold(None, |best, &step| better(program, best, step));
    let mut run = vec![function];
    run.extend(yielded_block(program, function));
    if let Some(asks) = own {
        run.push(program.function_of(asks));
        if waits_first(program, &run, asks) {
            return None;
        }
    }
    own.or_else(|| {
        let started = steps.iter().filter_map(|&step| program.spawn(step)?.target);
        let mut asked = started.filter(|&task| task != function).map(|task| {
            program
                .steps_of(task)
                .into_iter()
                .fold(None, |best, step| better(program, best, step))
        });
        asked.find_map(|asks| asks)
    })
}

/// The block that a function returns, at its end. One that goes round until something ends it
/// listens, and asks nobody.
fn yielded_block(program: &Program, function: FunctionId) -> Option<FunctionId> {
    let &last = program
        .block(program.function(function).body)
        .steps
        .last()?;
    let Op::Return(values) = *program.op(last) else {
        return None;
    };
    match (program.list(values), program.function(function).has_body) {
        (&[value], true) => match *program.kind(value) {
            ExprKind::Closure(block) => {
                let mut steps = program.steps_of(block).into_iter();
                (!steps.any(|step| program.is_endless(step))).then_some(block)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Words that begin the names of methods which ask somebody, though they are given nothing.
const ASKS: &[&str] = &[
    "query", "get", "fetch", "call", "request", "ask", "ping", "connect", "resolve", "lookup",
    "read", "load", "send", "execute", "check", "download", "probe", "dial", "health", "list",
    "search", "find", "status",
];

/// Methods that change an outcome or hand it to something.
const OUTCOMES: &[&str] = &[
    "map",
    "map_err",
    "map_ok",
    "and_then",
    "or_else",
    "ok_or",
    "ok_or_else",
    "unwrap_or",
    "unwrap_or_else",
    "expect",
    "then",
    "filter",
    "filter_map",
    "context",
    "with_context",
];

/// Whether a call asks nobody: it gives what a value has, or changes what has come.
fn is_about_a_value(program: &Program, step: StepId) -> bool {
    program.call(step).is_some_and(|call| {
        let name = program.callee_name(call.callee);
        call.api == Api::Other
            && match call.receiver.is_some() && call.args.len == 0 {
                true => !ASKS.iter().any(|word| name.starts_with(word)),
                false => OUTCOMES.contains(&name.as_str()),
            }
    })
}

/// How sure it is that the first answer is all that is wanted.
fn confidence(
    program: &Program,
    first: StepId,
    set: Option<VariableId>,
    start: &Start,
) -> Option<Confidence> {
    if let Some(around) = program.enclosing_loop(first) {
        // A loop around both goes on filling the set: every answer is used in its turn.
        if start.at == around || program.is_inside(start.at, around) {
            return None;
        }
        let sure = match ends_losers(program, first, set) {
            true => Confidence::Low,
            false => Confidence::Medium,
        };
        return ends_on_answer(program, around, first).then_some(sure);
    }
    let Some(set) = set else {
        return Some(Confidence::Medium);
    };
    let waits_again = program
        .firsts
        .iter()
        .any(|&other| other != first && waits_for(program, other) == Some(set));
    if waits_again {
        return None;
    }
    // The first of several that run for long ends all: they are no answers.
    let says_race = [program.function_of(first), program.function_of(start.at)]
        .into_iter()
        .any(|function| says_race(program, function));
    Some(if says_race || lets_go(program, first, set) {
        Confidence::Medium
    } else {
        Confidence::Low
    })
}

fn say(
    program: &Program,
    first: StepId,
    start: &Start,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let callee = program.show_called(start.asks);
    let finding = findings.at(
        program.span(start.at),
        confidence,
        format!("calls `{callee}` on all at once and takes the first answer"),
    );
    finding
        .why("Every request costs as much as all replicas together, also when none of them is slow. When they are slow, the copies are what slows them down further. Dropping the losers ends the wait for them here, and seldom the work that they began there.")
        .fix("Start one; start the next when a delay has passed, for instance the 95th percentile of this call, or when the last one failed. Keep the calls in the set, so that the first answer drops the others.")
        .about(callee)
        .because(program.span(start.asks), "each of them calls here");
    if first != start.at {
        finding.because(program.span(first), "the first answer is taken here");
    }
    finding.function = Some(program.function_of(first));
}
