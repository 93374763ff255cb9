//! Q2: where a task waits, and what can wake it.

use super::{Seen, joined, named};
use crate::model::channels::{ArmKind, Capacity, Source};
use crate::model::{Api, Call, ExprId, LoopKind, ObjectId, Op, Program, StepId};
use rustc_hash::FxHashMap;

/// What stands for no way to wake.
const NOTHING: &str = "nothing in view";

pub(super) fn list(program: &Program, seen: &mut Seen) {
    let mut sides = Sides {
        program,
        known: FxHashMap::default(),
    };
    for step in program.step_ids() {
        match program.op(step) {
            Op::Send { channel, .. } if program.select_of(step).is_none() => {
                send(program, step, *channel, seen);
            }
            Op::Receive { channel, .. } if program.select_of(step).is_none() => {
                let (answer, ok) = gives(program, *channel);
                let what = named("receive from", &program.show(*channel));
                seen.add(program.span(step), &[], what, answer, ok);
            }
            Op::Select(_) => select(program, step, seen),
            Op::Loop(l) => {
                if let LoopKind::Channel(over) = l.kind {
                    range(program, step, over, seen);
                }
            }
            Op::Call(call) => sides.call(step, call, seen),
            _ => {}
        }
    }
}

fn send(program: &Program, step: StepId, channel: ExprId, seen: &mut Seen) {
    let what = named("send to", &program.show(channel));
    let Some(object) = program.object_of(channel) else {
        seen.add(
            program.span(step),
            &["C5"],
            what,
            "its channel is not in view",
            false,
        );
        return;
    };
    let known = program.object(object);
    let mut words = Vec::new();
    match program.capacity(object) {
        Capacity::Known(room) => words.push(format!("room for {room}")),
        Capacity::Computed(size) => match program.show(size).as_str() {
            "…" => words.push("a buffer".to_owned()),
            text => words.push(format!("room for `{text}`")),
        },
        Capacity::Unbounded => words.push("room for any number".to_owned()),
        Capacity::Rendezvous | Capacity::Unknown => {}
    }
    let is_received = !(known.receives.is_empty() && known.loops.is_empty());
    if is_received {
        words.push("a receive in view".to_owned());
    }
    let ok = is_received;
    if !ok {
        words.push("no receive in view".to_owned());
    }
    seen.add(program.span(step), &["C5"], what, words.join(", "), ok);
}

/// What gives a value to a receive, or ends it.
fn gives(program: &Program, channel: ExprId) -> (String, bool) {
    match program.channel_source(channel) {
        Source::Done(_) => return ("the end of a context".to_owned(), true),
        Source::Timer(_) => return ("a timer".to_owned(), true),
        Source::Ticker => return ("each tick".to_owned(), true),
        Source::Object(object) => {
            if program.is_process_signal(channel) {
                return ("a signal to the process".to_owned(), true);
            }
            let known = program.object(object);
            let mut words = Vec::new();
            if !known.sends.is_empty() {
                words.push("a send in view".to_owned());
            }
            if !known.closes.is_empty() {
                words.push("a close in view".to_owned());
            }
            let ok = !words.is_empty();
            return (joined(&words, NOTHING), ok);
        }
        Source::Unknown => {}
    }
    match program.is_done_source(channel) {
        true => ("a done channel from elsewhere".to_owned(), true),
        false => (NOTHING.to_owned(), false),
    }
}

