//! BP03: a handler starts a task per request with nothing that bounds them.
//!
//! 1. The spawn stands in a handler, or in a function that a handler runs on its own task.
//! 2. What bounds it: a permit that travels with the task, a limited group, a number that is
//!    asked, somebody who waits for the task before the handler returns.
//! 3. What makes it one per open request at most: the task ends with the handler, or the handler
//!    stays while the task runs.
//! 4. A loop that accepts connections or fetches messages is a handler in all but form.

use super::handlers::{self, Entries, Entry};
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::{
    Api, BinaryOp, ExprKind, FunctionId, FunctionKind, Handler, Init, Library, LoopKind, Op,
    Program, StepId, Type, VariableKind,
};

pub(super) static RULE: Rule = Rule {
    code: "BP03",
    slug: "spawn-per-request",
    summary: "a handler starts a task per request with nothing that bounds them",
    level: Level::Junior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &["C3"],
    page: include_str!("../../rules/BP03-spawn-per-request/README.md"),
    check,
};

/// As many calls away as a claim stays as sure as in the handler itself.
const NEAR: u32 = 1;
/// As many calls away as it is more than worth a look.
const FAR: u32 = 2;

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut entries: Option<Entries> = None;
    for step in program.step_ids() {
        if program.spawn(step).is_none() {
            continue;
        }
        let entries = entries.get_or_insert_with(|| Entries::of(program));
        let starter = program.function_of(step);
        match entries.at(starter) {
            Some(entry) => in_handler(program, step, entry, entries, findings),
            None => in_loop(program, step, findings),
        }
    }
}

