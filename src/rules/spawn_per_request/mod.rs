//! BP03: a handler starts a task per request with nothing that bounds them.
//!
//! 1. The spawn stands in a handler, or in a function that a handler runs on its own task.
//! 2. What bounds it: a permit that travels with the task, a limited group, a number that is
//!    asked, somebody who waits for the task before the handler returns.
//! 3. What makes it one per open request at most: the task ends with the handler, or the handler
//!    stays while the task runs.
//! 4. A loop that accepts connections or fetches messages is a handler in all but form.

mod answers;
mod bounds;
mod claims;

use super::handlers::{self, Entries, Entry};
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::{
    Api, BinaryOp, ExprKind, FunctionId, FunctionKind, Handler, Init, LoopKind, Op, Program,
    StepId, Type, VariableId, VariableKind,
};
use answers::{feeds_answer, only_drives, only_passes_on};
pub(super) use bounds::ends_something;
use bounds::{
    acknowledges, is_bounded, is_long_lived, is_streaming, serves, shares_a_pair, takes_over,
    waits_for_rate, watches,
};

pub(super) static RULE: Rule = Rule {
    code: "BP03",
    slug: "spawn-per-request",
    summary: "a handler starts a task per request with nothing that bounds them",
    level: Level::Junior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &["C3"],
    page: include_str!("../../../rules/BP03-spawn-per-request/README.md"),
    check,
};

/// As many calls away as a claim stays as sure as in the handler itself.
const NEAR: u32 = 1;
/// As many calls away as it is more than worth a look.
const FAR: u32 = 2;

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut entries: Option<Entries> = None;
    let mut said = Vec::new();
    for step in program.step_ids() {
        if program.spawn(step).is_none() || program.started_elsewhere.contains(&step) {
            continue;
        }
        let entries = entries.get_or_insert_with(|| Entries::of(program));
        let starter = program.function_of(step);
        match entries.at(starter) {
            Some(entry) => in_handler(program, step, entry, entries, &mut said, findings),
            None => in_loop(program, step, findings),
        }
    }
}

fn in_handler(
    program: &Program,
    step: StepId,
    entry: Entry,
    entries: &Entries,
    said: &mut Vec<StepId>,
    findings: &mut Findings,
) {
    // What only starts what it is handed is judged by who hands it over.
    if starts_what_it_is_given(program, step) {
        let loud = program.callers[program.function_of(step).index()]
            .iter()
            .filter_map(|&call| Some((call, entries.at(program.function_of(call))?)))
            .find(|&(call, entry)| !is_paced(program, call, entry, entries.run_by(entry.root)));
        if let Some((call, entry)) = loud {
            say(program, call, entry, said, findings);
        }
        return;
    }
    if is_paced(program, step, entry, entries.run_by(entry.root)) {
        return;
    }
    say(program, step, entry, said, findings);
}

/// Whether what a function starts is a future that it is handed, whichever that is.
fn starts_what_it_is_given(program: &Program, step: StepId) -> bool {
    let starter = program.function_of(step);
    let facts = program.function(starter);
    let is_given = |&variable: &VariableId| {
        facts.parameters.contains(&variable)
            && matches!(
                program.underlying(program.variable(variable).ty),
                Type::Unknown | Type::Interface
            )
    };
    let Some(spawn) = program.spawn(step) else {
        return false;
    };
    let is_plain = facts.kind == FunctionKind::Plain && facts.handler.is_none();
    let itself = program.variable_of(spawn.callee);
    is_plain
        && match (itself, spawn.target) {
            (Some(itself), _) => is_given(&itself),
            // It may be wrapped on the way, by what is not in view.
            (None, None) => program.mentioned_by(step).iter().any(is_given),
            _ => false,
        }
}

/// Whether tasks of a place are bounded, or tied to something that the handler or its client holds.
fn is_paced(program: &Program, step: StepId, entry: Entry, runners: &[FunctionId]) -> bool {
    if is_bounded(program, step, runners) || super::permit_released_early::is_said(program, step) {
        return true;
    }
    let is_of_stream = entry.handler == Handler::Rpc && is_streaming(program, entry.root)
        || takes_over(program, program.function_of(step));
    let is_for_each = std::iter::once(step)
        .chain(entry.via)
        .any(|at| is_per_item(program, at));
    let lives_with_it = !is_for_each
        && (is_of_stream
            || program.ends_with_starter(step)
            || program.stays_after(step)
            || shares_a_pair(program, step));
    lives_with_it
        || overflows(program, step)
        || only_drives(program, step)
        || feeds_answer(program, step)
}

