//! Where a channel ends with its last sender: one that lives on beside the wait for that end.

use crate::model::{
    Direction, ExprKind, Init, LoopKind, ObjectId, Op, Program, StepId, Type, VariableId,
};
use crate::rules::{Confidence, Findings};

/// How many names of one value are followed.
const MAX_NAMES: u32 = 6;

pub(super) fn check(program: &Program, channel: ObjectId, findings: &mut Findings) {
    if !beside_the_loop(program, channel, findings) && !in_the_task(program, channel, findings) {
        beside_the_join(program, channel, findings);
    }
}

/// A task that receives until all senders are gone, and was given one of them: it sends itself more
/// from within its loop.
fn in_the_task(program: &Program, channel: ObjectId, findings: &mut Findings) -> bool {
    let found = program
        .waits_for_the_end(channel)
        .into_iter()
        .find_map(|looped| Some((looped, own_sender(program, channel, looped)?)));
    if let Some((looped, sender)) = found {
        say_loop(program, channel, (looped, sender), findings);
    }
    found.is_some()
}

/// The sender of a channel that the task with a loop took along, and uses in the loop.
fn own_sender(program: &Program, channel: ObjectId, looped: StepId) -> Option<VariableId> {
    let task = program.function_of(looped);
    let is_task = program.is_closure(task) && program.is_task(task);
    let body = program.op_loop(looped).filter(|_| is_task)?.body;
    let is_sender = |one: VariableId| {
        matches!(
            program.underlying(program.variable(one).ty),
            Type::Channel(_, Direction::Send, _)
        )
    };
    let was_given = |one: VariableId| {
        let owner = program.variable(one).function;
        owner.is_some_and(|owner| owner != task && program.is_within(task, owner))
    };
    let used: Vec<VariableId> = program
        .steps_in(body)
        .into_iter()
        .flat_map(|step| program.mentioned_by(step))
        .collect();
    // Both ends come from one make: what was put in another's place is another channel.
    let receiver = received_by(program, channel, looped)?;
    let ends = program.object(channel).variables.iter().copied();
    ends.filter(|one| used.contains(one)).find(|&one| {
        is_sender(one) && was_given(one) && root(program, one) == root(program, receiver)
    })
}

/// The variable from which a loop receives.
fn received_by(program: &Program, channel: ObjectId, looped: StepId) -> Option<VariableId> {
    let takes = program.object(channel).takes();
    let mut inside = takes.filter(|&take| take == looped || program.is_inside(take, looped));
    let from = match program.op(inside.next()?) {
        Op::Receive { channel, .. } => *channel,
        Op::Loop(l) => match l.kind {
            LoopKind::Channel(over) => over,
            _ => return None,
        },
        _ => return None,
    };
    program.variable_of(from)
}

/// What a variable is another name of.
fn root(program: &Program, variable: VariableId) -> VariableId {
    let mut at = variable;
    for _ in 0..MAX_NAMES {
        let Init::Value(value) = program.variable(at).init else {
            break;
        };
        match *program.kind(value) {
            ExprKind::Variable(of) if of != at => at = of,
            _ => break,
        }
    }
    at
}

/// Whether a sender ends the channel before a step, whoever else still holds one.
fn is_ended_before(program: &Program, channel: ObjectId, step: StepId) -> bool {
    program.object(channel).closes.iter().any(|&close| {
        let Op::Close { channel: end } = *program.op(close) else {
            return false;
        };
        let is_receiver = matches!(
            program.underlying(program.expr(end).ty),
            Type::Channel(_, Direction::Receive, _)
        );
        !is_receiver
            && program.function_of(close) == program.function_of(step)
            && program.is_before(close, step)
    })
}

