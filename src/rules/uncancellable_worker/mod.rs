//! BP09: a worker loops, and nothing can end it.
//!
//! 1. A range over a channel that is never closed, without another way out of the loop.
//! 2. A loop for ever that waits, with no way out; or whose only way out is a flag that it
//!    cannot look at while it waits.
//! 3. A worker that ends when its channel is closed, but whose work never does: it takes a
//!    context and is given one that nothing cancels.
//! 4. A loop that takes the end of its channel for a pause, where a channel ends with its owners.
//! 5. A loop over a stream that hears nothing of the stop which ends the others of its owner.
//!
//! What the process starts once and keeps, and what tests start, is `low`.
//! A way out that hangs on data is believed. Local senders that end are BP04's.

mod again;
mod claim;
mod deaf;
mod handles;
mod once;
mod owner;
mod process;
mod spins;

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::{ArmKind, Source};
use crate::model::roles::ContextInScope;
use crate::model::{
    Api, Constant, ExprId, ExprKind, FunctionId, Loop, LoopKind, ObjectId, Op, Program, StepId,
    Type, VariableId, VariableKind,
};
use claim::Claim;

pub(super) static RULE: Rule = Rule {
    code: "BP09",
    slug: "uncancellable-worker",
    summary: "a worker loops, and nothing can end it",
    level: Level::Middle,
    seam: Seam::Shutdown,
    questions: &["Q2", "Q5"],
    checklist: &["C4"],
    page: include_str!("../../../rules/BP09-uncancellable-worker/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut endless_ones = Vec::new();
    for step in program.step_ids() {
        let Op::Loop(l) = program.op(step) else {
            continue;
        };
        let function = program.function_of(step);
        match l.kind {
            LoopKind::Channel(over) => range(program, step, over, function, findings),
            _ if program.is_endless(step) => {
                endless_ones.extend(endless(program, step, function));
                spins::check(program, step, function, findings);
                deaf::check(program, step, function, findings);
            }
            LoopKind::While(condition) => flagged(program, step, condition, function, findings),
            LoopKind::Over(over) if matches!(program.channel_source(over), Source::Ticker) => {
                range(program, step, over, function, findings)
            }
            _ => {}
        }
    }
    claim::say_together(program, endless_ones, findings);
}

/// How a function comes to run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    /// As a task of its own.
    Task,
    /// As a task that the program's entry starts: it lives as long as the process.
    TaskOfMain,
    /// Nobody in view calls it.
    Unseen,
    /// Called in view.
    Called,
}

fn run_of(program: &Program, function: FunctionId) -> Run {
    let sites = program.spawned_at(function);
    if !sites.is_empty() {
        let is_mains = |&site: &StepId| {
            let starter = program.outermost(program.function_of(site));
            program.is_program_entry(starter)
        };
        return if sites.iter().all(is_mains) {
            Run::TaskOfMain
        } else {
            Run::Task
        };
    }
    if program.callers[function.index()].is_empty() && !program.is_closure(function) {
        return Run::Unseen;
    }
    // A task that is no more than a call of this.
    let callers = &program.callers[function.index()];
    let is_run_by_task = !callers.is_empty()
        && callers.iter().all(|&caller| {
            let by = program.function_of(caller);
            program.is_task(by) && program.enclosing_loop(caller).is_none()
        });
    if is_run_by_task {
        let by = program.function_of(callers[0]);
        return run_of_task(program, by);
    }
    Run::Called
}

fn run_of_task(program: &Program, function: FunctionId) -> Run {
    let mains = program
        .spawned_at(function)
        .iter()
        .all(|&site| program.is_program_entry(program.outermost(program.function_of(site))));
    if mains { Run::TaskOfMain } else { Run::Task }
}

