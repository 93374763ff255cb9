//! Form 6: a function starts a task that sends its one result on a channel without room, and
//! returns that channel. A caller that drops it, or leaves before it has received, leaves the task
//! waiting. So does a function that a caller hands the channel, and that gives up.

use super::made_here::Sides;
use super::{Home, has_way_out, is_bare, life_of, room};
use crate::model::{FunctionId, FunctionKind, ObjectId, Op, Program, StepId};
use crate::rules::{Confidence, Findings};
use rustc_hash::FxHashSet;

pub(super) fn check(program: &Program, channel: ObjectId, home: &Home, findings: &mut Findings) {
    let object = program.object(channel);
    let is_plain = !matches!(
        program.function(home.function).kind,
        FunctionKind::Closure(_)
    );
    let own = program.reach(home.function);
    let is_sent_by_tasks = object.sends.iter().all(|&send| {
        let sender = program.function_of(send);
        !own.contains(&sender) && program.is_within(sender, home.function)
    });
    let is_received_within = object
        .takes()
        .any(|take| own.contains(&program.function_of(take)));
    if !is_plain || !is_sent_by_tasks || is_received_within || object.sends.is_empty() {
        return;
    }
    if room(program, channel) != Some(0) || !is_returned(program, channel, home) {
        return;
    }
    let calls = &program.callers[home.function.index()];
    let takers = super::functions_of(program, &object.takes().collect::<Vec<_>>());
    // Who hands the channel on is not followed.
    let callers = super::functions_of(program, calls);
    let is_taken_by_callers = takers.is_subset(&callers);
    if !is_taken_by_callers
        && takers
            .iter()
            .all(|&taker| is_helper(program, taker, &callers))
    {
        given_up(program, channel, home, findings);
    }
    for &call in calls {
        if !matches!(program.op(call), Op::Call(_)) {
            continue;
        }
        if !program.used_results().contains(&call) {
            dropped(program, channel, home, call, findings);
        } else if is_taken_by_callers {
            let caller = Home {
                function: program.function_of(call),
                block: life_of(program, call),
                expr: home.expr,
            };
            Sides::of_caller(program, channel, &caller, call, &takers).receiver_leaves(findings);
        }
    }
}

/// Whether a function is called by these alone.
fn is_helper(program: &Program, function: FunctionId, callers: &FxHashSet<FunctionId>) -> bool {
    let calls = &program.callers[function.index()];
    !calls.is_empty()
        && calls.iter().all(|&call| {
            matches!(program.op(call), Op::Call(_)) && callers.contains(&program.function_of(call))
        })
}

/// Every one who receives may leave without the value.
fn given_up(program: &Program, channel: ObjectId, home: &Home, findings: &mut Findings) {
    let object = program.object(channel);
    let takes: Vec<StepId> = object.takes().collect();
    let all_leave = takes
        .iter()
        .all(|&take| has_way_out(program, take) && program.enclosing_loop(take).is_none());
    let bare = object.sends.iter().find(|&&send| is_bare(program, send));
    let (true, Some(&send), Some(&take)) = (all_leave, bare, takes.first()) else {
        return;
    };
    if findings.has_at(program.span(send)) {
        return;
    }
    let name = program.object_name(channel);
    let taker = super::name_of(program, program.function_of(take));
    let finding = findings.at(
        program.span(send),
        Confidence::High,
        format!("sends on `{name}`, which has no room, and {taker} can leave without receiving"),
    );
    finding
        .why(format!(
            "When {taker} gives up, nobody will ever receive from `{name}`. The task that sends here is parked for as long as the process lives, with all that it refers to."
        ))
        .fix(format!(
            "Make `{name}` with room for the one value, so that the task ends whether anybody looks or not."
        ))
        .about(name);
    finding.function = Some(program.function_of(send));
    finding.because(program.span(take), "this may not be chosen");
    finding.because(program.expr(home.expr).span, "made here without room");
}

fn dropped(
    program: &Program,
    channel: ObjectId,
    home: &Home,
    call: StepId,
    findings: &mut Findings,
) {
    let send = program.object(channel).sends[0];
    if !is_bare(program, send) || findings.has_at(program.span(send)) {
        return;
    }
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(send),
        Confidence::High,
        format!("sends on `{name}`, which has no room, and a caller drops the channel"),
    );
    finding
        .why(format!(
            "{} returns `{name}` for the caller to receive from. A caller that does not leaves this task waiting for as long as the process lives.",
            super::name_of(program, home.function)
        ))
        .fix(format!(
            "Make `{name}` with room for the one value, so that the task ends whether anybody looks or not."
        ))
        .about(name);
    finding.function = Some(program.function_of(send));
    finding.because(program.span(call), "this caller drops it");
    finding.because(program.expr(home.expr).span, "made here without room");
}

fn is_returned(program: &Program, channel: ObjectId, home: &Home) -> bool {
    program.steps_of(home.function).into_iter().any(|step| {
        matches!(program.op(step), Op::Return(values)
            if program.list(*values).iter().any(|&value| program.object_of(value) == Some(channel)))
    })
}
