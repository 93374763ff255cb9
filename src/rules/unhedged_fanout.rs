//! BP15: the same request goes to all replicas at once, and the first answer wins.
//!
//! Every call costs as many as there are replicas, most when they are slow already. A hedge waits
//! before it asks the next, and cancels who is late. Scatter and gather uses every answer, and a
//! quorum most of them: neither is looked at.

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::{ArmKind, Source};
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, Init, ObjectId, Op, Owner, Program, StepId, Type,
};

pub(super) static RULE: Rule = Rule {
    code: "BP15",
    slug: "unhedged-fanout",
    summary: "the same request goes to all replicas at once and the first answer wins",
    level: Level::Senior,
    seam: Seam::Retry,
    questions: &["Q3"],
    checklist: &["C9"],
    page: include_str!("../../rules/BP15-unhedged-fanout/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    for site in program.step_ids() {
        let Op::Spawn(spawn) = program.op(site) else {
            continue;
        };
        let (Some(task), Some(looped)) = (spawn.target, program.enclosing_loop(site)) else {
            continue;
        };
        if let Some(race) = race(program, site, task, looped) {
            say(program, looped, site, &race, findings);
        }
    }
}

/// Tasks of which one answer is used.
struct Race {
    /// Where the answer is taken.
    taken: StepId,
    /// Where a task gives it.
    given: StepId,
    confidence: Confidence,
    /// Whether the receive waits for ever when every task fails.
    hangs: bool,
    is_cancelled: bool,
}

fn race(program: &Program, site: StepId, task: FunctionId, looped: StepId) -> Option<Race> {
    let function = program.function_of(site);
    let (given, channel, work) = answer(program, task)?;
    let taken = first_wins(program, function, looped, channel)?;
    if is_staggered(program, looped, task, work) {
        return None;
    }
    let is_cancelled = program.steps_of(function).into_iter().any(|step| {
        program
            .call(step)
            .is_some_and(|call| call.api == Api::Cancel)
    });
    let opaque = is_opaque(program, work);
    let confidence = match (is_cancelled, opaque) {
        (true, _) => Confidence::Low,
        (false, false) => Confidence::High,
        (false, true) if says_race(program, function) => Confidence::Medium,
        (false, true) => return None,
    };
    let is_alone = program.enclosing_loop(taken).is_none() && program.select_of(taken).is_none();
    Some(Race {
        taken,
        given,
        confidence,
        hangs: is_alone && is_conditional(program, given),
        is_cancelled,
    })
}

/// The step with which a task gives the only answer of its call, the channel, and the call.
fn answer(program: &Program, task: FunctionId) -> Option<(StepId, ObjectId, StepId)> {
    for step in program.steps_of(task) {
        match program.op(step) {
            Op::Send { value, .. } if program.enclosing_loop(step).is_none() => {
                let channel = program.channel_of(step)?;
                if matches!(
                    program.underlying(program.element_type(channel)),
                    Type::Error | Type::Unit | Type::Boolean
                ) {
                    return None;
                }
                // What says that there is no answer is not the answer.
                let Some(work) = call_behind(program, *value) else {
                    continue;
                };
                return Some((step, channel, work));
            }
            Op::Call(call) if call.api == Api::OnceDo => {
                return by_once(program, task, step);
            }
            _ => {}
        }
    }
    None
}

/// `once.Do(func() { price = p; close(found) })`.
fn by_once(
    program: &Program,
    task: FunctionId,
    once: StepId,
) -> Option<(StepId, ObjectId, StepId)> {
    let call = program.call(once)?;
    let ExprKind::Closure(closure) = *program.kind(*program.list(call.args).first()?) else {
        return None;
    };
    let steps = program.steps_of(closure);
    let closing = steps
        .iter()
        .copied()
        .find(|&step| matches!(program.op(step), Op::Close { .. }))?;
    let work = steps.iter().find_map(|&step| match program.op(step) {
        Op::Assign(assign) => program
            .list(assign.values)
            .iter()
            .find_map(|&value| call_behind(program, value)),
        _ => None,
    })?;
    (program.function_of(work) == task).then_some(())?;
    Some((closing, program.channel_of(closing)?, work))
}

