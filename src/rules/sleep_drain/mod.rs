//! BP16: a stop path sleeps for a fixed time instead of waiting until the work is done.
//!
//! A sleep counts when it stands on a way that stops something, goes round in no loop, and no
//! real wait stands on the same way. Which ways stop is in `stopping`, what waits in `drain`.

mod drain;
mod heard;
mod stopping;

use super::waits::is_behind_timer_stop;
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::Source;
use crate::model::{Api, ExprId, ExprKind, Init, Op, Owner, Program, StepId};

pub(super) static RULE: Rule = Rule {
    code: "BP16",
    slug: "sleep-drain",
    summary: "a stop path sleeps instead of waiting until the work is done",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q5"],
    checklist: &[],
    page: include_str!("../../../rules/BP16-sleep-drain/README.md"),
    check,
};

/// Words of comments which say that others are given time to notice, before the drain.
const PRE_STOP: &[&str] = &[
    "load balancer",
    "load-balancer",
    "readiness",
    "deregist",
    "endpoint",
    "propagat",
    "rotation",
    "kube",
    "discovery",
    "dns",
];

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    for step in program.step_ids() {
        if let Some(time) = sleep_of(program, step)
            && let Some(stop) = stopping::at(program, step)
        {
            judge(program, step, time, &stop, findings);
        }
    }
}

/// The time that a step waits, deaf to anything else; none for steps that are no sleep.
fn sleep_of(program: &Program, step: StepId) -> Option<Option<ExprId>> {
    match program.op(step) {
        Op::Call(call) if call.api == Api::Sleep => Some(program.list(call.args).first().copied()),
        Op::Receive { channel, .. } => {
            let Source::Timer(time) = program.channel_source(*channel) else {
                return time_of_context(program, step, *channel).map(Some);
            };
            // Without a length in view it is a timer of somebody else's, stopped and emptied.
            time?;
            if is_behind_timer_stop(program, step) {
                return None;
            }
            let mut others = beside(program, step).into_iter();
            others
                .all(|other| comes_from_the_caller(program, other))
                .then_some(time)
        }
        _ => None,
    }
}

/// The arms beside the one that a step is the wait of, by their waits.
fn beside(program: &Program, step: StepId) -> Vec<Option<StepId>> {
    let Some((select, own)) = program.select_of(step) else {
        return Vec::new();
    };
    let arms = program.arms(select).into_iter().enumerate();
    arms.filter(|&(at, _)| at != own as usize)
        .map(|(_, (arm, _))| arm.communication)
        .collect()
}

/// Whether an arm hears only who called, and not the work: a context or a channel that is handed in
/// and that nobody in view sends on.
fn comes_from_the_caller(program: &Program, wait: Option<StepId>) -> bool {
    let Some(Op::Receive { channel, .. }) = wait.map(|wait| program.op(wait)) else {
        return false;
    };
    let heard = match program.channel_source(*channel) {
        Source::Done(Some(context)) => context,
        Source::Object(object) => {
            let object = program.object(object);
            if !object.sends.is_empty() || !object.closes.is_empty() || !object.makes.is_empty() {
                return false;
            }
            *channel
        }
        _ => return false,
    };
    parameter(program, heard).is_some()
}

/// What is cut short by who calls is a pause, unless work was told to end before; also where it is
/// called again and again.
fn is_pause(program: &Program, sleep: StepId, stop: &stopping::Stop) -> bool {
    let mut callers = program.callers[program.function_of(sleep).index()].iter();
    stop.trigger.is_none()
        || !stopping::stops(program, stop.function)
        || callers.any(|&caller| program.enclosing_loop(caller).is_some())
}

/// `<-ctx.Done()` of a context that only has a time: how long the wait is. Nobody else is handed
/// it, so nothing is done within that time and nothing ends it sooner.
fn time_of_context(program: &Program, step: StepId, channel: ExprId) -> Option<ExprId> {
    let Source::Done(Some(context)) = program.channel_source(channel) else {
        return None;
    };
    let ExprKind::Variable(context) = *program.kind(context) else {
        return None;
    };
    let Init::Part(made, 0) = program.variable(context).init else {
        return None;
    };
    let (_, call) = program.call_of(made)?;
    let &[parent, time] = program.list(call.args) else {
        return None;
    };
    let is_alone = program.select_of(step).is_none() && program.occurrences(context).len() <= 2;
    let is_root = program
        .call_of(parent)
        .is_some_and(|(_, of)| of.api == Api::ContextRoot);
    (call.api == Api::ContextWithDeadline && is_alone && is_root).then_some(time)
}

