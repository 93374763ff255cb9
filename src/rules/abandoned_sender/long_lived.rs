//! Form 4: a bare send to a loop that stops on a signal which the sender does not hear; and its
//! mirror, a bare receive from senders that all stop so.

use super::{harmless, is_bare, room};
use crate::model::channels::{ArmKind, Capacity, Source};
use crate::model::roles::ContextInScope;
use crate::model::{
    Api, ExprId, FunctionId, FunctionKind, NamedId, ObjectId, Op, Program, StepId, Type,
    VariableId, VariableKind,
};
use crate::rules::{Confidence, Findings};
use crate::source::Span;

pub(super) fn check(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let object = program.object(channel);
    let receivers: Vec<StepId> = program.object(channel).takes().collect();
    let bare = object
        .sends
        .iter()
        .copied()
        .filter(|&send| is_bare(program, send) && program.select_of(send).is_none());
    if receivers.is_empty() {
        for send in bare {
            out_of_view(program, channel, send, findings);
        }
        return;
    }
    if let Some(stop) = stop_of_all(program, &receivers) {
        for send in bare {
            if !findings.has_at(program.span(send)) {
                to_a_loop(program, channel, send, &stop, findings);
            }
        }
    } else if object.closes.is_empty()
        && let Some(stop) = stop_of_all(program, &object.sends)
    {
        for receive in receivers {
            // Who waits in an endless loop, or takes a token back, waits for no value in particular.
            let is_for_a_value = matches!(program.op(receive), Op::Receive { .. })
                && !program.runs_deferred(receive)
                && !is_behind_a_look(program, channel, receive)
                && !gives_back_a_slot(program, channel, receive)
                && !program
                    .enclosing_loop(receive)
                    .is_some_and(|looped| program.is_endless(looped));
            if is_for_a_value
                && is_bare(program, receive)
                && !findings.has_at(program.span(receive))
            {
                from_stopped(program, channel, receive, &stop, findings);
            }
        }
    }
}

/// Whether a receive only gives back one of several slots, which were taken by sends.
fn gives_back_a_slot(program: &Program, channel: ObjectId, receive: StepId) -> bool {
    program.carries_nothing(channel)
        && program.enclosing_loop(receive).is_none()
        && matches!(
            program.capacity(channel),
            Capacity::Known(2..) | Capacity::Computed(_)
        )
}

/// Where one side leaves, if every one of these communications can be left on a signal.
fn stop_of_all(program: &Program, steps: &[StepId]) -> Option<Stop> {
    let mut stop = None;
    for &step in steps {
        let found = stop_of(program, step)?;
        stop = stop.or(Some(found));
    }
    stop
}

/// The arm on which one side leaves.
struct Stop {
    arm: Span,
    communication: StepId,
    signal: ExprId,
}

impl Stop {
    /// Whether neither side gives the signal, as far as is in view, so that it can come while
    /// `waiter` waits. A send on the very channel that stops the other side is the stop.
    fn comes_from_others(&self, program: &Program, channel: ObjectId, waiter: FunctionId) -> bool {
        let leaver = program.function_of(self.communication);
        program.object_of(self.signal) != Some(channel)
            && !harmless::stops_itself(program, self.signal, leaver)
            && !harmless::is_made_in(program, self.signal, waiter)
            && !harmless::is_own_end(program, self.signal, waiter)
    }
}

/// The done arm beside a communication whose choice leaves the loop around it.
fn stop_of(program: &Program, communication: StepId) -> Option<Stop> {
    let (select, _) = program.select_of(communication)?;
    if super::ends_process(program, program.function_of(communication)) {
        return None;
    }
    let looped = program.enclosing_loop(select);
    for (arm, kind) in program.arms(select) {
        if kind != ArmKind::Done {
            continue;
        }
        let Some(done) = arm.communication else {
            continue;
        };
        let Op::Receive { channel, .. } = *program.op(done) else {
            continue;
        };
        if program.is_process_signal(channel) {
            continue;
        }
        let leaves = match looped {
            None => true,
            Some(looped) => program.loop_exits(looped).iter().any(|&(exit, _)| {
                program
                    .ancestors(exit)
                    .any(|(_, owner)| program.block(arm.body).owner == owner)
            }),
        };
        if leaves {
            return Some(Stop {
                arm: arm.span,
                communication,
                signal: channel,
            });
        }
    }
    None
}

fn to_a_loop(
    program: &Program,
    channel: ObjectId,
    send: StepId,
    stop: &Stop,
    findings: &mut Findings,
) {
    let sender = program.function_of(send);
    let receiver = program.function_of(stop.communication);
    if !stop.comes_from_others(program, channel, sender) {
        return;
    }
    if sender == receiver || program.is_task(sender) && program.is_within(receiver, sender) {
        return;
    }
    if program.reach(receiver).contains(&sender) && program.callers[sender.index()].len() == 1 {
        // On the same task: it never waits for itself this way.
        return;
    }
    let Some(at_hand) = at_hand(program, send, stop) else {
        return;
    };
    let mut confidence = at_hand.sureness();
    if room(program, channel) != Some(0) {
        confidence = confidence.lowered();
    }
    if program.object(channel).escapes {
        confidence = confidence.lowered();
    }
    let name = program.object_name(channel);
    let signal = program.show(stop.signal);
    let finding = findings.at(
        program.span(send),
        confidence,
        format!("sends on `{name}` without a way out, though its receiver stops on `{signal}`"),
    );
    finding
        .why(format!(
            "Once the receiver has stopped, nobody takes from `{name}` any more. A send that comes then, or was waiting, blocks for ever, and with it whoever called."
        ))
        .fix(format!("Send in a select beside {}, and say to the caller that the value was not taken.", at_hand.hears))
        .about(name);
    finding.function = Some(sender);
    finding.because(stop.arm, "the receiver leaves here");
}

