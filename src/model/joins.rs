//! Whether somebody waits for a task that was started, and whether it ends with whoever started
//! it.

use super::channels::{ArmKind, Source};
use super::{
    Api, ExprId, ExprKind, FunctionId, Init, LoopKind, ObjectId, Op, Program, Spawn, StepId,
    VariableId, VariableKind,
};

/// How many callers are asked whether they wait.
const MAX_CALLERS: usize = 8;
/// How far contexts are followed to their parents.
const MAX_PARENTS: u32 = 8;

impl Program {
    /// What a spawn starts, if the step is one.
    pub fn spawn(&self, step: StepId) -> Option<&Spawn> {
        match self.op(step) {
            Op::Spawn(spawn) => Some(spawn),
            _ => None,
        }
    }

    /// The functions that a spawned task runs, as far as they are in view; also a task that a
    /// timer starts later.
    pub fn task_of(&self, spawn: StepId) -> Vec<FunctionId> {
        let target = match self.op(spawn) {
            Op::Spawn(spawn) => spawn.target,
            Op::Call(call) if call.api == Api::TimerFunction => self
                .list(call.args)
                .iter()
                .find_map(|&argument| self.function_of_value(argument)),
            _ => None,
        };
        target.map_or_else(Vec::new, |target| self.reach(target))
    }

    /// Where somebody waits for the task that a spawn starts: in the function that starts it,
    /// in what that runs, in its callers, or in one of the functions given.
    pub fn join_of(&self, spawn: StepId, runners: &[FunctionId]) -> Option<StepId> {
        let signals = self.signals_of(spawn);
        if signals.is_empty() {
            return None;
        }
        let starter = self.function_of(spawn);
        let waits = |step: &StepId| self.waits_for_any(*step, &signals);
        if let Some(found) = self.after(spawn).into_iter().find(|step| waits(step)) {
            return Some(found);
        }
        let deferred = self
            .steps_of(starter)
            .into_iter()
            .find(|&step| waits(&step) && self.is_deferred(step));
        if deferred.is_some() {
            return deferred;
        }
        if let Some(found) = self.joined_by_sibling(spawn, &signals) {
            return Some(found);
        }
        let task = self.task_of(spawn);
        let mut others: Vec<FunctionId> = self.reach(starter);
        others.extend(self.handed_back_by(starter));
        others.extend_from_slice(runners);
        others.retain(|other| *other != starter && !task.contains(other));
        others.dedup();
        let elsewhere = others
            .into_iter()
            .flat_map(|other| self.steps_of(other))
            .find(&waits);
        if elsewhere.is_some() {
            return elsewhere;
        }
        self.callers[starter.index()]
            .iter()
            .take(MAX_CALLERS)
            .filter(|&&caller| matches!(self.op(caller), Op::Call(_)))
            .flat_map(|&caller| self.after(caller))
            .find(waits)
    }

