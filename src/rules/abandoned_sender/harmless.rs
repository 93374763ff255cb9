//! What makes a way out harmless: the sender has ended by then, or somebody else goes on.

use super::Home;
use crate::model::channels::{ArmKind, Source};
use crate::model::paths::Way;
use crate::model::{
    Api, AssignHow, BinaryOp, BlockId, Constant, ExprId, ExprKind, FunctionId, Init, LoopKind,
    ObjectId, Op, Owner, Program, StepId, VariableId, VariableKind,
};
use rustc_hash::FxHashSet;

/// Whether a receive takes what a task sends here instead of on the channel: both stand in one
/// select, and whoever gives here is among the senders there.
pub(super) fn is_instead(
    program: &Program,
    receive: StepId,
    channel: ObjectId,
    senders: &FxHashSet<FunctionId>,
) -> bool {
    let Some((select, _)) = program.select_of(receive) else {
        return false;
    };
    let Some(other) = program
        .channel_of(receive)
        .filter(|&other| other != channel)
    else {
        return false;
    };
    let beside = program.arms(select).iter().any(|(arm, _)| {
        arm.communication
            .is_some_and(|step| program.channel_of(step) == Some(channel))
    });
    let object = program.object(other);
    beside
        && object.closes.is_empty()
        && !object.sends.is_empty()
        && object
            .sends
            .iter()
            .all(|&send| senders.contains(&program.function_of(send)))
}

/// Whether a way out returns the channel: whoever gets it receives.
pub(super) fn hands_on(program: &Program, exit: StepId, channel: ObjectId) -> bool {
    matches!(program.op(exit), Op::Return(values)
        if program.list(*values).iter().any(|&value| program.object_of(value) == Some(channel)))
}

/// Whether a way out is taken when a count of what is still to come, or has come, is complete.
pub(super) fn counts_down(program: &Program, exit: StepId) -> bool {
    program.ancestors(exit).any(|(step, owner)| {
        let (Owner::Then(_), Op::Branch { condition, .. }) = (owner, program.op(step)) else {
            return false;
        };
        let ExprKind::Binary(how, left, right) = *program.kind(*condition) else {
            return false;
        };
        let is_counted = |side: ExprId| match *program.kind(side) {
            ExprKind::Variable(counter) => is_updated_before(program, counter, step),
            _ => false,
        };
        how.is_comparison() && (is_counted(left) || is_counted(right))
    })
}

/// Whether a loop was left, or the function, when as many had come as a list is long: everybody
/// who was started for one of its elements has been heard.
pub(super) fn is_complete(program: &Program, way: &Way, block: BlockId) -> bool {
    let turn = way.turn.and_then(|turn| {
        let mut steps = program.steps_in(block).into_iter();
        steps.find(|&step| matches!(program.op(step), Op::Break(_)) && program.span(step) == turn)
    });
    let length = |value: ExprId| match *program.kind(value) {
        ExprKind::Length(_) => true,
        ExprKind::Variable(variable) => matches!(program.variable(variable).init,
            Init::Value(first) if matches!(program.kind(first), ExprKind::Length(_))),
        _ => false,
    };
    turn.or(way.exit).is_some_and(|left| {
        program.ancestors(left).any(|(step, owner)| {
            let (Owner::Then(_), Op::Branch { condition, .. }) = (owner, program.op(step)) else {
                return false;
            };
            let ExprKind::Binary(how, one, other) = *program.kind(*condition) else {
                return false;
            };
            let counts = |count: ExprId, whole: ExprId| match *program.kind(count) {
                ExprKind::Variable(counter) if is_updated_before(program, counter, step) => {
                    length(whole)
                        || program.constant(whole) == Some(Constant::Int(0)) && length(count)
                }
                ExprKind::Length(list) => length(whole) && grows_before(program, list, step),
                _ => false,
            };
            how.is_comparison() && (counts(one, other) || counts(other, one))
        })
    })
}

