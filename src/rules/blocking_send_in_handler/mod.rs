//! BP06: a handler sends on a channel with no way out when the channel is full.
//!
//! 1. The send stands in a handler, or in what a handler runs on its own task.
//! 2. Nothing else can end it: it is bare, or its select has only sends, and no limit stands around
//!    the calls that lead to it.
//! 3. Channels that are made for this one call are silent: they have room, or their receiver is
//!    started in the same call. So are permits.

mod limits;
mod receivers;
mod tickets;

use super::handlers::{self, Entries, Entry};
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds, replies};
use crate::model::channels::{ArmKind, Capacity};
use crate::model::{
    Api, AssignHow, BinaryOp, ExprId, ExprKind, FunctionId, FunctionKind, Handler, Init, ObjectId,
    Op, Program, StepId, Type, VariableId, VariableKind,
};
use receivers::{is_passed_to_tasks, is_said_to_hold_back, is_taken_by_a_quick_loop};
use rustc_hash::FxHashSet;

pub(super) static RULE: Rule = Rule {
    code: "BP06",
    slug: "blocking-send-in-handler",
    summary: "a handler sends on a channel with no way out when it is full",
    level: Level::Middle,
    seam: Seam::Handler,
    questions: &["Q2", "Q3"],
    checklist: &["C5"],
    page: include_str!("../../../rules/BP06-blocking-send-in-handler/README.md"),
    check,
};

/// As many calls away as a claim stays as sure as in the handler itself.
const NEAR: u32 = 3;

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut entries: Option<Entries> = None;
    for step in program.step_ids() {
        let Op::Send { channel, value } = *program.op(step) else {
            continue;
        };
        let entries = entries.get_or_insert_with(|| Entries::of(program));
        let Some(entry) = entries.at(program.function_of(step)) else {
            continue;
        };
        if entry.handler == Handler::Connection
            || !can_wait(program, step)
            || limits::is_ended_from_outside(program, step)
        {
            continue;
        }
        let runners = entries.run_by(entry.root);
        let object = program.object_of(channel);
        if is_permit(program, object, value, runners)
            || object.is_some_and(|object| is_of_this_call(program, object, runners, step))
            || object.is_some_and(|object| is_last_word(program, object, step))
            || object.is_some_and(|object| tickets::has_place(program, object, step))
            || program.is_done_source(channel) && is_signal_to_stop(program, object)
        {
            continue;
        }
        if let Some(confidence) = confidence(program, step, entry, channel, object) {
            say(program, step, entry, confidence, channel, findings);
        }
    }
}

/// Whether nothing but room ends a send.
fn can_wait(program: &Program, send: StepId) -> bool {
    let channel = program.channel_of(send);
    if channel.is_some_and(|channel| !program.discipline(channel).waits()) {
        return false;
    }
    match program.select_of(send) {
        Some((select, _)) => program
            .arms(select)
            .iter()
            .all(|(_, kind)| *kind == ArmKind::Send),
        None => true,
    }
}

/// Taking a slot, or putting back what was taken out: the same call, or a task that it starts,
/// receives from the channel too.
fn is_permit(
    program: &Program,
    channel: Option<ObjectId>,
    value: ExprId,
    runners: &[FunctionId],
) -> bool {
    let Some(channel) = channel else {
        // A slot is taken with a value that carries nothing.
        return matches!(*program.kind(value), ExprKind::Composite(_, list, _) if list.len == 0);
    };
    let receives = &program.object(channel).receives;
    if receives.is_empty() {
        return false;
    }
    let run: FxHashSet<FunctionId> = runners.iter().copied().collect();
    let is_near = |near: &FxHashSet<FunctionId>, receive: StepId| {
        let function = program.function_of(receive);
        near.contains(&function) || near.contains(&program.outermost(function))
    };
    if receives.iter().any(|&receive| is_near(&run, receive)) {
        return true;
    }
    if !program.carries_nothing(channel) {
        return false;
    }
    let spawned: FxHashSet<FunctionId> = runners
        .iter()
        .flat_map(|&function| program.steps_of(function))
        .flat_map(|inner| program.task_of(inner))
        .collect();
    receives
        .iter()
        .any(|&receive| program.select_of(receive).is_none() && is_near(&spawned, receive))
}

/// Whether a channel is made for the call at hand, so that who sends and who receives are both
/// of it, or that it has room for what one call sends.
fn is_of_this_call(
    program: &Program,
    channel: ObjectId,
    runners: &[FunctionId],
    step: StepId,
) -> bool {
    let object = program.object(channel);
    let makers: Vec<Option<FunctionId>> = object
        .makes
        .iter()
        .filter(|&&made| matches!(program.kind(made), ExprKind::MakeChannel(..)))
        .map(|&made| program.function_at(program.expr(made).span))
        .collect();
    let is_global = object
        .variables
        .iter()
        .any(|&variable| program.variable(variable).kind == VariableKind::Global);
    if makers.is_empty() || is_global {
        return false;
    }
    let sender = program.function_of(step);
    let by_this_call = makers
        .iter()
        .all(|maker| maker.is_some_and(|maker| runners.contains(&maker)));
    if by_this_call || makers.iter().all(|&maker| maker == Some(sender)) {
        return true;
    }
    // A reply channel: each question brings one with room for its answer.
    let is_per_call = makers
        .iter()
        .all(|maker| maker.is_some_and(|maker| !is_constructor(program, maker)));
    let comes_with_question = matches!(*program.op(step), Op::Send { channel, .. }
        if matches!(*program.kind(channel), ExprKind::Field(base, _)
            if program.variable_of(base).is_some_and(|base| is_question(program, base))));
    match program.capacity(channel) {
        Capacity::Known(_) | Capacity::Computed(_) => {
            is_per_call && comes_with_question && !has_worker(program, channel, &makers)
        }
        _ => false,
    }
}