/// Loops that wait until all senders are gone while one of them lives on beside it; whether there
/// are any.
fn beside_the_loop(program: &Program, channel: ObjectId, findings: &mut Findings) -> bool {
    let mut functions = Vec::new();
    for looped in program.waits_for_the_end(channel) {
        let function = program.function_of(looped);
        let held = |&at: &StepId| {
            let sender = program
                .sender_alive_during(channel, at)
                .or_else(|| program.sender_of_self_during(channel, at))?;
            (!is_ended_before(program, channel, at)).then_some(sender)
        };
        let sender = waited_for_at(program, looped).iter().find_map(held);
        if let Some(sender) = sender
            && !functions.contains(&function)
        {
            functions.push(function);
            say_loop(program, channel, (looped, sender), findings);
        }
    }
    !functions.is_empty()
}

fn say_loop(
    program: &Program,
    channel: ObjectId,
    (looped, sender): (StepId, VariableId),
    findings: &mut Findings,
) {
    let name = program.variable_name(sender);
    let finding = findings.at(
        program.span(looped),
        confidence(program, channel, looped),
        format!("waits until every sender is gone, and `{name}` lives on beside it"),
    );
    finding
        .why(format!(
            "The loop ends when the last sender is dropped. `{name}` is not moved away and not dropped before it, so the channel never ends: what stands behind the loop never runs, and whoever waits for it waits too."
        ))
        .fix(format!(
            "Drop `{name}` before the wait, or move it into the last task that sends instead of a clone of it."
        ))
        .about(name);
    finding.function = Some(program.function_of(looped));
    finding.because(program.variable(sender).span, "this sender is still alive");
    let makes = &program.object(channel).makes;
    let made = makes.iter().find(|&&made| {
        program.function_at(program.expr(made).span) == program.variable(sender).function
    });
    if let Some(&made) = made.or(makes.first()) {
        finding.because(program.expr(made).span, "made here");
    }
}

/// A loop that a failure ends early may be meant to end that way.
fn confidence(program: &Program, channel: ObjectId, looped: StepId) -> Confidence {
    if program.is_for_tests(program.span(looped).file) {
        Confidence::Low
    } else if program.can_fail_before_the_end(channel, looped) {
        Confidence::Medium
    } else {
        Confidence::High
    }
}

/// A method that waits for the task which receives until all senders are gone, while the value it
/// is called on holds one of them.
fn beside_the_join(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let found = program
        .waits_for_the_end(channel)
        .into_iter()
        .find_map(|looped| {
            let tasks = program.tasks_around(looped);
            let mut joins = tasks.into_iter().flat_map(|task| program.joins_of(task));
            joins.find_map(|join| {
                let sender = program.sender_kept_during(channel, looped, join)?;
                Some((looped, join, sender))
            })
        });
    if let Some((looped, join, sender)) = found {
        say_join(program, channel, (looped, join, sender), findings);
    }
}

fn say_join(
    program: &Program,
    channel: ObjectId,
    (looped, join, sender): (StepId, StepId, VariableId),
    findings: &mut Findings,
) {
    let name = program.variable_name(sender);
    let finding = findings.at(
        program.span(join),
        confidence(program, channel, looped),
        format!("waits for a task that ends when every sender is gone, and `{name}` is one"),
    );
    finding
        .why(format!(
            "The task receives until the last sender is dropped. `{name}` is still there while this waits, since a field is dropped only when its value is: each waits for the other, for ever."
        ))
        .fix(format!(
            "Keep the sender as an `Option` and take it out of `{name}` before the wait, or take the value apart and drop its sender first."
        ))
        .about(name);
    finding.function = Some(program.function_of(join));
    finding.because(program.span(looped), "this loop ends with the last sender");
    finding.because(program.variable(sender).span, "this sender is still alive");
    if let Some(&made) = program.object(channel).makes.first() {
        finding.because(program.expr(made).span, "made here");
    }
}

/// Where the function that made a channel stands while a loop runs: in the loop, or where it
/// waits for the task that runs it.
fn waited_for_at(program: &Program, looped: StepId) -> Vec<StepId> {
    let mut at = vec![looped];
    for task in program.tasks_around(looped) {
        for &spawn in program.spawned_at(task) {
            at.extend(program.join_of(spawn, &[]));
        }
    }
    at
}
