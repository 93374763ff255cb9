//! BP17: making room by dropping the oldest races with other senders.
//!
//! 1. A loop that tries to send, and takes an item out of the same channel when there is no
//!    room, until it got through.
//! 2. A bare send behind such a making of room.

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::Capacity;
use crate::model::producers::Producers;
use crate::model::{
    AssignHow, BinaryOp, BlockId, ExprId, ExprKind, FunctionId, Loop, LoopKind, ObjectId, Op,
    Owner, Program, StepId, Type, VariableId, VariableKind,
};
use crate::source::Span;
use rustc_hash::FxHashMap;

pub(super) static RULE: Rule = Rule {
    code: "BP17",
    slug: "spinning-drop-oldest",
    summary: "making room by dropping the oldest races with other senders",
    level: Level::Senior,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../rules/BP17-spinning-drop-oldest/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let halves = Halves::of(program);
    for channel in program.object_ids() {
        let object = program.object(channel);
        if object.sends.is_empty() {
            continue;
        }
        let taken = match object.receives.is_empty() {
            true => halves.other_end(program, channel),
            false => Some(channel),
        };
        let Some(taken) = taken else { continue };
        for &send in &object.sends {
            let spin = spins(program, taken, send)
                .or_else(|| by_helper(program, taken, send))
                .or_else(|| by_itself(program, taken, send));
            if let Some((evicts, place)) = spin {
                say(program, channel, send, place, evicts, true, findings);
            } else if let Some(evicts) = sends_after_making_room(program, (channel, taken), send) {
                let place = program.span(send);
                say(program, channel, send, place, evicts, false, findings);
            }
        }
    }
}

/// Where an end of a channel is handed about: the fields of a type, the parameters of a function.
type Place = (VariableKind, Option<FunctionId>);

/// The receiving ends whose making is out of view, by their places.
struct Halves(FxHashMap<Place, Vec<ObjectId>>);

impl Halves {
    fn of(program: &Program) -> Halves {
        let mut halves = Halves(FxHashMap::default());
        if !program.has_owners {
            return halves;
        }
        for id in program.object_ids() {
            let object = program.object(id);
            if object.sends.is_empty()
                && !object.receives.is_empty()
                && let Some(place) = place_of_half(program, id)
            {
                halves.0.entry(place).or_default().push(id);
            }
        }
        halves
    }

    /// The receiving end that is handed about with a sending end whose making is out of view: the
    /// only one of its kind in its place.
    fn other_end(&self, program: &Program, sender: ObjectId) -> Option<ObjectId> {
        let near = self.0.get(&place_of_half(program, sender)?)?;
        let element = program.element_type(sender);
        let mut ends = near
            .iter()
            .copied()
            .filter(|&other| program.element_type(other) == element);
        let first = ends.next()?;
        ends.next().is_none().then_some(first)
    }
}

fn place_of_half(program: &Program, id: ObjectId) -> Option<Place> {
    let object = program.object(id);
    let &[variable] = &object.variables[..] else {
        return None;
    };
    let of = program.variable(variable);
    match of.kind {
        _ if !object.makes.is_empty() => None,
        VariableKind::Field(_) => Some((of.kind, None)),
        VariableKind::Parameter => Some((of.kind, of.function)),
        _ => None,
    }
}

/// A try-send in a loop that goes round until it got through, and evicts on the way.
fn spins(program: &Program, taken: ObjectId, send: StepId) -> Option<(StepId, Span)> {
    let (select, arm) = program.select_of(send)?;
    let arms = program.arms(select);
    if !program.has_default(select) {
        return None;
    }
    let looped = program.enclosing_loop(select)?;
    let Op::Loop(l) = program.op(looped) else {
        return None;
    };
    let sent = arms.get(arm as usize)?.0.body;
    let ends = match l.kind {
        LoopKind::Forever => leaves_by(program, looped, sent),
        LoopKind::While(_) => leaves_by(program, looped, sent) || assigns(program, sent),
        _ => false,
    };
    if !ends || gives_up(program, looped, l) {
        return None;
    }
    let evicts = receive_in(program, taken, l.body)?;
    Some((evicts, program.span(looped)))
}

/// Whether a loop counts its rounds, and is left when there were as many as there may be.
fn gives_up(program: &Program, looped: StepId, l: &Loop) -> bool {
    let counts = |step: StepId| match program.op(step) {
        Op::Assign(assign)
            if matches!(
                assign.how,
                AssignHow::Update(BinaryOp::Add | BinaryOp::Subtract)
            ) =>
        {
            let &[target] = program.list(assign.targets) else {
                return None;
            };
            program.variable_of(target)
        }
        _ => None,
    };
    let blocks = l.post.into_iter().chain([l.body]);
    // What is counted from an event on, as what was lost, is no round.
    let rounds: Vec<VariableId> = blocks
        .flat_map(|block| program.block(block).steps.clone())
        .filter_map(counts)
        .collect();
    let asks_for_rounds = |condition: ExprId| {
        program.parts_of(condition).into_iter().any(|part| {
            matches!(*program.kind(part), ExprKind::Binary(operator, left, right)
            if operator.is_comparison()
                && [left, right].iter().any(|&side| {
                    program.variable_of(side).is_some_and(|one| rounds.contains(&one))
                }))
        })
    };
    !rounds.is_empty()
        && program.loop_exits(looped).into_iter().any(|(exit, _)| {
            program.ancestors(exit).take_while(|&(of, _)| of != looped).any(|(of, _)| {
                matches!(*program.op(of), Op::Branch { condition, .. } if asks_for_rounds(condition))
            })
        })
}

