//! BP11: a retry loop lacks a limit, back-off, jitter or an ear for its context.
//!
//! A loop retries when failure leads round and success leads out; or when it waits on failure
//! only, as one that keeps a connection up does. Four things are asked of it: (a) an end, (b) a
//! wait that grows, (c) jitter in what grows, (d) a wait that its context can end.

mod pace;
mod pause;
mod turn;

use self::pace::Pace;
use self::pause::{Pause, Pauses};
use self::turn::{Known, Turn};
use super::{Confidence, Finding, Findings, Level, Rule, Seam, Thresholds};
use crate::model::roles::ContextInScope;
use crate::model::{
    Api, AssignHow, BinaryOp, ExprId, ExprKind, Init, Library, Loop, LoopKind, Op, Program, StepId,
    Type, VariableId,
};

pub(super) static RULE: Rule = Rule {
    code: "BP11",
    slug: "naive-retry",
    summary: "a retry loop lacks a limit, back-off, jitter or an ear for its context",
    level: Level::Middle,
    seam: Seam::Retry,
    questions: &["Q3"],
    checklist: &["C9", "C10"],
    page: include_str!("../../rules/BP11-naive-retry/README.md"),
    check,
};

/// Words that begin the names of calls which take the next piece of work.
const TAKES: &[&str] = &[
    "next", "pop", "dequeue", "fetch", "receive", "recv", "read", "poll", "get", "take", "claim",
    "lease", "accept", "scan", "consume", "pull",
];

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let pauses = Pauses::new(program);
    for step in program.step_ids() {
        let Op::Loop(l) = program.op(step) else {
            continue;
        };
        let may_retry = match l.kind {
            LoopKind::Forever | LoopKind::While(_) | LoopKind::Counted(_) => true,
            LoopKind::Over(over) => is_number(program, over),
            LoopKind::Channel(_) => false,
        };
        if may_retry && let Some(retry) = retry(&pauses, step, l) {
            retry.judge(program, l, findings);
        }
    }
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
fn retry(pauses: &Pauses<'_>, step: StepId, l: &Loop) -> Option<Retry> {
    let program = pauses.program;
    let turn = turn::turn(pauses, step);
    let failed = Known::FAILED.or(Known::LIMITED);
    if turn.is_unclear || !turn.rounds.has(failed) || is_paced_by_others(&turn) {
        return None;
    }
    let ends_well = !turn.rounds.has(Known::FINE) && turn.exits.has(Known::FINE.or(Known::DONE));
    let is_candidate = |&call: &StepId| {
        is_repeatable(program, call) && !is_for_another_item(program, step, l, call)
    };
    let call = if ends_well {
        turn.calls.iter().copied().find(is_candidate)?
    } else {
        // Waiting at other times too makes it a poll.
        let polls = turn
            .pauses
            .iter()
            .any(|waited| !waited.state.only_failed() && !matches!(waited.pause, Pause::Event));
        if polls {
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
    if turn.by_truth && !says_retry(program, step, l) {
        return None;
    }
    if turn.pauses.is_empty() && !is_worth_a_wait(program, step, l, call) {
        return None;
    }
    Some(Retry {
        step,
        turn,
        call,
        ends_well,
    })
}

/// Whether ticks, other tasks or a library decide when it goes round.
fn is_paced_by_others(turn: &Turn) -> bool {
    turn.pauses.iter().any(|waited| match waited.pause {
        Pause::Tick | Pause::Library => true,
        Pause::Event => waited
            .state
            .has(Known::NONE.or(Known::FAILED).or(Known::LIMITED)),
        _ => false,
    })
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
        matches!(call.api, Api::Other | Api::Outbound)
            && !program
                .callee_name(call.callee)
                .to_ascii_lowercase()
                .starts_with("accept")
    })
}

