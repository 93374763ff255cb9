//! Form 5: nobody in view stands on the other side of a channel, or nobody can yet.

use super::{Home, is_bare, room};
use crate::model::channels::Source;
use crate::model::{
    BlockId, ExprId, ExprKind, ObjectId, Op, Parent, Program, StepId, Type, VariableKind,
};
use crate::rules::{Confidence, Findings};
use crate::source::Span;
use rustc_hash::FxHashMap;

pub(super) fn check(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let object = program.object(channel);
    let is_made = !object.makes.is_empty()
        && object
            .makes
            .iter()
            .all(|&made| matches!(program.kind(made), ExprKind::MakeChannel(..)));
    if !is_made || object.escapes {
        return;
    }
    let Some(confidence) = sureness(program, channel) else {
        return;
    };
    if object.sends.is_empty() && object.closes.is_empty() {
        for receive in object.takes() {
            never_sent(program, channel, receive, confidence, findings);
        }
    } else if object.takes().next().is_none() && !is_known_otherwise(program, channel) {
        let confidence = match room(program, channel) {
            Some(0) => confidence,
            _ => Confidence::Low,
        };
        for &send in &object.sends {
            never_received(program, channel, send, confidence, findings);
        }
    }
}

const MADE: &str = "the channel is made here";

fn made_at(program: &Program, channel: ObjectId) -> Span {
    program.expr(program.object(channel).makes[0]).span
}

/// How sure it is that all who use a channel are in view. What a field holds may be used by code
/// that was not shown, unless somebody in view calls for the making; nothing is said otherwise.
fn sureness(program: &Program, channel: ObjectId) -> Option<Confidence> {
    let object = program.object(channel);
    if is_in_a_call(program, channel) {
        return Some(Confidence::High);
    }
    let is_called_for = object.makes.iter().all(|&made| {
        program
            .function_at(program.expr(made).span)
            .is_some_and(|maker| !program.callers[maker.index()].is_empty())
    });
    is_called_for.then_some(Confidence::Low)
}

fn is_in_a_call(program: &Program, channel: ObjectId) -> bool {
    let mut variables = program.object(channel).variables.iter();
    variables.all(|&variable| {
        !matches!(
            program.variable(variable).kind,
            VariableKind::Field(_) | VariableKind::Global
        )
    })
}

/// Whether somebody else was given the channel: what is made and waited for in one function only
/// is a way to wait for ever on purpose.
fn is_given(program: &Program, channel: ObjectId, step: StepId) -> bool {
    let object = program.object(channel);
    let waits = program.function_of(step);
    object.variables.len() > 1
        || object
            .makes
            .iter()
            .any(|&made| program.function_at(program.expr(made).span) != Some(waits))
}

fn never_sent(
    program: &Program,
    channel: ObjectId,
    receive: StepId,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let is_alone = matches!(program.op(receive), Op::Loop(_)) || is_bare(program, receive);
    // A timer's channel, or one on which the system sends.
    let is_fed_elsewhere =
        match *program.op(receive) {
            Op::Receive { channel, .. } => {
                !matches!(program.channel_source(channel), Source::Object(_))
            }
            _ => false,
        } || matches!(program.ty(program.element_type(channel)), Type::Foreign(..));
    if is_fed_elsewhere || !is_alone || !is_given(program, channel, receive) {
        return;
    }
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(receive),
        confidence,
        format!("waits on `{name}`, on which nobody in view sends and which nobody closes"),
    );
    finding
        .why(format!(
            "Whoever comes here is parked for as long as the process lives: no code that knows `{name}` ever sends on it or closes it."
        ))
        .fix(format!(
            "Close `{name}` in a defer of the task that is waited for, or take the wait out."
        ))
        .about(name);
    finding.function = Some(program.function_of(receive));
    finding.because(made_at(program, channel), MADE);
}

