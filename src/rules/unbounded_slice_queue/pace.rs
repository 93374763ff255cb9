//! What keeps a sender slow, or short, though nothing bounds the channel: a clock, an answer that
//! it waits for, a permit in each item, a budget, a buffer that comes back, news that it tells once.

use super::pressure::Made;
use super::sources;
use crate::model::channels::ArmKind;
use crate::model::permits::{PermitKind, Right};
use crate::model::{
    Api, AssignHow, BinaryOp, Direction, Discipline, ExprId, ExprKind, FunctionId, Init, LoopKind,
    NamedId, ObjectId, Op, Owner, Program, StepId, Type, TypeId, VariableId, VariableKind,
};
use crate::rules::handlers;

/// How deep types are searched for an answer's way back.
const MAX_DEPTH: u32 = 5;
/// How far a value is followed through locals and calls.
const MAX_VALUES: u32 = 5;

/// Whether something in view keeps a send from being faster than what takes.
pub(super) fn is_kept(program: &Program, made: Made, send: StepId) -> bool {
    is_asked_and_answered(program, send)
        || is_by_the_clock(program, send)
        || is_budgeted(program, send)
        || is_limited(program, send)
        || carries_permit(program, send)
        || gets_back(program, made.channel, send)
        || is_one_result(program, made)
        || is_news(program, send)
        || sources::is_of_a_stock(program, made)
        || feeds_itself(program, made.channel, send)
}

/// Whether whoever sends such values waits for an answer to each: no more are under way than
/// there are callers.
pub(super) fn is_answered(program: &Program, element: TypeId) -> bool {
    has_way_back(program, element, MAX_DEPTH)
}

fn has_way_back(program: &Program, element: TypeId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match program.underlying(element) {
        Type::Channel(_, Direction::Send, _) | Type::Function(..) => true,
        Type::Named(named) => {
            let of = &program.named[named.index()];
            let in_fields = |fields: &[(crate::model::Symbol, VariableId)]| {
                fields
                    .iter()
                    .any(|&(_, field)| has_way_back(program, program.variable(field).ty, depth))
            };
            let (mut asks, mut tells) = (0, 0);
            for form in &of.forms {
                let fields = &program.named[form.index()].fields;
                match in_fields(fields) {
                    true => asks += 1,
                    false => tells += usize::from(!fields.is_empty()),
                }
            }
            // Who mostly asks is answered; what is told beside that is about the whole.
            in_fields(&of.fields) || asks > 0 && asks >= tells
        }
        Type::Tuple(parts) => parts.iter().any(|&part| has_way_back(program, part, depth)),
        _ => false,
    }
}

/// Whether values carry the sending end of a channel for one answer: whoever puts them in waits
/// there.
pub(super) fn are_waiters(program: &Program, element: TypeId) -> bool {
    let is_end = |ty: TypeId| {
        matches!(
            program.underlying(ty),
            Type::Channel(_, Direction::Send, Discipline::Once)
        )
    };
    match program.underlying(element) {
        Type::Tuple(parts) => parts.iter().any(|&part| is_end(part)),
        Type::Named(named) => program.named[named.index()]
            .fields
            .iter()
            .any(|&(_, field)| is_end(program.variable(field).ty)),
        _ => false,
    }
}

/// Whether values are only numbers: they say something about things that others keep, and a million
/// of them weigh little.
pub(super) fn are_numbers(program: &Program, element: TypeId) -> bool {
    match program.underlying(element) {
        Type::Integer(_) => true,
        Type::Tuple(parts) => parts.iter().all(|&part| are_numbers(program, part)),
        _ => false,
    }
}

/// Whether values are words that carry nothing: which one it is, is all that they say.
pub(super) fn are_words(program: &Program, element: TypeId) -> bool {
    match *program.underlying(element) {
        Type::Named(named) => {
            let forms = &program.named[named.index()].forms;
            let is_bare = |form: &NamedId| program.named[form.index()].fields.is_empty();
            !forms.is_empty() && forms.iter().all(is_bare)
        }
        _ => false,
    }
}

/// Whether the value of a send carries a way back that is made for it: its function waits there
/// for the answer, or hands the other end to its caller.
fn is_asked_and_answered(program: &Program, send: StepId) -> bool {
    let Op::Send { value, .. } = *program.op(send) else {
        return false;
    };
    let function = program.function_of(send);
    ways_in(program, value).into_iter().any(|object| {
        let of = program.object(object);
        program.discipline(object) == Discipline::Once
            || of
                .makes
                .iter()
                .any(|&made| program.function_at(program.expr(made).span) == Some(function))
            || of
                .receives
                .iter()
                .any(|&take| program.function_of(take) == function)
    })
}