fn in_handler(
    program: &Program,
    step: StepId,
    entry: Entry,
    entries: &Entries,
    findings: &mut Findings,
) {
    let runners = entries.run_by(entry.root);
    if is_bounded(program, step, runners) || super::permit_released_early::is_said(program, step) {
        return;
    }
    let per_item = is_per_item(program, step);
    let is_of_stream = entry.handler == Handler::Rpc && is_streaming(program, entry.root)
        || takes_over(program, program.function_of(step));
    if !per_item
        && (is_of_stream
            || program.ends_with_starter(step)
            || program.stays_after(step)
            || shares_a_pair(program, step))
    {
        return;
    }
    if overflows(program, step) {
        return;
    }
    let Some(confidence) = confidence(program, step, entry) else {
        return;
    };
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

fn confidence(program: &Program, step: StepId, entry: Entry) -> Option<Confidence> {
    let mut confidence = match entry.handler {
        Handler::Request | Handler::Rpc => Confidence::High,
        Handler::Message => Confidence::Medium,
        Handler::Connection => return None,
    };
    if entry.calls > FAR {
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
    {
        confidence = Confidence::Low;
    }
    Some(confidence)
}

/// Whether the number of tasks that a spawn can leave behind has a bound in view.
fn is_bounded(program: &Program, step: StepId, runners: &[FunctionId]) -> bool {
    is_of_limited_group(program, step)
        || handlers::happens_once(program, step)
        || handlers::is_counted(program, step)
        || handlers::carries_permit(program, step, runners)
        || program.join_of(step, runners).is_some()
        || ends_something(program, step)
        || asks_for_the_number(program, step)
}

/// A group with a limit, or one of a kind that is not in view and may have one.
fn is_of_limited_group(program: &Program, step: StepId) -> bool {
    let Some(group) = program.spawn(step).and_then(|spawn| spawn.group) else {
        return false;
    };
    match program.library(program.expr(group).ty) {
        Some(Library::TaskGroup) => program.object_of(group).is_some_and(|object| {
            program.object(object).calls.iter().any(
                |&call| matches!(program.call(call), Some(call) if call.api == Api::GroupLimit),
            )
        }),
        Some(Library::WaitGroup) => false,
        _ => true,
    }
}

/// A request that stops or closes something is answered before that is done.
pub(super) fn ends_something(program: &Program, step: StepId) -> bool {
    let Some(spawn) = program.spawn(step) else {
        return false;
    };
    let name = program.callee_name(spawn.callee);
    if name == "panic"
        || is_ending(&name)
        || spawn.target.is_some_and(|target| {
            is_ending(program.text(program.function(target).name))
                && !matches!(program.function(target).kind, FunctionKind::Closure(_))
        })
    {
        return true;
    }
    let Some(target) = spawn.target else {
        return false;
    };
    let calls: Vec<_> = program
        .steps_of(target)
        .into_iter()
        .filter(|&inner| !program.is_deferred(inner))
        .filter_map(|inner| program.call(inner))
        .collect();
    let is_exit = calls.iter().any(|call| call.api == Api::Exit);
    let mut work = calls
        .iter()
        .filter(|call| matches!(call.api, Api::Other | Api::OnceDo))
        .map(|call| program.callee_name(call.callee));
    is_exit || work.next().is_some_and(|name| is_ending(&name))
}

/// Words in the names of what brings something to its end.
const ENDINGS: &[&str] = &[
    "close",
    "shutdown",
    "stop",
    "disconnect",
    "cleanup",
    "terminate",
    "restart",
    "kill",
];

fn is_ending(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ENDINGS.iter().any(|word| lower.contains(word))
}

/// Whether the task serves others until it is told to stop.
fn serves(program: &Program, step: StepId) -> bool {
    let Some(spawn) = program.spawn(step) else {
        return false;
    };
    let is_serving = |call: &crate::model::Call| {
        let name = program.callee_name(call.callee).to_ascii_lowercase();
        call.api == Api::Serve || name.starts_with("serve") || name.starts_with("listen")
    };
    let name = program.callee_name(spawn.callee).to_ascii_lowercase();
    name.starts_with("serve")
        || name.starts_with("listen")
        || spawn.target.is_some_and(|target| {
            program
                .steps_of(target)
                .into_iter()
                .filter_map(|inner| program.call(inner))
                .any(is_serving)
        })
}

/// Whether the task first waits for something that lives on: a process, a session, a context.
fn watches(program: &Program, step: StepId) -> bool {
    let Some(target) = program.spawn(step).and_then(|spawn| spawn.target) else {
        return false;
    };
    let first = program
        .steps_of(target)
        .into_iter()
        .filter(|&inner| !program.is_deferred(inner))
        .find(|&inner| match program.op(inner) {
            Op::Call(call) => matches!(call.api, Api::Other | Api::GroupWait),
            Op::Receive { .. } | Op::Send { .. } => true,
            _ => false,
        });
    first.is_some_and(|first| match program.op(first) {
        Op::Call(call) => program
            .callee_name(call.callee)
            .to_ascii_lowercase()
            .starts_with("wait"),
        Op::Receive { channel, .. } => program.is_done_source(*channel),
        _ => false,
    })
}

/// Whether an RPC method works on a stream and so stays as long as its client.
fn is_streaming(program: &Program, root: FunctionId) -> bool {
    let function = program.function(root);
    function.results.len() == 1
        && function.parameters.iter().all(|&parameter| {
            program.library(program.variable(parameter).ty) != Some(Library::Context)
        })
}

/// Whether the task holds one end of what the function made in a pair, and the function works on
/// the other end: a pipe.
fn shares_a_pair(program: &Program, step: StepId) -> bool {
    let starter = program.function_of(step);
    let of_task = program.mentioned_by_task(step);
    let ends: Vec<(crate::model::ExprId, u32)> = of_task
        .iter()
        .filter(|&&variable| {
            let of = program.variable(variable);
            of.kind == VariableKind::Local
                && of.function == Some(starter)
                && matches!(program.pointee(of.ty), Type::Unknown | Type::Foreign(..))
        })
        .filter_map(|&variable| match program.variable(variable).init {
            Init::Part(value, at) => Some((value, at)),
            _ => None,
        })
        .collect();
    if ends.is_empty() {
        return false;
    }
    program
        .after(step)
        .into_iter()
        .flat_map(|after| program.mentioned_by(after))
        .any(|variable| match program.variable(variable).init {
            Init::Part(value, at) => ends.iter().any(|&(pair, end)| {
                pair == value
                    && end != at
                    && matches!(
                        program.pointee(program.variable(variable).ty),
                        Type::Unknown | Type::Foreign(..)
                    )
                    && !program
                        .text(program.variable(variable).name)
                        .starts_with("err")
            }),
            _ => false,
        })
}

/// Whether the number of tasks in the process is asked before the spawn.
fn asks_for_the_number(program: &Program, step: StepId) -> bool {
    handlers::conditions_before(program, step)
        .into_iter()
        .flat_map(|condition| program.parts_of(condition))
        .any(|part| match *program.kind(part) {
            ExprKind::Call(call) => program
                .call(call)
                .is_some_and(|call| program.callee_name(call.callee) == "NumGoroutine"),
            _ => false,
        })
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

/// Whether the task is a loop that waits for work until it is told to stop.
fn is_long_lived(program: &Program, step: StepId) -> bool {
    program.task_of(step).into_iter().take(3).any(|function| {
        program.steps_of(function).into_iter().any(|inner| {
            program.op_loop(inner).is_some_and(|l| {
                matches!(l.kind, LoopKind::Channel(_))
                    || program.is_endless(inner)
                        && program.steps_in(l.body).into_iter().any(|waits| {
                            matches!(program.op(waits), Op::Select(_) | Op::Receive { .. })
                                || matches!(program.call(waits), Some(call) if matches!(call.api, Api::MessageFetch | Api::Accept))
                        })
            })
        })
    })
}

/// Whether a handler takes the connection over, so that it goes on after the return.
fn takes_over(program: &Program, root: FunctionId) -> bool {
    program.steps_of(root).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            let name = program.callee_name(call.callee);
            matches!(name.as_str(), "Upgrade" | "Hijack" | "UpgradeHTTP")
                || name == "Accept" && call.args.len >= 2
        })
    })
}