/// Whether each turn works on another item.
fn is_for_another_item(program: &Program, looped: StepId, l: &Loop, step: StepId) -> bool {
    let Some(call) = program.call(step) else {
        return false;
    };
    let arguments = program.list(call.args).iter().copied();
    arguments.chain(call.receiver).any(|argument| {
        program.parts_of(argument).into_iter().any(|part| {
            is_item(program, l, part)
                || match *program.kind(part) {
                    ExprKind::Variable(variable) => is_item_variable(program, looped, l, variable),
                    _ => false,
                }
        })
    })
}

fn is_item_variable(program: &Program, looped: StepId, l: &Loop, variable: VariableId) -> bool {
    let known = program.variable(variable);
    if !program.span(looped).contains(known.span) {
        return false;
    }
    let (Init::Value(value) | Init::Part(value, _)) = known.init else {
        return matches!(known.init, Init::Element(_));
    };
    is_item(program, l, value)
        || program.call_of(value).is_some_and(|(_, call)| {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            call.api == Api::Other && TAKES.iter().any(|take| name.starts_with(take))
        })
}

/// What was received, or the element at the loop's counter.
fn is_item(program: &Program, l: &Loop, id: ExprId) -> bool {
    match *program.kind(id) {
        ExprKind::Received(_) => true,
        ExprKind::Index(_, at) => {
            !matches!(program.kind(at), ExprKind::Binary(BinaryOp::Remainder, ..))
                && turn::variables(program, at)
                    .iter()
                    .any(|variable| counters(program, l).contains(variable))
        }
        _ => false,
    }
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

/// Whether names say that this loop retries.
fn says_retry(program: &Program, looped: StepId, l: &Loop) -> bool {
    let is_word = |name: &str| {
        let lower = name.to_ascii_lowercase();
        ["retr", "attempt", "tries", "backoff"]
            .iter()
            .any(|word| lower.contains(word))
            || lower == "try"
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

/// Whether a call that is repeated at once is one that others have to carry.
fn is_worth_a_wait(program: &Program, looped: StepId, l: &Loop, step: StepId) -> bool {
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
    if limit.is_some_and(|limit| limit <= 2) {
        return false;
    }
    let takes_context = program
        .list(call.args)
        .iter()
        .any(|&argument| program.library(program.expr(argument).ty) == Some(Library::Context));
    let is_endless = program.is_endless(looped);
    call.api == Api::Outbound || (is_endless && takes_context) || says_retry(program, looped, l)
}

/// Which of the four are missing.
struct Missing {
    end: bool,
    growth: bool,
    jitter: bool,
    /// The context that no wait listens to.
    ear: Option<VariableId>,
}

impl Retry {
    fn judge(&self, program: &Program, l: &Loop, findings: &mut Findings) {
        let pauses: Vec<&Pause> = self
            .turn
            .pauses
            .iter()
            .map(|waited| &waited.pause)
            .collect();
        let pace = pace::pace(program, self.step, pauses.iter().copied());
        let missing = self.missing(program, pace, &pauses);
        let Some(confidence) = self.confidence(&missing, pace) else {
            return;
        };
        let waits = pauses.iter().find_map(|pause| place(pause));
        let callee = program
            .call(self.call)
            .map_or(String::new(), |call| program.show(call.callee));
        let verb = match self.ends_well {
            true => "retries",
            false => "repeats",
        };
        let words = missing.words(program, waits.is_some());
        let finding = findings.at(
            program.span(self.step),
            confidence,
            format!("{verb} `{callee}` with {words}"),
        );
        finding.about(callee);
        finding.function = Some(program.function_of(self.step));
        missing.explain(finding, waits.is_some());
        finding.because(program.span(self.call), "the call that is repeated");
        if let Some(at) = waits {
            finding.because(program.span(at), "the wait between two calls");
        }
        let _ = l;
    }

    fn missing(&self, program: &Program, pace: Pace, pauses: &[&Pause]) -> Missing {
        let is_deaf = pauses.iter().any(|pause| is_deaf(pause));
        let context = program
            .context_at(self.step)
            .filter(|&context| is_live(program, context));
        let has_context = context.is_some();
        let ends = self.turn.exits.has(Known::LIMITED);
        Missing {
            // Something that is kept up needs no last attempt, but it has to obey its context.
            end: !ends && (self.ends_well || has_context),
            growth: !pace.grows && !pace.trusted,
            jitter: pace.grows && !pace.random && !pace.trusted,
            ear: context.map(ContextInScope::variable).filter(|_| is_deaf),
        }
    }

    fn confidence(&self, missing: &Missing, pace: Pace) -> Option<Confidence> {
        let others = usize::from(missing.growth)
            + usize::from(missing.jitter)
            + usize::from(missing.ear.is_some());
        match (missing.end, others) {
            (false, 0) => None,
            // What waits is out of view, and so may be what gives up.
            (true, 0) if pace.trusted => Some(Confidence::Medium).filter(|_| self.ends_well),
            (true, 0) if !self.ends_well => Some(Confidence::Medium),
            (false, 1) => Some(Confidence::Medium),
            _ => Some(Confidence::High),
        }
    }
}

/// Whether a context in scope can end.
fn is_live(program: &Program, context: ContextInScope) -> bool {
    let ContextInScope::Local(variable) = context else {
        return true;
    };
    match program.variable(variable).init {
        Init::Value(value) => program
            .call_of(value)
            .is_none_or(|(_, call)| call.api != Api::ContextRoot),
        _ => true,
    }
}

fn is_deaf(pause: &Pause) -> bool {
    match pause {
        Pause::Timed { deaf, .. } => *deaf,
        Pause::Helper { inner, .. } => inner.iter().any(is_deaf),
        _ => false,
    }
}

fn place(pause: &Pause) -> Option<StepId> {
    match *pause {
        Pause::Timed { at, .. } | Pause::Helper { at, .. } | Pause::Named { at } => Some(at),
        _ => None,
    }
}

impl Missing {
    fn words(&self, program: &Program, waits: bool) -> String {
        let mut words = Vec::new();
        if self.end {
            words.push("no last attempt".to_owned());
        }
        if self.growth {
            words.push(match waits {
                true => "a wait that never grows".to_owned(),
                false => "no wait in between".to_owned(),
            });
        }
        if self.jitter {
            words.push("no jitter in its growing wait".to_owned());
        }
        if let Some(context) = self.ear {
            let name = program.text(program.variable(context).name);
            words.push(format!("a wait that does not hear `{name}`"));
        }
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    fn explain(&self, finding: &mut Finding, waits: bool) {
        let mut why = Vec::new();
        let mut fix = Vec::new();
        let mut items = Vec::new();
        if self.growth || self.jitter {
            items.push("C9");
        }
        if self.end {
            why.push("As long as the other side fails, every caller stays in this loop and none hears of the failure.");
            fix.push("count the tries or obey a deadline, and return the last error");
            items.push("C10");
        }
        if self.growth {
            why.push(match waits {
                true => "Every failing caller adds the same rate of calls for as long as the failure lasts, which can keep an overloaded service down.",
                false => "A call that is refused at once is repeated at once: the failing service gets calls as fast as this loop can make them.",
            });
            fix.push("double a ceiling up to a cap and wait a random time below it");
        }
        if self.jitter {
            why.push("Callers that failed at the same instant come back at the same instants, after each doubling again.");
            fix.push("draw the wait at random from the whole interval below the ceiling");
        }
        if self.ear.is_some() {
            why.push("A cancelled caller sleeps to the end and then makes one more call that nobody wants.");
            fix.push("wait in a select on a timer and on the context");
        }
        if items.is_empty() {
            items.push("C9");
        }
        let fix = fix.join("; ");
        let mut letters = fix.chars();
        let fix = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default();
        finding
            .why(why.join(" "))
            .fix(format!("{fix}."))
            .items(&items);
    }
}
