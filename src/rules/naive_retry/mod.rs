//! BP11: a retry loop lacks a limit, back-off, jitter or an ear for its context.
//!
//! A loop retries when failure leads round and success leads out; or when it waits on failure
//! only, as one that keeps a connection up does. Four things are asked of it: (a) an end, (b) a
//! wait that grows, (c) jitter in what grows, (d) a wait that its context can end.

mod again;
mod asked;
mod at_once;
mod bounds;
mod calm;
mod claim;
mod defaults;
mod failures;
mod gentle;
mod known;
mod left_behind;
mod local;
mod meant;
mod pace;
mod pause;
mod recursion;
mod remote;
mod setting;
mod taken;
mod turn;
mod weight;

use self::again::Again;
use self::known::Known;
use self::pause::{Pause, Pauses};
use self::turn::Turn;
use super::{Confidence, Finding, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::ArmKind;
use crate::model::{
    Api, AssignHow, BinaryOp, Call, ExprId, ExprKind, FunctionId, Init, Library, Loop, LoopKind,
    Op, Owner, Program, StepId, Type, VariableId,
};

pub(super) static RULE: Rule = Rule {
    code: "BP11",
    slug: "naive-retry",
    summary: "a retry loop lacks a limit, back-off, jitter or an ear for its context",
    level: Level::Middle,
    seam: Seam::Retry,
    questions: &["Q3"],
    checklist: &["C9", "C10"],
    page: include_str!("../../../rules/BP11-naive-retry/README.md"),
    check,
};

/// So few tries at once of what callers hand in are no load.
const FEW_LENT: i64 = 3;
/// How many functions are followed to see whether a call leaves the process.
const MAX_REACHED: usize = 40;

/// Words in the names of calls that connect, or stay connected until something breaks.
const CONNECTIONS: &[&str] = &["connect", "dial", "subscribe"];

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let pauses = Pauses::new(program);
    for (retry, again) in loops(&pauses) {
        let is_plain = retry.is_some_and(|retry| retry.judge(program, findings));
        if let Some(again) = again.filter(|_| !is_plain) {
            again.say(program, findings);
        }
    }
    recursion::check(&pauses, findings);
}

/// A loop that retries, for the list of what crosses a boundary.
pub(crate) struct RetrySite {
    /// The loop.
    pub at: StepId,
    /// What it repeats.
    pub callee: String,
    /// It gives up some time, or stops with its context.
    pub ends: bool,
    /// Its waits grow and differ from caller to caller.
    pub paced: bool,
}

/// Every loop that retries, good and bad.
pub(crate) fn retries(program: &Program) -> Vec<RetrySite> {
    loops(&Pauses::new(program))
        .iter()
        .filter_map(|(retry, _)| Some(retry.as_ref()?.site(program)))
        .collect()
}

/// Every loop that may retry, with what it retries, and with what comes round in it again.
fn loops(pauses: &Pauses<'_>) -> Vec<(Option<Retry>, Option<Again>)> {
    let program = pauses.program;
    let mut found = Vec::new();
    for step in program.step_ids() {
        let Op::Loop(l) = program.op(step) else {
            continue;
        };
        let may_retry = match l.kind {
            LoopKind::Forever | LoopKind::While(_) | LoopKind::Counted(_) => true,
            LoopKind::Over(over) => is_number(program, over),
            LoopKind::Channel(_) => false,
        };
        if !may_retry && !matches!(l.kind, LoopKind::Channel(_)) {
            continue;
        }
        let turn = turn::turn(pauses, step);
        let again = again::found(program, step, l, &turn);
        let retry = match may_retry {
            true => retry(program, step, l, turn),
            false => None,
        };
        if retry.is_some() || again.is_some() {
            found.push((retry, again));
        }
    }
    found
}

fn is_number(program: &Program, id: ExprId) -> bool {
    matches!(program.underlying(program.expr(id).ty), Type::Integer(_))
        || program.constant_int(id).is_some()
}

/// A loop that retries.
struct Retry {
    step: StepId,
    turn: Turn,
    /// What it repeats.
    call: StepId,
    /// It is left when the call went well; else it keeps something going.
    ends_well: bool,
}

