//! Sends that unwind when the other side has left, where a send to nobody yields an error: the
//! error is turned into a panic. Told by three rules, each for its way of leaving.

use super::{Confidence, Findings, handlers};
use crate::model::channels::{ArmKind, is_end_name};
use crate::model::{
    Api, AssignHow, Direction, Discipline, ExprId, ExprKind, FunctionId, FunctionKind, Init,
    ObjectId, Op, Owner, Program, StepId, Symbol, Type, VariableId, VariableKind,
};

/// A send that unwinds, and where the receiving side leaves.
struct Unwinding {
    send: StepId,
    leaves: StepId,
}

fn unwinding(program: &Program, channel: ObjectId) -> Option<Unwinding> {
    let left_at = |send: StepId| {
        let leaves = program
            .receiver_leaves(channel)
            .or_else(|| receiver_aborted(program, channel, send))
            .or_else(|| receiver_told_to_leave(program, channel, send))?;
        Some((send, leaves))
    };
    let sends = program.object(channel).sends.iter().copied();
    let (send, leaves) = sends
        .filter(|&send| {
            program.unwinding.contains(&send)
                && !is_over_before_receiving(program, channel, send)
                && !reaches_itself(program, channel, send)
        })
        .find_map(left_at)?;
    if is_close(program, channel, leaves) && is_after_the_end(program, channel, leaves) {
        return None;
    }
    // A sender that ends the channel behind its own last send does not hit itself.
    let is_own_end = program.is_ended_by_sender(leaves)
        && program.function_of(leaves) == program.function_of(send)
        && program.is_before(send, leaves)
        && program.enclosing_loop(leaves).is_none();
    if is_own_end {
        return None;
    }
    let is_test = |step: StepId| program.function(program.function_of(step)).is_test;
    (!is_test(send) && !is_test(leaves)).then_some(Unwinding { send, leaves })
}

/// Where the task of the receiver is ended by its handle, by one who has nothing for himself: others
/// may send at that time. Where the receiver is not in view, it is the task that goes with the flag
/// which the sender asks.
fn receiver_aborted(program: &Program, channel: ObjectId, send: StepId) -> Option<StepId> {
    let aborts = |step: &StepId| {
        let call = program.call(*step);
        call.is_some_and(|call| {
            call.api == Api::Cancel && program.callee_name(call.callee).starts_with("abort")
        }) && is_shared_method(program, program.outermost(program.function_of(*step)))
    };
    let takes: Vec<StepId> = program.object(channel).takes().collect();
    if takes.is_empty() {
        return flag_of(program, send)
            .into_iter()
            .flat_map(|flag| program.occurrences(flag))
            .filter_map(|&at| program.step_of(at))
            .filter(|&at| {
                program
                    .call(at)
                    .is_some_and(|call| call.api == Api::AtomicStore)
            })
            .find_map(|at| {
                let mut beside = program.steps_of(program.function_of(at)).into_iter();
                beside.find(aborts)
            });
    }
    takes.into_iter().find_map(|take| {
        let sites = program.spawned_at(program.function_of(take)).iter();
        let mut groups = sites.filter_map(|&site| program.object_of(program.spawn(site)?.group?));
        groups.find_map(|group| program.object(group).calls.iter().copied().find(aborts))
    })
}

