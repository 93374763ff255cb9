//! What decides how much is sent into a channel that takes everything: the other side of a
//! network, whoever calls, or something with an end in view.

use super::{ends, pace};
use crate::model::{
    BlockId, ExprId, ExprKind, FunctionId, FunctionKind, Init, Loop, LoopKind, ObjectId, Op,
    Program, StepId, Type, VariableId,
};
use crate::rules::handlers::Entries;

/// What decides how much is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pressure {
    /// Something with an end in view.
    Few,
    /// Nothing in view.
    Unseen,
    /// Whoever calls.
    Callers,
    /// The other side of a network, or a loop without end.
    Endless,
}

/// A channel without a bound, and where it is made.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub channel: ObjectId,
    pub at: ExprId,
}

/// What decides how often a send happens.
pub(super) fn of(program: &Program, entries: &Entries, made: Made, send: StepId) -> Pressure {
    let source = source(program, entries, made, send);
    if source > Pressure::Unseen && pace::is_kept(program, made, send) {
        return Pressure::Few;
    }
    source
}

fn source(program: &Program, entries: &Entries, made: Made, send: StepId) -> Pressure {
    let function = program.function_of(send);
    // Each run of a handler fills a channel of its own.
    if is_run_by_handler(program, entries, function) && !is_made_per_run(program, made, function) {
        return Pressure::Endless;
    }
    match loops_around(program, send, MAX_STAGES) {
        Pressure::Unseen => {}
        known => return known,
    }
    let of = program.function(function);
    match of.kind {
        FunctionKind::Method(receiver, _) if of.exported => {
            if is_made_per_run(program, made, function) {
                return Pressure::Few;
            }
            match program.ty(program.variable(receiver).ty) {
                // What is written for an interface is called at the pace that this has.
                Type::Pointer(_) if of.of_interface => match is_sink(program, function) {
                    true => Pressure::Callers,
                    false => Pressure::Unseen,
                },
                Type::Pointer(_) => of_callers(program, entries, function),
                // A method that takes its value away is called once for each.
                _ => Pressure::Few,
            }
        }
        FunctionKind::Plain if !of.exported && is_handed(program, function, send) => {
            let calls = program.callers[function.index()].iter();
            let around = calls.map(|&call| loops_around(program, call, MAX_STAGES));
            around
                .max()
                .unwrap_or(Pressure::Unseen)
                .min(Pressure::Callers)
        }
        _ => Pressure::Unseen,
    }
}

/// How many calls a handler may be away to say how often something happens: the more lie between,
/// the more of its runs do something else.
const MAX_AWAY: u32 = 4;

/// Whether a function runs for most of what a handler is asked, and the handler goes on without
/// an answer.
fn is_run_by_handler(program: &Program, entries: &Entries, function: FunctionId) -> bool {
    let Some(entry) = entries.at(function) else {
        return false;
    };
    let calls = std::iter::successors(entry.via, |&via| entries.at(program.function_of(via))?.via);
    entry.calls <= MAX_AWAY
        && !calls
            .take(MAX_AWAY as usize)
            .any(|call| pace::waits_for_answer(program, call))
}

/// Whether a function sends on what its callers hand it: it is a part of what they do.
fn is_handed(program: &Program, function: FunctionId, send: StepId) -> bool {
    let Op::Send { channel, .. } = *program.op(send) else {
        return false;
    };
    matches!(*program.kind(channel), ExprKind::Variable(one)
        if program.function(function).parameters.contains(&one))
}

/// Words that begin the names of functions which change how the receiver goes on, and give it no
/// work: how often is up to whoever runs the whole.
const STEERS: &[&str] = &[
    "set",
    "reset",
    "refresh",
    "notice",
    "notify",
    "register",
    "unregister",
    "subscribe",
    "unsubscribe",
    "add",
    "remove",
    "watch",
    "unwatch",
    "cancel",
    "unlock",
    "pause",
    "resume",
    "reload",
    "configure",
    "terminate",
    "initiate",
    "trigger",
    "wait",
];

/// What decides how often a method is called that others see.
fn of_callers(program: &Program, entries: &Entries, function: FunctionId) -> Pressure {
    if steers(program, function) {
        return Pressure::Unseen;
    }
    let calls = calls_of(program, function);
    if calls.is_empty() {
        return Pressure::Callers;
    }
    // Where every call is in view, they are as urgent as the code around them.
    let is_urgent = |&call: &StepId| {
        let caller = program.function_of(call);
        let is_asked =
            is_run_by_handler(program, entries, caller) && !pace::waits_for_answer(program, call);
        is_asked || loops_around(program, call, MAX_STAGES) > Pressure::Unseen
    };
    match calls.iter().any(is_urgent) || is_open(program, function) {
        true => Pressure::Callers,
        false => Pressure::Unseen,
    }
}

/// Whether a function's name says that it changes how the whole goes on.
fn steers(program: &Program, function: FunctionId) -> bool {
    let name = program.text(program.function(function).name);
    let verb = name.trim_start_matches("try_").split('_').next();
    verb.is_some_and(|verb| STEERS.contains(&verb)) || program.is_shutdown(function)
}

