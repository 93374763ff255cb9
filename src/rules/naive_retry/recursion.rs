//! A function that calls itself when it fails: a retry without a loop.

use super::bounds::every_time;
use super::known::Known;
use super::pause::{Pause, Pauses};
use super::turn::{MAX_DEPTH, Turn, Walk};
use super::weight::VERY_LONG;
use super::{Confidence, Findings, behind, is_repeatable, keeps_connection, remote};
use crate::model::{
    Api, AssignHow, BinaryOp, BlockId, Call, ExprId, ExprKind, FunctionId, Op, Program, Spawn,
    StepId, VariableKind,
};

/// A function that begins again.
struct Recursion {
    /// Where it calls itself.
    at: StepId,
    /// What is repeated.
    call: StepId,
    /// The wait before.
    waits: Option<StepId>,
}

/// Walks one pass of a function that calls itself, which is a turn too.
fn pass(pauses: &Pauses<'_>, body: BlockId, itself: FunctionId) -> Turn {
    let mut walk = Walk::new(pauses);
    walk.itself = Some(itself);
    let end = walk.block(body, Known::NONE, MAX_DEPTH);
    walk.leave(end);
    walk.turn
}

impl Walk<'_> {
    /// Notes a call of the function itself, with nothing but a wait done since the last call.
    fn note_way_to_itself(&mut self, at: StepId) {
        let program = self.program;
        let own = program.step(at);
        let since = self.call.map_or(0, |call| program.span(call).end);
        let mut between = program.block(own.block).steps[..own.index as usize]
            .iter()
            .filter(|&&step| program.span(step).start >= since);
        // What a wait is made of is a part of it.
        let waits: Vec<_> = between
            .clone()
            .filter(|&&step| self.pauses.of_step(step).is_some())
            .map(|&step| program.span(step))
            .collect();
        let is_wait = |step: StepId| waits.iter().any(|wait| wait.contains(program.span(step)));
        if between.all(|&step| is_wait(step) || self.is_idle(step)) {
            self.turn.at_once.push(at);
        }
    }

    /// A task that does nothing but begin the function again, after a wait or at once.
    pub(super) fn begins_itself(&mut self, at: StepId, spawn: &Spawn, state: Known) -> bool {
        let program = self.program;
        let (Some(itself), Some(target)) = (self.itself, spawn.target) else {
            return false;
        };
        let steps = program.steps_of(target);
        let calls_it = |&step: &StepId| {
            program
                .call(step)
                .is_some_and(|call| call.target == Some(itself))
        };
        let begins = target == itself || program.is_closure(target) && steps.iter().any(calls_it);
        if begins {
            for &step in steps.iter().filter(|_| target != itself) {
                self.pause(self.pauses.of_step(step), state);
            }
            self.note_way_to_itself(at);
            self.round(state);
        }
        begins
    }
}

impl Walk<'_> {
    /// A call of the function itself, now or when a timer is over.
    pub(super) fn begins_again(&mut self, at: StepId, call: &Call, state: Known) -> bool {
        let is_itself = self.itself.is_some() && call.target == self.itself;
        if is_itself {
            self.note_way_to_itself(at);
            self.round(state);
        }
        is_itself || self.begins_itself_later(at, call, state)
    }

    /// A timer that begins the function again when it is over.
    fn begins_itself_later(&mut self, at: StepId, call: &Call, state: Known) -> bool {
        let program = self.program;
        let Some(itself) = self.itself.filter(|_| call.api == Api::TimerFunction) else {
            return false;
        };
        let args = program.list(call.args);
        let begins = args.iter().any(|&argument| {
            program.function_of_value(argument).is_some_and(|run| {
                run == itself
                    || program.is_closure(run)
                        && program.steps_of(run).into_iter().any(|step| {
                            let called = program.call(step);
                            called.is_some_and(|call| call.target == Some(itself))
                        })
            })
        });
        if begins {
            let pause = Pause::Timed {
                at,
                times: args.iter().copied().take(1).collect(),
                deaf: true,
            };
            self.pause(Some(pause), state);
            self.note_way_to_itself(at);
            self.round(state);
        }
        begins
    }
}

/// Says where functions call themselves when they fail, with nothing that ends it.
pub(super) fn check(pauses: &Pauses<'_>, findings: &mut Findings) {
    let program = pauses.program;
    for (function, facts) in program.functions_with_ids() {
        if !facts.has_body || facts.is_test || program.is_closure(function) {
            continue;
        }
        let mut within = program.callers[function.index()]
            .iter()
            .copied()
            .filter(|&call| program.is_within(program.function_of(call), function));
        let Some(at) = within.next() else {
            continue;
        };
        if program.is_for_tests(program.span(at).file) || within.next().is_some() {
            continue;
        }
        if let Some(found) = found(pauses, function, at) {
            found.say(program, function, findings);
        }
    }
}

