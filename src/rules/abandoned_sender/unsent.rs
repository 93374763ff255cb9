//! Form 3: the only sender can end without a send or close, and somebody waits for its value.
//!
//! Who sends and who waits are two of these: the function that makes the channel, with what it
//! calls, and the tasks that it starts.

use super::{Home, ends_process, is_bare, runs_any};
use crate::model::paths::{Mark, Trust, Way};
use crate::model::{ExprKind, FunctionId, LoopKind, ObjectId, Op, Program, StepId};
use crate::rules::{Confidence, Findings};
use rustc_hash::FxHashSet;

/// One side of a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// The function that makes the channel.
    Home,
    /// A task that it starts, and where.
    Task(StepId, FunctionId),
    /// Whoever calls it and is handed the channel.
    Caller,
}

/// A bare receive whose only sender may end without sending or closing.
pub(super) fn check(program: &Program, channel: ObjectId, home: &Home, findings: &mut Findings) {
    let object = program.object(channel);
    let is_bare_only = object
        .receives
        .iter()
        .all(|&receive| is_bare(program, receive));
    let givers: Vec<StepId> = object.sends.iter().chain(&object.closes).copied().collect();
    if !is_bare_only || !object.loops.is_empty() || givers.is_empty() {
        return;
    }
    let functions = super::functions_of(program, &givers);
    let Some(giver) = side_of(program, home, &functions) else {
        return;
    };
    for &receive in &object.receives {
        let function = program.function_of(receive);
        let taker = side_of(program, home, &[function].into_iter().collect());
        let by_caller = || program.reach(function).contains(&home.function);
        let taker = taker.or_else(|| by_caller().then_some(Side::Caller));
        let Some(taker) = taker.filter(|&taker| taker != giver) else {
            continue;
        };
        if let Some((way, sender)) = missed(program, channel, home, (giver, taker), receive) {
            say(program, channel, receive, (giver, sender), &way, findings);
            return;
        }
    }
}

/// Which side all of these functions run on, and no other: one task, or the home.
fn side_of(program: &Program, home: &Home, functions: &FxHashSet<FunctionId>) -> Option<Side> {
    let all_in = |side: FunctionId| {
        let own = program.reach(side);
        functions.iter().all(|function| own.contains(function))
    };
    let mut tasks =
        program
            .steps_in(home.block)
            .into_iter()
            .filter_map(|step| match program.op(step) {
                Op::Spawn(spawn) => spawn
                    .target
                    .filter(|&target| runs_any(program, target, functions))
                    .map(|target| (step, target)),
                _ => None,
            });
    match (tasks.next(), tasks.next()) {
        (None, _) => all_in(home.function).then_some(Side::Home),
        (Some((spawn, task)), None) => {
            let by_home = runs_any(program, home.function, functions);
            (!by_home && all_in(task)).then_some(Side::Task(spawn, task))
        }
        _ => None,
    }
}

/// The way on which a sender leaves without a send, and the function that does.
fn missed(
    program: &Program,
    channel: ObjectId,
    home: &Home,
    (giver, taker): (Side, Side),
    receive: StepId,
) -> Option<(Way, FunctionId)> {
    let is_in_home = program.function_of(receive) == home.function;
    let task = match (giver, taker) {
        (Side::Task(spawn, task), Side::Home) => {
            let is_behind = !is_in_home
                || program.dominates(spawn, receive)
                || is_behind_the_loop(program, spawn, receive);
            is_behind.then_some(task)?
        }
        (Side::Task(_, task), _) => task,
        (Side::Home, Side::Task(..)) => home.function,
        _ => return None,
    };
    // Whoever waits on a task of its own waits once, and is not what ends with the process.
    let is_own_wait = matches!(taker, Side::Task(..) | Side::Caller);
    if is_own_wait
        && (program.enclosing_loop(receive).is_some() || ends_process(program, home.function))
    {
        return None;
    }
    let start = match (giver, taker) {
        (Side::Home, Side::Task(spawn, _)) => Some(spawn),
        _ => None,
    };
    if start.is_some() && home.block != program.function(home.function).body {
        return None;
    }
    let is_plain = matches!(giver, Side::Task(spawn, _) if program.dominates(spawn, receive));
    let walked = [Some(task), sender_below(program, channel, task)];
    let found = walked.into_iter().flatten().find_map(|sender| {
        let start = start.filter(|_| sender == task);
        let way = way_without(program, channel, sender, start)?;
        // An end without a return is a branch whose condition the other side may share.
        (is_plain || way.exit.is_some()).then_some((way, sender))
    });
    found.or_else(|| {
        let way = turn_without(program, channel, receive).filter(|_| start.is_none())?;
        Some((way, task))
    })
}

/// A turn of the loop that sends which is cut short before its send, where a loop receives as often
/// as there is something to be done.
fn turn_without(program: &Program, channel: ObjectId, receive: StepId) -> Option<Way> {
    let counts = |looped: StepId| {
        matches!(program.op(looped), Op::Loop(l)
            if matches!(l.kind, LoopKind::Counted(_) | LoopKind::Over(_)))
            && program.loop_exits(looped).is_empty()
    };
    let object = program.object(channel);
    let &[send] = object.sends.as_slice() else {
        return None;
    };
    let looped = program.enclosing_loop(send)?;
    let l = program.op_loop(looped)?;
    let is_for_each = matches!(l.kind, LoopKind::Channel(_) | LoopKind::Over(_));
    if !is_for_each || !object.closes.is_empty() || !counts(program.enclosing_loop(receive)?) {
        return None;
    }
    let ways = program.ways_out(l.body, true, Trust::Nothing, &|step| match step == send {
        true => Mark::Once,
        false => Mark::Nothing,
    });
    let is_cut_short = |way: &&Way| {
        let exit = way.exit.map(|exit| program.op(exit));
        way.count == 0 && matches!(exit, Some(Op::Continue(_)))
    };
    ways.iter().find(is_cut_short).copied()
}