    /// Futures that a function makes and does not run: whoever called it waits for them.
    fn handed_back_by(&self, function: FunctionId) -> impl Iterator<Item = FunctionId> + '_ {
        self.functions_with_ids()
            .filter(move |(_, facts)| facts.kind == super::FunctionKind::Closure(function))
            .map(|(id, _)| id)
            .filter(|&id| {
                self.has_owners
                    && self.spawned_at(id).is_empty()
                    && self.callers[id.index()].is_empty()
            })
    }

    /// Another task of the same function waits for this one, and is waited for itself: it closes
    /// a channel when all are done.
    fn joined_by_sibling(&self, spawn: StepId, signals: &[ObjectId]) -> Option<StepId> {
        let starter = self.function_of(spawn);
        let steps = self.steps_of(starter);
        steps
            .iter()
            .copied()
            .filter(|&other| other != spawn && self.spawn(other).is_some())
            .find_map(|other| {
                let waits = self
                    .task_of(other)
                    .into_iter()
                    .flat_map(|function| self.steps_of(function))
                    .any(|step| self.waits_for_any(step, signals));
                if !waits {
                    return None;
                }
                let more = self.signals_of(other);
                steps.iter().copied().find(|&step| {
                    self.waits_for_any(step, &more)
                        && (self.is_before(spawn, step) || self.is_deferred(step))
                })
            })
    }

    /// What a task does at its end that others may wait for: the groups that it leaves, the
    /// channels that it sends on or closes.
    fn signals_of(&self, step: StepId) -> Vec<ObjectId> {
        let Some(spawn) = self.spawn(step) else {
            return Vec::new();
        };
        let mut signals: Vec<ObjectId> = spawn
            .group
            .and_then(|group| self.object_of(group))
            .into_iter()
            .collect();
        let closures =
            self.list(spawn.args)
                .iter()
                .filter_map(|&argument| match *self.kind(argument) {
                    ExprKind::Closure(closure) => Some(closure),
                    _ => None,
                });
        let task: Vec<FunctionId> = self.task_of(step).into_iter().chain(closures).collect();
        if task.is_empty() {
            // What an unseen function does with a channel or a group: signal, most likely.
            let handed = self.list(spawn.args).iter().copied();
            signals.extend(
                handed
                    .filter(|&argument| self.can_signal(argument))
                    .filter_map(|argument| self.object_of(argument)),
            );
            return signals;
        }
        for function in task {
            for inner in self.steps_of(function) {
                let signal = match self.op(inner) {
                    Op::Send { channel, .. } | Op::Close { channel } => self.object_of(*channel),
                    Op::Call(call) if call.api == Api::GroupDone => {
                        call.receiver.and_then(|group| self.object_of(group))
                    }
                    _ => None,
                };
                signals.extend(signal);
            }
        }
        signals
    }

    fn can_signal(&self, argument: ExprId) -> bool {
        use super::{Library, Type};
        match *self.underlying(self.expr(argument).ty) {
            Type::Channel(..) => true,
            Type::Library(library) => library == Library::WaitGroup,
            _ => false,
        }
    }

    fn waits_for_any(&self, step: StepId, signals: &[ObjectId]) -> bool {
        let object = match self.op(step) {
            Op::Receive { channel, .. } => self.object_of(*channel),
            Op::Loop(l) => match l.kind {
                LoopKind::Channel(over) => self.object_of(over),
                _ => None,
            },
            Op::Call(call) if call.api == Api::GroupWait => {
                call.receiver.and_then(|group| self.object_of(group))
            }
            _ => None,
        };
        object.is_some_and(|object| signals.contains(&object))
    }

    /// Whether a task waits for something that comes when the function which starts it is over:
    /// its context, or a channel that it closes.
    pub fn ends_with_starter(&self, spawn: StepId) -> bool {
        let starter = self.function_of(spawn);
        let ends = self.steps_of(starter);
        self.task_of(spawn)
            .into_iter()
            .flat_map(|function| self.steps_of(function))
            .any(|step| {
                let channel = match *self.op(step) {
                    Op::Receive { channel, .. } => channel,
                    Op::Loop(ref l) => match l.kind {
                        LoopKind::Channel(over) => over,
                        _ => return false,
                    },
                    _ => return false,
                };
                match self.channel_source(channel) {
                    Source::Done(Some(context)) => self.context_ends(context, spawn, MAX_PARENTS),
                    Source::Object(object) => {
                        let object = self.object(object);
                        object.closes.iter().any(|&close| {
                            ends.contains(&close)
                                || self.is_within(self.function_of(close), starter)
                                    && !self.task_of(spawn).contains(&self.function_of(close))
                        })
                    }
                    _ => false,
                }
            })
    }

    /// Whether a context, as a task sees it, ends with the function that starts the task.
    fn context_ends(&self, context: ExprId, spawn: StepId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let starter = self.function_of(spawn);
        match *self.kind(context) {
            ExprKind::Variable(variable) => self.variable_ends(variable, spawn, depth),
            ExprKind::Call(step) => match self.op(step) {
                Op::Call(call) => match call.api {
                    Api::ContextOf => true,
                    Api::ContextRoot | Api::ContextDetach => false,
                    Api::ContextWithCancel
                    | Api::ContextWithDeadline
                    | Api::ContextWithValue
                    | Api::GroupNew => {
                        let cancels = call.api != Api::ContextWithValue
                            && self.steps_of(starter).into_iter().any(|step| {
                                matches!(self.op(step), Op::Call(call) if call.api == Api::Cancel)
                            });
                        cancels
                            || self
                                .list(call.args)
                                .first()
                                .is_some_and(|&parent| self.context_ends(parent, spawn, depth))
                    }
                    // What an unseen function derives from its arguments.
                    _ => self
                        .list(call.args)
                        .iter()
                        .copied()
                        .chain(call.receiver)
                        .any(|part| self.context_ends(part, spawn, depth)),
                },
                _ => false,
            },
            _ => false,
        }
    }

    fn variable_ends(&self, id: VariableId, spawn: StepId, depth: u32) -> bool {
        let variable = self.variable(id);
        match (variable.kind, variable.init) {
            (VariableKind::Field(_) | VariableKind::Global, _) => false,
            (_, Init::Value(value) | Init::Part(value, _)) => {
                self.context_ends(value, spawn, depth)
            }
            (VariableKind::Parameter, _) => {
                let Some(owner) = variable.function else {
                    return false;
                };
                let task = self.spawn(spawn).and_then(|spawn| spawn.target);
                let is_of_task = task.is_some_and(|task| {
                    self.is_within(owner, task) || self.task_of(spawn).contains(&owner)
                }) && !self.is_within(self.function_of(spawn), owner);
                if !is_of_task {
                    // A parameter of the function that starts the task, or of one around it:
                    // its callers' context, which for a handler ends with the request.
                    return true;
                }
                let at = self.parameter_at(id);
                let handed = match (at, self.spawn(spawn)) {
                    (Some(at), Some(spawn)) if Some(owner) == task => {
                        self.list(spawn.args).get(at).copied()
                    }
                    _ => None,
                };
                handed.is_some_and(|handed| self.context_ends(handed, spawn, depth))
            }
            _ => false,
        }
    }

    /// Whether a function stays after a step until something else ends: it loops until it is
    /// told to stop, or waits for an end.
    pub fn stays_after(&self, step: StepId) -> bool {
        self.after(step)
            .into_iter()
            .any(|after| match self.op(after) {
                Op::Loop(l) => {
                    self.is_endless(after)
                        || matches!(l.kind, LoopKind::Channel(_))
                        || self.takes_messages(after)
                }
                Op::Receive { channel, .. } => {
                    self.select_of(after).is_none() && self.is_done_source(*channel)
                }
                Op::Select(arms) => arms
                    .iter()
                    .all(|arm| matches!(self.arm_kind(arm), ArmKind::Done | ArmKind::Receive)),
                Op::Call(call) => call.api == Api::Serve,
                _ => false,
            })
    }

    fn takes_messages(&self, looped: StepId) -> bool {
        let Op::Loop(l) = self.op(looped) else {
            return false;
        };
        self.steps_in(l.head)
            .into_iter()
            .chain(self.steps_in(l.body))
            .any(|step| matches!(self.op(step), Op::Call(call) if call.api == Api::MessageFetch))
    }
}