/// Whether a loop retries, and what.
fn retry(program: &Program, step: StepId, l: &Loop, turn: Turn) -> Option<Retry> {
    let failed = Known::FAILED.or(Known::LIMITED);
    if turn.is_unclear || !turn.rounds.has(failed) || is_paced_by_others(&turn) {
        return None;
    }
    let ends_well = !turn.rounds.has(Known::FINE) && turn.exits.has(Known::FINE.or(Known::DONE));
    let is_candidate = |&call: &StepId| {
        is_repeatable(program, call)
            && !taken::is_for_another_item(program, step, l, call)
            && !is_on_a_tick(program, step, call)
            && !is_by_event(program, &turn, step, call)
    };
    let call = if ends_well {
        let mut repeated: Vec<StepId> = turn.calls.iter().copied().filter(is_candidate).collect();
        // What only hands a result on is named where nothing else is tried again.
        let hands_on = |&step: &StepId| {
            let call = program.call(behind(program, step));
            call.is_some_and(|call| hands_on(program, call))
        };
        if !repeated.iter().all(hands_on) {
            repeated.retain(|step| !hands_on(step));
        }
        let is_outbound = |&&call: &&StepId| {
            program
                .call(behind(program, call))
                .is_some_and(|call| remote::leaves(program, call))
        };
        *repeated.iter().find(is_outbound).or(repeated.last())?
    } else {
        // Waiting at other times too makes it a poll.
        let polls = turn
            .pauses
            .iter()
            .any(|waited| !waited.state.only_failed() && !matches!(waited.pause, Pause::Event));
        if polls && !turn.waits_by_failure() {
            return None;
        }
        turn.pauses
            .iter()
            .filter(|waited| {
                waited.state.only_failed() && is_directly_in(program, &waited.pause, step)
            })
            .filter_map(|waited| waited.call)
            .find(is_candidate)?
    };
    let lacks_pause = turn.pauses.is_empty() && !turn.by_form;
    if turn.by_truth && (lacks_pause || !says_retry(program, step, l)) {
        return None;
    }
    if turn.pauses.is_empty() && !is_worth_a_wait(program, &turn, step, l, call) {
        return None;
    }
    Some(Retry {
        step,
        turn,
        call: behind(program, call),
        ends_well,
    })
}

/// The call whose result a call hands on: `get().and_then(…)` repeats `get`.
fn behind(program: &Program, mut step: StepId) -> StepId {
    while let Some(call) = program.call(step)
        && call.target.is_none()
        && let Some(made) = limited_by(program, call).or_else(|| handed_on_by(program, call))
    {
        step = made;
    }
    step
}

/// `timeout(limit, get())` repeats `get`.
fn limited_by(program: &Program, call: &Call) -> Option<StepId> {
    let name = program.callee_name(call.callee);
    let is_limit = matches!(name.rsplit('.').next(), Some("timeout" | "timeout_at"));
    let &last = program.list(call.args).last().filter(|_| is_limit)?;
    program.call_of(last).map(|(step, _)| step)
}

fn handed_on_by(program: &Program, call: &Call) -> Option<StepId> {
    let on = call.receiver.filter(|_| hands_on(program, call))?;
    made_by(program, on)
}

fn made_by(program: &Program, on: ExprId) -> Option<StepId> {
    let on = match *program.kind(on) {
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) | Init::Part(value, _) => value,
            _ => return None,
        },
        _ => on,
    };
    program.call_of(on).map(|(step, _)| step)
}

/// Whether a call only hands on the result that it is made on: it chains another step, reads the
/// answer, or adds words that are made when they are needed.
fn hands_on(program: &Program, call: &Call) -> bool {
    let name = program.callee_name(call.callee);
    let is_step = matches!(name.as_str(), "and" | "and_then" | "or_else" | "transpose");
    let reads_answer = matches!(
        name.as_str(),
        "text" | "json" | "bytes" | "error_for_status"
    );
    is_step
        || reads_answer
        || matches!(program.list(call.args), [only] if matches!(*program.kind(*only),
            ExprKind::Closure(closure) if program.function(closure).parameters.is_empty()))
}

/// Whether ticks, other tasks or a library decide when it goes round.
fn is_paced_by_others(turn: &Turn) -> bool {
    turn.pauses.iter().any(|waited| match waited.pause {
        Pause::Tick | Pause::Library => true,
        Pause::Event => {
            waited
                .state
                .has(Known::NONE.or(Known::FAILED).or(Known::LIMITED))
                && !turn.waits_by_failure()
        }
        _ => false,
    })
}

/// Whether a call stands in the arm of a select within the loop that a ticker opens.
fn is_on_a_tick(program: &Program, looped: StepId, call: StepId) -> bool {
    program
        .ancestors(call)
        .take_while(|&(step, _)| step != looped)
        .any(|(select, owner)| match owner {
            Owner::Arm(_, arm) => program
                .arms(select)
                .get(arm as usize)
                .is_some_and(|(_, kind)| *kind == ArmKind::Tick),
            _ => false,
        })
}

/// Whether a call stands in the arm of a select that an event opens, while the loop waits in
/// another arm only: until something comes, and not after a failure.
fn is_by_event(program: &Program, turn: &Turn, looped: StepId, call: StepId) -> bool {
    let selected = program
        .ancestors(call)
        .take_while(|&(step, _)| step != looped)
        .find_map(|(select, owner)| match owner {
            Owner::Arm(_, arm) => Some((select, arm as usize)),
            _ => None,
        });
    let Some((select, own)) = selected else {
        return false;
    };
    let arms = program.arms(select);
    let is_idle = arms
        .iter()
        .enumerate()
        .any(|(at, (_, kind))| at != own && *kind == ArmKind::Timeout);
    let comes = arms
        .get(own)
        .is_some_and(|(_, kind)| matches!(kind, ArmKind::Receive));
    let waits_elsewhere = turn.pauses.iter().any(|waited| match waited.pause {
        Pause::Timed { at, .. } | Pause::Helper { at, .. } | Pause::Named { at } => at != select,
        _ => false,
    });
    is_idle && comes && !waits_elsewhere
}