fn judge(
    program: &Program,
    step: StepId,
    time: Option<ExprId>,
    stop: &stopping::Stop,
    findings: &mut Findings,
) {
    let function = program.function_of(step);
    if !beside(program, step).is_empty() && is_pause(program, step, stop)
        || program.function(function).is_test
        || goes_round(program, step)
        || is_pause_after_failure(program, step)
        || drain::waits_too(program, step, stop)
        || drain::is_cut_short(program, step)
        || drain::is_before_the_stop(program, step)
    {
        return;
    }
    if time.is_some_and(|time| is_random(program, time)) {
        return;
    }
    let mut confidence = stop.confidence;
    if drain::looks_afterwards(program, step) || program.is_test_support(program.span(step).file) {
        confidence = confidence.lowered();
    }
    if program.enclosing_loop(step).is_some() && drain::is_behind_a_look(program, step)
        || drain::is_between_kills(program, step)
    {
        confidence = Confidence::Low;
    }
    let time = time.map(|time| handed(program, time, stop));
    // A time that the caller chooses may be one that something measured.
    let is_chosen = time.is_some_and(|time| parameter(program, time).is_some());
    if is_chosen {
        confidence = confidence.lowered();
    }
    if program.is_commented_with(program.span(step), PRE_STOP) {
        confidence = Confidence::Low;
    }
    let length = time
        .and_then(|time| program.constant_int(time))
        .map_or("a fixed time".to_owned(), length);
    let finding = findings.at(
        program.span(step),
        confidence,
        format!("the stop sleeps {length} instead of waiting until the work is done"),
    );
    finding
        .why("Nothing ties the end of the work to the clock. When the sleep is too short, what follows takes things away from jobs that still run; when it is too long, every stop pays for it; and nobody knows which it was.")
        .fix("Refuse new work, tell the running work to end, then wait for it: a WaitGroup waited for in a goroutine that closes a channel, and a select on that channel and a deadline. Servers bring a shut-down that waits.")
        .about(program.function_name(function));
    finding.function = Some(function);
    if let Some((at, label)) = stop.trigger {
        finding.because(program.span(at), label);
    }
}

/// What the only stop that calls a helper hands it as the time; else the time itself.
fn handed(program: &Program, time: ExprId, stop: &stopping::Stop) -> ExprId {
    let of_call = || {
        let at = parameter(program, time)?;
        let [call] = stop.calls[..] else {
            return None;
        };
        program.list(program.call(call)?.args).get(at).copied()
    };
    of_call().unwrap_or(time)
}

/// Which parameter of its function a value is.
fn parameter(program: &Program, value: ExprId) -> Option<usize> {
    let ExprKind::Variable(variable) = *program.kind(value) else {
        return None;
    };
    program.parameter_at(variable)
}

/// A length of time in words.
fn length(nanoseconds: i64) -> String {
    match nanoseconds {
        n if n >= 1_000_000_000 && n % 1_000_000_000 == 0 => format!("{} s", n / 1_000_000_000),
        n if n >= 1_000_000 => format!("{} ms", n / 1_000_000),
        n => format!("{n} ns"),
    }
}

/// Whether a time is drawn by lot: it spreads many that stop at once.
fn is_random(program: &Program, time: ExprId) -> bool {
    program.parts_of(time).into_iter().any(|part| {
        program
            .call_of(part)
            .is_some_and(|(_, call)| call.api == Api::Random)
    })
}

/// Whether a sleep paces a loop: after it the loop goes round again.
fn goes_round(program: &Program, sleep: StepId) -> bool {
    let mut at = match program.select_of(sleep) {
        Some((select, _)) => select,
        None => sleep,
    };
    loop {
        let (block, index) = (program.step(at).block, program.step(at).index as usize);
        let away = program.block(block).steps[index + 1..]
            .iter()
            .copied()
            .find(|&next| program.diverges(next));
        if let Some(away) = away {
            return matches!(program.op(away), Op::Continue(_));
        }
        match program.block(block).owner {
            Owner::Body(_) | Owner::Post(_) | Owner::Head(_) => return true,
            owner => match owner.step() {
                Some(step) => at = step,
                None => return false,
            },
        }
    }
}

/// Whether a sleep stands behind a failure: a pause before another try.
fn is_pause_after_failure(program: &Program, sleep: StepId) -> bool {
    program.ancestors(sleep).any(|(around, owner)| {
        matches!((owner, program.op(around)), (Owner::Then(_) | Owner::Else(_), Op::Branch { condition, .. })
            if program.failure_test(*condition).is_some())
    })
}
