//! BP22: a task waits to send or receive after the other side has left.
//!
//! 1. A channel made in a function that receives from it, on some ways out less often than the
//!    tasks send: the late sends wait for ever.
//! 2. The reverse: the function sends, and the tasks that receive may leave before.
//! 3. The mirror: a function receives what its only sender may skip.
//! 4. A bare send to a long-lived loop that stops on a signal which the sender does not hear.
//! 5. Nobody in view stands on the other side, or nobody can yet.
//! 6. A function returns a channel without room that a task sends on, and a caller leaves it.
//! 7. Where a send to nobody yields an error: a receiver that gave up and was not dropped.
//! 8. There as well: a sender that a registry keeps, with nothing that ends the wait for it.
//!
//! The forms stand in files of their own; here is what they share.

mod counts;
mod harmless;
mod kept;
mod long_lived;
mod made_here;
mod nobody;
mod registry;
mod returned;
mod skipped;
mod unsent;

use super::{Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::{ArmKind, Capacity};
use crate::model::paths::ENOUGH;
use crate::model::{BlockId, ExprId, ExprKind, FunctionId, ObjectId, Op, Owner, Program, StepId};
use rustc_hash::FxHashSet;

pub(super) static RULE: Rule = Rule {
    code: "BP22",
    slug: "abandoned-sender",
    summary: "a task waits to send or receive after the other side has left",
    level: Level::Middle,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../../rules/BP22-abandoned-sender/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    for channel in program.object_ids() {
        // Where a send to nobody yields an error, only who is kept and not there is waited for.
        if program.discipline(channel).ends_with_owners() {
            kept::check(program, channel, findings);
            registry::check(program, channel, findings);
            continue;
        }
        let object = program.object(channel);
        if object.sends.is_empty() && object.closes.is_empty() {
            nobody::check(program, channel, findings);
            continue;
        }
        if let Some(home) = Home::of(program, channel) {
            let lives_in_a_call = made_here::check(program, channel, &home, findings);
            if !object.escapes {
                skipped::check(program, channel, findings);
                unsent::check(program, channel, &home, findings);
            }
            returned::check(program, channel, &home, findings);
            nobody::too_early(program, channel, &home, findings);
            if lives_in_a_call {
                continue;
            }
        }
        long_lived::check(program, channel, findings);
        nobody::check(program, channel, findings);
    }
    // What a test leaves behind ends with the process of the tests, soon after. A test that hangs
    // on every run is never checked in.
    findings.lower_where(|finding| program.is_for_tests_only(finding.at.file, finding.function));
}

/// Where a channel is made, when it is made in one function.
struct Home {
    function: FunctionId,
    /// The block in which it lives: the body, or that of the innermost loop.
    block: BlockId,
    /// The expression that makes it.
    expr: ExprId,
}

impl Home {
    fn of(program: &Program, channel: ObjectId) -> Option<Home> {
        let object = program.object(channel);
        let mut makes = object
            .makes
            .iter()
            .copied()
            .filter(|&made| matches!(program.kind(made), ExprKind::MakeChannel(..)));
        let expr = makes.next()?;
        if makes.next().is_some() {
            return None;
        }
        let function = program.function_at(program.expr(expr).span)?;
        let made = program
            .steps_of(function)
            .into_iter()
            .filter(|&step| program.span(step).contains(program.expr(expr).span))
            .min_by_key(|&step| program.span(step).end - program.span(step).start)?;
        let block = life_of(program, made);
        Some(Home {
            function,
            block,
            expr,
        })
    }
}

/// The block in which what a step makes lives: the body of the innermost loop or of the function.
fn life_of(program: &Program, step: StepId) -> BlockId {
    program
        .ancestors(step)
        .find_map(|(step, owner)| match (owner, program.op(step)) {
            (Owner::Body(_), Op::Loop(l)) => Some(l.body),
            _ => None,
        })
        .unwrap_or(program.function(program.function_of(step)).body)
}

/// Whether a send or receive waits for nothing but its partner.
fn is_bare(program: &Program, step: StepId) -> bool {
    match program.select_of(step) {
        None => true,
        Some((select, _)) => program.arms(select).len() == 1,
    }
}

/// Whether a communication stands in a select in which something else can be chosen when the
/// partner is gone.
fn has_way_out(program: &Program, step: StepId) -> bool {
    program.select_of(step).is_some_and(|(select, _)| {
        program.arms(select).iter().any(|(_, kind)| {
            matches!(
                kind,
                ArmKind::Default | ArmKind::Done | ArmKind::Timeout | ArmKind::Tick
            )
        })
    })
}

/// How many sends a channel takes without a partner; none where that is computed.
fn room(program: &Program, channel: ObjectId) -> Option<u32> {
    match program.capacity(channel) {
        Capacity::Rendezvous | Capacity::Unknown => Some(0),
        Capacity::Known(room) => Some(u32::try_from(room).unwrap_or(ENOUGH)),
        Capacity::Computed(_) | Capacity::Unbounded => None,
    }
}

/// The functions in which these steps stand.
fn functions_of(program: &Program, steps: &[StepId]) -> FxHashSet<FunctionId> {
    steps
        .iter()
        .map(|&step| program.function_of(step))
        .collect()
}

/// Whether a function, or what it runs on its own task, is one of these.
fn runs_any(program: &Program, function: FunctionId, wanted: &FxHashSet<FunctionId>) -> bool {
    program
        .reach(function)
        .iter()
        .any(|reached| wanted.contains(reached))
}

/// How often a loop turns, where the number is written down.
fn turns(program: &Program, looped: StepId) -> Option<u32> {
    program
        .turns(looped)
        .and_then(|turns| u32::try_from(turns).ok())
}

/// Whether the process ends with a function: the program's entry, or what the entry calls as the
/// last thing it does. What is left behind there ends with the process.
fn ends_process(program: &Program, function: FunctionId) -> bool {
    let mut function = function;
    for _ in 0..4 {
        // `Main` of a package is what an entry elsewhere calls, and nothing else.
        let is_main = program.text(program.function(function).name) == "Main";
        if program.is_program_entry(function) || is_main && !program.is_closure(function) {
            return true;
        }
        let [call] = program.callers[function.index()].as_slice() else {
            return false;
        };
        if program.is_closure(function)
            || program.function(function).is_value
            || !matches!(program.op(*call), Op::Call(_))
            || !ends_with(program, *call)
        {
            return false;
        }
        function = program.function_of(*call);
    }
    false
}

/// Whether a function does nothing that lasts after a call in it.
fn ends_with(program: &Program, call: StepId) -> bool {
    program.enclosing_loop(call).is_none()
        && !program
            .steps_of(program.function_of(call))
            .into_iter()
            .filter(|&step| program.is_before(call, step))
            .any(|step| match program.op(step) {
                Op::Loop(_) | Op::Select(_) | Op::Receive { .. } | Op::Spawn(_) => true,
                Op::Call(call) => call.target.is_some(),
                _ => false,
            })
}

/// A function as it is called in messages.
fn name_of(program: &Program, function: FunctionId) -> String {
    let name = program.function_name(function);
    if name.is_empty() {
        "the function".to_owned()
    } else {
        format!("`{name}`")
    }
}
