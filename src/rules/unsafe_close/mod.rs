//! BP05: a channel can be closed twice, or is closed while its senders do not know.
//!
//! 1. Two closes that can both run, or one that several tasks run.
//! 2. One close behind a test that two callers can pass together.
//! 3. A guarded close whose senders look at nothing.
//! 4. A guarded close of a channel of values whose senders are out of view: a question.
//! 5. What can be used once is taken out by two functions, and each takes it for granted; or out of
//!    an entry that stays where it is kept.

mod again;
mod left;
mod taken;
mod twice;

pub(super) use taken::{is_one_way, is_tested};

use super::late_send::{LateSend, late_sends};
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds, receiver_closes, unwinding};
use crate::model::closing::{Closings, Guard, Look};
use crate::model::{FunctionId, FunctionKind, ObjectId, Program, StepId, Type, VariableKind};

pub(super) static RULE: Rule = Rule {
    code: "BP05",
    slug: "unsafe-close",
    summary: "a channel can be closed twice, or is closed while its senders do not know",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q4"],
    checklist: &["C6"],
    page: include_str!("../../../rules/BP05-unsafe-close/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    taken::check(program, findings);
    let closings = Closings::of(program);
    for channel in program.object_ids() {
        if program.discipline(channel).ends_with_owners() {
            unwinding::closed_elsewhere(program, channel, findings);
            continue;
        }
        let closes: Vec<StepId> = program
            .object(channel)
            .closes
            .iter()
            .copied()
            .filter(|&close| receiver_closes::claim(&closings, channel, close).is_none())
            .collect();
        if closes.is_empty() {
            continue;
        }
        // A test that two can pass is surer than two closes of which each has a test.
        for &close in &closes {
            racy(&closings, channel, close, findings);
        }
        twice::check(&closings, channel, &closes, findings);
        for &close in &closes {
            unseen_senders(&closings, channel, close, findings);
        }
        for late in late_sends(&closings, channel) {
            if late.is_ignorant() {
                say_late(&closings, &late, findings);
            }
        }
    }
}

/// One close behind a test that two callers can pass together.
fn racy(closings: &Closings<'_>, channel: ObjectId, close: StepId, findings: &mut Findings) {
    let program = closings.program();
    let (test, atomic) = match closings.guard(close) {
        Guard::LoadStore(test, atomic) => (test, atomic),
        Guard::SelectDefault(test) => (test, true),
        _ => return,
    };
    let at = program.span(close);
    if findings.has_at(at) {
        return;
    }
    let home = closings.home_of(close);
    let entries = closings.entries(home);
    let callers: Vec<_> = entries.iter().filter(|&&entry| entry != home).collect();
    let tasks = entries
        .iter()
        .filter(|&&entry| {
            program.is_task(entry)
                || program.function(entry).handler.is_some()
                || works_unseen(program, entry)
        })
        .count();
    // A channel that lives in one call is shared by the tasks of that call only.
    let many = !program.is_local(channel) && entries.iter().any(|&entry| program.is_many(entry));
    if let [only] = entries.as_slice()
        && program.is_task(*only)
        && !many
    {
        return;
    }
    let together = tasks >= 2 || many || tasks == 1 && callers.len() >= 2;
    let confidence = match (atomic, together) {
        (true, true) => Confidence::High,
        (false, true)
            if anyone_may_call(closings, channel, close) || closings.is_called_on_self(home) =>
        {
            Confidence::Medium
        }
        (true, false) if anyone_may_call(closings, channel, close) => Confidence::Medium,
        (false, false) if anyone_may_call(closings, channel, close) => Confidence::Low,
        _ => return,
    };
    let name = program.object_name(channel);
    let finding = findings.at(
        at,
        confidence,
        format!("closes `{name}` behind a test that two callers can pass together"),
    );
    finding
        .why(format!(
            "The test and the close are two steps. Two callers that test at the same time both find `{name}` open, both close it, and the second close panics."
        ))
        .fix(format!(
            "Close `{name}` in a `sync.Once`, behind a compare-and-swap that only one caller wins, or hold one lock over the test and the close."
        ))
        .about(name);
    finding.function = Some(program.function_of(close));
    finding.because(test, "tested here, in a step of its own");
}

/// Whether a method of the unit's own goes round for ever, and nobody in view calls it: it is started
/// as a task out of view.
fn works_unseen(program: &Program, entry: FunctionId) -> bool {
    let function = program.function(entry);
    let body = &program.block(function.body).steps;
    matches!(function.kind, FunctionKind::Method(..))
        && !function.exported
        && program.callers[entry.index()].is_empty()
        && body.iter().any(|&step| program.is_endless(step))
}

/// Whether a close may be asked for from anywhere at any time: by a method that others see, or
/// that nobody in view calls, and that is not itself the work.
fn anyone_may_call(closings: &Closings<'_>, channel: ObjectId, close: StepId) -> bool {
    const WORKS: &[&str] = &[
        "run", "serve", "loop", "start", "work", "process", "listen", "new",
    ];
    let program = closings.program();
    let home = closings.home_of(close);
    let function = program.function(home);
    let name = program.text(function.name).to_ascii_lowercase();
    let is_own = closings
        .channel_expr(close)
        .is_some_and(|channel| closings.is_own(channel));
    is_own
        && !program.is_local(channel)
        && (function.exported || program.callers[home.index()].is_empty())
        && !WORKS.iter().any(|work| name.starts_with(work))
}

/// A right guard on a channel of values, with neither senders nor receivers in view.
fn unseen_senders(
    closings: &Closings<'_>,
    channel: ObjectId,
    close: StepId,
    findings: &mut Findings,
) {
    let program = closings.program();
    let object = program.object(channel);
    let is_unused =
        object.sends.is_empty() && object.receives.is_empty() && object.loops.is_empty();
    let carries_values = !matches!(
        program.underlying(program.element_type(channel)),
        Type::Unit | Type::Boolean | Type::Error | Type::Interface | Type::Unknown
    );
    let is_kept = object.variables.iter().any(|&variable| {
        matches!(
            program.variable(variable).kind,
            VariableKind::Field(_) | VariableKind::Global
        )
    });
    let guard = closings.guard(close);
    if !is_unused
        || !carries_values
        || !is_kept
        || program.has_end_name(channel)
        || !guard.holds()
        || object.closes.len() > 1
    {
        return;
    }
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(close),
        Confidence::Low,
        format!(
            "closes `{name}` behind {}; its senders are not in view",
            guard.name()
        ),
    );
    finding
        .why(format!(
            "The guard makes a second close harmless. It does nothing for a sender: a send on `{name}` after this close panics, whatever the guard says."
        ))
        .fix(format!(
            "See that no sender is left when `{name}` is closed: senders hold the same lock over their test and send, or select on a done channel while `{name}` stays open."
        ))
        .about(name);
    finding.function = Some(program.function_of(close));
}

fn say_late(closings: &Closings<'_>, late: &LateSend, findings: &mut Findings) {
    let program = closings.program();
    let (send, close) = (late.meeting.send, late.meeting.close);
    let Some(channel) = program.channel_of(send) else {
        return;
    };
    let name = program.object_name(channel);
    let guard = late.guard.name();
    let finding = findings.at(
        program.span(send),
        late.confidence,
        format!("sends on `{name}` without a look at what guards its close"),
    );
    finding
        .why(format!(
            "The close of `{name}` is guarded by {guard}, which spares the second closer only. A send that comes after the first close, or is parked when it comes, panics."
        ))
        .fix(format!(
            "Leave `{name}` open and close a done channel once; senders and receivers select on that. If receivers need the close, let senders hold the lock of the close over a test and a send that does not block."
        ))
        .about(name.clone());
    finding.function = Some(program.function_of(send));
    finding.because(program.span(close), format!("`{name}` is closed here"));
    if let Look::BlindLock(_) = late.look {
        finding.because(
            program.span(send),
            "the lock is held, but nothing is tested under it",
        );
    }
}