/// Where the receiver leaves because an item tells it to, by its name, which one sends who has nothing
/// for himself: others may send after it, or have sent what nobody takes any more.
fn receiver_told_to_leave(program: &Program, channel: ObjectId, send: StepId) -> Option<StepId> {
    let object = program.object(channel);
    let told_by = |exit: StepId| {
        let outer = program.ancestors(exit).map(|(around, _)| around);
        let mut blocks = std::iter::once(exit).chain(outer);
        blocks.find_map(|step| {
            let asked = program.asked_for.get(&program.step(step).block)?;
            let mut asked = asked.iter().copied();
            asked.find(|&name| is_end_name(program.text(name)))
        })
    };
    let (leaves, word) = object
        .takes()
        .filter_map(|take| match program.op(take) {
            Op::Loop(_) => Some(take),
            _ => program.enclosing_loop(take),
        })
        .flat_map(|looped| program.loop_exits(looped))
        .find_map(|(exit, _)| Some((exit, told_by(exit)?)))?;
    let ends_for_others = |&other: &StepId| {
        let ender = program.outermost(program.function_of(other));
        other != send && is_shared_method(program, ender) && sends_word(program, other, word)
    };
    let is_word_itself = sends_word(program, send, word);
    (!is_word_itself && object.sends.iter().any(ends_for_others)).then_some(leaves)
}

/// Whether a send puts in the word, one of the forms of its items, as a value or through a local.
fn sends_word(program: &Program, send: StepId, word: Symbol) -> bool {
    let Op::Send { value, .. } = *program.op(send) else {
        return false;
    };
    let first = program
        .variable_of(value)
        .and_then(|local| match program.variable(local).init {
            Init::Value(first) => Some(first),
            _ => None,
        });
    let parts = program.parts_of(value).into_iter();
    parts
        .chain(first.into_iter().flat_map(|first| program.parts_of(first)))
        .any(|part| match *program.kind(part) {
            ExprKind::Composite(ty, ..) => matches!(*program.pointee(ty), Type::Named(named)
                if program.named[named.index()].name == word),
            ExprKind::Qualified(_, name) | ExprKind::Name(name) | ExprKind::Member(_, name) => {
                name == word
            }
            _ => false,
        })
}

/// Whether a function is a method that several may call at a time, on what lives on.
fn is_shared_method(program: &Program, function: FunctionId) -> bool {
    matches!(program.function(function).kind, FunctionKind::Method(..))
        && !program.alone.exclusive.contains(&function)
        && !program.ends_its_value(function)
}

/// Whether a receiving end is let go when all that was sent has been received, and every sender is
/// gone.
fn is_after_the_end(program: &Program, channel: ObjectId, close: StepId) -> bool {
    let home = program.function_of(close);
    program
        .waits_for_the_end(channel)
        .into_iter()
        .any(|looped| {
            let function = program.function_of(looped);
            let calls = program.callers[function.index()].iter().copied();
            let mut waits = std::iter::once(looped).chain(calls);
            !program.can_fail_before_the_end(channel, looped)
                && waits.any(|at| program.function_of(at) == home && program.dominates(at, close))
        })
}

/// The flag that is asked before a send.
fn flag_of(program: &Program, send: StepId) -> Option<VariableId> {
    let asked = handlers::conditions_before(program, send);
    let mut parts = asked
        .into_iter()
        .flat_map(|condition| program.parts_of(condition));
    parts.find_map(|part| {
        let (_, call) = program.call_of(part)?;
        let flag = call.receiver.filter(|_| call.api == Api::AtomicLoad)?;
        program.variable_or_field(flag)
    })
}

/// Whether a send reaches each receiver there is, and who sends has one itself: while it is there
/// the send cannot fail, whoever else has left.
fn reaches_itself(program: &Program, channel: ObjectId, send: StepId) -> bool {
    program.discipline(channel) == Discipline::Latest && program.receiver_alive_at(channel, send)
}

/// Whether a send has long been made when the receiving end begins its life: its task belongs to a
/// group, and who starts it hands the receiving end on only behind a loop that waits for the
/// whole group.
fn is_over_before_receiving(program: &Program, channel: ObjectId, send: StepId) -> bool {
    let sites = program.spawned_at(program.function_of(send));
    !sites.is_empty()
        && sites.iter().all(|&site| {
            let group = program.spawn(site).and_then(|spawn| spawn.group);
            let steps = program.steps_of(program.function_of(site));
            group
                .and_then(|group| program.object_of(group))
                .is_some_and(|group| is_given_after(program, channel, group, &steps))
        })
}