fn say(
    program: &Program,
    step: StepId,
    entry: Entry,
    said: &mut Vec<StepId>,
    findings: &mut Findings,
) {
    let Some(mut confidence) = confidence(program, step, entry) else {
        return;
    };
    if said.iter().any(|&first| is_one_more(program, first, step)) {
        confidence = Confidence::Low;
    } else if confidence > Confidence::Low {
        said.push(step);
    }
    let (what, each) = match entry.handler {
        Handler::Request => ("request handler", "request"),
        Handler::Rpc => ("RPC method", "call"),
        Handler::Message => ("message callback", "message"),
        Handler::Connection => ("connection handler", "connection"),
    };
    let name = program.function_name(entry.root);
    let message = if entry.calls == 0 {
        format!("the {what} `{name}` starts a goroutine for each {each}, and nothing bounds them")
    } else {
        format!("runs for each {each} of `{name}` and starts a goroutine that nothing bounds")
    };
    let finding = findings.at(program.span(step), confidence, message);
    finding
        .why(format!("The handler returns at once, so work comes in as fast as it can be parsed, not as fast as it can be done. When the work slows down, goroutines pile up with all that each holds, until memory, descriptors or whatever they compete for runs out. How many there are is decided by who sends the {each}s."))
        .fix("Hand the work to a fixed number of workers through a bounded queue and refuse when it is full; or take a slot before the spawn and give it back inside the goroutine; or do the work in the handler, when the client waits for it anyway.")
        .about(name);
    finding.function = Some(program.function_of(step));
    if entry.calls > 0 {
        finding.because(
            program.function(entry.root).head,
            format!("the {what} that leads here"),
        );
    }
    if let Some(via) = entry.via {
        finding.because(program.span(via), "called for each of them here");
    }
}

/// Whether each call that starts a task here has started another one before, which has been said
/// of the function already, and here only some do.
fn is_one_more(program: &Program, first: StepId, step: StepId) -> bool {
    program.function_of(first) == program.function_of(step)
        && program.dominates(first, step)
        && program.ancestors(step).any(|(around, _)| {
            matches!(program.op(around), Op::Branch { .. } | Op::Switch { .. })
                && program.is_before(first, around)
        })
}

fn confidence(program: &Program, step: StepId, entry: Entry) -> Option<Confidence> {
    let mut confidence = match entry.handler {
        Handler::Request | Handler::Rpc => Confidence::High,
        Handler::Message => Confidence::Medium,
        Handler::Connection => return None,
    };
    if entry.calls > FAR || claims::starts_for_everybody(program, step) {
        confidence = Confidence::Low;
    } else if entry.calls > NEAR {
        confidence = confidence.lowered();
    }
    if is_long_lived(program, step) || serves(program, step) || watches(program, step) {
        if takes_over(program, entry.root) {
            return None;
        }
        confidence = Confidence::Low;
    }
    if program.file(program.span(step).file).is_test {
        confidence = confidence.lowered();
    }
    if entry.handler == Handler::Message && acknowledges(program, step)
        || waits_for_rate(program, step)
        || claims::is_kept_by_what_it_is_for(program, step)
        || claims::is_for_the_last_part(program, step)
    {
        confidence = Confidence::Low;
    }
    Some(confidence)
}

/// Whether a spawn stands in a loop that takes messages one after the other, so that there is
/// one task per message and not per open stream.
fn is_per_item(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(around, _)| {
        program.op_loop(around).is_some_and(|l| {
            if matches!(l.kind, LoopKind::Over(_) | LoopKind::Counted(_))
                || program.leaves_loop(step, around)
            {
                return false;
            }
            program
                .steps_in(l.head)
                .into_iter()
                .chain(program.steps_in(l.body))
                .any(|inner| {
                    matches!(program.call(inner), Some(call) if call.api == Api::MessageFetch)
                })
                || matches!(l.kind, LoopKind::Channel(_))
        })
    })
}

/// Whether the full branch of a try-send starts the task: BP14 says so.
fn overflows(program: &Program, step: StepId) -> bool {
    super::overflow_spawn::is_overflow(program, step)
}

/// Where a task is started again and again outside of handlers.
struct Turn {
    /// The start itself, or the call in the loop that leads to it.
    at: StepId,
    looped: StepId,
    /// What the loop takes the next one from.
    source: Option<StepId>,
}

/// The loop around a start of a task, outside of handlers; or, where it stands in none, the loop
/// that takes messages and calls the function for each of them.
fn turn_of(program: &Program, step: StepId) -> Option<Turn> {
    let turn = |at: StepId| {
        let looped = program
            .ancestors(at)
            .map(|(around, _)| around)
            .find(|&around| {
                program
                    .op_loop(around)
                    .is_some_and(|l| !matches!(l.kind, LoopKind::Over(_) | LoopKind::Counted(_)))
            })
            .filter(|&looped| !program.leaves_loop(at, looped))?;
        let source = program.loop_source(looped, at);
        Some(Turn { at, looped, source })
    };
    if let Some(here) = turn(step) {
        return (here.source.is_some() || is_message_task(program, step)).then_some(here);
    }
    let starter = program.function_of(step);
    let takes_message = |turn: &Turn| {
        let source = turn.source.and_then(|source| program.call(source));
        source.is_some_and(|call| call.api == Api::MessageFetch) && hands_message(program, turn)
    };
    // What only some messages lead to may be rare.
    let is_for_each = program
        .ancestors(step)
        .all(|(around, _)| matches!(program.op(around), Op::Scope(_)));
    if !is_for_each || program.is_closure(starter) {
        return None;
    }
    let callers = program.callers[starter.index()].iter();
    callers.filter_map(|&call| turn(call)).find(takes_message)
}

