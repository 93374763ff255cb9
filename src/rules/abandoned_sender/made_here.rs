//! Forms 1 and 2: a function makes a channel and starts tasks on its other end; one side can
//! leave while the other still waits.

use super::{Home, harmless, has_way_out, is_bare, name_of, room, runs_any, turns};
use crate::model::change::Change;
use crate::model::paths::{ENOUGH, Mark, Trust, Way};
use crate::model::{FunctionId, ObjectId, Op, Program, StepId};
use crate::rules::{Confidence, Findings};
use rustc_hash::FxHashSet;

/// The largest room that is suggested.
const MOST_ROOM: u32 = 16;

/// Says whether the channel lives in the call that makes it, so that all is said about it.
pub(super) fn check(
    program: &Program,
    channel: ObjectId,
    home: &Home,
    findings: &mut Findings,
) -> bool {
    let sides = Sides::of(program, channel, home);
    if sides.receives_here && !sides.bare_sends.is_empty() && !sides.sends_here {
        sides.receiver_leaves(findings);
        return true;
    }
    sides.sends_here && !sides.receives_here && sides.workers_leave(findings)
}

pub(super) struct Sides<'p> {
    pub(super) program: &'p Program,
    pub(super) channel: ObjectId,
    pub(super) home: &'p Home,
    /// Functions that send, and that receive.
    pub(super) senders: FxHashSet<FunctionId>,
    receivers: FxHashSet<FunctionId>,
    /// What the home runs on its own task.
    own: Vec<FunctionId>,
    bare_sends: Vec<StepId>,
    receives_here: bool,
    sends_here: bool,
    /// The call that starts the senders, where another function makes the channel.
    started_by: Option<StepId>,
}