/// A range over a channel or a ticker.
fn range(
    program: &Program,
    step: StepId,
    over: ExprId,
    function: FunctionId,
    findings: &mut Findings,
) {
    if !program.loop_exits(step).is_empty()
        || program.is_program_entry(program.outermost(function)) && !program.is_task(function)
    {
        return;
    }
    let run = run_of(program, function);
    match program.channel_source(over) {
        Source::Ticker if run != Run::Task => {}
        Source::Ticker => {
            let mut claim = Claim::new(step, function, Confidence::High);
            claim.subject = program.show(over);
            claim.message = format!(
                "ranges over the ticker `{}`, which is never closed, and has no other way to stop",
                program.show(over)
            );
            claim.why = "Stopping a ticker does not close its channel: the loop is parked for ever after the stop.".to_owned();
            claim.each_owner = " Each new owner leaves another such goroutine behind.";
            claim.say(program, findings);
        }
        Source::Object(channel) if program.discipline(channel).ends_with_owners() => {
            handles::keeps_itself(program, step, channel, function, findings);
        }
        Source::Object(channel) => {
            if !program.object(channel).closes.is_empty() {
                detached_work(program, step, function, findings);
                return;
            }
            if let Some(confidence) = never_closed(program, channel, function, run) {
                let name = program.show(over);
                let mut claim = Claim::new(step, function, confidence);
                claim.subject = program.object_name(channel);
                claim.message = if confidence == Confidence::High {
                    format!(
                        "ranges over `{name}`, which nothing closes, and has no other way to stop"
                    )
                } else {
                    format!(
                        "ranges over `{name}`, which nothing in view closes, and has no other way to stop"
                    )
                };
                claim.why = format!(
                    "The worker ends only when `{name}` is closed. While it is open, shut-down can only cut it off."
                );
                claim.each_owner =
                    " Each new owner of the channel leaves another worker parked in this loop.";
                claim.made = program
                    .object(channel)
                    .makes
                    .first()
                    .map(|&made| program.expr(made).span);
                claim.say(program, findings);
            }
        }
        _ => {}
    }
}

/// How sure it is that nothing closes a channel that is not closed in view.
fn never_closed(
    program: &Program,
    channel: ObjectId,
    function: FunctionId,
    run: Run,
) -> Option<Confidence> {
    let object = program.object(channel);
    let is_made = object
        .makes
        .iter()
        .any(|&made| matches!(program.kind(made), ExprKind::MakeChannel(..)));
    if is_made {
        if run == Run::Called || program.is_local(channel) || is_passed_along(program, channel) {
            return None;
        }
        let confidence = if object.escapes {
            Confidence::Medium
        } else {
            Confidence::High
        };
        return match run {
            Run::TaskOfMain => Some(Confidence::Low),
            _ => Some(confidence),
        };
    }
    // A parameter that nobody in view fills: the caller may close it.
    let is_parameter = object
        .variables
        .iter()
        .any(|&variable| program.function(function).parameters.contains(&variable));
    let is_open = run == Run::Unseen && is_parameter;
    if !is_open {
        return None;
    }
    let is_whole = program.file(program.function(function).span.file).is_whole;
    match (is_whole, program.function(function).exported) {
        (false, _) => Some(Confidence::Medium),
        (true, true) => None,
        (true, false) => Some(Confidence::Low),
    }
}

/// Whether a channel is local but for parameters of functions of the unit: whether its senders
/// end is in view, and BP04's to say.
fn is_passed_along(program: &Program, channel: ObjectId) -> bool {
    program.object(channel).variables.iter().all(|&variable| {
        matches!(
            program.variable(variable).kind,
            VariableKind::Local | VariableKind::Parameter | VariableKind::Result
        )
    })
}