/// Whether a receive comes after a loop that starts the tasks: one of many may leave without its
/// send.
fn is_behind_the_loop(program: &Program, spawn: StepId, receive: StepId) -> bool {
    let around = std::iter::successors(program.enclosing_loop(spawn), |&looped| {
        program.enclosing_loop(looped)
    });
    let mut around = around.filter(|&looped| program.dominates(looped, receive));
    around.next().is_some()
}

/// The function that alone sends, where it is called once by the side that runs it.
fn sender_below(program: &Program, channel: ObjectId, side: FunctionId) -> Option<FunctionId> {
    let object = program.object(channel);
    let mut functions = object
        .sends
        .iter()
        .chain(&object.closes)
        .map(|&send| program.function_of(send));
    let sender = functions.next()?;
    let &[call] = program.callers[sender.index()].as_slice() else {
        return None;
    };
    let is_called_once = matches!(program.op(call), Op::Call(_))
        && program.enclosing_loop(call).is_none()
        && program.function_of(call) == side;
    (sender != side && is_called_once && functions.all(|other| other == sender)).then_some(sender)
}

/// A way out of a function without a send or close, while there are ways with one.
fn way_without(
    program: &Program,
    channel: ObjectId,
    sender: FunctionId,
    start: Option<StepId>,
) -> Option<Way> {
    let object = program.object(channel);
    let givers: Vec<StepId> = object.sends.iter().chain(&object.closes).copied().collect();
    // What comes before the other side is there, or in a defer, comes on every way.
    let comes_anyway = |give: &StepId| {
        program.function_of(*give) == sender
            && start.is_some_and(|start| {
                program.is_before(*give, start) || program.runs_deferred(*give)
            })
    };
    if givers.iter().any(comes_anyway) {
        return None;
    }
    let functions = super::functions_of(program, &givers);
    let body = program.function(sender).body;
    let ways = program.ways_out(body, start.is_none(), Trust::Nothing, &|step| {
        if Some(step) == start {
            return Mark::Start;
        }
        giving(program, channel, step, sender, &functions)
    });
    let way = *ways.iter().find(|way| way.count == 0)?;
    let gives = ways.iter().any(|way| way.count > 0);
    let is_told_apart = gives || start.is_none() && (way.exit.is_some() || way.turn.is_some());
    is_told_apart.then_some(way)
}

fn giving(
    program: &Program,
    channel: ObjectId,
    step: StepId,
    sender: FunctionId,
    functions: &FxHashSet<FunctionId>,
) -> Mark {
    match program.op(step) {
        Op::Send { .. } if program.channel_of(step) == Some(channel) => Mark::Once,
        Op::Close { .. } if program.channel_of(step) == Some(channel) => Mark::Enough,
        Op::Call(call) => {
            let runs = call
                .target
                .is_some_and(|target| target != sender && runs_any(program, target, functions))
                || program.list(call.args).iter().any(|&argument| {
                    matches!(*program.kind(argument), ExprKind::Closure(closure)
                        if runs_any(program, closure, functions))
                });
            if runs { Mark::Enough } else { Mark::Nothing }
        }
        Op::Spawn(spawn) => match spawn.target {
            Some(target) if runs_any(program, target, functions) => Mark::Enough,
            _ => Mark::Nothing,
        },
        _ => Mark::Nothing,
    }
}

fn say(
    program: &Program,
    channel: ObjectId,
    receive: StepId,
    (giver, sender): (Side, FunctionId),
    way: &Way,
    findings: &mut Findings,
) {
    let name = program.object_name(channel);
    let is_one_of_many = matches!(giver, Side::Task(spawn, _)
        if is_behind_the_loop(program, spawn, receive));
    let confidence = match (way.exit, way.turn) {
        (Some(_), None) if !is_one_of_many => Confidence::High,
        _ => Confidence::Medium,
    };
    let who = match giver {
        Side::Home => super::name_of(program, sender),
        _ => "the sending task".to_owned(),
    };
    let finding = findings.at(
        program.span(receive),
        confidence,
        format!("waits for a value of `{name}`, which its only sender can skip"),
    );
    finding
        .why(format!(
            "When {who} leaves by its other way, it neither sends on `{name}` nor closes it. This receive then waits for ever, and with it whoever waits for this function."
        ))
        .fix(format!(
            "Send on every path, with the error in the same value, or have the sender begin with a deferred close of `{name}` and ask whether a value came."
        ))
        .about(name.clone());
    finding.function = Some(program.function_of(receive));
    if let Some(turn) = way.turn {
        finding.because(turn, "the sender may turn off here");
    }
    match way.exit {
        Some(exit) => finding.because(
            program.span(exit),
            format!("and leaves here without a send on `{name}`"),
        ),
        None => finding.because(
            program.function(sender).head,
            "this task can reach its end without a send",
        ),
    };
}
