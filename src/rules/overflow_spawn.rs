//! BP14: the full branch of a non-blocking send starts a task that performs the blocking send.
//!
//! The queue has a bound, the tasks behind it have none: what overflows waits in memory after
//! all, out of order. It does not help that the waiting send can be cancelled.

use rustc_hash::FxHashMap;

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::ArmKind;
use crate::model::{Api, ExprId, ExprKind, FunctionId, Init, ObjectId, Op, Owner, Program, StepId};

pub(super) static RULE: Rule = Rule {
    code: "BP14",
    slug: "overflow-spawn",
    summary: "a full queue starts a goroutine that waits to send",
    level: Level::Middle,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C3"],
    page: include_str!("../../rules/BP14-overflow-spawn/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let tries = Tries::of(program);
    if tries.of_channel.is_empty() {
        return;
    }
    for site in program.step_ids() {
        let Op::Spawn(spawn) = program.op(site) else {
            continue;
        };
        let Some(task) = spawn.target else {
            continue;
        };
        let waiting = waiting_sends(program, task)
            .into_iter()
            .find_map(|(send, channel)| {
                let tried = tries.refused_before(program, site, channel)?;
                Some((send, channel, tried))
            });
        let Some((send, channel, tried)) = waiting else {
            continue;
        };
        if spawn.group.is_some() || is_bounded(program, site, task, channel) {
            continue;
        }
        let name = program.object_name(channel);
        let finding = findings.at(
            program.span(site),
            Confidence::High,
            format!("a full `{name}` starts a goroutine that waits to send on it"),
        );
        finding.function = Some(program.function_of(site));
        finding
            .about(name.clone())
            .why(format!(
                "The bound of `{name}` is gone: once it is full, every item waits in a goroutine of its own, with its stack and all that it holds, and nothing limits how many. Memory grows until the process is killed, and items overtake each other on the way."
            ))
            .fix("Choose what a full queue means: reject and tell the caller, drop and count, or let the caller wait with a deadline. If some slack is wanted, give the channel more room, or take a permit before the goroutine starts.")
            .because(tried, "the try that found it full")
            .because(program.span(send), "the send that waits");
    }
}

/// Sends that a task waits in: bare, or in a select without default.
fn waiting_sends(program: &Program, task: FunctionId) -> Vec<(StepId, ObjectId)> {
    let mut found = Vec::new();
    for function in program.reach(task) {
        for step in program.steps_of(function) {
            let Op::Send { .. } = program.op(step) else {
                continue;
            };
            let tries = program.select_of(step).is_some_and(|(select, _)| {
                program
                    .arms(select)
                    .iter()
                    .any(|(_, kind)| *kind == ArmKind::Default)
            });
            if !tries && let Some(channel) = program.channel_of(step) {
                found.push((step, channel));
            }
        }
    }
    found
}

/// The non-blocking sends of a unit.
struct Tries {
    of_channel: FxHashMap<ObjectId, Vec<StepId>>,
    /// Functions that try to send on a channel and report how it went.
    in_function: FxHashMap<FunctionId, Vec<ObjectId>>,
}

impl Tries {
    fn of(program: &Program) -> Tries {
        let mut tries = Tries {
            of_channel: FxHashMap::default(),
            in_function: FxHashMap::default(),
        };
        for select in program.step_ids() {
            if !matches!(program.op(select), Op::Select(_)) {
                continue;
            }
            let arms = program.arms(select);
            if !arms.iter().any(|(_, kind)| *kind == ArmKind::Default) {
                continue;
            }
            for (arm, kind) in arms {
                let channel = arm.communication.and_then(|step| program.channel_of(step));
                if let Some(channel) = channel.filter(|_| kind == ArmKind::Send) {
                    tries.of_channel.entry(channel).or_default().push(select);
                    let function = program.function_of(select);
                    if !program.function(function).results.is_empty() {
                        tries.in_function.entry(function).or_default().push(channel);
                    }
                }
            }
        }
        tries
    }

    /// Where a try on this channel was refused before a step, if one was.
    fn refused_before(
        &self,
        program: &Program,
        step: StepId,
        channel: ObjectId,
    ) -> Option<crate::source::Span> {
        let selects = self.of_channel.get(&channel)?;
        let in_default = program
            .ancestors(step)
            .find_map(|(select, owner)| match owner {
                Owner::Arm(_, index) if selects.contains(&select) => program
                    .arms(select)
                    .get(index as usize)
                    .filter(|(_, kind)| *kind == ArmKind::Default)
                    .map(|_| program.span(select)),
                _ => None,
            });
        let behind = || {
            selects
                .iter()
                .copied()
                .find(|&select| {
                    program.dominates(select, step)
                        && !program.ancestors(step).any(|(around, _)| around == select)
                        && sent_leaves(program, select, channel)
                })
                .map(|select| program.span(select))
        };
        in_default.or_else(behind).or_else(|| {
            self.refused_by_helper(program, step, channel)
                .map(|call| program.span(call))
        })
    }

    /// `if !try(x) { go … }`, `if try(x) { return }; go …`, and the same with an error.
    fn refused_by_helper(
        &self,
        program: &Program,
        step: StepId,
        channel: ObjectId,
    ) -> Option<StepId> {
        let around = program
            .ancestors(step)
            .filter(|(_, owner)| matches!(owner, Owner::Then(_) | Owner::Else(_)))
            .map(|(branch, _)| branch);
        let function = program.function_of(step);
        let before = program
            .before(step, function)
            .into_iter()
            .filter(|&branch| match program.op(branch) {
                Op::Branch { then, .. } => {
                    program.block_diverges(*then) && program.dominates(branch, step)
                }
                _ => false,
            });
        around.chain(before).find_map(|branch| {
            let Op::Branch { condition, .. } = program.op(branch) else {
                return None;
            };
            self.tried_in(program, *condition, channel)
        })
    }

    fn tried_in(&self, program: &Program, condition: ExprId, channel: ObjectId) -> Option<StepId> {
        program.parts_of(condition).into_iter().find_map(|part| {
            let value = match *program.kind(part) {
                ExprKind::Variable(variable) => match program.variable(variable).init {
                    Init::Value(value) | Init::Part(value, _) => value,
                    _ => return None,
                },
                _ => part,
            };
            let (step, call) = program.call_of(value)?;
            let channels = self.in_function.get(&call.target?)?;
            channels.contains(&channel).then_some(step)
        })
    }
}

/// Whether the arm that sends leaves the function, so that what follows runs only when full.
fn sent_leaves(program: &Program, select: StepId, channel: ObjectId) -> bool {
    program.arms(select).iter().any(|(arm, kind)| {
        *kind == ArmKind::Send
            && arm.communication.and_then(|step| program.channel_of(step)) == Some(channel)
            && program.block_diverges(arm.body)
    })
}

/// Whether something is taken before the spawn that its task gives back.
fn is_bounded(program: &Program, site: StepId, task: FunctionId, queue: ObjectId) -> bool {
    let given_back: Vec<ObjectId> = program
        .reach(task)
        .into_iter()
        .chain(program.closures_in(task).iter().copied())
        .flat_map(|function| program.steps_of(function))
        .filter_map(|step| match program.op(step) {
            Op::Receive { .. } => program.channel_of(step),
            Op::Call(call) if call.api == Api::PermitRelease => {
                call.receiver.and_then(|of| program.object_of(of))
            }
            _ => None,
        })
        .filter(|&object| object != queue)
        .collect();
    let function = program.function_of(site);
    program.before(site, function).into_iter().any(|step| {
        let taken = match program.op(step) {
            Op::Send { .. } => program.channel_of(step),
            Op::Call(call) if matches!(call.api, Api::PermitAcquire(_) | Api::PermitTryAcquire) => {
                call.receiver.and_then(|of| program.object_of(of))
            }
            _ => None,
        };
        taken.is_some_and(|object| given_back.contains(&object))
    })
}