/// The channels that go along in a value, or that a task in it sends on.
fn ways_in(program: &Program, value: ExprId) -> Vec<ObjectId> {
    let mut found = Vec::new();
    for part in parts_through_locals(program, value) {
        match *program.kind(part) {
            ExprKind::Variable(_) => found.extend(program.object_of(part)),
            ExprKind::Closure(task) => found.extend(
                program
                    .steps_of(task)
                    .into_iter()
                    .filter(|&step| matches!(program.op(step), Op::Send { .. }))
                    .filter_map(|step| program.channel_of(step)),
            ),
            _ => {}
        }
    }
    found.retain(|&object| program.is_channel(object));
    found
}

/// The parts of a value, with the locals that it is made of followed to their first values.
pub(super) fn parts_through_locals(program: &Program, value: ExprId) -> Vec<ExprId> {
    let mut found = program.parts_of(value);
    let mut seen: Vec<VariableId> = Vec::new();
    for _ in 0..MAX_VALUES {
        let more: Vec<ExprId> = found
            .iter()
            .filter_map(|&part| match *program.kind(part) {
                ExprKind::Variable(variable) if !seen.contains(&variable) => {
                    seen.push(variable);
                    match program.variable(variable).init {
                        Init::Value(value) | Init::Part(value, _) => Some(value),
                        _ => None,
                    }
                }
                _ => None,
            })
            .collect();
        if more.is_empty() {
            break;
        }
        for value in more {
            found.extend(program.parts_of(value));
        }
    }
    found
}

/// Whether a send happens by the clock or by hand: in the arm of a tick or of a key, under a test that enough time has
/// gone by, or once in each turn of a loop that sleeps.
fn is_by_the_clock(program: &Program, send: StepId) -> bool {
    for (outer, owner) in program.ancestors(send) {
        let is_timed = match (owner, program.op(outer)) {
            (Owner::Arm(select, arm), _) => program
                .arms(select)
                .get(arm as usize)
                .is_some_and(|(arm, kind)| {
                    matches!(kind, ArmKind::Tick | ArmKind::Timeout)
                        || matches!(arm.communication.map(|step| program.op(step)),
                            Some(&Op::Receive { channel, .. }) if sources::is_by_hand(program, channel))
                }),
            (Owner::Then(_), Op::Branch { condition, .. }) => {
                asks_time_gone_by(program, *condition)
            }
            (Owner::Body(_), Op::Loop(l)) => {
                let is_endless = matches!(l.kind, LoopKind::Forever | LoopKind::While(_));
                let is_slow = |&step: &StepId| {
                    is_pause(program, step) || sources::waits_for_a_key(program, step)
                };
                let by_hand = |source| sources::is_by_hand(program, source);
                is_endless && program.block(l.body).steps.iter().any(is_slow)
                    || sources::waited_for(program, outer).is_some_and(by_hand)
            }
            _ => false,
        };
        if is_timed {
            return true;
        }
    }
    false
}

/// Whether a step waits for time to go by, and for nothing else.
fn is_pause(program: &Program, step: StepId) -> bool {
    use crate::model::channels::Source;
    match *program.op(step) {
        Op::Call(ref call) => matches!(call.api, Api::Sleep | Api::RateWait),
        Op::Receive { channel, .. } => {
            program.select_of(step).is_none()
                && matches!(
                    program.channel_source(channel),
                    Source::Ticker | Source::Timer(_)
                )
        }
        _ => false,
    }
}

/// Whether a condition holds once time has gone by: `elapsed() > pause`.
pub(super) fn asks_time_gone_by(program: &Program, condition: ExprId) -> bool {
    let tells_time = |value: ExprId| {
        parts_through_locals(program, value)
            .into_iter()
            .any(|part| match *program.kind(part) {
                ExprKind::Variable(given) if is_called_now(program, given) => true,
                _ => program.call_of(part).is_some_and(|(_, call)| {
                    call.api == Api::Now || program.callee_name(call.callee) == "now"
                }),
            })
    };
    program
        .parts_of(condition)
        .into_iter()
        .any(|part| match *program.kind(part) {
            ExprKind::Binary(BinaryOp::Greater | BinaryOp::GreaterEqual, a, _) => tells_time(a),
            ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEqual, _, b) => tells_time(b),
            _ => false,
        })
}