/// The most steps of a function that only tries to send.
const MAX_HELPER: usize = 12;

/// The same where the try stands in a function of its own: `for !f.put(v) { … }`.
fn by_helper(program: &Program, taken: ObjectId, send: StepId) -> Option<(StepId, Span)> {
    let helper = program.function_of(send);
    let only_tries = program.is_tried(send)
        && program.enclosing_loop(send).is_none()
        && program.steps_of(helper).len() <= MAX_HELPER;
    let callers = program.callers[helper.index()].iter();
    callers.filter(|_| only_tries).find_map(|&caller| {
        let looped = program.enclosing_loop(caller)?;
        let Op::Loop(l) = program.op(looped) else {
            return None;
        };
        let goes_round = match l.kind {
            LoopKind::While(_) => true,
            LoopKind::Forever => !program.loop_exits(looped).is_empty(),
            _ => false,
        };
        let evicts = receive_in(program, taken, l.body).filter(|_| goes_round)?;
        let is_open = program.is_tried(evicts) && !is_guarded(program, caller);
        is_open.then(|| (evicts, program.span(looped)))
    })
}

/// The same without a loop: when there is no room, one is taken out and the function calls itself
/// once more, also through a helper, or jumps back.
fn by_itself(program: &Program, taken: ObjectId, send: StepId) -> Option<(StepId, Span)> {
    let function = program.function_of(send);
    if !program.is_tried(send) || program.enclosing_loop(send).is_some() {
        return None;
    }
    let steps = program.steps_of(function);
    let again = |&&step: &&StepId| match program.op(step) {
        Op::Goto(label) => {
            let back = program.labels.get(&(function, *label));
            back.is_some_and(|&at| at <= program.span(send).start)
        }
        Op::Call(call) => {
            let calls_back = |inner: StepId| {
                program
                    .call(inner)
                    .is_some_and(|call| call.target == Some(function))
            };
            let is_fewer = |&argument: &ExprId| {
                program
                    .parts_of(argument)
                    .into_iter()
                    .any(|part| matches!(program.kind(part), ExprKind::Binary(..)))
            };
            // Who counts the tries gives up.
            let counts = program.list(call.args).iter().any(is_fewer);
            !counts
                && call.target.is_some_and(|target| {
                    target == function || program.steps_of(target).into_iter().any(calls_back)
                })
        }
        _ => false,
    };
    let round = steps.iter().find(again)?;
    let near = [
        Some(function),
        program.call(*round).and_then(|call| call.target),
    ];
    let evicts = near
        .into_iter()
        .flatten()
        .find_map(|near| receive_in(program, taken, program.function(near).body))?;
    program
        .is_tried(evicts)
        .then(|| (evicts, program.span(*round)))
}

fn leaves_by(program: &Program, looped: StepId, arm: BlockId) -> bool {
    program.loop_exits(looped).iter().any(|&(exit, _)| {
        program.step(exit).block == arm
            || program
                .ancestors(exit)
                .any(|(_, owner)| program.block(arm).owner == owner)
    })
}

fn assigns(program: &Program, block: BlockId) -> bool {
    program
        .steps_in(block)
        .into_iter()
        .any(|step| matches!(program.op(step), Op::Assign(_)))
}

/// A receive from the channel in a block, or in a function that it calls, that does not wait
/// for items as a consumer would.
fn receive_in(program: &Program, channel: ObjectId, block: BlockId) -> Option<StepId> {
    let steps = program.steps_in(block);
    steps
        .iter()
        .copied()
        .find_map(|step| match program.op(step) {
            Op::Receive { .. } => (program.channel_of(step) == Some(channel)).then_some(step),
            Op::Call(call) => {
                let target = call.target?;
                program
                    .object(channel)
                    .receives
                    .iter()
                    .copied()
                    .find(|&receive| {
                        program.function_of(receive) == target && program.is_tried(receive)
                    })
            }
            _ => None,
        })
}