/// Whether a list gets longer right before a step.
fn grows_before(program: &Program, list: ExprId, step: StepId) -> bool {
    let steps = &program.block(program.step(step).block).steps;
    let mut before = steps.iter().take_while(|&&other| other != step);
    before.any(|&other| match program.op(other) {
        Op::Assign(assign) => program.assigned(assign).any(|(target, value)| {
            program.kind(target) == program.kind(list)
                && matches!(program.kind(value), ExprKind::Append(..))
        }),
        _ => false,
    })
}

fn is_updated_before(program: &Program, counter: VariableId, step: StepId) -> bool {
    let block = program.step(step).block;
    program
        .block(block)
        .steps
        .iter()
        .take_while(|&&other| other != step)
        .any(|&other| match program.op(other) {
            Op::Assign(assign) => {
                matches!(
                    assign.how,
                    AssignHow::Update(BinaryOp::Add | BinaryOp::Subtract)
                ) && program
                    .list(assign.targets)
                    .iter()
                    .any(|&target| *program.kind(target) == ExprKind::Variable(counter))
            }
            _ => false,
        })
}

/// Whether the way turned off at what the only sender says as the last thing it does.
pub(super) fn sender_has_ended(
    program: &Program,
    way: &Way,
    senders: &FxHashSet<FunctionId>,
) -> bool {
    let Some(exit) = way.exit else {
        return false;
    };
    if senders.len() != 1 || senders.iter().any(|&sender| program.is_many(sender)) {
        return false;
    }
    program.ancestors(exit).any(|(step, owner)| {
        let at = match owner {
            Owner::Arm(_, at) => Some(at as usize),
            _ => None,
        };
        let arms = program.arms(step).into_iter().enumerate();
        arms.filter(|&(index, (arm, _))| Some(index) == at || Some(arm.span) == way.turn)
            .filter_map(|(_, (arm, _))| arm.communication)
            .any(|word| is_last_word(program, word, senders))
    })
}

/// Whether a receive takes what these senders say only as the last thing they do.
fn is_last_word(program: &Program, receive: StepId, senders: &FxHashSet<FunctionId>) -> bool {
    if !matches!(program.op(receive), Op::Receive { .. }) {
        return false;
    }
    let Some(object) = program.channel_of(receive) else {
        return false;
    };
    let object = program.object(object);
    let mut words = object.sends.iter().chain(&object.closes).peekable();
    words.peek().is_some()
        && words.all(|&word| senders.contains(&program.function_of(word)) && is_last(program, word))
}

/// Whether a function returns right after a step.
fn is_last(program: &Program, step: StepId) -> bool {
    let place = program.step(step);
    let block = program.block(place.block);
    match block.steps.get(place.index as usize + 1) {
        Some(&next) => matches!(program.op(next), Op::Return(_)),
        None => matches!(block.owner, Owner::Function(_)) || program.runs_deferred(step),
    }
}

/// Whether a sender that sends again and again looks for a stop in each turn.
pub(super) fn hears_a_stop(program: &Program, send: StepId) -> bool {
    program.ancestors(send).any(|(looped, _)| {
        let Op::Loop(l) = program.op(looped) else {
            return false;
        };
        program.steps_in(l.body).into_iter().any(|step| {
            let arms = program.arms(step);
            arms.iter()
                .any(|(arm, kind)| *kind == ArmKind::Done && leaves(program, arm.body))
        })
    })
}

fn leaves(program: &Program, body: BlockId) -> bool {
    program
        .steps_in(body)
        .into_iter()
        .any(|step| matches!(program.op(step), Op::Return(_)))
}