/// A worker whose work takes a context and gets one that never ends.
fn detached_work(program: &Program, step: StepId, function: FunctionId, findings: &mut Findings) {
    let Op::Loop(l) = program.op(step) else {
        return;
    };
    if !program.is_task(function) || program.context_at(step).is_some() {
        return;
    }
    let starter_waits = program.spawned_at(function).iter().any(|&spawn| {
        program
            .after(spawn)
            .iter()
            .any(|&after| matches!(program.op(after), Op::Call(call) if call.api == Api::GroupWait))
    });
    if !starter_waits {
        return;
    }
    let call = program.calls_in(l.body).into_iter().find(|(_, call)| {
        call.api == Api::Other
            && program.list(call.args).first().is_some_and(|&argument| {
                program
                    .call_of(argument)
                    .is_some_and(|(_, inner)| inner.api == Api::ContextRoot)
            })
    });
    let Some((call, _)) = call else { return };
    // A command of the package: who started it ends with the process.
    let confidence = if process::works_on_package(program, call) {
        Confidence::Low
    } else {
        Confidence::Medium
    };
    let mut claim = Claim::new(step, function, confidence);
    claim.message =
        "the worker's work gets a context that never ends, so a stuck job cannot be stopped"
            .to_owned();
    claim.why = "The loop ends when its channel is closed, but only after the job at hand has returned. A job that hangs holds the worker and whoever waits for it, and no context can cut it short.".to_owned();
    claim.fix = "Take a context in the function that starts the workers and give it to the work."
        .to_owned();
    claim.related = Some((
        program.span(call),
        "the work starts with a fresh context here".to_owned(),
    ));
    claim.say(program, findings);
}

/// A loop for ever without a way out.
/// The steps of a turn. A loop may wait in what it does after each: `for ; ; <-ticks`.
fn steps_of_turn(program: &Program, l: &Loop) -> Vec<StepId> {
    let after = l.post.map(|post| program.steps_in(post));
    let mut steps = program.steps_in(l.body);
    steps.extend(after.into_iter().flatten());
    steps
}

fn endless(program: &Program, step: StepId, function: FunctionId) -> Option<Claim> {
    let l = program.op_loop(step)?;
    if !program.loop_exits(step).is_empty()
        || program.is_program_entry(program.outermost(function)) && !program.is_task(function)
    {
        return None;
    }
    if l.body.index() >= program.blocks.len() || program.enclosing_loop(step).is_some() {
        return None;
    }
    if handles::is_aborted(program, function)
        || handles::is_raced(program, function)
        || owner::is_never_started(program, function)
    {
        return None;
    }
    let steps = steps_of_turn(program, l);
    if steps.iter().any(|&inner| is_beyond_judging(program, inner)) {
        return None;
    }
    let wait = steps
        .iter()
        .copied()
        .find(|&inner| is_pause(program, inner))?;
    let context = unheard_context(program, step, function);
    // It ends, if not well, when nobody takes what it sends any more.
    let unwinds = steps.iter().any(|inner| program.unwinding.contains(inner));
    let confidence = match run_of(program, function) {
        _ if unwinds => Confidence::Low,
        Run::Task => Confidence::High,
        Run::TaskOfMain => Confidence::Low,
        _ if context.is_some() => Confidence::High,
        Run::Unseen if !program.file(program.span(step).file).is_whole => Confidence::Medium,
        _ => return None,
    };
    let mut claim = Claim::new(step, function, confidence);
    let broken = done_arm_that_stays(program, step);
    claim.message = match (broken, context) {
        (Some(_), _) => "the done arm leaves the select only, so this loop never ends".to_owned(),
        (_, Some(context)) => format!(
            "loops for ever and never looks at `{}`",
            program.text(program.variable(context).name)
        ),
        _ => "loops for ever with no way to stop".to_owned(),
    };
    claim.why = match broken {
        Some(_) => "A break in a select leaves the select, not the loop around it. After the signal the loop goes round at full speed, since a closed channel is always ready.".to_owned(),
        None => "Nothing that this loop looks at can tell it to end: there is no context, no done channel and no close that it would notice. It runs until the process dies.".to_owned(),
    };
    claim.each_owner = match broken {
        Some(_) => "",
        None => " Each new owner adds another.",
    };
    claim.related = match broken {
        Some(arm) => Some((arm, "the arm that should end the loop".to_owned())),
        None => Some((
            program.span(wait),
            "it waits here, deaf to any stop".to_owned(),
        )),
    };
    Some(claim)
}

