//! Whether a send and a close can be at work at the same time, or the send after the close.

use super::{Closings, Meeting};
use crate::model::channels::{ArmKind, Capacity, Source};
use crate::model::{
    Api, Call, ExprKind, FunctionId, FunctionKind, LoopKind, ObjectId, Op, Owner, StepId, Type,
    VariableKind,
};

/// How far callers are climbed in search of what was waited for.
const MAX_CLIMB: u32 = 3;

/// Something that a closer waits for before it closes.
#[derive(Clone, Copy, Debug)]
enum Awaited {
    /// All tasks of a group.
    Group(Option<ObjectId>),
    /// A value or the close of a channel; the receive.
    Channel(ObjectId, StepId),
    /// A call whose body is not in view and whose name says that it waits or stops.
    Opaque,
}

impl Closings<'_> {
    /// The meeting of a send and a close, where nothing in view keeps them apart.
    pub fn meeting(&self, channel: ObjectId, send: StepId, close: StepId) -> Option<Meeting> {
        let (sender, closer) = (self.home_of(send), self.home_of(close));
        // A closure that the closer keeps as a value runs in what the closer calls.
        let is_within = !self.program.is_task(sender)
            && self.program.is_within(sender, closer)
            && self.program.function(sender).is_value;
        if sender == closer || is_within || self.is_set_up(channel, sender, closer) {
            return None;
        }
        if self.runs_within(sender, closer) || self.runs_within(closer, sender) {
            return None;
        }
        if self.have_own_lives(channel, send, close)
            || self.are_exclusive(send, close)
            || self.is_won_by_one(send, close)
            || self.is_taken_out_before(send, close)
        {
            return None;
        }
        let once = |step| self.once_around(self.program.function_of(step), 3);
        let is_one_once = match (once(send), once(close)) {
            (Some(a), Some(b)) => self.is_one_once(a, b),
            _ => false,
        };
        if is_one_once {
            return None;
        }
        let of_sender = self.entries_in_view(sender);
        let of_closer = self.entries_in_view(closer);
        if of_sender.len() == 1 && of_sender == of_closer {
            return None;
        }
        let awaited = self.awaited_before(close, MAX_CLIMB);
        let calls_values = of_closer.iter().any(|&entry| self.calls_values(entry));
        let meets = of_sender.iter().any(|entry| {
            let is_callback = calls_values && self.is_only_a_value(*entry);
            !is_callback
                && of_closer.iter().any(|other| other != entry)
                && !self.is_joined(channel, *entry, sender, send, close, &awaited)
                && !self.is_over(send, &of_closer)
        });
        if !meets {
            return None;
        }
        let sameness = self.sameness(channel, self.channel_expr(send)?, self.channel_expr(close)?);
        Some(Meeting {
            send,
            close,
            sameness,
            may_be_awaited: awaited
                .iter()
                .any(|awaited| matches!(awaited, Awaited::Opaque)),
        })
        .filter(|_| sameness != super::Sameness::None)
    }

    /// Whether a function runs only within another, on its task.
    fn runs_within(&self, inner: FunctionId, outer: FunctionId) -> bool {
        let program = self.program;
        let function = program.function(inner);
        if function.exported || function.is_value || program.is_task(inner) {
            return false;
        }
        let callers = &program.callers[inner.index()];
        if callers.is_empty() {
            return false;
        }
        let reach = program.reach(outer);
        reach.contains(&inner)
            && callers
                .iter()
                .all(|&caller| reach.contains(&program.function_of(caller)))
            && (outer != inner)
            && callers.iter().all(|&caller| {
                let home = self.home_of(caller);
                home == outer || !program.function(home).exported
            })
    }

    /// Whether two calls run their functions through one and the same once.
    pub fn is_one_once(&self, a: StepId, b: StepId) -> bool {
        let program = self.program;
        let of = |step| {
            let receiver = program.call(step)?.receiver?;
            program.object_of(receiver)
        };
        a == b || of(a).is_some() && of(a) == of(b)
    }

    /// Whether a function is known to run only as a value that somebody calls: a state, a
    /// visitor, a callback.
    fn is_only_a_value(&self, entry: FunctionId) -> bool {
        let program = self.program;
        let function = program.function(entry);
        function.is_value
            && function.handler.is_none()
            && !program.is_task(entry)
            && program.callers[entry.index()].is_empty()
    }

    /// Whether a task calls functions that it is handed as values.
    fn calls_values(&self, entry: FunctionId) -> bool {
        let program = self.program;
        program.reach(entry).into_iter().any(|function| {
            program.steps_of(function).into_iter().any(|step| {
                program.call(step).is_some_and(|call| {
                    matches!(*program.kind(call.callee), ExprKind::Variable(_))
                        || call.target.is_none()
                            && (program.list(call.args).iter().any(|&argument| {
                                matches!(
                                    *program.kind(argument),
                                    ExprKind::Function(..) | ExprKind::Variable(_)
                                ) && matches!(
                                    program.underlying(program.expr(argument).ty),
                                    Type::Function(..)
                                )
                            }))
                })
            })
        })
    }

    /// The tasks and open functions on which a function can run.
    pub fn entries(&self, function: FunctionId) -> Vec<FunctionId> {
        let entries = self.program.entries_of(function);
        if entries.is_empty() {
            return vec![function];
        }
        let mut homes: Vec<FunctionId> = entries.iter().map(|&entry| self.home(entry)).collect();
        homes.sort_unstable();
        homes.dedup();
        homes
    }

    /// The entries of a function, without itself where it is a method of a type that nobody out of
    /// view can name, and is called in view.
    fn entries_in_view(&self, function: FunctionId) -> Vec<FunctionId> {
        let program = self.program;
        let facts = program.function(function);
        let mut entries = self.entries(function);
        let is_hidden = match facts.kind {
            FunctionKind::Method(_, named) => !program.named[named.index()].exported,
            _ => false,
        };
        let is_called = !program.callers[function.index()].is_empty();
        if is_hidden && is_called && !facts.is_value && !facts.of_interface && entries.len() > 1 {
            entries.retain(|&entry| entry != function || program.is_task(entry));
        }
        entries
    }

    /// Whether a function fills a channel that it has just made and that nobody else knows yet.
    fn is_set_up(&self, channel: ObjectId, sender: FunctionId, closer: FunctionId) -> bool {
        let program = self.program;
        let object = program.object(channel);
        let is_kept = object.variables.iter().any(|&variable| {
            matches!(
                program.variable(variable).kind,
                VariableKind::Field(_) | VariableKind::Global
            )
        });
        let is_elsewhere = program.outermost(closer) != program.outermost(sender)
            && self.entries(closer).iter().all(|&entry| {
                program
                    .spawned_at(entry)
                    .iter()
                    .all(|&site| self.home_of(site) != sender)
            });
        (is_kept || is_elsewhere)
            && !program.is_task(sender)
            && object.makes.iter().any(|&made| {
                matches!(program.kind(made), ExprKind::MakeChannel(..))
                    && program.function_at(program.expr(made).span) == Some(sender)
            })
    }

    /// Whether a send was over when the closing tasks began: they are started behind it.
    fn is_over(&self, send: StepId, closers: &[FunctionId]) -> bool {
        let program = self.program;
        let sender = program.function_of(send);
        closers.iter().all(|&closer| {
            let sites = program.spawned_at(closer);
            !sites.is_empty()
                && sites.iter().all(|&site| {
                    program.function_of(site) == sender
                        && program.is_before(send, site)
                        && !program
                            .enclosing_loop(site)
                            .is_some_and(|looped| program.is_inside(send, looped))
                })
        })
    }

    fn is_joined(
        &self,
        channel: ObjectId,
        entry: FunctionId,
        sender: FunctionId,
        send: StepId,
        close: StepId,
        awaited: &[Awaited],
    ) -> bool {
        let program = self.program;
        let is_task = program.is_task(entry);
        let reach = program.reach(entry);
        awaited.iter().any(|&awaited| match awaited {
            Awaited::Opaque => is_task,
            Awaited::Group(None) => is_task,
            Awaited::Group(Some(group)) => {
                let members = self.members_of(group);
                if is_task {
                    // Who is not counted by name may be waited for by one who is.
                    true
                } else {
                    members.iter().any(|&member| {
                        member == sender || reach.contains(&member) && member != entry
                    }) || members.contains(&entry)
                }
            }
            Awaited::Channel(other, receive) if other == channel => {
                self.holds_the_token(channel, receive, close)
                    || is_task && self.collects(channel, send, receive, close)
            }
            Awaited::Channel(other, _) => {
                let object = program.object(other);
                let mut givers = object.sends.iter().chain(&object.closes).peekable();
                givers.any(|&giver| {
                    let giver = program.function_of(giver);
                    reach.contains(&giver) || self.home(giver) == sender
                })
            }
        })
    }

    /// The functions that say to a group that they are done, and the tasks started in it.
    fn members_of(&self, group: ObjectId) -> Vec<FunctionId> {
        let program = self.program;
        let mut members: Vec<FunctionId> = program
            .object(group)
            .calls
            .iter()
            .filter_map(|&step| {
                let call = program.call(step)?;
                match call.api {
                    Api::GroupDone | Api::GroupAdd => Some(self.home_of(step)),
                    _ => None,
                }
            })
            .collect();
        for function in program.function_ids() {
            let joins = program.spawned_at(function).iter().any(|&site| {
                matches!(program.op(site), Op::Spawn(spawn)
                    if spawn.group.and_then(|of| program.object_of(of)) == Some(group))
            });
            if joins {
                members.push(function);
            }
        }
        members
    }

    /// Whether the closer has taken the only token of a channel that serves as a lock.
    fn holds_the_token(&self, channel: ObjectId, receive: StepId, close: StepId) -> bool {
        let program = self.program;
        let is_token = matches!(program.capacity(channel), Capacity::Known(1))
            && matches!(
                program.underlying(program.element_type(channel)),
                Type::Unit
            );
        is_token && program.select_of(receive).is_none() && program.dominates(receive, close)
    }

    /// Whether the closer takes as much from the channel as its senders give: one value of the
    /// one sender, or a counted number of values.
    fn collects(&self, channel: ObjectId, send: StepId, receive: StepId, close: StepId) -> bool {
        let program = self.program;
        let is_last = program
            .block(program.step(send).block)
            .steps
            .last()
            .is_some_and(|&last| matches!(program.op(last), Op::Return(_)));
        if program.select_of(receive).is_some()
            || program.enclosing_loop(send).is_some() && !is_last
        {
            return false;
        }
        match program.enclosing_loop(receive) {
            None => {
                program.object(channel).sends.len() == 1
                    && (program.dominates(receive, close) || program.is_deferred(close))
            }
            Some(looped) => match program.op(looped) {
                Op::Loop(l) => {
                    matches!(l.kind, LoopKind::Counted(_) | LoopKind::Over(_))
                        && program.loop_exits(looped).is_empty()
                        && !program.is_inside(close, looped)
                }
                _ => false,
            },
        }
    }

    /// What is waited for before a step, in its function and in those that lead to it.
    fn awaited_before(&self, step: StepId, climb: u32) -> Vec<Awaited> {
        let mut found = Vec::new();
        let Some(climb) = climb.checked_sub(1) else {
            return found;
        };
        let program = self.program;
        let function = program.function_of(step);
        let is_late = program.is_deferred(step);
        let looped = program.enclosing_loop(step);
        for other in program.steps_of(function) {
            let is_earlier = program.is_before(other, step)
                || looped.is_some_and(|looped| program.is_inside(other, looped));
            if is_late && !self.leaves_beside(other)
                || is_earlier && !self.returns_instead(other, step)
            {
                self.awaited(other, 4, &mut found);
            }
        }
        let home = self.home(function);
        if home != function {
            let late = program.runs_deferred(step);
            let limit = program.function(function).span;
            for other in program.steps_of(home) {
                if late || program.span(other).start < limit.start {
                    self.awaited(other, 4, &mut found);
                }
            }
        }
        for &caller in program.callers[home.index()].iter().take(8) {
            if matches!(program.op(caller), Op::Call(_)) {
                found.extend(self.awaited_before(caller, climb));
            }
        }
        found
    }

    /// Whether a receive stands in an arm of a select of which another arm leaves the function: what
    /// runs when the function is left may not have waited for it.
    fn leaves_beside(&self, receive: StepId) -> bool {
        let program = self.program;
        let Some((select, own)) = program.select_of(receive) else {
            return false;
        };
        let arms = program.arms(select);
        let mut others = arms
            .iter()
            .enumerate()
            .filter(|&(at, _)| at != own as usize);
        matches!(program.op(receive), Op::Receive { .. })
            && others.any(|(_, (arm, kind))| {
                let mut steps = program.steps_in(arm.body).into_iter();
                *kind == ArmKind::Receive
                    && steps.any(|step| matches!(program.op(step), Op::Return(_)))
            })
    }

    /// Whether the way to a step ends the function before it comes to another step: what is waited
    /// for there is not waited for here.
    fn returns_instead(&self, step: StepId, other: StepId) -> bool {
        let program = self.program;
        let way = match program.block(program.step(step).block).owner {
            Owner::Guard(select, arm) => match program.op(select) {
                Op::Select(arms) => arms[arm as usize].body,
                _ => return false,
            },
            _ => program.step(step).block,
        };
        program.ends_in_return(way) && program.turns_back(step, other)
    }

    fn awaited(&self, step: StepId, depth: u32, found: &mut Vec<Awaited>) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let program = self.program;
        match program.op(step) {
            Op::Call(call) if call.api == Api::GroupWait => {
                let group = call.receiver.and_then(|group| program.object_of(group));
                found.push(Awaited::Group(group));
            }
            Op::Call(call) => match call.target {
                Some(target) => {
                    for inner in program.steps_of(target) {
                        self.awaited(inner, depth, found);
                    }
                }
                None if call.api == Api::OnceDo => {
                    for &argument in program.list(call.args) {
                        if let ExprKind::Closure(closure) = *program.kind(argument) {
                            for inner in program.steps_of(closure) {
                                self.awaited(inner, depth, found);
                            }
                        }
                    }
                }
                None if call.api == Api::Other => self.awaited_unseen(call, depth, found),
                None => {}
            },
            Op::Receive { channel, .. } => {
                if let Source::Object(object) = program.channel_source(*channel) {
                    found.push(Awaited::Channel(object, step));
                }
            }
            Op::Loop(l) => {
                if let LoopKind::Channel(over) = l.kind
                    && let Source::Object(object) = program.channel_source(over)
                {
                    found.push(Awaited::Channel(object, step));
                }
            }
            _ => {}
        }
    }

    /// What a call out of view waits for, by its name and by what its closures do.
    fn awaited_unseen(&self, call: &Call, depth: u32, found: &mut Vec<Awaited>) {
        let program = self.program;
        if waits_by_name(&program.callee_name(call.callee)) {
            found.push(Awaited::Opaque);
        }
        // `eventually(func() bool { return waitFor(&group, short) }, long)`
        for &argument in program.list(call.args) {
            if let ExprKind::Closure(closure) = *program.kind(argument)
                && !program.is_task(closure)
            {
                for inner in program.steps_of(closure) {
                    if let Op::Call(inner_call) = program.op(inner)
                        && (inner_call.api == Api::GroupWait || inner_call.api == Api::Other)
                    {
                        self.awaited(inner, depth, found);
                    }
                }
            }
        }
    }
}

/// Whether a call of this name may wait for tasks to end.
fn waits_by_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["wait", "join", "shutdown", "stop", "drain"]
        .iter()
        .any(|word| lower.contains(word))
}