/// Whether a task is started in a loop only while none is under way: the branch in which it
/// starts asks that a variable is nil and sets it.
pub(super) fn is_one_at_a_time(program: &Program, spawn: StepId, body: BlockId) -> bool {
    let mut set = FxHashSet::default();
    let mut at = spawn;
    for (step, owner) in program.ancestors(spawn) {
        let block = program.step(at).block;
        set.extend(
            program
                .block(block)
                .steps
                .iter()
                .take_while(|&&other| other != at)
                .flat_map(|&other| made_in(program, other)),
        );
        if let (Owner::Then(_), Op::Branch { condition, .. }) = (owner, program.op(step)) {
            let asks = program.parts_of(*condition).into_iter().any(|part| {
                matches!(*program.kind(part), ExprKind::Binary(BinaryOp::Equal, left, right)
                    if *program.kind(right) == ExprKind::Nil
                        && matches!(*program.kind(left), ExprKind::Variable(v) if set.contains(&v)))
            });
            if asks {
                return true;
            }
        }
        if program.step(step).block == body {
            return false;
        }
        at = step;
    }
    false
}

/// The variables that a step gives a new channel or value to.
fn made_in(program: &Program, step: StepId) -> Vec<VariableId> {
    let Op::Assign(assign) = program.op(step) else {
        return Vec::new();
    };
    program
        .list(assign.targets)
        .iter()
        .filter_map(|&target| match *program.kind(target) {
            ExprKind::Variable(variable) => Some(variable),
            _ => None,
        })
        .collect()
}

/// Whether a send in a loop goes to another channel each turn: to an element of what the loop
/// goes over, which this function alone has gathered.
pub(super) fn goes_to_each(program: &Program, send: StepId) -> bool {
    let Op::Send { channel, .. } = *program.op(send) else {
        return false;
    };
    let Some(looped) = program.enclosing_loop(send) else {
        return false;
    };
    let Op::Loop(l) = program.op(looped) else {
        return false;
    };
    let is_own = match l.kind {
        LoopKind::Over(all) => match *program.kind(all) {
            ExprKind::Variable(all) => {
                let all = program.variable(all);
                all.kind == VariableKind::Local && all.function == Some(program.function_of(send))
            }
            _ => false,
        },
        _ => false,
    };
    is_own
        && program.parts_of(channel).into_iter().any(|part| {
            matches!(*program.kind(part), ExprKind::Variable(variable)
                if l.variables.contains(&variable)
                    && matches!(program.variable(variable).init, Init::Element(_)))
        })
}

/// Whether a function runs on tasks only, as far as is in view: it is no callback.
pub(super) fn runs_on_tasks(program: &Program, function: FunctionId) -> bool {
    let entries = program.entries_of(function);
    entries.iter().any(|&entry| program.is_task(entry))
}

/// Whether a task leaves on a context that ends only when the home returns: one that the home
/// has made itself, from no other, without a deadline.
pub(super) fn leaves_with_the_home(program: &Program, exit: StepId) -> bool {
    program.ancestors(exit).any(|(step, owner)| {
        let Owner::Arm(_, at) = owner else {
            return false;
        };
        let arms = program.arms(step);
        let Some((arm, ArmKind::Done)) = arms.get(at as usize) else {
            return false;
        };
        let Some(Op::Receive { channel, .. }) = arm.communication.map(|step| program.op(step))
        else {
            return false;
        };
        context_of(program, *channel).is_some_and(|context| is_own_context(program, context))
    })
}

/// Whether a signal is the end of a context that this very function has made from no other.
pub(super) fn is_own_end(program: &Program, signal: ExprId, function: FunctionId) -> bool {
    context_of(program, signal).is_some_and(|context| {
        program.variable(context).function == Some(function) && is_own_context(program, context)
    })
}

/// The context whose end a signal is, as whoever started the task knows it.
fn context_of(program: &Program, signal: ExprId) -> Option<VariableId> {
    let receiver = program.call_of(signal)?.1.receiver?;
    match *program.kind(receiver) {
        ExprKind::Variable(context) => Some(given(program, context)),
        _ => None,
    }
}