fn never_received(
    program: &Program,
    channel: ObjectId,
    send: StepId,
    confidence: Confidence,
    findings: &mut Findings,
) {
    if !is_bare(program, send) || findings.has_at(program.span(send)) {
        return;
    }
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(send),
        confidence,
        format!("sends on `{name}`, from which nobody in view receives"),
    );
    finding
        .why(format!(
            "No code that knows `{name}` receives from it, so a send waits for ever as soon as its room is used up, and with it whoever called."
        ))
        .fix(format!(
            "Receive from `{name}` before anybody sends, or send in a select with a default or a done arm."
        ))
        .about(name);
    finding.function = Some(program.function_of(send));
    finding.because(made_at(program, channel), MADE);
}

/// Whether a channel is returned, so that callers may receive in ways that are not followed, or
/// its fill is counted, so that taking is not what it is for.
fn is_known_otherwise(program: &Program, channel: ObjectId) -> bool {
    let variables = program.object(channel).variables.iter();
    variables
        .flat_map(|&variable| program.occurrences(variable))
        .any(|&at| {
            let is_measured = matches!(program.parent_of(at), Parent::Expr(outer)
                if matches!(program.kind(outer), ExprKind::Length(_)));
            let is_returned = program
                .step_of(at)
                .is_some_and(|step| matches!(program.op(step), Op::Return(_)));
            is_measured || is_returned
        })
}

/// A send on a channel that nobody else has been given when it is reached.
pub(super) fn too_early(
    program: &Program,
    channel: ObjectId,
    home: &Home,
    findings: &mut Findings,
) {
    let Some(room) = room(program, channel) else {
        return;
    };
    if !is_in_a_call(program, channel) {
        return;
    }
    let known_from = given_from(program, channel, home);
    let before = |step: StepId| known_from.is_none_or(|given| program.span(step).end <= given);
    let mut own: Vec<StepId> = program
        .object(channel)
        .sends
        .iter()
        .copied()
        .filter(|&send| {
            program.function_of(send) == home.function
                && is_bare(program, send)
                && before(send)
                && super::life_of(program, send) == home.block
        })
        .collect();
    own.sort_by_key(|&send| program.span(send));
    let Some(late) = first_without_room(program, &own, room) else {
        return;
    };
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(late),
        Confidence::High,
        format!("sends on `{name}` before anybody else knows the channel"),
    );
    finding
        .why(format!(
            "`{name}` {}, and was made here and given to nobody yet: no receiver can come, so this send never ends and neither does the function.",
            if room == 0 { "has no room".to_owned() } else { format!("has room for {room} only") }
        ))
        .fix(format!(
            "Make `{name}` with room for what is sent here, or start the receiver first."
        ))
        .about(name);
    finding.function = Some(home.function);
    finding.because(program.expr(home.expr).span, "made here");
}

/// The first of these steps, in the order of the text, that more of them than there is room for
/// have always run before: those that stand before it in its block and in the blocks around it.
fn first_without_room(program: &Program, steps: &[StepId], room: u32) -> Option<StepId> {
    let mut passed: FxHashMap<BlockId, u32> = FxHashMap::default();
    steps.iter().copied().find(|&step| {
        let own = program.step(step).block;
        let around = program
            .ancestors(step)
            .map(|(owner, _)| program.step(owner).block);
        let ahead: u32 = [own]
            .into_iter()
            .chain(around)
            .filter_map(|block| passed.get(&block))
            .sum();
        *passed.entry(own).or_default() += 1;
        ahead >= room
    })
}

/// Where the channel is first put anywhere but into a communication of its home: from there on
/// others may receive.
fn given_from(program: &Program, channel: ObjectId, home: &Home) -> Option<u32> {
    let communicates = |at: ExprId| {
        program.step_of(at).is_some_and(|step| {
            program.function_of(step) == home.function
                && matches!(program.op(step), Op::Send { channel, .. } if *channel == at)
        })
    };
    let made = program.expr(home.expr).span;
    let is_first = |at: ExprId| {
        let span = program.expr(at).span;
        span.file == made.file && span.start > made.end && !communicates(at)
    };
    program
        .object(channel)
        .variables
        .iter()
        .flat_map(|&variable| program.occurrences(variable))
        .filter(|&&at| is_first(at))
        .map(|&at| program.expr(at).span.start)
        .min()
}
