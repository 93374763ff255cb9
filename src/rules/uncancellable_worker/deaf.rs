//! A worker that takes what a stream brings and hears nothing of the stop that its owner tells the
//! other workers of: whoever stops the owner has stopped all but this one.

use super::{Claim, Confidence, Findings, Run, handles, run_of};
use crate::model::channels::ArmKind;
use crate::model::flow::Exit;
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, Init, Library, NamedId, Op, Owner, Program,
    StepId, Type,
};

/// What ends a stream from its other side.
const ENDS: &[&str] = &[
    "close",
    "drain",
    "disconnect",
    "shutdown",
    "unsubscribe",
    "quit",
    "abort",
];

/// A loop that only the end of a stream leaves.
pub(super) fn check(
    program: &Program,
    looped: StepId,
    function: FunctionId,
    findings: &mut Findings,
) {
    if !program.has_owners
        || run_of(program, function) != Run::Task
        || !is_left_by_end_only(program, looped)
        || hears(program, function)
        || handles::is_aborted(program, function)
        || handles::is_raced(program, function)
    {
        return;
    }
    let mut sites = program.spawned_at(function).iter();
    let told = sites.find_map(|&site| {
        let starter = program.function_of(site);
        let own = program.steps_of(starter);
        // The stream may have been made to end with the stop.
        let is_cut = own.iter().any(|&step| is_ended(program, step));
        let of = owner_of(program, program.outermost(starter))?;
        (!is_cut).then(|| told_beside(program, of, program.outermost(starter)))?
    });
    let Some((stop, other)) = told else { return };
    let mut claim = Claim::new(looped, function, Confidence::Medium);
    claim.message = "hears nothing of the stop that ends the other workers of its owner".to_owned();
    claim.why = "Only the end of its stream ends this loop, and nothing in view ends that. After the stop it goes on with its work beside whatever comes next, until the process dies.".to_owned();
    claim.fix = "Give it the same signal as the others, and select on it beside the stream; wait for it in the stop as well.".to_owned();
    claim.related = Some((
        program.span(stop),
        format!(
            "the stop is told here, and `{}` has a worker that hears it",
            program.text(program.function(other).name)
        ),
    ));
    claim.say(program, findings);
}

/// Whether all ways out of a loop are the end of a stream that it waits for in each turn.
fn is_left_by_end_only(program: &Program, looped: StepId) -> bool {
    let exits = program.loop_exits(looped);
    let is_next = |value: ExprId| matches!(*program.kind(value), ExprKind::Call(call) if takes_next(program, call));
    let asks_for_next = |condition: ExprId| {
        program.parts_of(condition).into_iter().any(|part| {
            is_next(part)
                || program.variable_of(part).is_some_and(|variable| {
                    matches!(program.variable(variable).init, Init::Part(value, _) if is_next(value))
                })
        })
    };
    let is_of_end = |&(exit, how): &(StepId, Exit)| {
        let around = program.ancestors(exit).next();
        let Some((branch, Owner::Else(_))) = around.filter(|_| how == Exit::Break) else {
            return false;
        };
        let is_in_turn = program.block(program.step(branch).block).owner == Owner::Body(looped);
        matches!(*program.op(branch), Op::Branch { condition, .. }
            if is_in_turn && asks_for_next(condition))
    };
    !exits.is_empty() && exits.iter().all(is_of_end)
}

/// Whether a call waits for the next of what comes from elsewhere.
fn takes_next(program: &Program, step: StepId) -> bool {
    program.call(step).is_some_and(|call| {
        call.target.is_none()
            && (call.api == Api::MessageFetch
                || call.api == Api::Other
                    && program.awaited.contains(&step)
                    && matches!(
                        program.callee_name(call.callee).as_str(),
                        "next" | "try_next" | "recv" | "receive" | "message"
                    ))
    })
}

/// Whether a task looks at any signal, or at a flag.
fn hears(program: &Program, function: FunctionId) -> bool {
    program.steps_of(function).into_iter().any(|step| {
        is_ended(program, step)
            || matches!(program.op(step), Op::Gap)
            || program
                .call(step)
                .is_some_and(|call| call.api == Api::AtomicLoad)
            || is_told(program, step)
    })
}

/// Whether a step waits for the end of a signal, or asks for it.
fn is_ended(program: &Program, step: StepId) -> bool {
    match program.op(step) {
        Op::Call(call) => {
            call.api == Api::ContextDone
                || call.receiver.is_some_and(|on| {
                    call.api != Api::Cancel
                        && program.callee_name(call.callee).contains("cancelled")
                        && program.library(program.expr(on).ty) == Some(Library::Context)
                })
        }
        _ => false,
    }
}

/// Whether a step is a select that has an arm for an end.
fn is_told(program: &Program, step: StepId) -> bool {
    let mut arms = program.arms(step).into_iter();
    arms.any(|(_, kind)| kind == ArmKind::Done)
}

/// The type whose method, or maker, a function is.
fn owner_of(program: &Program, function: FunctionId) -> Option<NamedId> {
    let facts = program.function(function);
    match facts.kind {
        FunctionKind::Method(_, named) => Some(named),
        _ => facts
            .results
            .iter()
            .find_map(|&ty| match *program.pointee(ty) {
                Type::Named(named) => Some(named),
                _ => None,
            }),
    }
}

/// Where the stop of a type tells its workers, and whose worker hears it; none where the stop ends
/// more than that, which may be the stream.
fn told_beside(
    program: &Program,
    of: NamedId,
    starter: FunctionId,
) -> Option<(StepId, FunctionId)> {
    let methods = program.named[of.index()].methods.iter();
    let methods: Vec<FunctionId> = methods.map(|&(_, method)| method).collect();
    let stops = methods
        .iter()
        .filter(|&&method| program.is_shutdown(method) || program.ends_its_value(method));
    let steps: Vec<StepId> = stops.flat_map(|&stop| program.steps_of(stop)).collect();
    let stop = *steps.iter().find(|&&step| tells(program, step))?;
    let ends_more = |&step: &StepId| {
        program.call(step).is_some_and(|call| {
            // What only counts tasks brings nothing.
            let on = call.receiver.or(match *program.kind(call.callee) {
                ExprKind::Member(on, _) => Some(on),
                _ => None,
            });
            let is_library = on.is_some_and(|on| program.library(program.expr(on).ty).is_some());
            call.api == Api::Other
                && call.target.is_none()
                && !is_library
                && ENDS.contains(&program.callee_name(call.callee).as_str())
        })
    };
    if steps.iter().any(ends_more) {
        return None;
    }
    let has_listener = |&function: &FunctionId| {
        program.steps_of(function).into_iter().any(|step| {
            let target = program.spawn(step).and_then(|spawn| spawn.target);
            target.is_some_and(|target| {
                let mut within = program.steps_of(target).into_iter();
                within.any(|step| is_told(program, step))
            })
        })
    };
    let mut starters = methods.into_iter().chain([starter]);
    Some((stop, starters.find(has_listener)?))
}

/// Whether a step tells a signal that is kept in a field.
fn tells(program: &Program, step: StepId) -> bool {
    let on = match *program.op(step) {
        Op::Call(ref call) if call.api == Api::Cancel => call
            .receiver
            .filter(|&on| program.library(program.expr(on).ty) == Some(Library::Context)),
        Op::Send { channel, .. } | Op::Close { channel } => Some(channel).filter(|&channel| {
            program
                .object_of(channel)
                .is_some_and(|of| program.has_end_name(of) || program.carries_nothing(of))
        }),
        _ => None,
    };
    on.is_some_and(|on| matches!(program.kind(on), ExprKind::Field(..)))
}
