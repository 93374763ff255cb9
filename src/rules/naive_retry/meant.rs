//! What the loop asks its failures for, and what the call does about them itself.

use super::bounds::limit;
use super::known::Known;
use super::weight::Lack;
use super::{Retry, says};
use crate::model::{Api, BlockId, ExprId, ExprKind, Init, Loop, Op, Program, StepId, Symbol, Type};

/// Words in the names of failures that mean that somebody else got through, or that another is
/// to be asked, so that another try at once is right.
const LOST_RACES: &[&str] = &[
    "exist",
    "conflict",
    "assert",
    "version",
    "cas",
    "modified",
    "changed",
    "race",
    "serializ",
    "stale",
    "eintr",
    "eagain",
    "duplicate",
    "collision",
    "busy",
    "precondition",
    "inuse",
    "taken",
    "leader",
    "redirect",
];

/// Words in the names of failures that mean that the other side has not come so far yet: who
/// asks again polls.
const NOT_YET: &[&str] = &[
    "pending",
    "notready",
    "not_ready",
    "not ready",
    "notyet",
    "not_yet",
    "inprogress",
    "in_progress",
    "waitfor",
    "wait_for",
    "queuefull",
    "queue_full",
    "notenough",
    "not_enough",
];

/// Whether the loop asks for failures that mean that somebody else got through, or is the one to
/// ask.
pub(super) fn is_lost_race(program: &Program, l: &Loop) -> bool {
    asked(program, l, true)
        .iter()
        .any(|name| says(name, LOST_RACES))
}

/// The same, but for another one to ask: who is sent there again and again asks without end.
pub(super) fn is_lost_race_but_for_leaders(program: &Program, l: &Loop) -> bool {
    let is_another = |name: &String| says(name, &["leader", "redirect"]);
    asked(program, l, true)
        .iter()
        .any(|name| says(name, LOST_RACES) && !is_another(name))
}

/// Whether the loop asks for a failure which says that the other side is not done yet.
pub(super) fn asks_for_not_yet(program: &Program, l: &Loop) -> bool {
    asked(program, l, false)
        .iter()
        .any(|name| says(name, NOT_YET))
}

/// Whether only failures of certain names lead round, while others lead out.
pub(super) fn picks_its_failures(program: &Program, l: &Loop, exits: Known) -> bool {
    let is_failure = |&name: &Symbol| !matches!(program.text(name), "Ok" | "Some" | "None");
    let goes_on = |block: BlockId| {
        let named = program.asked_for.get(&block);
        named.is_some_and(|named| named.iter().any(is_failure)) && !leaves(program, block)
    };
    exits.has(Known::FAILED)
        && program
            .steps_in(l.body)
            .into_iter()
            .flat_map(|step| program.blocks_of(step))
            .any(goes_on)
}

/// Whether a block ends the loop it stands in, or more.
fn leaves(program: &Program, block: BlockId) -> bool {
    let last = program.block(block).steps.last();
    program.block_diverges(block)
        && !last.is_some_and(|&last| matches!(program.op(last), Op::Continue(_)))
}

/// The names that stand in the conditions of a loop, its cases and its patterns; those of calls
/// where they are wanted.
fn asked(program: &Program, l: &Loop, with_calls: bool) -> Vec<String> {
    let mut found = Vec::new();
    for step in program.steps_in(l.body) {
        let (values, blocks) = match program.op(step) {
            Op::Branch {
                condition,
                then,
                otherwise,
            } => {
                let blocks = [Some(*then), *otherwise];
                (vec![*condition], blocks.into_iter().flatten().collect())
            }
            Op::Switch { cases, .. } => {
                let values = cases.iter().flat_map(|case| program.list(case.values));
                let blocks: Vec<_> = cases.iter().map(|case| case.body).collect();
                (values.copied().collect(), blocks)
            }
            _ => continue,
        };
        let parts = values.iter().flat_map(|&value| program.parts_of(value));
        let is_wanted = |part: &ExprId| with_calls || program.call_of(*part).is_none();
        found.extend(
            parts
                .filter(is_wanted)
                .filter_map(|part| name_of(program, part)),
        );
        let patterns = blocks
            .iter()
            .filter_map(|block| program.asked_for.get(block));
        found.extend(
            patterns
                .flatten()
                .map(|&name| program.text(name).to_owned()),
        );
    }
    found
}