/// Whether all that these steps of a function do with the receiving end of a channel comes after
/// a loop that waits for a group.
fn is_given_after(program: &Program, channel: ObjectId, group: ObjectId, steps: &[StepId]) -> bool {
    let waits = |&&step: &&StepId| {
        program.call(step).is_some_and(|call| {
            call.api == Api::GroupWait
                && call.receiver.and_then(|on| program.object_of(on)) == Some(group)
        })
    };
    let Some(looped) = steps
        .iter()
        .find(waits)
        .and_then(|&wait| program.enclosing_loop(wait))
    else {
        return false;
    };
    let receives = |value: ExprId| {
        program.object_of(value) == Some(channel)
            && matches!(
                program.underlying(program.expr(value).ty),
                Type::Channel(_, Direction::Receive, _)
            )
    };
    let is_made = |step: StepId| matches!(program.op(step), Op::Assign(assign) if assign.how == AssignHow::Define);
    let mut given = steps
        .iter()
        .filter(|&&step| !is_made(step) && program.mentions_of(step).into_iter().any(receives))
        .peekable();
    given.peek().is_some() && given.all(|&step| program.dominates(looped, step))
}

fn is_close(program: &Program, channel: ObjectId, step: StepId) -> bool {
    program.object(channel).closes.contains(&step)
}

/// Whether the function of a close receives from the channel itself.
fn receives_too(program: &Program, channel: ObjectId, close: StepId) -> bool {
    let home = program.outermost(program.function_of(close));
    program
        .object(channel)
        .takes()
        .any(|take| program.outermost(program.function_of(take)) == home)
}

/// The receiver closes its end while a sender takes that for impossible.
pub(super) fn closed_by_receiver(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let Some(found) = unwinding(program, channel) else {
        return;
    };
    let is_close = is_close(program, channel, found.leaves);
    if !is_close
        || goes_with_shutdown(program, &found)
        || program.is_ended_by_sender(found.leaves)
        || !receives_too(program, channel, found.leaves)
    {
        return;
    }
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(found.leaves),
        Confidence::High,
        format!("ends `{name}` from the receiving side, and a sender panics on that"),
    );
    finding
        .why("A sender cannot know that the receiver has left until it tries. Here it takes the error for impossible, so the receiver's shut-down brings the sender down, in the middle of its work.")
        .fix("Let the sender return when the send fails; it is how the receiver says that nobody wants more. Or let the senders end first, and receive until the channel has ended.")
        .about(name);
    finding.function = Some(program.function_of(found.leaves));
    finding.because(
        program.span(found.send),
        "this send panics when nobody receives any more",
    );
}

/// Another part ends the channel on purpose.
pub(super) fn closed_elsewhere(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let Some(found) = unwinding(program, channel) else {
        return;
    };
    if !is_close(program, channel, found.leaves)
        || receives_too(program, channel, found.leaves)
        || goes_with_shutdown(program, &found)
    {
        return;
    }
    // Whether that task is the one which sends cannot be told where handles change hands.
    let confidence = match waits_for_a_task(program, found.leaves) {
        true => Confidence::Low,
        false => Confidence::High,
    };
    say_late(
        program,
        channel,
        &found,
        confidence,
        "panics once the channel is closed, which another part does on purpose",
        findings,
    );
}

/// Whether a channel is closed as its part is shut down: on a signal that the sending side hears
/// too, or beside a flag that the sender asks before it sends, in a step of its own.
fn goes_with_shutdown(program: &Program, found: &Unwinding) -> bool {
    let sender = program.function_of(found.send);
    flag_of(program, found.send).is_some()
        || is_on_signal(program, found.leaves) && is_ended_by_owner(program, sender)
        || is_on_signal(program, found.leaves) && {
            let callers = program.callers[sender.index()].iter();
            let callers = callers.map(|&caller| program.function_of(caller));
            std::iter::once(sender).chain(callers).any(|function| {
                let mut steps = program.steps_of(function).into_iter();
                steps.any(|step| hears_signal(program, step, None))
            })
        }
}