impl<'p> Sides<'p> {
    fn of(program: &'p Program, channel: ObjectId, home: &'p Home) -> Sides<'p> {
        let object = program.object(channel);
        let senders = super::functions_of(program, &object.sends);
        let receivers = super::functions_of(program, &object.takes().collect::<Vec<_>>());
        let own = program.reach(home.function);
        let all_on = |functions: &FxHashSet<FunctionId>| {
            !functions.is_empty() && functions.iter().all(|function| own.contains(function))
        };
        let any_on = |functions: &FxHashSet<FunctionId>| {
            functions.iter().any(|function| own.contains(function))
        };
        Sides {
            started_by: None,
            receives_here: all_on(&receivers),
            sends_here: any_on(&senders),
            bare_sends: bare_sends(program, channel),
            program,
            channel,
            home,
            senders,
            receivers,
            own,
        }
    }

    /// The sides as one caller sees them that is handed the channel by a call.
    pub(super) fn of_caller(
        program: &'p Program,
        channel: ObjectId,
        caller: &'p Home,
        call: StepId,
        takers: &FxHashSet<FunctionId>,
    ) -> Sides<'p> {
        let own = program.reach(caller.function);
        Sides {
            senders: super::functions_of(program, &program.object(channel).sends),
            receivers: own
                .iter()
                .copied()
                .filter(|one| takers.contains(one))
                .collect(),
            bare_sends: bare_sends(program, channel),
            receives_here: true,
            sends_here: false,
            started_by: Some(call),
            program,
            channel,
            home: caller,
            own,
        }
    }

    /// What a step of the home means to the count of receives.
    pub(super) fn mark_receive(&self, step: StepId) -> Mark {
        let program = self.program;
        if self.started_by == Some(step) {
            return Mark::Start;
        }
        match program.op(step) {
            Op::Receive { .. } | Op::Loop(_) => {
                if program.channel_of(step) == Some(self.channel)
                    || harmless::is_instead(program, step, self.channel, &self.senders)
                {
                    Mark::Once
                } else {
                    Mark::Nothing
                }
            }
            // Whoever closes does not leave the sender waiting: it panics, which is BP13.
            Op::Close { .. } if program.channel_of(step) == Some(self.channel) => Mark::Enough,
            Op::Spawn(spawn) => match spawn.target {
                Some(target) if runs_any(program, target, &self.receivers) => Mark::Enough,
                Some(target) if runs_any(program, target, &self.senders) => Mark::Start,
                _ => Mark::Nothing,
            },
            Op::Call(call) => match call.target {
                Some(target) if runs_any(program, target, &self.receivers) => Mark::Enough,
                Some(target)
                    if self.starts_a_sender(target)
                        && (self.sends_within()
                            || harmless::hands_over(program, step, self.channel)) =>
                {
                    Mark::Start
                }
                _ if self.hands_a_closure(call.args, &self.receivers) => Mark::Enough,
                _ if self.hands_a_closure(call.args, &self.senders) => Mark::Start,
                _ => Mark::Nothing,
            },
            // Senders elsewhere know the channel only from here on.
            Op::Assign(_)
                if !self.sends_within() && harmless::hands_over(program, step, self.channel) =>
            {
                Mark::Start
            }
            // The channel travels in what is sent: whoever takes it may answer.
            Op::Send { channel, .. }
                if program.object_of(*channel) != Some(self.channel)
                    && !program.is_local(self.channel) =>
            {
                Mark::Start
            }
            _ => Mark::Nothing,
        }
    }

    /// Whether a closure of the home sends: it knows the channel without being handed it.
    fn sends_within(&self) -> bool {
        let program = self.program;
        let mut senders = self.senders.iter();
        senders.any(|&sender| program.is_within(sender, self.home.function))
    }

    fn hands_a_closure(
        &self,
        args: crate::model::ExprList,
        wanted: &FxHashSet<FunctionId>,
    ) -> bool {
        self.program.list(args).iter().any(|&argument| {
            matches!(*self.program.kind(argument), crate::model::ExprKind::Closure(closure)
                if runs_any(self.program, closure, wanted))
        })
    }

    fn starts_a_sender(&self, function: FunctionId) -> bool {
        let program = self.program;
        program.reach(function).into_iter().any(|reached| {
            program
                .steps_of(reached)
                .into_iter()
                .any(|step| match program.op(step) {
                    Op::Spawn(spawn) => spawn
                        .target
                        .is_some_and(|target| runs_any(program, target, &self.senders)),
                    _ => false,
                })
        })
    }

    /// Form 1.
    pub(super) fn receiver_leaves(&self, findings: &mut Findings) {
        let program = self.program;
        let Some(room) = room(program, self.channel) else {
            return;
        };
        if super::ends_process(program, self.home.function)
            || self
                .receivers
                .iter()
                .any(|&receiver| receiver != self.home.function)
        {
            return;
        }
        let ways = program.ways_out(self.home.block, false, Trust::Conditions, &|step| {
            self.mark_receive(step)
        });
        let is_abandoning = |way: &&Way| {
            way.count.saturating_add(room) < self.can_be_sent(way.exit)
                && !way.exit.is_some_and(|exit| {
                    self.leaves_at_the_close(exit)
                        || harmless::hands_on(program, exit, self.channel)
                        || harmless::counts_down(program, exit)
                })
                && !harmless::is_complete(program, way, self.home.block)
                && !harmless::sender_has_ended(program, way, &self.senders)
                && !harmless::is_received_later(program, way.exit, self.home, self.channel)
        };
        let Some(way) = ways
            .iter()
            .filter(is_abandoning)
            .min_by_key(|way| way.count)
        else {
            return;
        };
        // Room for a number of tasks which is not known: perhaps for all of them.
        let unsure = room > 1 && self.can_be_sent(way.exit) == ENOUGH;
        for &send in &self.bare_sends {
            if !findings.has_at(program.span(send)) {
                let mut confidence = Confidence::High;
                if unsure || program.object(self.channel).escapes {
                    confidence = confidence.lowered();
                }
                // A sender that looks up between its sends needs room for one only.
                if room > 0 && harmless::hears_a_stop(program, send) {
                    confidence = Confidence::Low;
                }
                self.say_receiver_leaves(send, way, (room, confidence), findings);
            }
        }
    }

    fn say_receiver_leaves(
        &self,
        send: StepId,
        way: &Way,
        (room, confidence): (u32, Confidence),
        findings: &mut Findings,
    ) {
        let program = self.program;
        let name = program.object_name(self.channel);
        let home = name_of(program, self.home.function);
        let lack = if room == 0 {
            format!("`{name}` has no room")
        } else {
            format!("`{name}` has room for {room} only")
        };
        let finding = findings.at(
            program.span(send),
            confidence,
            format!("{lack}, and {home} can leave before it has received this send"),
        );
        finding
            .why(format!(
                "When {home} takes that way out, nobody will ever receive from `{name}`. The task that sends here is parked for as long as the process lives, with all that it refers to."
            ))
            .fix(
                "Make the channel with room for every value that may be sent, or put the send into a select with a done arm that ends when the receiver leaves.",
            )
            .about(name.clone());
        finding.function = Some(program.function_of(send));
        finding.because(program.expr(self.home.expr).span, made_label(room));
        let needed = self.can_be_sent(None);
        if room == 0 && (1..=MOST_ROOM).contains(&needed) && self.are_starts_in_view() {
            finding.suggest(program.expr(self.home.expr).span, Change::Room(needed));
        } else if self.hears_when_a_task_leaves(send)
            && let Some(change) = crate::rules::mend::or_done(program, send)
        {
            finding.suggest(program.span(send), change);
        }
        if let Some(turn) = way.turn {
            finding.because(
                turn,
                format!("the receiver may go on here without `{name}`"),
            );
        }
        if let Some(exit) = way.exit {
            finding.because(program.span(exit), "and leaves here");
        }
    }

    /// Whether no call of the home starts senders, so that they can be counted.
    fn are_starts_in_view(&self) -> bool {
        let program = self.program;
        let mut steps = program.steps_in(self.home.block).into_iter();
        !steps.any(|step| {
            let target = program.call(step).and_then(|call| call.target);
            target.is_some_and(|target| self.starts_a_sender(target))
        })
    }

    /// Whether a receiver goes on when the task of a send ends without it.
    fn hears_when_a_task_leaves(&self, send: StepId) -> bool {
        let program = self.program;
        let object = program.object(self.channel);
        let sender = program.function_of(send);
        let mut closes = object.closes.iter();
        closes.any(|&close| program.function_of(close) == sender)
            || object.takes().all(|take| has_way_out(program, take))
    }

    /// Form 2. Says whether something was found.
    fn workers_leave(&self, findings: &mut Findings) -> bool {
        let program = self.program;
        let Some(room) = room(program, self.channel) else {
            return false;
        };
        if program.object(self.channel).escapes
            || self.receivers.is_empty()
            || self.receivers.iter().any(|function| {
                self.own.contains(function) || !harmless::runs_on_tasks(program, *function)
            })
        {
            return false;
        }
        let Some(&send) = self.bare_sends.iter().find(|&&send| {
            program.function_of(send) == self.home.function && !has_way_out(program, send)
        }) else {
            return false;
        };
        let is_many = program
            .enclosing_loop(send)
            .is_some_and(|looped| turns(program, looped).is_none_or(|turns| turns > room));
        if !is_many {
            return false;
        }
        let mut left: Option<(FunctionId, Way)> = None;
        for &worker in &self.receivers {
            match self.early_leave(worker) {
                Some(way) => left = left.or(Some((worker, way))),
                None => return false,
            }
        }
        let Some((worker, way)) = left else {
            return false;
        };
        let several = program.is_many(worker) || self.receivers.len() > 1;
        self.say_workers_leave(send, &way, several, findings);
        true
    }

    /// A way on which a worker leaves though the channel was not closed.
    fn early_leave(&self, worker: FunctionId) -> Option<Way> {
        let program = self.program;
        let block = program.function(worker).body;
        let ways = program.ways_out(
            block,
            true,
            Trust::Conditions,
            &|step| match program.op(step) {
                Op::Loop(_) | Op::Receive { .. }
                    if program.channel_of(step) == Some(self.channel) =>
                {
                    Mark::Once
                }
                _ => Mark::Nothing,
            },
        );
        ways.into_iter().find(|way| {
            way.count != ENOUGH
                && way.exit.is_some_and(|exit| {
                    !self.is_told_of_the_close(exit)
                        && !harmless::leaves_with_the_home(program, exit)
                })
        })
    }

    /// Whether a step stands in a branch on what a checked receive from this channel said: then
    /// it was closed, and nobody sends any more.
    fn leaves_at_the_close(&self, exit: StepId) -> bool {
        use crate::model::{ExprKind, Init};
        let program = self.program;
        let says_closed = |part: crate::model::ExprId| match *program.kind(part) {
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Part(value, 1) => matches!(*program.kind(value), ExprKind::Received(step)
                    if program.channel_of(step) == Some(self.channel)),
                _ => false,
            },
            _ => false,
        };
        program
            .ancestors(exit)
            .any(|(step, _)| match program.op(step) {
                Op::Branch { condition, .. } => {
                    program.parts_of(*condition).into_iter().any(says_closed)
                }
                _ => false,
            })
    }

    /// Whether a step stands in a branch on `ok` of a checked receive.
    fn is_told_of_the_close(&self, exit: StepId) -> bool {
        let program = self.program;
        program
            .ancestors(exit)
            .any(|(step, _)| match program.op(step) {
                Op::Branch { condition, .. } => {
                    program.failure_test(*condition).is_some_and(|_| {
                        !program
                            .parts_of(*condition)
                            .iter()
                            .any(|&part| program.is_error(part))
                    })
                }
                _ => false,
            })
    }

    fn say_workers_leave(&self, send: StepId, way: &Way, several: bool, findings: &mut Findings) {
        let program = self.program;
        let name = program.object_name(self.channel);
        let confidence = if several {
            Confidence::Medium
        } else {
            Confidence::High
        };
        let finding = findings.at(
            program.span(send),
            confidence,
            format!(
                "sends on `{name}`, whose receivers can all have left before the channel is closed"
            ),
        );
        finding
            .why(format!(
                "Once the last task that receives from `{name}` has returned, this send waits for ever. {} hangs and never gets to the close or to waiting for its tasks.",
                capital(&name_of(program, self.home.function))
            ))
            .fix("Send in a select with a done arm that ends when the receivers stop, or let the receivers go on to drain the channel after a failure.")
            .about(name.clone());
        finding.function = Some(program.function_of(send));
        finding.because(
            program.expr(self.home.expr).span,
            "the channel is made here",
        );
        if let Some(turn) = way.turn {
            finding.because(turn, "a receiver turns off here");
        }
        if let Some(exit) = way.exit {
            finding.because(program.span(exit), "and leaves here");
        }
    }
}

fn bare_sends(program: &Program, channel: ObjectId) -> Vec<StepId> {
    let sends = program.object(channel).sends.iter().copied();
    sends.filter(|&send| is_bare(program, send)).collect()
}

fn capital(text: &str) -> String {
    if text.starts_with('`') {
        text.to_owned()
    } else {
        text.replacen("the", "The", 1)
    }
}

fn made_label(room: u32) -> String {
    match room {
        0 => "made here without room".to_owned(),
        room => format!("made here with room for {room}"),
    }
}