/// A bare send behind a receive that made room for it.
fn sends_after_making_room(
    program: &Program,
    (channel, taken): (ObjectId, ObjectId),
    send: StepId,
) -> Option<StepId> {
    if program.select_of(send).is_some() {
        return None;
    }
    let function = program.function_of(send);
    let object = program.object(channel);
    let asks_for_room = |place: StepId| {
        // The same value was offered before without waiting, or the room was measured.
        let offered = object.sends.iter().any(|&other| {
            program.function_of(other) == function
                && program.is_tried(other)
                && (program.is_before(other, place) || program.is_inside(send, other))
        });
        offered || is_behind_length(program, channel, place)
    };
    let stands_before = |place: StepId| {
        program.function_of(place) == function
            && program.is_before(place, send)
            && program.enclosing_loop(place) == program.enclosing_loop(send)
            && asks_for_room(place)
    };
    program
        .object(taken)
        .receives
        .iter()
        .copied()
        .find(|&receive| {
            let of = program.function_of(receive);
            if of != function {
                // A helper that takes one out when there is one.
                let calls = &program.callers[of.index()];
                return program.is_tried(receive)
                    && program.enclosing_loop(receive).is_none()
                    && calls
                        .iter()
                        .any(|&call| program.call(call).is_some() && stands_before(call));
            }
            // A receive beside other arms is a consumer's.
            let makes_room = program.select_of(receive).is_none() || program.is_tried(receive);
            makes_room && stands_before(receive) && !is_consumed(program, receive, send)
        })
}

/// Whether a receive runs only when the channel's length says that it is full.
fn is_behind_length(program: &Program, channel: ObjectId, receive: StepId) -> bool {
    program.ancestors(receive).any(|(step, owner)| {
        matches!(owner, Owner::Then(_))
            && matches!(program.op(step), Op::Branch { condition, .. }
                if program.asks_length(*condition, channel))
    })
}

/// Whether what was received is what is sent: a value put back, not one thrown out.
fn is_consumed(program: &Program, receive: StepId, send: StepId) -> bool {
    let Op::Send { value, .. } = *program.op(send) else {
        return false;
    };
    program.parts_of(value).into_iter().any(|part| match *program.kind(part) {
        ExprKind::Received(step) => step == receive,
        ExprKind::Variable(variable) => matches!(program.variable(variable).init,
            crate::model::Init::Value(value) if matches!(*program.kind(value), ExprKind::Received(step) if step == receive)),
        _ => false,
    })
}

/// Whether something lets one producer at a time through: a lock, or a channel with one slot
/// whose token is given back when the function is left.
fn is_guarded(program: &Program, at: StepId) -> bool {
    if program.held_at(at).iter().any(|held| !held.reading) {
        return true;
    }
    let function = program.function_of(at);
    let steps = program.steps_of(function);
    steps.iter().any(|&step| {
        let Some(token) = program.channel_of(step) else {
            return false;
        };
        matches!(program.op(step), Op::Send { .. } | Op::Receive { .. })
            && program.dominates(step, at)
            && program.select_of(step).is_none()
            && program.capacity(token) == Capacity::Known(1)
            && matches!(
                program.underlying(program.element_type(token)),
                Type::Unit | Type::Boolean
            )
            && gives_back(program, token, step)
    })
}

fn gives_back(program: &Program, token: ObjectId, taken: StepId) -> bool {
    let object = program.object(token);
    let outer = program.function_of(taken);
    let others = match program.op(taken) {
        Op::Send { .. } => &object.receives,
        _ => &object.sends,
    };
    others
        .iter()
        .any(|&other| program.is_within(program.function_of(other), outer))
}

fn say(
    program: &Program,
    channel: ObjectId,
    send: StepId,
    place: Span,
    evicts: StepId,
    spins: bool,
    findings: &mut Findings,
) {
    if is_guarded(program, send) || findings.has_at(place) {
        return;
    }
    let confidence = match program.producers(channel) {
        Producers::One => return,
        Producers::Many => Confidence::High,
        Producers::Unseen => Confidence::Medium,
    };
    let name = program.object_name(channel);
    let message = if spins {
        format!("makes room in `{name}` and tries again, while others take the room")
    } else {
        format!("makes room in `{name}`, then waits for it: another sender may have taken it")
    };
    let why = match (spins, program.is_tried(evicts)) {
        (true, true) => {
            "Receive and send are two steps. Another producer takes the room that this one made, so it evicts again and again: no push has an upper limit, and newer items are thrown out for older ones."
        }
        (true, false) => {
            "The channel was full when the select looked. When consumers empty it before the receive, this push waits there for an item, perhaps for its own."
        }
        (false, _) => {
            "Receive and send are two steps. Another producer takes the room in between, and this send blocks in code that was written so as never to block."
        }
    };
    let finding = findings.at(place, confidence, message);
    finding
        .why(why)
        .fix("Hold a mutex over the whole push in every producer, keep the receive in a select with a default, and count what is evicted. Where only the newest value matters, keep it in an atomic or under a mutex instead of a queue.")
        .about(name)
        .because(program.span(evicts), "room is made here")
        .because(program.span(send), "the room is used here");
    finding.function = Some(program.function_of(send));
}
