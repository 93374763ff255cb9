//! A worker that receives with a time limit and takes the end of its channel for a pause: once the
//! last sender is gone each receive fails at once, and the loop goes round at full speed.

use super::{Claim, Confidence, Findings, Run, handles, run_of};
use crate::model::flow::Exit;
use crate::model::step::Arm;
use crate::model::{Api, ExprKind, FunctionId, Op, Owner, Program, StepId};

/// A loop for ever that only a failure of its own work leaves.
pub(super) fn check(
    program: &Program,
    looped: StepId,
    function: FunctionId,
    findings: &mut Findings,
) {
    let exits = program.loop_exits(looped);
    if exits.is_empty() || handles::is_aborted(program, function) {
        return;
    }
    let Some(wait) = limited_receive(program, looped) else {
        return;
    };
    let is_of_work = |&(exit, how): &(StepId, Exit)| {
        how == Exit::Return && program.is_inside(exit, wait) && is_failed_call(program, exit)
    };
    if !exits.iter().all(is_of_work) {
        return;
    }
    let confidence = match run_of(program, function) {
        Run::Task => Confidence::High,
        Run::TaskOfMain => Confidence::Low,
        _ => return,
    };
    let mut claim = Claim::new(looped, function, confidence);
    claim.message = "takes the end of its channel for a pause, and never ends".to_owned();
    claim.why = "When the last sender is gone each receive fails at once, as if its time were over. The worker then goes round at full speed, and whoever waits for it waits for ever.".to_owned();
    claim.fix = "Tell the two failures apart: go on when the time is over, and leave the loop when the channel has ended.".to_owned();
    claim.related = Some((
        program.span(wait),
        "both failures are taken the same way here".to_owned(),
    ));
    claim.say(program, findings);
}

/// The only wait of a loop for a channel that ends with its owners, with a time limit beside it.
fn limited_receive(program: &Program, looped: StepId) -> Option<StepId> {
    let l = program.op_loop(looped)?;
    let mut waits = program
        .steps_in(l.body)
        .into_iter()
        .filter(|&step| super::is_pause(program, step) && program.select_of(step).is_none());
    let wait = waits.next()?;
    let Op::Select(arms) = program.op(wait) else {
        return None;
    };
    let [first, second] = arms.as_slice() else {
        return None;
    };
    let is_value = |arm: &Arm| {
        let received = arm.communication;
        received
            .filter(|&step| matches!(program.op(step), Op::Receive { .. }))
            .and_then(|step| program.channel_of(step))
            .is_some_and(|channel| program.discipline(channel).ends_with_owners())
    };
    let is_time = |arm: &Arm| {
        let timed = arm.communication.map(|step| program.op(step));
        matches!(timed, Some(&Op::Receive { channel, .. })
            if program.call_of(channel).is_some_and(|(_, call)| call.api == Api::TimerChannel))
    };
    (waits.next().is_none() && is_value(first) && is_time(second)).then_some(wait)
}

/// Whether a way out is that of a call which failed, and not of what the receive yielded.
fn is_failed_call(program: &Program, exit: StepId) -> bool {
    let around = program.ancestors(exit).next();
    around.is_some_and(|(branch, owner)| match *program.op(branch) {
        Op::Branch { condition, .. } => {
            let asks_for_error = matches!(*program.kind(condition), ExprKind::Binary(_, _, with)
                if matches!(program.kind(with), ExprKind::Nil));
            let holds = matches!(owner, Owner::Then(_));
            asks_for_error && program.failure_test(condition) == Some(holds)
        }
        _ => false,
    })
}
