//! How much a retry that lacks something weighs: what is repeated, how often, and how fast.

use super::bounds::{are_at_least, every_time, limit, limit_as_called, limit_by_default};
use super::calm::are_set;
use super::gentle::{are_named_elsewhere, follows_a_plan, is_bound_named_elsewhere};
use super::meant::{asks_for_not_yet, picks_its_failures};
use super::pause::Pause;
use super::remote::reaches_others;
use super::setting::{Background, background, is_at_start, is_inside_a_limit};
use super::{Confidence, Retry, says};
use crate::model::roles::ContextInScope;
use crate::model::{
    Api, BinaryOp, Call, ExprId, ExprKind, FunctionId, FunctionKind, Init, Op, Program, StepId,
    Type, UnaryOp, VariableId, VariableKind,
};

/// So few tries at a constant pace are no load.
const FEW: i64 = 5;
/// So few are soon over, whoever listens.
const FEWEST: i64 = 3;
/// So few are no load at a slow pace either, and so few of something that only this machine
/// feels.
pub(super) const FEW_SLOW: i64 = 10;
/// So few at a slow pace are no load while a process starts, or where the pace also slackens.
const FEW_AT_START: i64 = 20;
/// A constant wait of this many nanoseconds keeps one caller's rate down.
pub(super) const LONG: i64 = 1_000_000_000;
/// So slow a beat is no load, however many keep it.
pub(super) const VERY_LONG: i64 = 60_000_000_000;
/// How many copies of a context are followed.
const MAX_COPIES: u32 = 8;
/// So short a wait is over before anybody misses an ear.
const SHORT: i64 = 100_000_000;

/// Words in names of what asks whether something is up.
const PROBES: &[&str] = &[
    "ready",
    "health",
    "alive",
    "ping",
    "reachable",
    "probe",
    "serving",
];
/// What a comment on such a loop says.
const POLLS: &[&str] = &["poll until", "polls until", "wait until", "waits until"];
/// What the names of calls begin with that take what comes.
pub(super) const READS: &[&str] = &[
    "read", "recv", "receive", "accept", "scan", "next", "changed", "notified", "poll",
];

/// What is missing, in numbers.
pub(super) struct Lack {
    /// There is no last attempt.
    pub end: bool,
    /// Other things that are missing.
    pub others: usize,
    /// Among them: the wait grows, but not by lot.
    pub jitter: bool,
    /// Among them: no wait hears the context.
    pub ear: bool,
    /// What waits is out of view.
    pub trusted: bool,
    /// The waits are drawn by lot.
    pub drawn: bool,
}

impl Retry {
    pub(super) fn confidence(
        &self,
        program: &Program,
        lack: &Lack,
        pauses: &[&Pause],
    ) -> Option<Confidence> {
        let said = match (lack.end, lack.others) {
            (false, 0) => return None,
            // What waits is out of view, and so may be what gives up.
            (true, 0) if lack.trusted && !self.ends_well => return None,
            (true, 0) if follows_a_plan(program, pauses) => Confidence::Low,
            (true, 0) if lack.trusted && self.is_remote(program) => Confidence::Medium,
            // It goes on for ever on purpose, and is gentle.
            (true, 0) => Confidence::Low,
            (false, 1) => Confidence::Medium,
            _ => Confidence::High,
        };
        let missing = lack.others + usize::from(lack.end);
        let is_slow = missing < 3 && are_long(program, pauses);
        let is_remote = self.is_remote(program);
        let exits = self.turn.exits;
        let picks = |l| picks_its_failures(program, l, exits);
        let waits_for_one = waits_for_one_failure(program, self.step)
            || program.op_loop(self.step).is_some_and(picks);
        let at_once = pauses.is_empty();
        // In the process: tried again at once, until something is up, or until a state is over
        // that one failure tells of.
        let is_local_wait = !is_remote && (at_once || waits_for_one || self.is_probe(program));
        // Somebody else got through.
        let lost_a_race = waits_for_one && at_once;
        let most = if is_local_wait || lost_a_race || self.is_harmless(program, lack, pauses) {
            Confidence::Low
        } else if is_slow || !is_remote || waits_for_one {
            Confidence::Medium
        } else {
            Confidence::High
        };
        Some(said.min(most))
    }

