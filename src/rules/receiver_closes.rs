//! BP13: the receiving side closes a channel.
//!
//! 1. A function that only receives from a channel closes it while a sender may be at work.
//! 2. A close behind a range over the same channel: it comes when the channel is closed already,
//!    or never.

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds, left_early, unwinding};
use crate::model::change::Change;
use crate::model::closing::{Closings, Look, Meeting, Sameness};
use crate::model::{ExprKind, ObjectId, Op, Program, StepId, Type, VariableKind};

pub(super) static RULE: Rule = Rule {
    code: "BP13",
    slug: "receiver-closes",
    summary: "the receiving side closes a channel",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q4"],
    checklist: &["C6"],
    page: include_str!("../../rules/BP13-receiver-closes/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let closings = Closings::of(program);
    for channel in program.object_ids() {
        if program.discipline(channel).ends_with_owners() {
            unwinding::closed_by_receiver(program, channel, findings);
            left_early::check(program, channel, findings);
            continue;
        }
        for &close in &program.object(channel).closes {
            if let Some(claim) = claim(&closings, channel, close) {
                say(program, channel, close, &claim, findings);
            }
        }
    }
}

/// Why a close is the receiver's.
pub(super) struct Claim {
    confidence: Confidence,
    /// The receive that makes the function a receiver.
    receive: StepId,
    /// A send that can come after the close.
    send: Option<StepId>,
    /// Whether the close is reached only when the channel is closed.
    after_end: bool,
}

/// Whether this close is the receiving side's, and how sure that is.
pub(super) fn claim(closings: &Closings<'_>, channel: ObjectId, close: StepId) -> Option<Claim> {
    let program = closings.program();
    if program.discipline(channel).ends_with_owners() {
        return None;
    }
    let receive = closings.received_before(channel, close)?;
    let object = program.object(channel);
    if closings.is_after_end(channel, close) {
        let close_of = closings.channel_expr(close)?;
        let receive_of = closings.channel_expr(receive)?;
        if closings.sameness(channel, close_of, receive_of) < Sameness::Likely {
            return None;
        }
        return Some(Claim {
            confidence: Confidence::High,
            receive,
            send: object.sends.first().copied(),
            after_end: true,
        });
    }
    if let Some(meeting) = surest(closings, channel, close) {
        let confidence = match (meeting.sameness, closings.look(meeting.send, close)) {
            (_, Look::Lock) | (Sameness::Weak | Sameness::None, _) => return None,
            (_, Look::Recover) => Confidence::Low,
            (Sameness::Likely, _) => Confidence::Medium,
            (Sameness::Sure, _) if meeting.may_be_awaited || is_last_word(program, channel) => {
                Confidence::Medium
            }
            (Sameness::Sure, _) => Confidence::High,
        };
        return Some(Claim {
            confidence,
            receive,
            send: Some(meeting.send),
            after_end: false,
        });
    }
    let unseen = sent_by_name(program, channel);
    let confidence = match unseen {
        Some(_) => Confidence::Medium,
        None => without_sender(closings, channel, close)?,
    };
    Some(Claim {
        confidence,
        receive,
        send: unseen,
        after_end: false,
    })
}

/// Whether what is sent says that something is over: it is meant to be sent once.
fn is_last_word(program: &Program, channel: ObjectId) -> bool {
    program.has_end_name(channel)
        && matches!(
            program.underlying(program.element_type(channel)),
            Type::Unit | Type::Boolean
        )
}

/// The meeting that is surest to be about one channel.
fn surest(closings: &Closings<'_>, channel: ObjectId, close: StepId) -> Option<Meeting> {
    closings
        .meetings(channel, close)
        .into_iter()
        .max_by_key(|meeting| (meeting.sameness, std::cmp::Reverse(meeting.send)))
}

/// A send on the field of what is not known, by the name of a field on which nobody else sends and
/// that is filled out of view.
fn sent_by_name(program: &Program, channel: ObjectId) -> Option<StepId> {
    let object = program.object(channel);
    let &[field] = object.variables.as_slice() else {
        return None;
    };
    let field = program.variable(field);
    let is_bare = matches!(field.kind, VariableKind::Field(_))
        && object.sends.is_empty()
        && object.makes.is_empty();
    if !is_bare || program.has_end_name(channel) || !carries_values(program, channel) {
        return None;
    }
    program.step_ids().find(|&step| {
        matches!(*program.op(step), Op::Send { channel, .. }
            if matches!(*program.kind(channel), ExprKind::Member(_, name) if name == field.name))
    })
}

fn carries_values(program: &Program, channel: ObjectId) -> bool {
    !matches!(
        program.underlying(program.element_type(channel)),
        Type::Unit | Type::Foreign(..)
    )
}

/// A channel that comes from out of view, with whoever sends on it.
fn without_sender(closings: &Closings<'_>, channel: ObjectId, close: StepId) -> Option<Confidence> {
    let program = closings.program();
    let object = program.object(channel);
    let is_parameter = object
        .variables
        .iter()
        .all(|&variable| program.variable(variable).kind == VariableKind::Parameter);
    let from_outside = object.sends.is_empty() && object.makes.is_empty() && object.escapes;
    let function = closings.home_of(close);
    let has_callers = !program.callers[function.index()].is_empty();
    (from_outside
        && is_parameter
        && carries_values(program, channel)
        && !has_callers
        && !program.has_end_name(channel))
    .then_some(Confidence::Medium)
}

fn say(
    program: &Program,
    channel: ObjectId,
    close: StepId,
    claim: &Claim,
    findings: &mut Findings,
) {
    let name = program.object_name(channel);
    let message = if claim.after_end {
        format!(
            "closes `{name}` after its end: the receiver gets here only when it is closed already"
        )
    } else {
        format!("closes `{name}`, from which it receives, while a sender may still send")
    };
    let why = if claim.after_end {
        format!(
            "The receiver learns of the end of `{name}` from a close. If a sender closes it, this second close panics; if nobody does, this line is never reached and the receiver waits for ever."
        )
    } else {
        format!(
            "Only the sending side knows when it is done. A send on `{name}` that comes after this close panics, and so does one that is parked when it comes; a panic that nobody recovers ends the process."
        )
    };
    let finding = findings.at(program.span(close), claim.confidence, message);
    finding
        .why(why)
        .fix(format!(
            "Leave the close of `{name}` to its sender, after its last send; with several senders, to whoever waits for all of them. To stop early, cancel a context or close a done channel that the sender selects on beside its send. Taking the channel as receive-only lets the compiler hold this."
        ))
        .about(name.clone());
    finding.function = Some(program.function_of(close));
    finding.because(program.span(claim.receive), "this side receives");
    // Where nobody else closes it, what is missing is that close.
    let object = program.object(channel);
    if claim.after_end && (object.closes.len() > 1 || object.sends.is_empty()) {
        finding.suggest(program.span(close), Change::Gone);
    }
    if let Some(send) = claim.send {
        finding.because(program.span(send), format!("a sender of `{name}`"));
    }
}