fn found(pauses: &Pauses<'_>, function: FunctionId, at: StepId) -> Option<Recursion> {
    let program = pauses.program;
    let mut holder = program.function_of(at);
    while holder != function {
        let starts = program
            .spawned_at(holder)
            .iter()
            .chain(program.handed_to(holder));
        let begins = |&&step: &&StepId| {
            program.spawn(step).is_some()
                || program
                    .call(step)
                    .is_some_and(|call| call.api == Api::TimerFunction)
        };
        let Some(&start) = starts.into_iter().find(begins) else {
            break;
        };
        holder = program.function_of(start);
    }
    let turn = pass(pauses, program.function(holder).body, function);
    let is_retry = turn.rounds == Known::FAILED && turn.exits.has(Known::FINE);
    if turn.is_unclear || turn.by_truth || !is_retry || turn.at_once.is_empty() {
        return None;
    }
    if counts(program, function) || !hands_on_the_same(program, function, at) {
        return None;
    }
    let is_felt = |&&call: &&StepId| {
        let call = behind(program, call);
        is_repeatable(program, call)
            && (program.awaited.contains(&call)
                || program.call(call).is_some_and(|call| {
                    remote::reaches_others(program, call) || keeps_connection(program, call)
                }))
    };
    let call = behind(program, *turn.calls.iter().find(is_felt)?);
    let waited: Vec<&Pause> = turn.pauses.iter().map(|waited| &waited.pause).collect();
    let goes_on = match waited.is_empty() {
        // Of some failures only, it may come after something was mended.
        true => !turn.exits.has(Known::FAILED.or(Known::LIMITED)),
        false => every_time(program, &waited, &|time| time < VERY_LONG),
    };
    goes_on.then(|| Recursion {
        at,
        call,
        waits: waited.iter().find_map(|pause| match **pause {
            Pause::Timed { at, .. } | Pause::Helper { at, .. } => Some(at),
            _ => None,
        }),
    })
}

/// Whether a function compares anything, or counts in what outlives it.
fn counts(program: &Program, function: FunctionId) -> bool {
    program
        .steps_of(function)
        .into_iter()
        .chain(
            program
                .closures_in(function)
                .iter()
                .flat_map(|&closure| program.steps_of(closure)),
        )
        .any(|step| match program.op(step) {
            Op::Branch { condition, .. } => program.parts_of(*condition).into_iter().any(|part| {
                matches!(*program.kind(part), ExprKind::Binary(operator, _, _)
                    if operator.is_comparison()
                        && !matches!(operator, BinaryOp::Equal | BinaryOp::NotEqual))
            }),
            Op::Assign(assign) => matches!(assign.how, AssignHow::Update(_)),
            _ => false,
        })
}

/// Whether a function hands itself what it was handed, with nothing counted down.
fn hands_on_the_same(program: &Program, function: FunctionId, at: StepId) -> bool {
    let given = match program.op(at) {
        Op::Call(call) => program.list(call.args),
        Op::Spawn(spawn) => program.list(spawn.args),
        _ => return false,
    };
    let is_own = |id: ExprId| {
        program.variable_of(id).is_some_and(|one| {
            let known = program.variable(one);
            known.kind == VariableKind::Parameter && known.function == Some(function)
        })
    };
    given.iter().all(|&argument| match *program.kind(argument) {
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) => is_own(inner),
        ExprKind::Call(step) => program.call(step).is_some_and(|call| {
            program.callee_name(call.callee) == "clone" && call.receiver.is_some_and(is_own)
        }),
        _ => is_own(argument),
    })
}

impl Recursion {
    fn say(&self, program: &Program, function: FunctionId, findings: &mut Findings) {
        let callee = program.show_called(self.call);
        let how = match self.waits {
            Some(_) => "after the same wait each time",
            None => "at once",
        };
        let name = program.function_name(function);
        let finding = findings.at(
            program.span(self.at),
            Confidence::Medium,
            format!("`{name}` calls itself {how} when `{callee}` fails, with no end"),
        );
        finding
            .about(callee)
            .why("A function that calls itself on failure is a loop that nothing counts. While the other side is down, each caller asks it again for as long as that lasts, all of them at the same pace, and what each call holds is kept until the last one returns.")
            .fix("Make it a loop with a last attempt, a wait that grows and is drawn by lot, and a way out when the caller gives up.")
            .items(&["C9", "C10"]);
        finding.function = Some(program.function_of(self.at));
        finding.because(program.span(self.call), "the call that is repeated");
        if let Some(waits) = self.waits {
            finding.because(program.span(waits), "the wait between two calls");
        }
    }
}