/// Whether a step of a loop could not be read, or hears of a signal to the process.
fn is_beyond_judging(program: &Program, step: StepId) -> bool {
    matches!(program.op(step), Op::Gap) || crate::rules::signals::hears(program, step)
}

/// Whether a step waits for time or for others: what makes a loop a worker.
pub(super) fn is_pause(program: &Program, step: StepId) -> bool {
    match program.op(step) {
        Op::Call(call) => matches!(
            call.api,
            Api::Sleep | Api::ConditionWait | Api::RateWait | Api::Accept
        ),
        Op::Receive { .. } | Op::Select(_) => true,
        Op::Loop(l) => matches!(l.kind, LoopKind::Channel(_)),
        _ => false,
    }
}

/// A context parameter of the function.
fn unheard_context(program: &Program, step: StepId, function: FunctionId) -> Option<VariableId> {
    match program.context_at(step) {
        Some(ContextInScope::Parameter(context)) => program
            .function(function)
            .parameters
            .contains(&context)
            .then_some(context),
        _ => None,
    }
}

/// A done arm that only leaves its select.
fn done_arm_that_stays(program: &Program, looped: StepId) -> Option<crate::source::Span> {
    let Op::Loop(l) = program.op(looped) else {
        return None;
    };
    program.steps_in(l.body).into_iter().find_map(|step| {
        let Op::Select(_) = program.op(step) else {
            return None;
        };
        program.arms(step).into_iter().find_map(|(arm, kind)| {
            let breaks = program
                .steps_in(arm.body)
                .into_iter()
                .any(|inner| matches!(program.op(inner), Op::Break(None)));
            (kind == ArmKind::Done && breaks).then_some(arm.span)
        })
    })
}

/// A loop that looks at a flag, but waits where it cannot.
fn flagged(
    program: &Program,
    step: StepId,
    condition: ExprId,
    function: FunctionId,
    findings: &mut Findings,
) {
    let Op::Loop(l) = program.op(step) else {
        return;
    };
    if run_of(program, function) != Run::Task
        || !program.loop_exits(step).is_empty()
        || !is_flag(program, condition)
    {
        return;
    }
    let receive = program.steps_in(l.body).into_iter().find(|&inner| {
        let Op::Receive { channel, .. } = *program.op(inner) else {
            return false;
        };
        program.select_of(inner).is_none()
            && matches!(program.channel_source(channel), Source::Object(object)
                if program.object(object).closes.is_empty() && !program.is_local(object))
    });
    let Some(receive) = receive else { return };
    let mut claim = Claim::new(step, function, Confidence::High);
    claim.message = "looks at a flag once per turn, but waits where it cannot see it".to_owned();
    claim.why = "The worker is parked in the receive when the flag is set, and looks at it only after the next value has come. When none comes any more it never ends.".to_owned();
    claim.related = Some((
        program.span(receive),
        "parked here when the flag is set".to_owned(),
    ));
    claim.say(program, findings);
}

/// Whether a condition asks a flag that somebody else sets.
fn is_flag(program: &Program, condition: ExprId) -> bool {
    program
        .parts_of(condition)
        .into_iter()
        .any(|part| match *program.kind(part) {
            ExprKind::Call(step) => {
                matches!(program.op(step), Op::Call(call) if call.api == Api::AtomicLoad)
            }
            ExprKind::Field(..) => {
                matches!(program.underlying(program.expr(part).ty), Type::Boolean)
            }
            _ => false,
        })
        && program.constant(condition) != Some(Constant::Bool(true))
}