    /// Whether nobody would mind.
    fn is_harmless(&self, program: &Program, lack: &Lack, pauses: &[&Pause]) -> bool {
        if program.is_for_tests(program.span(self.step).file) {
            return true;
        }
        let name = self.call_name(program);
        if !self.ends_well && READS.iter().any(|read| name.starts_with(read)) {
            return true;
        }
        // Its next turn would come anyway: only its beat is quicker, or as quick.
        if self.turn.waits_by_failure() {
            return true;
        }
        // A service that runs until something breaks is started anew.
        if !self.ends_well && self.keeps_running(program) {
            return true;
        }
        // What is tried again paces itself, whatever the loop adds.
        if self.retries_inside(program) {
            return true;
        }
        if pauses.is_empty() {
            // What is tried again at once on this machine is another port or name.
            return self.is_slowed_inside(program)
                || self.may_be_slow(program)
                || !lack.end && self.is_local(program, &name);
        }
        if every_time(program, pauses, &|time| time >= VERY_LONG) {
            return true;
        }
        let limit = limit(program, self.step);
        let few = |most: i64| limit.is_some_and(|limit| limit <= most);
        let is_local = self.is_local(program, &name) || self.waits_for_its_process(program);
        let is_first = || are_at_least(program, pauses, LONG) && is_at_start(program, self.step);
        if !lack.ear
            && lack.others <= 1
            && (self.is_one_of_a_kind(program, lack, pauses) || is_first())
        {
            return true;
        }
        let asks = program
            .op_loop(self.step)
            .is_some_and(|l| asks_for_not_yet(program, l));
        if lack.end {
            let is_patient = are_long(program, pauses) && self.says_probe(program);
            return !lack.ear && (is_local || asks || is_patient);
        }
        self.is_probe(program)
            || asks
            || few(FEWEST)
            || few(FEW) && !lack.ear
            || is_local && (!lack.ear || few(FEW_SLOW))
            || self.waits_until_up(program, lack)
            || self.is_bounded_and_slow(program, lack, pauses)
            || lack.others == 1 && !lack.ear && is_inside_a_limit(program, self.step)
            || self.is_calm(program, lack, pauses)
            || self.is_over_by_default(program, lack)
            || self.is_gentle(program, lack, pauses)
    }

    /// Whether only jitter is missing, in so few tries that they are over before it would tell:
    /// by what is set unless somebody sets it otherwise.
    fn is_over_by_default(&self, program: &Program, lack: &Lack) -> bool {
        lack.others == 1
            && lack.jitter
            && limit_by_default(program, self.step).is_some_and(|limit| limit <= FEWEST)
    }

    /// Whether so few tries at so slow a pace are no load: while a process starts, when nobody
    /// can tell it to stop either; and else fewer, or those whose waits grow.
    fn is_bounded_and_slow(&self, program: &Program, lack: &Lack, pauses: &[&Pause]) -> bool {
        let limit = limit_as_called(program, self.step);
        let elsewhere = are_named_elsewhere(program, pauses);
        let is_unknown = elsewhere && is_bound_named_elsewhere(program, self.step);
        let few = |most: i64| limit.map_or(is_unknown, |limit| limit <= most);
        let is_slow = are_at_least(program, pauses, LONG) || elsewhere;
        if !few(FEW_AT_START) || !is_slow {
            return false;
        }
        is_at_start(program, self.step)
            || lack.others == 1 && !lack.ear && !lack.jitter && few(FEW_SLOW)
    }

    /// Whether one task of the process does it in the background: nobody waits for it, and
    /// nobody comes back with it.
    fn is_one_of_a_kind(&self, program: &Program, lack: &Lack, pauses: &[&Pause]) -> bool {
        let does_its_own = |task: &Background| {
            let own = self.called(program).is_some_and(|call| {
                call.target.is_some() && !super::keeps_connection(program, call)
            });
            own && (!lack.end || !task.comes_back)
                && (are_at_least(program, pauses, LONG) || are_set(program, pauses))
        };
        background(program, self.step).is_some_and(|task| match (lack.others, lack.jitter) {
            (0, _) => true,
            (_, true) => !task.comes_back || self.makes_its_own(program),
            (_, false) => does_its_own(&task),
        })
    }