/// Whether a call in a loop is handed the message that the loop took, or a part of it.
fn hands_message(program: &Program, turn: &Turn) -> bool {
    let Op::Call(call) = program.op(turn.at) else {
        return false;
    };
    let looped = program.span(turn.looped);
    let is_of_turn = |variable: VariableId| {
        let facts = program.variable(variable);
        facts.kind == VariableKind::Local && looped.contains(facts.span)
    };
    let mut handed = program.list(call.args).iter().copied();
    handed.any(|argument| {
        program
            .parts_of(argument)
            .into_iter()
            .filter_map(|part| program.variable_of(part))
            .any(is_of_turn)
    })
}

/// A spawn in a loop outside of handlers: per connection, or per message.
fn in_loop(program: &Program, step: StepId, findings: &mut Findings) {
    let Some(Turn { at, looped, source }) = turn_of(program, step) else {
        return;
    };
    let around = [program.function_of(at)];
    let runners = match at == step {
        true => &[][..],
        false => &around[..],
    };
    let file = program.span(step).file;
    if program.file(file).is_test
        || is_bounded(program, step, runners)
        || is_limited_loop(program, looped, at)
        || ends_something(program, step)
        || is_long_lived(program, step)
        || source.is_some_and(|source| listens_with_limit(program, source))
    {
        return;
    }
    let is_accept =
        source.is_some_and(|at| matches!(program.call(at), Some(call) if call.api == Api::Accept));
    let (confidence, each) = if is_accept {
        (Confidence::Low, "connection")
    } else if acknowledges(program, step)
        || claims::is_for_an_arrival(program, step)
        || only_passes_on(program, step)
    {
        (Confidence::Low, "message")
    } else {
        (Confidence::Medium, "message")
    };
    let finding = findings.at(
        program.span(step),
        confidence,
        format!("starts a goroutine for each {each}, and nothing bounds them"),
    );
    finding
        .why(format!("The loop takes the next {each} as soon as the goroutine is started, however many are still at work. How many there can be is decided by the other side."))
        .fix(if is_accept {
            "Take a slot before accepting and give it back when the connection is done, or limit the listener. Say where connections are limited, if they are."
        } else {
            "Take a slot before the spawn and give it back inside the goroutine, or start a fixed number of workers that each run this loop."
        })
        .about(program.function_name(program.function_of(step)));
    finding.function = Some(program.function_of(step));
    if let Some(source) = source {
        finding.because(
            program.span(source),
            format!("the next {each} is taken here"),
        );
    }
    if at != step {
        finding.because(program.span(at), "called for each of them here");
    }
}

/// Whether a task handles one message: it is a message callback, or runs one.
fn is_message_task(program: &Program, step: StepId) -> bool {
    program
        .spawn(step)
        .and_then(|spawn| spawn.target)
        .is_some_and(|target| {
            std::iter::once(target)
                .chain(program.runs(target).iter().copied())
                .any(|function| program.function(function).handler == Some(Handler::Message))
        })
}

/// Whether the loop leaves a turn out when there are too many.
fn is_limited_loop(program: &Program, looped: StepId, step: StepId) -> bool {
    handlers::conditions_before(program, step)
        .into_iter()
        .filter(|&condition| program.span_of(condition).start > program.span(looped).start)
        .flat_map(|condition| program.parts_of(condition))
        .any(|part| match *program.kind(part) {
            ExprKind::Binary(
                BinaryOp::Greater | BinaryOp::GreaterEqual | BinaryOp::Less | BinaryOp::LessEqual,
                left,
                right,
            ) => [left, right].into_iter().any(|side| {
                matches!(
                    *program.kind(side),
                    ExprKind::Length(_) | ExprKind::Field(..) | ExprKind::Call(_)
                )
            }),
            _ => false,
        })
}

/// Whether a listener was made by something that limits connections.
fn listens_with_limit(program: &Program, accept: StepId) -> bool {
    let Some(listener) = program.call(accept).and_then(|call| call.receiver) else {
        return false;
    };
    let Some(object) = program.object_of(listener) else {
        return false;
    };
    program.object(object).variables.iter().any(|&variable| {
        let variable = program.variable(variable);
        let by_value = match variable.init {
            Init::Value(value) | Init::Part(value, _) => {
                is_limiter(program, value)
            }
            _ => false,
        };
        by_value
            || variable.kind == VariableKind::Local
                && matches!(*program.pointee(variable.ty), Type::Foreign(_, name) if program.text(name).contains("Limit"))
    }) || program.object(object).writes.iter().any(|&write| match program.op(write) {
        Op::Assign(assign) => program
            .list(assign.values)
            .iter()
            .any(|&value| is_limiter(program, value)),
        _ => false,
    })
}

fn is_limiter(program: &Program, value: crate::model::ExprId) -> bool {
    program.call_of(value).is_some_and(|(_, call)| {
        program
            .callee_name(call.callee)
            .to_ascii_lowercase()
            .contains("limit")
    })
}