/// What is handed to a task for a parameter; other variables are what they are.
fn given(program: &Program, variable: VariableId) -> VariableId {
    let found = || {
        let function = program.variable(variable).function?;
        let at = program.parameter_at(variable)?;
        let [site] = program.spawned_at(function) else {
            return None;
        };
        let argument = *program.list(program.spawn(*site)?.args).get(at)?;
        match *program.kind(argument) {
            ExprKind::Variable(given) => Some(given),
            _ => None,
        }
    };
    found().unwrap_or(variable)
}

fn is_own_context(program: &Program, context: VariableId) -> bool {
    is_from_a_root(program, context, &[Api::ContextWithCancel])
}

/// Whether a context was made from a root, by these calls.
pub(super) fn is_from_a_root(program: &Program, context: VariableId, by: &[Api]) -> bool {
    let (Init::Value(made) | Init::Part(made, 0)) = program.variable(context).init else {
        return false;
    };
    let Some((_, call)) = program.call_of(made) else {
        return false;
    };
    match call.api {
        Api::ContextRoot => true,
        api if by.contains(&api) => program.list(call.args).first().is_some_and(|&parent| {
            program
                .call_of(parent)
                .is_some_and(|(_, call)| call.api == Api::ContextRoot)
                || matches!(*program.kind(parent), ExprKind::Variable(parent)
                    if parent != context && is_from_a_root(program, parent, by))
        }),
        _ => false,
    }
}

/// Whether only the receiver itself raises the signal that stops it, on its own task.
pub(super) fn stops_itself(program: &Program, signal: ExprId, receiver: FunctionId) -> bool {
    let Source::Object(signal) = program.channel_source(signal) else {
        return false;
    };
    let object = program.object(signal);
    !object.escapes
        && object.sends.is_empty()
        && !object.closes.is_empty()
        && object.closes.iter().all(|&close| {
            let closer = program.function_of(close);
            let callers = &program.callers[closer.index()];
            closer == receiver
                || !callers.is_empty()
                    && callers
                        .iter()
                        .all(|&call| program.function_of(call) == receiver)
        })
}

/// Whether the signal is made in this very function: nobody else can have raised it yet.
pub(super) fn is_made_in(program: &Program, signal: ExprId, function: FunctionId) -> bool {
    let Source::Object(signal) = program.channel_source(signal) else {
        return false;
    };
    let object = program.object(signal);
    !object.makes.is_empty()
        && object
            .makes
            .iter()
            .all(|&made| program.function_at(program.expr(made).span) == Some(function))
        && !object
            .closes
            .iter()
            .any(|&close| program.is_within(program.function_of(close), function))
}

/// Whether a turn of the loop in which a channel is made may end before it is received from: what
/// receives stands behind that loop.
pub(super) fn is_received_later(
    program: &Program,
    exit: Option<StepId>,
    home: &Home,
    channel: ObjectId,
) -> bool {
    exit.is_none()
        && program.function(home.function).body != home.block
        && program.object(channel).takes().any(|take| {
            program.function_of(take) == home.function
                && !program.steps_in(home.block).contains(&take)
        })
}

/// Whether a step of the home hands a channel, or a value that holds it, to code elsewhere.
pub(super) fn hands_over(program: &Program, step: StepId, channel: ObjectId) -> bool {
    let holds = |variable: VariableId| {
        let own = &program.object(channel).variables;
        own.contains(&variable)
            || match program.variable(variable).init {
                Init::Value(value) => program.parts_of(value).into_iter().any(|part| {
                    program
                        .variable_of(part)
                        .is_some_and(|part| own.contains(&part))
                }),
                _ => false,
            }
    };
    let stores = match program.op(step) {
        Op::Assign(assign) => program.list(assign.targets).iter().any(|&target| {
            matches!(
                program.kind(target),
                ExprKind::Field(..) | ExprKind::Member(..) | ExprKind::Index(..)
            )
        }),
        Op::Call(_) => true,
        _ => false,
    };
    stores && program.mentioned_by(step).into_iter().any(holds)
}