/// The call whose result a value is, or is made of.
fn call_behind(program: &Program, value: ExprId) -> Option<StepId> {
    program
        .parts_of(value)
        .into_iter()
        .find_map(|part| match *program.kind(part) {
            ExprKind::Call(step) if is_work(program, step) => Some(step),
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(init) | Init::Part(init, _) => match *program.kind(init) {
                    ExprKind::Call(step) if is_work(program, step) => Some(step),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
}

fn is_work(program: &Program, step: StepId) -> bool {
    program
        .call(step)
        .is_some_and(|call| matches!(call.api, Api::Other | Api::Outbound))
}

/// The receive behind the loop that takes one answer: alone, or in a loop that ends at the first
/// success.
fn first_wins(
    program: &Program,
    function: FunctionId,
    looped: StepId,
    channel: ObjectId,
) -> Option<StepId> {
    let mut receives = program
        .object(channel)
        .receives
        .iter()
        .copied()
        .filter(|&step| program.function_of(step) == function && program.is_before(looped, step));
    let receive = receives.next()?;
    if receives.next().is_some() {
        return None;
    }
    let Some(around) = program.enclosing_loop(receive) else {
        return Some(receive);
    };
    if around == looped || program.is_inside(looped, around) {
        return None;
    }
    // The way out on success, and on nothing but success.
    let ends = program.loop_exits(around).into_iter().any(|(exit, _)| {
        let mut deciding = program.ancestors(exit).filter_map(|(branch, owner)| {
            match (owner, program.op(branch)) {
                (Owner::Then(_), Op::Branch { condition, .. }) => {
                    let is_answer = program.failure_test(*condition) == Some(false)
                        || is_something(program, *condition);
                    Some(is_answer)
                }
                (Owner::Else(_), Op::Branch { condition, .. }) => {
                    Some(program.failure_test(*condition) == Some(true))
                }
                _ => None,
            }
        });
        deciding.next() == Some(true)
    });
    ends.then_some(receive)
}

/// `b != nil` of what is no error.
fn is_something(program: &Program, condition: ExprId) -> bool {
    match *program.kind(condition) {
        ExprKind::Binary(crate::model::BinaryOp::NotEqual, left, right) => {
            matches!(program.kind(right), ExprKind::Nil) && !program.is_error(left)
        }
        _ => false,
    }
}

/// Whether starts are apart in time: a pause in the loop, or in each task before its call.
fn is_staggered(program: &Program, looped: StepId, task: FunctionId, work: StepId) -> bool {
    let pauses = |step: StepId| match program.op(step) {
        Op::Call(call) => matches!(call.api, Api::Sleep | Api::RateWait),
        Op::Receive { channel, .. } => {
            matches!(
                program.channel_source(*channel),
                Source::Timer(_) | Source::Ticker
            )
        }
        Op::Select(_) => program
            .arms(step)
            .iter()
            .any(|(_, kind)| matches!(kind, ArmKind::Timeout | ArmKind::Tick)),
        _ => false,
    };
    let in_loop = program
        .blocks_of(looped)
        .into_iter()
        .flat_map(|block| program.steps_in(block))
        .any(pauses);
    let in_task = program
        .steps_of(task)
        .into_iter()
        .filter(|&step| program.is_before(step, work))
        .any(pauses);
    in_loop || in_task
}

/// Whether what is called is a function value, so that it may be anything.
fn is_opaque(program: &Program, work: StepId) -> bool {
    program.call(work).is_some_and(|call| {
        call.target.is_none()
            && match *program.kind(call.callee) {
                ExprKind::Variable(_) | ExprKind::Index(..) => true,
                ExprKind::Field(_, field) => matches!(
                    program.underlying(program.variable(field).ty),
                    Type::Function(..)
                ),
                _ => false,
            }
    })
}

/// Words in the names of functions that take the first of several answers.
const RACES: &[&str] = &[
    "hedge", "race", "first", "fastest", "any", "quickest", "speculat",
];

fn says_race(program: &Program, function: FunctionId) -> bool {
    let name = program.text(program.function(program.outermost(function)).name);
    let name = name.to_ascii_lowercase();
    RACES.iter().any(|word| name.contains(word))
}

/// Whether a task may end without giving an answer.
fn is_conditional(program: &Program, given: StepId) -> bool {
    program
        .ancestors(given)
        .any(|(_, owner)| matches!(owner, Owner::Then(_) | Owner::Else(_)))
}

fn say(program: &Program, looped: StepId, site: StepId, race: &Race, findings: &mut Findings) {
    let mut message = "every call goes to all of them at once, and one answer is used".to_owned();
    if race.hangs {
        message += "; when all fail, nobody answers";
    }
    let mut why = "The load on the replicas is multiplied by their number, all the time, and most of the work is thrown away. When they are slow because they are overloaded, this is what keeps them so.".to_owned();
    if !race.is_cancelled {
        why += " Nothing cancels the losers: they work to their end.";
    }
    if race.hangs {
        why += " A task that fails sends nothing: when each of them fails, the receive waits for ever.";
    }
    let finding = findings.at(program.span(looped), race.confidence, message);
    finding.function = Some(program.function_of(site));
    finding
        .about("fan-out")
        .why(why)
        .fix("Ask one. Ask the next when there is no answer after a delay near the 95th percentile, or when the first has failed, and cancel the others as soon as one has answered. Send errors as well, so that the end of all of them is seen, and listen to the caller's context.")
        .because(program.span(site), "one for each, with no delay between the starts")
        .because(program.span(race.given), "each gives its answer here")
        .because(program.span(race.taken), "one is taken here");
}
