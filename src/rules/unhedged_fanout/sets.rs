//! Races in sets: all calls are put into a set of tasks or futures at once, and the first answer
//! ends the wait for it.

use super::task::{better, outcome_at, waits_for_others};
use super::{is_staggered, says_race};
use crate::model::flow::Exit;
use crate::model::types::Library;
use crate::model::{
    Api, BinaryOp, Call, ExprId, ExprKind, FunctionId, Init, LoopKind, Op, Owner, Program, StepId,
    Type, VariableId, VariableKind,
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
            Some(set) => {
                filled_in_loop(program, first, set).or_else(|| collected(program, first, set))
            }
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
    let steps: Vec<StepId> = program
        .reach(function)
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .collect();
    let own = steps
        .iter()
        .filter(|&&step| !is_about_a_value(program, step))
        .fold(None, |best, &step| better(program, best, step));
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
    let waits_again = program.firsts.iter().any(|&other| {
        other != first
            && program
                .call(other)
                .and_then(|call| program.variable_or_field(call.receiver?))
                == Some(set)
    });
    if waits_again {
        return None;
    }
    // The first of several that run for long ends all: they are no answers.
    Some(if says_race(program, program.function_of(first)) {
        Confidence::Medium
    } else {
        Confidence::Low
    })
}

/// Whether the function ends what is left in the set by a word of its own.
fn ends_losers(program: &Program, first: StepId, set: Option<VariableId>) -> bool {
    program
        .steps_of(program.function_of(first))
        .into_iter()
        .any(|step| {
            program.call(step).is_some_and(|call| {
                let on = call.receiver.and_then(|on| program.variable_or_field(on));
                call.api == Api::Cancel && on.is_some() && on == set
            })
        })
}

/// Whether an answer that went well ends the loop: not the end of the set, not a count.
fn ends_on_answer(program: &Program, around: StepId, first: StepId) -> bool {
    program
        .loop_exits(around)
        .into_iter()
        .filter(|(_, exit)| *exit != Exit::Away)
        .any(|(step, _)| {
            let asked = program
                .ancestors(step)
                .take_while(|(of, _)| *of != around)
                .try_fold(false, |is_asked, (of, owner)| match program.op(of) {
                    Op::Branch { condition, .. } => {
                        let is_then = matches!(owner, Owner::Then(_));
                        match asks(program, *condition, first) {
                            Ask::WhetherAny => is_then.then_some(is_asked),
                            Ask::WhetherGood => is_then.then_some(true),
                            Ask::Other => None,
                        }
                    }
                    Op::Switch { .. } | Op::Loop(_) => None,
                    _ => Some(is_asked),
                });
            asked.is_some_and(|is_asked| is_asked || outcome_at(program, step) == Some(false))
        })
}

/// What a condition behind a wait asks.
enum Ask {
    /// Whether the set had anything left.
    WhetherAny,
    /// Whether the answer is one.
    WhetherGood,
    Other,
}

fn asks(program: &Program, condition: ExprId, first: StepId) -> Ask {
    if program.failure_test(condition) == Some(false) {
        return Ask::WhetherGood;
    }
    match *program.kind(condition) {
        ExprKind::Variable(found) => match program.variable(found).init {
            Init::Part(of, 1) if program.call_of(of).is_some_and(|(step, _)| step == first) => {
                Ask::WhetherAny
            }
            Init::Part(_, 1) => Ask::WhetherGood,
            _ => Ask::Other,
        },
        // A result that has no error, an option that has a value.
        ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, _, nothing)
            if matches!(program.kind(nothing), ExprKind::Nil) =>
        {
            Ask::WhetherGood
        }
        _ => Ask::Other,
    }
}

fn say(
    program: &Program,
    first: StepId,
    start: &Start,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let callee = program
        .call(start.asks)
        .map_or(String::new(), |call| program.show(call.callee));
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