fn is_directly_in(program: &Program, pause: &Pause, looped: StepId) -> bool {
    match *pause {
        Pause::Timed { at, .. } | Pause::Helper { at, .. } | Pause::Named { at } => {
            program.enclosing_loop(at) == Some(looped)
        }
        _ => false,
    }
}

/// Whether a call is one that other parties feel: not the machine itself, nor an accept, whose
/// failures are the process's own.
fn is_repeatable(program: &Program, step: StepId) -> bool {
    program.call(step).is_some_and(|call| {
        matches!(call.api, Api::Other | Api::Outbound | Api::Accept)
            && !is_asked(&program.callee_name(call.callee))
            && call
                .target
                .is_none_or(|target| leaves_process(program, target))
    })
}

/// Whether a call by this name only asks for a state, or takes what comes.
fn is_asked(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("accept") || matches!(lower.as_str(), "error" | "err" | "errors")
}

/// Whether a function in view does anything of which not all is in view.
fn leaves_process(program: &Program, target: FunctionId) -> bool {
    let reached = program.reach(target);
    reached.len() > MAX_REACHED
        || reached.into_iter().any(|function| {
            let known = program.function(function);
            !known.has_body
                || program.calls_in(known.body).into_iter().any(|(_, call)| {
                    matches!(
                        call.api,
                        Api::Outbound | Api::BackoffRetry | Api::RateWait | Api::PoolSubmit
                    ) || call.api == Api::Other && call.target.is_none()
                })
        })
}

/// What a loop counts with.
fn counters(program: &Program, l: &Loop) -> Vec<VariableId> {
    let mut found = l.variables.clone();
    let updates = l
        .post
        .into_iter()
        .chain([l.body])
        .flat_map(|block| program.steps_in(block));
    for step in updates {
        if let Op::Assign(assign) = program.op(step)
            && let AssignHow::Update(BinaryOp::Add | BinaryOp::Subtract) = assign.how
        {
            for &target in program.list(assign.targets) {
                if let ExprKind::Variable(variable) = *program.kind(target) {
                    found.push(variable);
                }
            }
        }
    }
    found
}

/// Whether a name holds one of these lower-case words.
fn says(name: &str, words: &[&str]) -> bool {
    let lower = name.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// Whether names say that this loop retries.
fn says_retry(program: &Program, looped: StepId, l: &Loop) -> bool {
    let is_word = |name: &str| {
        says(name, &["retr", "attempt", "tries", "tried", "backoff"])
            || name.eq_ignore_ascii_case("try")
    };
    let mut named: Vec<VariableId> = counters(program, l);
    if let Some(condition) = l.condition() {
        named.extend(turn::variables(program, condition));
    }
    let function = program.outermost(program.function_of(looped));
    l.label.is_some_and(|label| is_word(program.text(label)))
        || is_word(program.text(program.function(function).name))
        || named
            .into_iter()
            .any(|variable| is_word(program.text(program.variable(variable).name)))
}

/// Whether a call is handed a context that somebody can end.
fn takes_context(program: &Program, call: &Call) -> bool {
    program.list(call.args).iter().any(|&argument| {
        program.library(program.expr(argument).ty) == Some(Library::Context)
            && program
                .call_of(argument)
                .is_none_or(|(_, root)| root.api != Api::ContextRoot)
    })
}

/// Whether a call is a connection that is made anew, or kept until it breaks.
fn keeps_connection(program: &Program, call: &Call) -> bool {
    says(&program.callee_name(call.callee), CONNECTIONS)
}

/// Whether a call that is repeated at once is one that others have to carry.
fn is_worth_a_wait(program: &Program, turn: &Turn, looped: StepId, l: &Loop, step: StepId) -> bool {
    let Some(call) = program.call(step) else {
        return false;
    };
    // The second of two tries comes after something was mended.
    let tries = l.condition().or(match l.kind {
        LoopKind::Over(over) => Some(over),
        _ => None,
    });
    let limit = tries.and_then(|limit| match *program.kind(limit) {
        ExprKind::Binary(BinaryOp::Less, _, limit) => program.constant_int(limit),
        _ => program.constant_int(limit),
    });
    // A count that runs down ends at nothing, and says nothing of its start.
    let inside = || bounds::limit(program, looped).filter(|&limit| limit > 0);
    let limit = limit.or_else(inside);
    if limit.is_some_and(|limit| limit <= 2) {
        return false;
    }
    if meant::is_lost_race(program, l) {
        return false;
    }
    let is_endless = program.is_endless(looped) && turn.rounds.has(Known::FAILED);
    let is_handed_in = !remote::handed_in(program, call).is_empty();
    if is_handed_in && limit.is_some_and(|limit| limit <= FEW_LENT) {
        return false;
    }
    let is_lent = || is_handed_in && remote::reaches_others(program, call);
    call.api == Api::Outbound
        || is_lent()
        || is_endless && (takes_context(program, call) || keeps_connection(program, call))
        || says_retry(program, looped, l)
}