/// Whether who made a channel also started a task that takes from it: a queue with its worker.
fn has_worker(program: &Program, channel: ObjectId, makers: &[Option<FunctionId>]) -> bool {
    let started: FxHashSet<FunctionId> = makers
        .iter()
        .flatten()
        .flat_map(|&maker| program.reach(maker))
        .flat_map(|function| program.steps_of(function))
        .flat_map(|step| program.task_of(step))
        .collect();
    let mut takes = program.object(channel).takes();
    takes.any(|take| started.contains(&program.function_of(take)))
}

/// Whether a method uses its value up to send a word that carries nothing: it gives back a place
/// that was handed out, once for each.
fn gives_back(program: &Program, channel: ObjectId, step: StepId) -> bool {
    let FunctionKind::Method(receiver, _) = program.function(program.function_of(step)).kind else {
        return false;
    };
    program.has_owners
        && program.carries_nothing(channel)
        && !matches!(program.ty(program.variable(receiver).ty), Type::Pointer(_))
}

/// Whether a variable holds what somebody else handed over: no receiver of a method.
fn is_question(program: &Program, variable: crate::model::VariableId) -> bool {
    matches!(
        program.variable(variable).kind,
        VariableKind::Local | VariableKind::Parameter
    )
}

/// Whether a send has room because it comes once in the life of its channel: the channel is
/// closed right behind it, or a swap lets one call through.
fn is_last_word(program: &Program, channel: ObjectId, step: StepId) -> bool {
    if !matches!(program.capacity(channel), Capacity::Known(room) if room > 0) {
        return false;
    }
    let (block, index) = (program.step(step).block, program.step(step).index as usize);
    let next = program.block(block).steps.get(index + 1);
    let is_closed = next.is_some_and(|&next| {
        matches!(*program.op(next), Op::Close { channel: closed, .. }
            if program.object_of(closed) == Some(channel))
    });
    is_closed
        || handlers::conditions_before(program, step)
            .into_iter()
            .flat_map(|condition| program.parts_of(condition))
            .any(|part| match *program.kind(part) {
                ExprKind::Call(call) => program
                    .call(call)
                    .is_some_and(|call| call.api == Api::AtomicCompareSwap),
                _ => false,
            })
}

/// Whether a channel was made with room for as many as a kept number says, and the function that
/// sends takes one off that number.
fn is_counted_off(program: &Program, channel: ObjectId, step: StepId) -> bool {
    let Capacity::Computed(size) = program.capacity(channel) else {
        return false;
    };
    let counted: FxHashSet<VariableId> = kept_in(program, size).into_iter().collect();
    program
        .steps_of(program.function_of(step))
        .into_iter()
        .any(|other| match program.op(other) {
            Op::Assign(assign) => {
                assign.how == AssignHow::Update(BinaryOp::Subtract)
                    && program
                        .list(assign.targets)
                        .iter()
                        .flat_map(|&target| kept_in(program, target))
                        .any(|variable| counted.contains(&variable))
            }
            _ => false,
        })
}