/// Whether the task tells the broker that the message is done, so that the broker's own limit on
/// open messages bounds the tasks.
fn acknowledges(program: &Program, step: StepId) -> bool {
    program
        .task_of(step)
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .filter_map(|inner| program.call(inner))
        .any(|call| {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            [
                "ack",
                "nack",
                "nak",
                "term",
                "commit",
                "finish",
                "markmessage",
            ]
            .iter()
            .any(|known| name.starts_with(known))
        })
}

fn waits_for_rate(program: &Program, step: StepId) -> bool {
    let function = program.function_of(step);
    program
        .before(step, function)
        .into_iter()
        .any(|before| matches!(program.call(before), Some(call) if call.api == Api::RateWait))
}

/// A spawn in a loop outside of handlers: per connection, or per message.
fn in_loop(program: &Program, step: StepId, findings: &mut Findings) {
    let looped = program
        .ancestors(step)
        .map(|(around, _)| around)
        .find(|&around| {
            program
                .op_loop(around)
                .is_some_and(|l| !matches!(l.kind, LoopKind::Over(_) | LoopKind::Counted(_)))
        });
    let Some(looped) = looped.filter(|&looped| !program.leaves_loop(step, looped)) else {
        return;
    };
    let source = program.loop_source(looped, step);
    let per_message = is_message_task(program, step);
    if source.is_none() && !per_message {
        return;
    }
    let file = program.span(step).file;
    if program.file(file).is_test
        || is_bounded(program, step, &[])
        || is_limited_loop(program, looped, step)
        || ends_something(program, step)
        || is_long_lived(program, step)
        || source.is_some_and(|source| listens_with_limit(program, source))
    {
        return;
    }
    let is_accept =
        source.is_some_and(|at| matches!(program.call(at), Some(call) if call.api == Api::Accept));
    let (confidence, each) = match (is_accept, acknowledges(program, step)) {
        (true, _) => (Confidence::Low, "connection"),
        (false, true) => (Confidence::Low, "message"),
        (false, false) => (Confidence::Medium, "message"),
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