fn select(program: &Program, step: StepId, seen: &mut Seen) {
    let arms = program.arms(step);
    let has = |wanted: ArmKind| arms.iter().any(|(_, kind)| *kind == wanted);
    let mut words: Vec<String> = [
        (ArmKind::Default, "default"),
        (ArmKind::Done, "done arm"),
        (ArmKind::Timeout, "timeout"),
        (ArmKind::Tick, "tick"),
    ]
    .into_iter()
    .filter(|&(kind, _)| has(kind))
    .map(|(_, word)| word.to_owned())
    .collect();
    let sends = has(ArmKind::Send);
    let what = match (sends, has(ArmKind::Receive)) {
        (true, true) => "select that sends and receives",
        (true, false) => "select that sends",
        _ => "select",
    };
    // What would let it go on although nobody takes or gives the value.
    let has_way_out = !words.is_empty();
    let is_sent_only = sends && !has(ArmKind::Default) && !has(ArmKind::Done);
    if !has_way_out {
        let closed = arms.iter().any(|(arm, kind)| {
            *kind == ArmKind::Receive
                && arm
                    .communication
                    .and_then(|step| program.channel_of(step))
                    .is_some_and(|object| !program.object(object).closes.is_empty())
        });
        if closed {
            words.push("a close in view".to_owned());
        } else if !arms.is_empty() {
            words.push("the other sides only".to_owned());
        }
    }
    let ok = !words.is_empty() && !is_sent_only && words[0] != "the other sides only";
    let answer = match arms.is_empty() {
        true => "nothing: it waits for ever".to_owned(),
        false => joined(&words, NOTHING),
    };
    let items: &'static [&'static str] = match sends {
        true => &["C5"],
        false => &[],
    };
    seen.add(program.span(step), items, what, answer, ok);
}

fn range(program: &Program, step: StepId, over: ExprId, seen: &mut Seen) {
    let what = named("range over", &program.show(over));
    let mut words = Vec::new();
    match program.channel_source(over) {
        Source::Ticker | Source::Timer(_) => words.push("each tick".to_owned()),
        Source::Object(object) if !program.object(object).closes.is_empty() => {
            words.push("a close in view".to_owned());
        }
        _ => {}
    }
    let has_close = words.last().is_some_and(|word| word == "a close in view");
    if !program.loop_exits(step).is_empty() {
        words.push("a way out of its body".to_owned());
    }
    seen.add(
        program.span(step),
        &["C4"],
        what,
        joined(&words, "no close in view"),
        has_close || words.len() > 1,
    );
}

/// Who gives a lock back, ends a task, wakes a waiter: asked once for each.
struct Sides<'p> {
    program: &'p Program,
    known: FxHashMap<ObjectId, Side>,
}

#[derive(Clone, Copy, Default)]
struct Side {
    unlocks: bool,
    finishes: bool,
    wakes: bool,
    gives: bool,
    starts: bool,
}

impl Sides<'_> {
    fn of(&mut self, object: ObjectId) -> Side {
        let program = self.program;
        *self.known.entry(object).or_insert_with(|| {
            let mut side = Side::default();
            for call in program.object(object).calls.iter() {
                match program.call(*call).map(|call| call.api) {
                    Some(Api::Unlock(_)) => side.unlocks = true,
                    Some(Api::GroupDone) => side.finishes = true,
                    Some(Api::ConditionSignal) => side.wakes = true,
                    Some(Api::PermitRelease) => side.gives = true,
                    Some(Api::GroupAdd) => side.starts = true,
                    _ => {}
                }
            }
            side
        })
    }

    fn call(&mut self, step: StepId, call: &Call, seen: &mut Seen) {
        let program = self.program;
        let wait = match call.api {
            Api::Lock(_) => "lock",
            Api::GroupWait => "wait for group",
            Api::ConditionWait => "wait for condition",
            Api::PermitAcquire(_) => "permit of",
            Api::Sleep => {
                seen.add(program.span(step), &[], "sleep", "its time only", true);
                return;
            }
            _ => return,
        };
        let object = call
            .receiver
            .and_then(|receiver| program.object_of(receiver));
        let side = object.map_or(Side::default(), |object| self.of(object));
        let (answer, ok) = match call.api {
            Api::Lock(_) if side.unlocks => ("an unlock in view", true),
            Api::GroupWait if side.finishes => ("`Done` in view", true),
            // A group that starts its tasks itself counts them itself.
            Api::GroupWait if !side.starts => ("the end of its tasks", true),
            Api::ConditionWait if side.wakes => ("a signal in view", true),
            Api::PermitAcquire(true) if side.gives => ("a release in view, its context", true),
            Api::PermitAcquire(true) => ("its context", true),
            Api::PermitAcquire(false) if side.gives => ("a release in view", true),
            _ => (NOTHING, false),
        };
        let name = call
            .receiver
            .map_or(String::new(), |receiver| program.show(receiver));
        seen.add(program.span(step), &[], named(wait, &name), answer, ok);
    }
}
