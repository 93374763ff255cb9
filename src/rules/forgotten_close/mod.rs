//! BP04: a channel is received from until closed, and nothing closes it.
//!
//! All is in view: the make, every sender, the receiver that waits for the end. Each sender is
//! code that ends. A channel with a sender that may be called at any time has no last send; its
//! worker is BP09's.

mod kept;

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::change::Change;
use crate::model::closing::Closings;
use crate::model::{
    Api, ExprKind, FunctionId, Init, LoopKind, ObjectId, Op, Owner, Program, StepId, VariableKind,
};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "BP04",
    slug: "forgotten-close",
    summary: "a channel is received from until closed, and nothing closes it",
    level: Level::Junior,
    seam: Seam::SendReceive,
    questions: &["Q2", "Q4"],
    checklist: &["C4"],
    page: include_str!("../../../rules/BP04-forgotten-close/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let closings = Closings::of(program);
    for channel in program.object_ids() {
        if program.discipline(channel).ends_with_owners() {
            kept::check(program, channel, findings);
            continue;
        }
        let object = program.object(channel);
        if object.sends.is_empty() || object.escapes || object.makes.is_empty() {
            continue;
        }
        if let Some(confidence) = confidence(&closings, channel)
            && let Some(reader) = reader(&closings, channel)
            && !ends_with_the_process(&closings, channel, reader)
        {
            say(program, channel, reader, confidence, findings);
        }
    }
}

/// Whether nothing closes the channel although all its senders end, and how sure that is.
fn confidence(closings: &Closings<'_>, channel: ObjectId) -> Option<Confidence> {
    let program = closings.program();
    let object = program.object(channel);
    let is_made = object
        .makes
        .iter()
        .all(|&made| matches!(program.kind(made), ExprKind::MakeChannel(..)));
    let is_closed = object
        .closes
        .iter()
        .any(|&close| !closings.is_after_end(channel, close));
    let is_shared = object
        .variables
        .iter()
        .any(|&variable| program.variable(variable).kind == VariableKind::Global);
    if !is_made || is_closed || is_shared {
        return None;
    }
    let makers: Vec<FunctionId> = object
        .makes
        .iter()
        .filter_map(|&made| program.function_at(program.expr(made).span))
        .collect();
    let mut confidence = Confidence::High;
    for &send in &object.sends {
        if !is_local_code(closings, send, &makers) {
            return None;
        }
        confidence = confidence.min(end_of(closings, send)?);
    }
    Some(confidence)
}

/// Whether a send runs only in tasks that are started in view, or in a call of the function that
/// makes the channel.
fn is_local_code(closings: &Closings<'_>, send: StepId, makers: &[FunctionId]) -> bool {
    let program = closings.program();
    let home = closings.home_of(send);
    let function = program.function(home);
    if makers.contains(&home) {
        return true;
    }
    if program.is_task(home) {
        // A task that is started for one channel; one that others may also call has no end.
        return !function.exported
            || program.callers[home.index()]
                .iter()
                .all(|&caller| matches!(program.op(caller), Op::Spawn(_)));
    }
    if function.exported || function.is_value && !program.is_closure(home) {
        return false;
    }
    let entries = closings.entries(home);
    !program.callers[home.index()].is_empty()
        && entries.iter().all(|&entry| {
            entry != home
                && (program.is_task(entry)
                    || makers.contains(&entry)
                    || program
                        .reach(entry)
                        .iter()
                        .any(|reached| makers.contains(reached)))
        })
}

/// How sure it is that a sender ends: none if it goes on for ever.
fn end_of(closings: &Closings<'_>, send: StepId) -> Option<Confidence> {
    let program = closings.program();
    let mut confidence = Confidence::High;
    let mut at = send;
    while let Some(looped) = program.enclosing_loop(at) {
        confidence = confidence.min(end_of_loop(program, looped)?);
        at = looped;
    }
    // Tasks that are started again and again by a loop without end have no last one.
    let home = closings.home_of(send);
    for &site in program.spawned_at(home) {
        let mut at = site;
        while let Some(looped) = program.enclosing_loop(at) {
            confidence = confidence.min(end_of_loop(program, looped)?);
            at = looped;
        }
    }
    for &caller in &program.callers[home.index()] {
        if let Some(looped) = program.enclosing_loop(caller) {
            confidence = confidence.min(end_of_loop(program, looped)?);
        }
    }
    Some(confidence)
}

fn end_of_loop(program: &Program, looped: StepId) -> Option<Confidence> {
    let Op::Loop(l) = program.op(looped) else {
        return None;
    };
    match l.kind {
        LoopKind::Counted(_) | LoopKind::Over(_) => Some(Confidence::High),
        LoopKind::Channel(over) => {
            let is_closed = program
                .object_of(over)
                .is_some_and(|object| !program.object(object).closes.is_empty());
            let leaves = !program.loop_exits(looped).is_empty();
            match (is_closed, leaves) {
                (true, _) => Some(Confidence::High),
                (false, true) => Some(Confidence::Medium),
                (false, false) => None,
            }
        }
        LoopKind::While(_) if !program.is_endless(looped) => Some(Confidence::High),
        _ => program
            .loop_exits(looped)
            .iter()
            .any(|(_, exit)| *exit != crate::model::flow::Exit::Away)
            .then_some(Confidence::Medium),
    }
}