fn name_of(program: &Program, part: ExprId) -> Option<String> {
    Some(match *program.kind(part) {
        ExprKind::Call(step) => program.callee_name(program.call(step)?.callee),
        ExprKind::Qualified(_, name) | ExprKind::Name(name) | ExprKind::Member(_, name) => {
            program.text(name).to_owned()
        }
        ExprKind::Text(text) => program.text(text).to_owned(),
        ExprKind::Variable(variable) => program.text(program.variable(variable).name).to_owned(),
        _ => return None,
    })
}

impl Retry {
    /// Whether the call retries itself, and backs off when it does: by its name, by what it is
    /// told of tries, or because a library does it inside.
    pub(super) fn retries_inside(&self, program: &Program) -> bool {
        let Some(call) = program.call(self.call) else {
            return false;
        };
        let name = program.callee_name(call.callee).to_ascii_lowercase();
        if name.contains("retries") || name.contains("with") && name.contains("retr") {
            return true;
        }
        let arguments = program.list(call.args);
        arguments
            .iter()
            .any(|&argument| sets_tries(program, argument))
            || call.target.is_some_and(|target| {
                let calls = program.calls_in(program.function(target).body);
                calls
                    .into_iter()
                    .any(|(_, call)| call.api == Api::BackoffRetry)
            })
    }

    /// Whether it waits, for a while that is written down, until something is up that is about
    /// to be: nobody reads why it is not yet.
    pub(super) fn waits_until_up(&self, program: &Program, lack: &Lack) -> bool {
        let Some(called) = program.call(self.call) else {
            return false;
        };
        if lack.ear || !self.ends_well || limit(program, self.step).is_none() {
            return false;
        }
        let waits_first = || {
            let mut pauses = self.turn.pauses.iter();
            pauses.any(|waited| waited.state == Known::NONE)
        };
        (super::keeps_connection(program, called) || waits_first())
            && !reads_failures(program, self.step)
    }

    /// Whether what is called goes on by itself until something leaves its own endless loop.
    pub(super) fn keeps_running(&self, program: &Program) -> bool {
        let target = program.call(self.call).and_then(|call| call.target);
        target.is_some_and(|target| {
            let mut steps = program.steps_of(target).into_iter();
            steps.any(|step| program.is_endless(step))
        })
    }

    /// Whether the call is lent the count of the tries: it may give up when they are too many.
    pub(super) fn lends_the_count(&self, program: &Program) -> bool {
        let is_count = |id: ExprId| {
            let variable = super::turn::variable_of(program, id);
            variable.is_some_and(|variable| {
                let name = program.text(program.variable(variable).name);
                says(name, &["retr", "attempt", "tries"])
            })
        };
        let calls = self
            .turn
            .calls
            .iter()
            .filter_map(|&call| program.call(call));
        calls.into_iter().any(|call| {
            let lent = |at: usize, given: ExprId| match call.target {
                Some(target) => program
                    .function(target)
                    .parameters
                    .get(at)
                    .is_some_and(|&one| {
                        matches!(program.ty(program.variable(one).ty), Type::Pointer(_))
                    }),
                None => matches!(program.kind(given), ExprKind::Reference(_)),
            };
            let mut given = program.list(call.args).iter().enumerate();
            given.any(|(at, &given)| is_count(given) && lent(at, given))
        })
    }
}

/// Whether a loop does more with a failure than ask whether there is one.
fn reads_failures(program: &Program, looped: StepId) -> bool {
    let Some(l) = program.op_loop(looped) else {
        return true;
    };
    let is_failure = |&value: &ExprId| {
        !matches!(program.kind(value), ExprKind::Nil | ExprKind::Call(_)) && program.is_error(value)
    };
    let mentions = |values: &[ExprId]| {
        let mut parts = values.iter().flat_map(|&value| program.parts_of(value));
        parts.any(|part| is_failure(&part))
    };
    program
        .steps_in(l.body)
        .into_iter()
        .any(|step| match program.op(step) {
            Op::Call(call) => mentions(program.list(call.args)),
            Op::Assign(assign) => mentions(program.list(assign.values)),
            Op::Return(values) => mentions(program.list(*values)),
            _ => false,
        })
}

/// Whether a value is made by a call that sets how often to try.
fn sets_tries(program: &Program, id: ExprId) -> bool {
    let sets = |id: ExprId| {
        let is_setter = |part: ExprId| {
            let call = program.call_of(part);
            call.is_some_and(|(_, call)| says(&program.callee_name(call.callee), &["retr"]))
        };
        program.parts_of(id).into_iter().any(is_setter)
    };
    sets(id)
        || program
            .parts_of(id)
            .into_iter()
            .any(|part| match *program.kind(part) {
                ExprKind::Variable(variable) => match program.variable(variable).init {
                    Init::Value(value) => sets(value),
                    _ => false,
                },
                _ => false,
            })
}