    /// Whether what is tried again only makes a part of the process anew: `Self::new(…)`.
    fn makes_its_own(&self, program: &Program) -> bool {
        let target = self.called(program).and_then(|call| call.target);
        target.is_some_and(|target| {
            let made = program.function(target).results.first();
            made.is_some_and(|&made| match *program.pointee(made) {
                Type::Named(made) => {
                    let mut methods = program.named[made.index()].methods.iter();
                    methods.any(|&(_, method)| method == target)
                }
                _ => false,
            })
        })
    }

    fn called<'p>(&self, program: &'p Program) -> Option<&'p Call> {
        program.call(self.call)
    }

    fn call_name(&self, program: &Program) -> String {
        self.called(program).map_or(String::new(), |call| {
            program.callee_name(call.callee).to_ascii_lowercase()
        })
    }

    /// Whether names say that it asks whether something is up: that of the call, of the function
    /// or of the type that this is a method of.
    fn says_probe(&self, program: &Program) -> bool {
        let function = program.outermost(program.function_of(self.step));
        let known = program.function(function);
        let owner = match known.kind {
            FunctionKind::Method(_, owner) => program.text(program.named[owner.index()].name),
            _ => "",
        };
        let names = [program.text(known.name), owner];
        says(&self.call_name(program), PROBES) || names.iter().any(|name| says(name, PROBES))
    }

    /// Whether the comment stands above what its condition compares with: the moment when it
    /// gives up.
    fn is_told_of_with_its_bound(&self, program: &Program) -> bool {
        let condition = program.op_loop(self.step).and_then(|l| l.condition());
        condition.is_some_and(|condition| {
            let named = super::turn::variables(program, condition).into_iter();
            named
                .map(|one| program.variable(one))
                .filter(|one| one.kind == VariableKind::Local)
                .any(|one| program.is_commented_with(one.span, POLLS))
        })
    }

    /// Whether it waits until something is up.
    fn is_probe(&self, program: &Program) -> bool {
        let call = self.call_name(program);
        let function = program.function_of(self.step);
        let names = [function, program.outermost(function)]
            .map(|at| program.text(program.function(at).name).to_ascii_lowercase());
        let path = self.called(program).map(|call| program.show(call.callee));
        let path = path.unwrap_or_default().to_ascii_lowercase();
        let mut words = path.split(|letter: char| !letter.is_alphanumeric());
        call.starts_with("check")
            || call.starts_with("wait")
            || self.is_told_of_with_its_bound(program)
            || program.remark_says(program.span(self.step), POLLS)
            || words.any(|word| word.starts_with("ping"))
            || says(&call, PROBES)
            || names.iter().any(|name| {
                let begins = ["wait", "check", "poll"];
                says(name, PROBES) || begins.iter().any(|word| name.starts_with(word))
            })
    }

    /// Whether the call plainly leaves the process.
    fn is_remote(&self, program: &Program) -> bool {
        self.called(program)
            .is_some_and(|call| reaches_others(program, call))
    }

    /// Whether no more than its name tells that what is called connects: it may take its time, or
    /// wait itself.
    fn may_be_slow(&self, program: &Program) -> bool {
        let Some(l) = program.op_loop(self.step) else {
            return false;
        };
        self.called(program).is_some_and(|call| {
            call.api != Api::Outbound
                && super::keeps_connection(program, call)
                && !super::takes_context(program, call)
                && !super::says_retry(program, self.step, l)
        })
    }

    /// Whether what is called waits for a limiter's leave before each try.
    fn is_slowed_inside(&self, program: &Program) -> bool {
        if says(&self.call_name(program), &["ratelimit", "throttle"]) {
            return true;
        }
        let Some(target) = self.called(program).and_then(|call| call.target) else {
            return false;
        };
        let waits = |call: &Call| {
            let callee = program.show(call.callee);
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            call.api == Api::RateWait
                || says(&callee, &["limiter", "throttle"]) && name.starts_with("wait")
        };
        program.reach(target).into_iter().any(|function| {
            let calls = program.calls_in(program.function(function).body);
            calls.into_iter().any(|(_, call)| waits(call))
        })
    }
}