/// The calls of a function by anything but tests.
fn calls_of(program: &Program, function: FunctionId) -> Vec<StepId> {
    program.callers[function.index()]
        .iter()
        .copied()
        .filter(|&call| {
            let caller = program.function_of(call);
            !program.function(program.outermost(caller)).is_test
                && !program.is_for_tests(program.span(call).file)
        })
        .collect()
}

/// Whether code out of view comes to a function through what it may call, or a program shows in
/// the same file how it is used.
fn is_open(program: &Program, function: FunctionId) -> bool {
    let mut reached = vec![(function, 0)];
    let mut at = 0;
    while let Some(&(one, depth)) = reached.get(at) {
        at += 1;
        let calls = calls_of(program, one);
        let of = program.function(one);
        let is_shown =
            program.is_program_entry(one) && of.span.file == program.function(function).span.file;
        let is_seen = of.exported && !of.of_interface && !steers(program, one);
        if calls.is_empty() && is_seen || is_shown {
            return true;
        }
        for call in calls {
            let caller = program.outermost(program.function_of(call));
            if depth < MAX_CALLS && !reached.iter().any(|&(known, _)| known == caller) {
                reached.push((caller, depth + 1));
            }
        }
    }
    false
}

/// Through how many calls it is asked who calls.
const MAX_CALLS: usize = 2;

/// What the loops around a step say of how often it happens; `Unseen` where there are none.
fn loops_around(program: &Program, step: StepId, depth: u32) -> Pressure {
    let mut at = step;
    let mut in_bounded = false;
    while let Some(looped) = program.enclosing_loop(at) {
        if let Op::Loop(l) = program.op(looped)
            && !is_last_of(program, at, looped)
            && !is_over_receivers(program, step, l)
        {
            match l.kind {
                LoopKind::Over(_) | LoopKind::Counted(_) => in_bounded = true,
                LoopKind::Channel(over) => return upstream(program, over, depth),
                _ if ends::has_end(program, looped) => in_bounded = true,
                _ => return Pressure::Endless,
            }
        }
        at = looped;
    }
    match in_bounded {
        true => Pressure::Few,
        false => Pressure::Unseen,
    }
}

/// Whether a loop goes over those who are sent something: each of them gets one item, however many
/// they are.
fn is_over_receivers(program: &Program, send: StepId, l: &Loop) -> bool {
    let Op::Send { channel, .. } = *program.op(send) else {
        return false;
    };
    matches!(l.kind, LoopKind::Over(_))
        && program
            .parts_of(channel)
            .into_iter()
            .filter_map(|part| program.variable_of(part))
            .any(|variable| {
                let from = match program.variable(variable).init {
                    Init::Value(item) | Init::Part(item, _) => program.variable_of(item),
                    _ => None,
                };
                l.variables.contains(&variable)
                    || from.is_some_and(|item| l.variables.contains(&item))
            })
}

/// Whether a loop ends with the turn that comes to a step: it happens once, however often the loop
/// turns.
fn is_last_of(program: &Program, step: StepId, looped: StepId) -> bool {
    let end = program.span(step).end;
    let around: Vec<BlockId> = std::iter::once(program.step(step).block)
        .chain(
            program
                .ancestors(step)
                .take_while(|&(outer, _)| outer != looped)
                .map(|(outer, _)| program.step(outer).block),
        )
        .collect();
    program.loop_exits(looped).iter().any(|&(exit, _)| {
        program.span(exit).start >= end && around.contains(&program.step(exit).block)
    })
}

/// How much comes out of a channel.
fn upstream(program: &Program, over: ExprId, depth: u32) -> Pressure {
    let Some(of) = program.object_of(over) else {
        return Pressure::Callers;
    };
    // What comes out of a bounded channel is bounded by it.
    if program.discipline(of).waits() {
        return Pressure::Few;
    }
    match depth.checked_sub(1) {
        Some(depth) => program
            .object(of)
            .sends
            .iter()
            .map(|&send| loops_around(program, send, depth))
            .max()
            // Where the first queue is filled is where it begins.
            .unwrap_or(Pressure::Unseen),
        None => Pressure::Callers,
    }
}

/// Through how many channels it is asked where items come from.
const MAX_STAGES: u32 = 2;

/// Whether a channel is made in this very run of a function, which also sends on it.
fn is_made_per_run(program: &Program, made: Made, function: FunctionId) -> bool {
    program
        .function_at(program.expr(made.at).span)
        .is_some_and(|maker| program.is_within(function, maker) || maker == function)
}

/// Whether a function is what bytes are written to: how many is up to whoever writes.
fn is_sink(program: &Program, function: FunctionId) -> bool {
    let of = program.function(function);
    let is_bytes = |&one: &VariableId| {
        matches!(*program.underlying(program.variable(one).ty), Type::List(element, _)
            if matches!(program.underlying(element), Type::Integer(1)))
    };
    program.text(of.name).to_ascii_lowercase().contains("write")
        && of.parameters.iter().any(is_bytes)
}