/// A bare receive whose senders all stop on a signal, without closing the channel.
fn from_stopped(
    program: &Program,
    channel: ObjectId,
    receive: StepId,
    stop: &Stop,
    findings: &mut Findings,
) {
    let receiver = program.function_of(receive);
    let sender = program.function_of(stop.communication);
    if sender == receiver
        || !stop.comes_from_others(program, channel, receiver)
        || is_given_by(program, stop.signal, receiver)
    {
        return;
    }
    let Some(at_hand) = at_hand(program, receive, stop) else {
        return;
    };
    let mut confidence = at_hand.sureness();
    if program.object(channel).escapes {
        confidence = confidence.lowered();
    }
    let name = program.object_name(channel);
    let signal = program.show(stop.signal);
    let finding = findings.at(
        program.span(receive),
        confidence,
        format!("waits on `{name}` without a way out, though its sender stops on `{signal}`"),
    );
    finding
        .why(format!(
            "Once the sender has stopped, nobody sends on `{name}` any more and nobody closes it. A receive that comes then, or was waiting, blocks for ever."
        ))
        .fix(format!("Receive in a select beside {}, or close `{name}` in a defer of the sender.", at_hand.hears))
        .about(name);
    finding.function = Some(receiver);
    finding.because(stop.arm, "the sender leaves here");
}

/// Whether a receive stands where the channel's length was asked for.
fn is_behind_a_look(program: &Program, channel: ObjectId, receive: StepId) -> bool {
    program.ancestors(receive).any(|(around, _)| {
        program
            .condition_of(around)
            .is_some_and(|condition| program.asks_length(condition, channel))
    })
}

/// Whether a signal comes from this function alone: it does not wait while it says so.
fn is_given_by(program: &Program, signal: ExprId, function: FunctionId) -> bool {
    let Source::Object(signal) = program.channel_source(signal) else {
        return false;
    };
    let closes = &program.object(signal).closes;
    !closes.is_empty()
        && closes
            .iter()
            .all(|&close| program.function_of(close) == function)
}

/// The calls by which a context is made of another.
const DERIVED: [Api; 2] = [Api::ContextWithCancel, Api::ContextWithDeadline];

/// What the one who waits has at hand that may tell of the stop.
struct AtHand {
    /// How it is listened to.
    hears: String,
    /// Whether it is, as far as is in view, the signal on which the other side stops: no context of
    /// its own, and no channel of some other part with a life of its own.
    is_the_signal: bool,
}

impl AtHand {
    fn sureness(&self) -> Confidence {
        if self.is_the_signal {
            Confidence::Medium
        } else {
            Confidence::Low
        }
    }
}

fn at_hand(program: &Program, waiting: StepId, stop: &Stop) -> Option<AtHand> {
    let source = program.channel_source(stop.signal);
    if let Some(context) = program.context_at(waiting) {
        let name = program.text(program.variable(context.variable()).name);
        return Some(AtHand {
            hears: match context {
                ContextInScope::Request(_) => format!("`{name}.Context().Done()`"),
                _ => format!("`{name}.Done()`"),
            },
            is_the_signal: !harmless::is_from_a_root(program, context.variable(), &DERIVED),
        });
    }
    let Source::Object(signal) = source else {
        return None;
    };
    let function = program.function_of(waiting);
    let near = program
        .object(signal)
        .variables
        .iter()
        .filter_map(|&variable| {
            let variable = program.variable(variable);
            match variable.kind {
                VariableKind::Global => Some(true),
                VariableKind::Field(owner) => Some(has_at_hand(program, function, owner)),
                _ => {
                    let home = variable.function?;
                    program.is_within(function, home).then_some(true)
                }
            }
        });
    Some(AtHand {
        hears: format!("a receive from `{}`", program.object_name(signal)),
        is_the_signal: near.max()?,
    })
}

/// Whether a function is a method of a type, or is handed a value of it.
fn has_at_hand(program: &Program, function: FunctionId, owner: NamedId) -> bool {
    let outer = program.function(program.outermost(function));
    let is_it = |variable: VariableId| {
        let ty = program.variable(variable).ty;
        matches!(*program.pointee(ty), Type::Named(named) if named == owner)
    };
    matches!(outer.kind, FunctionKind::Method(_, named) if named == owner)
        || outer.parameters.iter().copied().any(is_it)
}

/// A bare send with a context parameter at hand, to receivers that are not in view.
fn out_of_view(program: &Program, channel: ObjectId, send: StepId, findings: &mut Findings) {
    let object = program.object(channel);
    if !object.escapes || room(program, channel) != Some(0) {
        return;
    }
    let function = program.function_of(send);
    let Some(ContextInScope::Parameter(context)) = program.context_at(send) else {
        return;
    };
    if program.function(function).handler.is_some()
        || matches!(
            program.underlying(program.element_type(channel)),
            Type::Unit
        )
    {
        return;
    }
    let name = program.object_name(channel);
    let context = program.text(program.variable(context).name).to_owned();
    let finding = findings.at(
        program.span(send),
        Confidence::Low,
        format!("sends on `{name}` without listening to `{context}`"),
    );
    finding
        .why(format!(
            "When whoever receives from `{name}` stops on the same context, this send waits for ever. The receivers are not in view, so this is worth a look only."
        ))
        .fix(format!("Send in a select beside `{context}.Done()`."))
        .about(name);
    finding.function = Some(function);
}