/// Whether a parameter is the time at which it was called.
fn is_called_now(program: &Program, given: VariableId) -> bool {
    let of = program.variable(given);
    of.kind == VariableKind::Parameter && program.text(of.name) == "now"
}

/// Whether a send is paid from a budget: a number that outlives the call is made smaller where
/// it is sent, and the send stands under a choice.
fn is_budgeted(program: &Program, send: StepId) -> bool {
    program.ancestors(send).any(|(outer, _)| {
        let conditions: Vec<ExprId> = match program.op(outer) {
            Op::Branch { condition, .. } => vec![*condition],
            Op::Switch { subject, .. } => subject.iter().copied().collect(),
            _ => return false,
        };
        let asked: Vec<ObjectId> = conditions
            .into_iter()
            .flat_map(|condition| parts_through_locals(program, condition))
            .filter(|&part| matches!(program.kind(part), ExprKind::Field(..)))
            .filter_map(|part| program.object_of(part))
            .collect();
        !asked.is_empty()
            && program
                .steps_of(program.function_of(send))
                .into_iter()
                .any(|step| lowers(program, step).is_some_and(|of| asked.contains(&of)))
    })
}

/// Whether a send stands under a comparison of a kept number with a limit, and its function counts
/// that number up: it is a bound made by hand.
fn is_limited(program: &Program, send: StepId) -> bool {
    let around = program
        .ancestors(send)
        .filter_map(|(outer, _)| match program.op(outer) {
            Op::Branch { condition, .. } => Some(*condition),
            _ => None,
        });
    let compared: Vec<ObjectId> = around
        .chain(handlers::conditions_before(program, send))
        .filter(|&condition| {
            matches!(*program.kind(condition), ExprKind::Binary(operator, _, limit)
                if is_order(operator) && !matches!(program.constant_int(limit), Some(..=1)))
        })
        .flat_map(|condition| parts_through_locals(program, condition))
        .filter_map(|part| counter_of(program, part))
        .collect();
    if compared.is_empty() {
        return false;
    }
    let counts = |step: StepId| {
        let call = program.call(step)?;
        matches!(call.api, Api::AtomicAdd | Api::AtomicCompareSwap)
            .then_some(call.receiver?)
            .and_then(|on| program.object_of(on))
    };
    program
        .steps_of(program.function_of(send))
        .into_iter()
        .any(|step| counts(step).is_some_and(|of| compared.contains(&of)))
}

fn is_order(operator: BinaryOp) -> bool {
    use BinaryOp::{Greater, GreaterEqual, Less, LessEqual};
    matches!(operator, Less | LessEqual | Greater | GreaterEqual)
}

/// The number that a call reads.
fn counter_of(program: &Program, value: ExprId) -> Option<ObjectId> {
    let ExprKind::Call(step) = *program.kind(value) else {
        return None;
    };
    let call = program
        .call(step)
        .filter(|call| call.api == Api::AtomicLoad)?;
    program.object_of(call.receiver?)
}

/// The number that a step makes smaller.
fn lowers(program: &Program, step: StepId) -> Option<ObjectId> {
    let Op::Assign(assign) = program.op(step) else {
        return None;
    };
    let &target = program.list(assign.targets).first()?;
    let &value = program.list(assign.values).first()?;
    let object = program.object_of(target)?;
    let is_less = match assign.how {
        AssignHow::Update(BinaryOp::Subtract) => true,
        AssignHow::Set => parts_through_locals(program, value)
            .into_iter()
            .any(|part| {
                matches!(*program.kind(part), ExprKind::Binary(BinaryOp::Subtract, from, _)
                if program.object_of(from) == Some(object))
            }),
        _ => false,
    };
    is_less.then_some(object)
}

/// Whether a permit is taken before the send that the sender does not give back itself: it goes
/// along with the item.
fn carries_permit(program: &Program, send: StepId) -> bool {
    let element = program
        .channel_of(send)
        .map(|channel| program.element_type(channel));
    let holds_one = element.is_some_and(|element| program.right_of(element) == Some(Right::Permit));
    holds_one
        || program
            .taken_at(send)
            .into_iter()
            .any(|taken| taken.take.kind == PermitKind::Semaphore && taken.give.is_none())
}

