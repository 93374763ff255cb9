//! Where a task waits for another, and what would end the wait.

use crate::model::channels::{ArmKind, Source};
use crate::model::{Api, ExprId, LoopKind, ObjectId, Op, Program, StepId};
use crate::source::Span;

/// Kinds of wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitKind {
    Send,
    Receive,
    Range,
    Select,
    Group,
}

/// A wait.
#[derive(Debug)]
pub(super) struct Wait {
    pub kind: WaitKind,
    /// The channel or group that is waited for; of a select its first data channel.
    pub channel: Option<ObjectId>,
    /// For each way in which the wait can end: the steps in view that would end it so.
    pub others: Vec<Vec<StepId>>,
    /// Whether a select waits to send.
    pub sends: bool,
    /// Whether it also ends by itself after a time.
    pub has_timeout: bool,
    /// Whether a done arm ends it when everything stops.
    pub has_done: bool,
    /// Whether something other than the other sides ends it soon.
    pub has_way_out: bool,
}

/// The wait that a step is, if it is one. Communications of a select are not waits of their
/// own.
pub(super) fn wait_of(program: &Program, step: StepId) -> Option<Wait> {
    match program.op(step) {
        Op::Send { channel, .. } => {
            let object = program.object_of(*channel);
            if object.is_some_and(|object| !program.discipline(object).waits()) {
                return None;
            }
            let others = object.map_or(Vec::new(), |object| {
                program.object(object).takes().collect()
            });
            Some(plain(WaitKind::Send, object, others))
        }
        Op::Receive { channel, .. } => {
            let object = data_channel(program, *channel)?;
            Some(plain(
                WaitKind::Receive,
                Some(object),
                givers(program, object),
            ))
        }
        Op::Loop(l) => match l.kind {
            LoopKind::Channel(over) => {
                let object = data_channel(program, over)?;
                let closes = program.object(object).closes.clone();
                Some(plain(WaitKind::Range, Some(object), closes))
            }
            _ => None,
        },
        Op::Select(_) => select(program, step),
        Op::Call(call) if call.api == Api::GroupWait => {
            let object = program.object_of(call.receiver?)?;
            Some(plain(
                WaitKind::Group,
                Some(object),
                finishers(program, object),
            ))
        }
        _ => None,
    }
}

fn plain(kind: WaitKind, channel: Option<ObjectId>, others: Vec<StepId>) -> Wait {
    Wait {
        kind,
        channel,
        others: vec![others],
        sends: kind == WaitKind::Send,
        has_timeout: false,
        has_done: false,
        has_way_out: false,
    }
}

/// The channel that an expression stands for, unless it is a timer's or a context's.
fn data_channel(program: &Program, id: ExprId) -> Option<ObjectId> {
    match program.channel_source(id) {
        Source::Object(object) => Some(object),
        _ => None,
    }
}

fn givers(program: &Program, channel: ObjectId) -> Vec<StepId> {
    let object = program.object(channel);
    object.sends.iter().chain(&object.closes).copied().collect()
}

/// What a group waits for: the calls that say a task is done, and the tasks started in it.
fn finishers(program: &Program, group: ObjectId) -> Vec<StepId> {
    let done = program
        .object(group)
        .calls
        .iter()
        .copied()
        .filter(|&call| matches!(program.call(call), Some(call) if call.api == Api::GroupDone));
    let tasks = program
        .step_ids()
        .filter_map(|step| match program.op(step) {
            Op::Spawn(spawn) if spawn.group.and_then(|of| program.object_of(of)) == Some(group) => {
                let body = program.function(spawn.target?).body;
                program.block(body).steps.last().copied()
            }
            _ => None,
        });
    done.chain(tasks).collect()
}

fn select(program: &Program, step: StepId) -> Option<Wait> {
    let arms = program.arms(step);
    let has = |kind: ArmKind| arms.iter().any(|(_, of)| *of == kind);
    if has(ArmKind::Default) || arms.is_empty() {
        return None;
    }
    let mut wait = Wait {
        kind: WaitKind::Select,
        channel: None,
        others: Vec::new(),
        sends: false,
        has_timeout: has(ArmKind::Timeout) || has(ArmKind::Tick),
        has_done: has(ArmKind::Done),
        has_way_out: has(ArmKind::Timeout) || has(ArmKind::Tick),
    };
    let only_ends = arms.iter().all(|(_, kind)| *kind == ArmKind::Done);
    for (arm, kind) in &arms {
        let Some(communication) = arm.communication else {
            continue;
        };
        if !matches!(kind, ArmKind::Send | ArmKind::Receive) && !only_ends {
            continue;
        }
        let Some(object) = program.channel_of(communication) else {
            // A context is ended by whoever called, who waits for this. Of others it is not in view
            // who is on the other side.
            if !is_of_context(program, communication) {
                wait.others.push(Vec::new());
            }
            continue;
        };
        wait.channel = wait.channel.or(Some(object));
        wait.sends |= *kind == ArmKind::Send;
        wait.others.push(match kind {
            ArmKind::Send => program.object(object).takes().collect(),
            _ => givers(program, object),
        });
    }
    (!wait.others.is_empty()).then_some(wait)
}

/// Whether a step waits for the end of a context.
fn is_of_context(program: &Program, step: StepId) -> bool {
    matches!(*program.op(step), Op::Receive { channel, .. }
        if matches!(program.channel_source(channel), Source::Done(Some(_))))
}

/// The place to point at: the step, for loops and selects only their first line.
pub(super) fn anchor(program: &Program, step: StepId) -> Span {
    program.span(step)
}

/// Whether a receive empties a timer that was stopped too late.
pub(super) fn is_behind_timer_stop(program: &Program, receive: StepId) -> bool {
    program.ancestors(receive).any(|(around, _)| {
        matches!(program.op(around), Op::Branch { condition, .. }
        if program.parts_of(*condition).into_iter().any(|part| {
            program.call_of(part).is_some_and(|(_, call)| call.api == Api::TimerControl)
        }))
    })
}