/// Whether one certain failure leads round, and others lead out.
fn waits_for_one_failure(program: &Program, looped: StepId) -> bool {
    let Some(l) = program.op_loop(looped) else {
        return false;
    };
    let is_one = |value: ExprId| !matches!(program.kind(value), ExprKind::Nil);
    let mut inside = program.steps_in(l.body).into_iter();
    l.condition()
        .is_some_and(|condition| names_one_failure(program, condition, true))
        || inside.any(|step| match program.op(step) {
            Op::Branch {
                condition, then, ..
            } => names_one_failure(program, *condition, !program.ends_in_leaving(*then)),
            Op::Switch {
                subject: Some(subject),
                cases,
            } => {
                let mut values = cases.iter().flat_map(|case| program.list(case.values));
                program.is_error(*subject) && values.any(|&value| is_one(value))
            }
            _ => false,
        })
}

/// Whether a condition asks for one certain failure: that it is the one, or that it is not.
fn names_one_failure(program: &Program, condition: ExprId, is_it: bool) -> bool {
    let is_test = |id: ExprId| {
        let call = program.call_of(id);
        call.is_some_and(|(_, call)| call.api == Api::ErrorTest)
    };
    let parts = program.parts_of(condition);
    let denied = |part: ExprId| {
        parts.iter().any(|&other| {
            matches!(*program.kind(other), ExprKind::Unary(UnaryOp::Not, inner) if inner == part)
        })
    };
    let wanted = match is_it {
        true => BinaryOp::Equal,
        false => BinaryOp::NotEqual,
    };
    parts.iter().any(|&part| match *program.kind(part) {
        ExprKind::Binary(operator, a, b) => {
            operator == wanted && program.is_error(a) && !matches!(program.kind(b), ExprKind::Nil)
        }
        ExprKind::Call(_) => is_test(part) && denied(part) != is_it,
        _ => false,
    })
}

/// Whether every wait is known to be long.
fn are_long(program: &Program, pauses: &[&Pause]) -> bool {
    every_time(program, pauses, &|time| time >= LONG)
}

/// Whether every wait is known to be so short that no ear is missed.
pub(super) fn are_short(program: &Program, pauses: &[&Pause]) -> bool {
    every_time(program, pauses, &|time| time <= SHORT)
}

/// What a variable was made as, a copy as what it is a copy of.
fn made_as(program: &Program, variable: VariableId, copies: u32) -> Option<ExprId> {
    let (Init::Value(made) | Init::Part(made, _)) = program.variable(variable).init else {
        return None;
    };
    match *program.kind(made) {
        ExprKind::Variable(of) => made_as(program, of, copies.checked_sub(1)?),
        _ => Some(made),
    }
}

/// Whether anything can end a context in scope while its function runs.
pub(super) fn is_live(program: &Program, context: ContextInScope) -> bool {
    let ContextInScope::Local(variable) = context else {
        return true;
    };
    let Some(made) = made_as(program, variable, MAX_COPIES) else {
        return true;
    };
    let Some((step, call)) = program.call_of(made) else {
        return true;
    };
    match call.api {
        Api::ContextRoot => false,
        Api::ContextWithCancel => {
            let is_root = program.list(call.args).iter().any(|&argument| {
                program
                    .call_of(argument)
                    .is_some_and(|(_, root)| root.api == Api::ContextRoot)
            });
            !is_root || !is_only_cancelled_at_the_end(program, made, program.function_of(step))
        }
        _ => true,
    }
}

/// Whether the function that cancels a context is mentioned in a `defer` only.
fn is_only_cancelled_at_the_end(program: &Program, made: ExprId, function: FunctionId) -> bool {
    let cancel = program.steps_of(function).into_iter().find_map(|step| {
        let Op::Assign(assign) = program.op(step) else {
            return None;
        };
        let is_it = program.list(assign.values).contains(&made);
        match *program.kind(*program.list(assign.targets).get(1).filter(|_| is_it)?) {
            ExprKind::Variable(cancel) => Some((step, cancel)),
            _ => None,
        }
    });
    let Some((defined, cancel)) = cancel else {
        return false;
    };
    let mut within = vec![function];
    let mut at = 0;
    while let Some(&function) = within.get(at) {
        within.extend(program.closures_in(function));
        at += 1;
    }
    within
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .filter(|&step| step != defined && !program.is_deferred(step))
        .all(|step| !program.mentioned_by(step).contains(&cancel))
}