/// Whether the sender waits for what the receiver gives back: a free buffer, a credit.
fn gets_back(program: &Program, channel: ObjectId, send: StepId) -> bool {
    let waited: Vec<ObjectId> = reached(program, program.function_of(send))
        .into_iter()
        .filter(|&step| {
            matches!(program.op(step), Op::Receive { .. }) && program.select_of(step).is_none()
        })
        .filter_map(|step| program.channel_of(step))
        .filter(|&object| object != channel)
        .collect();
    if waited.is_empty() {
        return false;
    }
    let mut takes = program.object(channel).takes().peekable();
    // Who takes is out of view: what is waited for right after the send is most likely the answer.
    if takes.peek().is_none() {
        return waits_next(program, send);
    }
    takes
        .flat_map(|take| reached(program, program.function_of(take)))
        .filter(|&step| matches!(program.op(step), Op::Send { .. }))
        .filter_map(|step| program.channel_of(step))
        .any(|object| waited.contains(&object))
}

/// Whether a function receives in the same block in which it has sent.
fn waits_next(program: &Program, send: StepId) -> bool {
    let block = &program.block(program.step(send).block).steps;
    block.iter().skip_while(|&&step| step != send).any(|&step| {
        matches!(program.op(step), Op::Receive { .. }) && program.select_of(step).is_none()
    })
}

/// Whether a function waits for one answer right after a call in it that sends: each run has one
/// item under way.
pub(super) fn waits_for_answer(program: &Program, call: StepId) -> bool {
    let block = &program.block(program.step(call).block).steps;
    let mut behind = block.iter().skip_while(|&&step| step != call);
    behind.any(|&step| {
        matches!(program.op(step), Op::Receive { .. })
            && program.select_of(step).is_none()
            && program
                .channel_of(step)
                .is_some_and(|answer| program.discipline(answer) == Discipline::Once)
    })
}

/// Whether a send tells only what has changed: it stands under a test that a value is another than
/// the one kept, which is kept from then on.
fn is_news(program: &Program, send: StepId) -> bool {
    program.ancestors(send).any(|(outer, owner)| {
        let (
            Owner::Then(_),
            Op::Branch {
                condition, then, ..
            },
        ) = (owner, program.op(outer))
        else {
            return false;
        };
        let compared: Vec<ObjectId> = program
            .parts_of(*condition)
            .into_iter()
            .filter_map(|part| match *program.kind(part) {
                ExprKind::Binary(BinaryOp::NotEqual, a, b) => Some([a, b]),
                _ => None,
            })
            .flatten()
            .filter_map(|side| program.object_of(side))
            .collect();
        let keeps = |&step: &StepId| match program.op(step) {
            Op::Assign(assign) if assign.how == AssignHow::Set => program
                .list(assign.targets)
                .iter()
                .filter_map(|&target| program.object_of(target))
                .any(|target| compared.contains(&target)),
            _ => false,
        };
        !compared.is_empty() && program.block(*then).steps.iter().any(keeps)
    })
}

/// Whether a send is what comes of an item of the same channel: each is a part of the work that is
/// in it already, and whoever takes would wait for itself if there were no room.
fn feeds_itself(program: &Program, channel: ObjectId, send: StepId) -> bool {
    let object = program.object(channel);
    let around_takes = object
        .receives
        .iter()
        .filter_map(|&take| program.enclosing_loop(take));
    let mut loops = around_takes.chain(object.loops.iter().copied());
    loops.any(|looped| program.is_inside(send, looped))
        || program.ancestors(send).any(|(outer, owner)| {
            matches!(owner, Owner::Body(_)) && sources::waits_for_itself(program, channel, outer)
        })
}

/// The steps of a function and of what it calls.
fn reached(program: &Program, function: FunctionId) -> Vec<StepId> {
    program
        .reach(function)
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .collect()
}

/// Whether a channel is a place for one result: the function that makes it takes from it outside
/// of any loop, and is done.
fn is_one_result(program: &Program, made: Made) -> bool {
    let maker = program.function_at(program.expr(made.at).span);
    let object = program.object(made.channel);
    object.loops.is_empty()
        && !object.receives.is_empty()
        && object.receives.iter().all(|&take| {
            Some(program.function_of(take)) == maker && program.enclosing_loop(take).is_none()
        })
}