/// The loop that receives until the channel is closed, with no other way out.
fn reader(closings: &Closings<'_>, channel: ObjectId) -> Option<StepId> {
    let program = closings.program();
    let object = program.object(channel);
    let ranged = object
        .loops
        .iter()
        .copied()
        .find(|&looped| program.loop_exits(looped).is_empty());
    ranged.or_else(|| {
        object
            .receives
            .iter()
            .copied()
            .find_map(|receive| reads_to_the_end(program, receive))
    })
}

/// A loop for ever around `v, ok := <-ch` that only a false `ok` ends.
fn reads_to_the_end(program: &Program, receive: StepId) -> Option<StepId> {
    if !matches!(program.op(receive), Op::Receive { checked: true, .. })
        || program.select_of(receive).is_some()
    {
        return None;
    }
    let looped = program.enclosing_loop(receive)?;
    let exits = program.loop_exits(looped);
    let asks = |step: StepId| {
        program.ancestors(step).any(|(branch, owner)| {
            matches!(owner, Owner::Then(_) | Owner::Else(_))
                && matches!(*program.op(branch), Op::Branch { condition, .. }
                    if program.parts_of(condition).into_iter().any(|part| is_ok_of(program, part, receive)))
        })
    };
    (program.is_endless(looped) && !exits.is_empty() && exits.iter().all(|&(step, _)| asks(step)))
        .then_some(looped)
}

fn is_ok_of(program: &Program, id: crate::model::ExprId, receive: StepId) -> bool {
    match *program.kind(id) {
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Part(value, 1) => *program.kind(value) == ExprKind::Received(receive),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the program's entry sends and nobody waits for the reader: it ends with the process.
fn ends_with_the_process(closings: &Closings<'_>, channel: ObjectId, reader: StepId) -> bool {
    let program = closings.program();
    let reads = closings.home_of(reader);
    let is_main = |function: FunctionId| program.is_program_entry(function);
    let from_main = |function: FunctionId| {
        is_main(function)
            || program.is_task(function)
                && program
                    .spawned_at(function)
                    .iter()
                    .all(|&site| is_main(closings.home_of(site)))
    };
    let waits = |function: FunctionId| {
        program.reach(function).into_iter().any(|reached| {
            program.steps_of(reached).into_iter().any(|step| {
                program
                    .call(step)
                    .is_some_and(|call| call.api == Api::GroupWait)
            })
        })
    };
    !is_main(reads)
        && from_main(reads)
        && program.object(channel).sends.iter().all(|&send| {
            let sender = closings.home_of(send);
            from_main(sender) && !waits(sender)
        })
}

fn say(
    program: &Program,
    channel: ObjectId,
    reader: StepId,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let object = program.object(channel);
    let Some(&last) = object.sends.iter().max_by_key(|&&send| program.span(send)) else {
        return;
    };
    let mut anchor = last;
    while let Some(looped) = program.enclosing_loop(anchor) {
        anchor = looped;
    }
    let name = program.object_name(channel);
    let several = object.sends.len() > 1 || program.enclosing_loop(last).is_none();
    let finding = findings.at(
        program.span(anchor),
        confidence,
        format!("nothing closes `{name}` after the last send, and its receiver waits for that"),
    );
    finding
        .why(format!(
            "When its senders have ended, `{name}` stays open. The receiver is parked for ever: what stands behind its loop never runs, and whoever waits for it waits too."
        ))
        .fix(if several {
            format!(
                "With one sender, close `{name}` after its last send, best in a defer. With several, none of them may close: count them in a `sync.WaitGroup` and close `{name}` in one more goroutine that waits for the group."
            )
        } else {
            format!("Close `{name}` after the loop; in a goroutine of its own, in a defer.")
        })
        .about(name.clone());
    finding.function = Some(program.function_of(anchor));
    finding.because(
        program.span(reader),
        format!("this loop ends only when `{name}` is closed"),
    );
    if let Some((at, change)) = close_of_the_sender(program, channel) {
        finding.suggest(at, change);
    }
    if let Some(&made) = object.makes.first() {
        finding.because(program.expr(made).span, "made here");
    }
}

/// A close when the sender ends, where one task that is started once is the only sender.
fn close_of_the_sender(program: &Program, channel: ObjectId) -> Option<(Span, Change)> {
    let sends = &program.object(channel).sends;
    let &first = sends.first()?;
    let sender = program.function_of(first);
    let function = program.function(sender);
    let &[start] = program.spawned_at(sender) else {
        return None;
    };
    let is_alone = program.is_closure(sender)
        && function.results.is_empty()
        && sends
            .iter()
            .all(|&send| program.function_of(send) == sender)
        && program.callers[sender.index()].len() <= 1
        && program.enclosing_loop(start).is_none();
    let Op::Send { channel, .. } = *program.op(first) else {
        return None;
    };
    let named = matches!(program.kind(channel), ExprKind::Variable(_));
    (is_alone && named).then(|| {
        let change = Change::CloseAtEnd {
            head: function.head,
            channel: program.show(channel),
        };
        (function.span, change)
    })
}