/// The maps and fields that a number is read from, directly or through a local.
fn kept_in(program: &Program, value: ExprId) -> Vec<VariableId> {
    let mut found = Vec::new();
    for part in program.parts_of(value) {
        match *program.kind(part) {
            ExprKind::Index(base, _) => {
                if let ExprKind::Field(_, variable) = *program.kind(base) {
                    found.push(variable);
                }
            }
            ExprKind::Variable(variable) => {
                if let Init::Value(first) = program.variable(variable).init {
                    found.extend(program.parts_of(first).into_iter().filter_map(|part| {
                        match *program.kind(part) {
                            ExprKind::Index(base, _) => match *program.kind(base) {
                                ExprKind::Field(_, variable) => Some(variable),
                                _ => None,
                            },
                            _ => None,
                        }
                    }));
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a function makes what lives on: then its channels are shared by many calls.
fn is_constructor(program: &Program, maker: FunctionId) -> bool {
    let name = program
        .text(program.function(maker).name)
        .to_ascii_lowercase();
    [
        "new", "make", "create", "open", "start", "init", "main", "setup", "run", "build",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

/// Whether the function that a handler stands in waits once for what the handler sends: a
/// handshake of one request, as in a login that waits for its callback.
fn is_handshake(program: &Program, channel: ObjectId, step: StepId) -> bool {
    let object = program.object(channel);
    let outer = program.outermost(program.function_of(step));
    let waits_once = |&receive: &StepId| {
        program.function_of(receive) == outer && program.enclosing_loop(receive).is_none()
    };
    program.is_local(channel)
        && object.loops.is_empty()
        && !object.receives.is_empty()
        && object.receives.iter().all(waits_once)
}

/// Whether a send only tells a loop to stop: an answer to a request that ends the service.
fn is_signal_to_stop(program: &Program, channel: Option<ObjectId>) -> bool {
    channel.is_some_and(|channel| {
        program.carries_nothing(channel) && matches!(program.capacity(channel), Capacity::Known(_))
    })
}

fn confidence(
    program: &Program,
    step: StepId,
    entry: Entry,
    channel: ExprId,
    object: Option<ObjectId>,
) -> Option<Confidence> {
    let mut confidence = match object {
        None => Confidence::Medium,
        Some(object) => seen(program, channel, object),
    };
    if entry.calls > NEAR || is_in_stream(program, step) {
        confidence = confidence.lowered();
    }
    if let Op::Send { value, .. } = *program.op(step)
        && replies::is_asked_with(program, step, value)
    {
        // Who asks waits for the answer anyway, and stops waiting with its client. Who has less
        // patience than that may still be kept from asking.
        let most = match replies::is_answer_timed(program, step, value) {
            true => Confidence::Medium,
            false => Confidence::Low,
        };
        confidence = confidence.min(most);
    }
    if object.is_some_and(|object| {
        is_handshake(program, object, step)
            || is_counted_off(program, object, step)
            || is_passed_to_tasks(program, object)
            || is_taken_by_a_quick_loop(program, object)
            || is_said_to_hold_back(program, object)
            || gives_back(program, object, step)
    }) {
        confidence = Confidence::Low;
    }
    let file = program.span(step).file;
    if program.is_test_support(file) {
        confidence = Confidence::Low;
    }
    if program.file(file).is_test {
        // A test's handler tells the test that it was reached.
        confidence = confidence.lowered();
    }
    if entry.handler == Handler::Message {
        // A broker waits with the callback, which may be what is wanted.
        confidence = confidence.min(Confidence::Medium);
    }
    Some(confidence)
}

/// How much of a channel is in view: a make, or a field or variable that only this unit names.
fn seen(program: &Program, channel: ExprId, id: ObjectId) -> Confidence {
    let object = program.object(id);
    let is_made = object
        .makes
        .iter()
        .any(|&made| matches!(program.kind(made), ExprKind::MakeChannel(..)));
    if is_made {
        return Confidence::High;
    }
    match *program.kind(channel) {
        ExprKind::Field(_, variable) | ExprKind::Variable(variable) => {
            let variable = program.variable(variable);
            let is_own = matches!(variable.kind, VariableKind::Field(_) | VariableKind::Global)
                && !variable.exported;
            if is_own {
                Confidence::High
            } else {
                Confidence::Medium
            }
        }
        _ => Confidence::Medium,
    }
}

/// Whether a send stands in a loop that takes messages of one long-lived stream: waiting there
/// slows that one peer down, which is how streams are held back.
fn is_in_stream(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(around, _)| {
        program.op_loop(around).is_some_and(|l| {
            program.is_endless(around)
                && program.steps_in(l.body).into_iter().any(
                    |inner| matches!(program.call(inner), Some(call) if call.api == Api::MessageFetch),
                )
        })
    })
}

fn say(
    program: &Program,
    step: StepId,
    entry: Entry,
    confidence: Confidence,
    channel: ExprId,
    findings: &mut Findings,
) {
    let name = program.show(channel);
    let root = program.function_name(entry.root);
    let what = entry.handler.name();
    let message = if entry.calls == 0 {
        format!("the {what} waits without limit when `{name}` is full")
    } else {
        format!("the {what} `{root}` comes here and waits without limit when `{name}` is full")
    };
    let finding = findings.at(program.span(step), confidence, message);
    finding
        .why("Only a receive ends this send: no deadline, no client that has left and no shut-down does. When the receiver is slow or stuck, each further request waits here too, with its goroutine, its connection and what it has parsed, while clients keep coming.")
        .fix("Select on the send with a `default` that refuses (a 503, an error that says so), or with a context that has a short deadline; or drop and count, when the value is a by-product.")
        .about(program.object_of(channel).map_or(name, |object| program.object_name(object)));
    finding.function = Some(program.function_of(step));
    if let Some(change) = super::mend::or_done(program, step) {
        finding.suggest(program.span(step), change);
    }
    if entry.calls > 0 {
        finding.because(program.function(entry.root).head, format!("the {what}"));
    }
    if let Some(via) = entry.via {
        finding.because(program.span(via), "it comes from here");
    }
    if let Some(object) = program.object_of(channel) {
        let object = program.object(object);
        if let Some(&made) = object.makes.first() {
            finding.because(program.expr(made).span, "made here");
        }
        if let Some(receive) = object.takes().next() {
            finding.because(program.span(receive), "only this makes room");
        }
    }
}