/// Whether the type that a sender is a method of has another method that ends something: it shuts
/// its receiver down itself.
fn is_ended_by_owner(program: &Program, sender: FunctionId) -> bool {
    let FunctionKind::Method(_, owner) = program.function(program.outermost(sender)).kind else {
        return false;
    };
    let ends = |step: StepId| {
        program
            .call(step)
            .is_some_and(|call| call.api == Api::Cancel)
    };
    let methods = program.named[owner.index()].methods.iter();
    methods
        .filter(|&&(_, method)| method != sender && is_shared_method(program, method))
        .any(|&(_, method)| program.steps_of(method).into_iter().any(ends))
}

/// Whether a select has an arm for the end of something: any, or this one.
fn hears_signal(program: &Program, select: StepId, own: Option<u32>) -> bool {
    let arms = program.arms(select);
    let mut arms = arms.iter().enumerate();
    arms.any(|(at, (_, kind))| *kind == ArmKind::Done && own.is_none_or(|own| own as usize == at))
}

/// Whether a close stands in the arm of a signal, or behind a loop that hears one.
fn is_on_signal(program: &Program, close: StepId) -> bool {
    let in_its_arm = program.ancestors(close).any(|(around, owner)| {
        matches!(owner, Owner::Arm(_, own) if hears_signal(program, around, Some(own)))
    });
    let is_heard_before =
        |step: StepId| program.is_before(step, close) && hears_signal(program, step, None);
    let steps = program.steps_of(program.function_of(close));
    in_its_arm || program.enclosing_loop(close).is_none() && steps.into_iter().any(is_heard_before)
}

/// Whether who closes a channel has always waited for a task before.
fn waits_for_a_task(program: &Program, close: StepId) -> bool {
    program
        .before(close, program.function_of(close))
        .into_iter()
        .any(|before| {
            matches!(program.call(before), Some(call) if call.api == Api::GroupWait)
                && program.dominates(before, close)
        })
}

/// The receiver leaves on a signal, and a send that comes later panics.
pub(super) fn after_signal(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let Some(found) = unwinding(program, channel) else {
        return;
    };
    let confidence = match is_close(program, channel, found.leaves) {
        true if !goes_with_shutdown(program, &found) => return,
        true => Confidence::High,
        false => Confidence::Medium,
    };
    say_late(
        program,
        channel,
        &found,
        confidence,
        "panics when the receiver has already shut down",
        findings,
    );
}

fn say_late(
    program: &Program,
    channel: ObjectId,
    found: &Unwinding,
    confidence: Confidence,
    what: &str,
    findings: &mut Findings,
) {
    let name = sent_on(program, channel, found.send);
    let finding = findings.at(
        program.span(found.send),
        confidence,
        format!("sends on `{name}` and {what}"),
    );
    finding
        .why("The receiver is gone while senders are still at work: a send then yields an error, and here that error unwinds. It happens in the middle of a shut-down, under load.")
        .fix("Treat the error as the word that nobody wants more: return, or count what is lost. Or stop the senders first and let the receiver drain until the channel has ended.")
        .about(name);
    finding.function = Some(program.function_of(found.send));
    finding.because(program.span(found.leaves), "the receiving side leaves here");
}

/// The name of a channel where it is sent on: the same channel may be in fields of several types.
fn sent_on(program: &Program, channel: ObjectId, send: StepId) -> String {
    let named = match *program.op(send) {
        Op::Send { channel, .. } => program.variable_or_field(channel),
        _ => None,
    };
    let field =
        named.filter(|&named| matches!(program.variable(named).kind, VariableKind::Field(_)));
    field.map_or_else(
        || program.object_name(channel),
        |field| program.variable_name(field),
    )
}
