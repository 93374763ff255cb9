//! BP23: a task waits for another one while it holds a lock.
//!
//! 1. A wait is a bare send or receive, a range over a channel, a select without default, a
//!    wait for a group; or a call in view of a function that does one.
//! 2. What would end it is its other side. When every other side in view needs the same lock
//!    before it can act, nothing moves any more: `high`.
//! 3. Otherwise the lock is held for as long as the other side likes, which matters when others
//!    take it.
//!
//! Which of several instances a lock belongs to is not told apart.

mod harmless;
mod members;
mod needs;
mod reached;
mod words;

use self::reached::Reached;
use super::waits::{Wait, WaitKind};
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::Capacity;
use crate::model::held::Held;
use crate::model::{Api, FunctionId, ObjectId, Program, StepId};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) static RULE: Rule = Rule {
    code: "BP23",
    slug: "blocking-under-lock",
    summary: "a task waits for another one while it holds a lock",
    level: Level::Senior,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../../rules/BP23-blocking-under-lock/README.md"),
    check,
};

/// How many calls lie at most between a function and the lock that it takes.
const MAX_CALLS: u32 = 4;

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut search = Search {
        program,
        runners: None,
        lockers: FxHashMap::default(),
        said: FxHashSet::default(),
    };
    for step in program.step_ids() {
        if program.held_at(step).is_empty() || program.select_of(step).is_some() {
            continue;
        }
        let held = search.held_here(step);
        if held.is_empty() {
            continue;
        }
        let candidates = reached::waits_at(program, step);
        let verdict = candidates
            .iter()
            .flat_map(|found| held.iter().map(move |&held| (found, held)))
            .filter_map(|(found, held)| search.judge(step, found, held))
            .max_by_key(|verdict| verdict.confidence);
        if let Some(verdict) = verdict {
            search.say(step, &verdict, findings);
        }
    }
}

struct Verdict {
    confidence: Confidence,
    held: Held,
    at: StepId,
    is_called: bool,
    kind: WaitKind,
    channel: Option<ObjectId>,
    /// What would end the wait, and where it takes the lock.
    stuck: Option<(StepId, StepId)>,
    other_taker: Option<StepId>,
    has_room: bool,
}

/// What would end a wait, as far as it is in view.
struct Ends {
    /// Places that would end it.
    places: Vec<StepId>,
    /// For each kind of end that needs the lock first: the place, and the taking of the lock.
    stuck: Option<(StepId, StepId)>,
    /// Whether none of them can act without the lock.
    all_stuck: bool,
}

struct Search<'p> {
    program: &'p Program,
    runners: Option<Vec<Vec<FunctionId>>>,
    lockers: FxHashMap<ObjectId, FxHashSet<FunctionId>>,
    said: FxHashSet<(FunctionId, ObjectId, Option<ObjectId>)>,
}

impl Search<'_> {
    /// Locks that the function of a step took itself, or the function around a closure that
    /// runs on the spot.
    fn held_here(&self, step: StepId) -> Vec<Held> {
        let program = self.program;
        let function = program.function_of(step);
        program
            .held_at(step)
            .iter()
            .copied()
            .filter(|held| program.function_of(held.since) == function)
            .collect()
    }

    fn judge(&mut self, step: StepId, found: &Reached, held: Held) -> Option<Verdict> {
        let program = self.program;
        let mut inner = found.through.iter().chain([&found.at]);
        if found.is_called && inner.any(|&at| self.lets_go(at, held.lock)) {
            return None;
        }
        if self.is_new(found, step) || self.is_aborted(found) {
            return None;
        }
        let holder = program.function_of(step);
        // Under a lock that all who take share, what was seen to be there is there still.
        let locks = program.held_at(found.at).iter().chain([&held]);
        let mut exclusive = locks.filter(|held| !held.reading).map(|held| held.lock);
        if exclusive.any(|lock| harmless::is_measured(program, &found.wait, [found.at, step], lock))
        {
            return None;
        }
        let takers = self.takers(held.lock, holder);
        let mut verdict = Verdict {
            confidence: Confidence::Low,
            held,
            at: found.at,
            is_called: found.is_called,
            kind: found.wait.kind,
            channel: found.wait.channel,
            stuck: None,
            other_taker: None,
            has_room: false,
        };
        let ends = self.ends(found, step, held);
        verdict.confidence = sureness(found, &ends);
        verdict.stuck = ends.stuck;
        verdict.has_room = found.wait.channel.is_some_and(|channel| {
            matches!(found.wait.kind, WaitKind::Send | WaitKind::Select)
                && has_room(program, channel)
        });
        let is_joined = found.wait.kind == WaitKind::Group;
        if verdict.has_room && !found.through.is_empty() {
            return None;
        }
        if ends.stuck.is_some() && (ends.all_stuck || is_joined) {
            verdict.confidence = self.with_room(verdict.confidence, verdict.has_room, found);
            return Some(self.low_if_harmless(verdict, step));
        }
        // A wait that lies deep is worth a word only where it can never end.
        if !found.through.is_empty() {
            return None;
        }
        verdict.other_taker = takers
            .iter()
            .copied()
            .find(|&taker| !self.is_about_the_channel(taker, held, &found.wait));
        if verdict.stuck.is_none() {
            verdict.other_taker?;
        }
        let is_for_sends = harmless::is_lock_of_sender(program, &found.wait, held.lock);
        let is_to_a_member = members::is_shut_in(program, step, found, held, &takers);
        if (self.slows_others(found) || is_to_a_member) && !is_for_sends {
            verdict.confidence = Confidence::Medium;
        }
        Some(self.low_if_harmless(verdict, step))
    }

    /// Whether a send without room waits, with the lock, for as long as its receiver likes.
    fn slows_others(&self, found: &Reached) -> bool {
        let program = self.program;
        let sends = matches!(found.wait.kind, WaitKind::Send)
            || found.wait.kind == WaitKind::Select && found.wait.sends;
        // Whoever lends a channel for a call reads from it meanwhile: a collector, an iterator.
        let is_lent = found
            .wait
            .channel
            .is_some_and(|channel| program.is_lent(channel));
        // Behind a call, a done arm was put there with others in mind.
        let ends_somehow = found.wait.has_timeout || found.is_called && found.wait.has_done;
        let has_none = found
            .wait
            .channel
            .is_some_and(|of| program.capacity(of) == Capacity::Rendezvous);
        let is_awaited = harmless::is_awaited(program, &found.wait);
        sends && has_none && !ends_somehow && !is_lent && !is_awaited
    }

    /// How sure one can be of a wait whose end needs the lock, when there is room or may be.
    fn with_room(&self, sure: Confidence, has_room: bool, found: &Reached) -> Confidence {
        let program = self.program;
        let channel = found.wait.channel;
        let is = |wanted: Capacity| channel.is_some_and(|of| program.capacity(of) == wanted);
        if has_room && channel.is_some_and(|of| harmless::fits(program, of, found.at)) {
            return Confidence::Low;
        }
        // It may have room: an answer's slot that was made by whoever asked. A queue's room, if it
        // has any, is used up some day.
        let may_have_room = found.wait.kind == WaitKind::Send && is(Capacity::Unknown);
        if may_have_room {
            match channel.is_some_and(|of| harmless::is_kept_queue(program, of)) {
                true => sure.lowered(),
                false => Confidence::Low,
            }
        } else if has_room {
            sure.lowered()
        } else {
            sure
        }
    }

    /// Low for what is harmless whatever the other sides do: a channel that is itself a lock, and
    /// tests, whose process ends.
    fn low_if_harmless(&self, mut verdict: Verdict, step: StepId) -> Verdict {
        let program = self.program;
        let is_baton = verdict
            .channel
            .is_some_and(|channel| harmless::is_baton(program, channel));
        let is_permit = verdict.kind == WaitKind::Receive
            && verdict
                .channel
                .is_some_and(|channel| harmless::is_permit(program, channel));
        // Who stops something has locked the others out on purpose, unless the end needs them.
        let stops = verdict.stuck.is_none()
            && [step, verdict.at]
                .iter()
                .any(|&at| program.is_shutdown(program.function_of(at)));
        let function = Some(program.function_of(step));
        let is_test = program.is_for_tests_only(program.span(step).file, function);
        // In a test only two that wait for each other are worth a word.
        let is_unsure = is_test && (verdict.is_called || verdict.stuck.is_none());
        if is_baton || is_permit || stops || is_unsure {
            verdict.confidence = Confidence::Low;
        }
        verdict
    }

    /// Whether the function that waits gives the lock back before it does.
    fn lets_go(&self, at: StepId, lock: ObjectId) -> bool {
        let program = self.program;
        program.object(lock).calls.iter().any(|&call| {
            matches!(program.call(call), Some(call) if matches!(call.api, Api::Unlock(_)))
                && program.function_of(call) == program.function_of(at)
                && program.is_before(call, at)
        })
    }

    /// Whether the channel was made in the same function with room: a reply or result slot.
    fn is_new(&self, found: &Reached, step: StepId) -> bool {
        let program = self.program;
        let Some(channel) = found.wait.channel else {
            return false;
        };
        found.wait.kind == WaitKind::Send
            && has_room(program, channel)
            && program.object(channel).makes.iter().any(|&made| {
                let at = program.function_at(program.expr(made).span);
                at == Some(program.function_of(step)) || at == Some(program.function_of(found.at))
            })
    }

    /// Where other functions take the lock, or the same function on a task of its own.
    fn takers(&self, lock: ObjectId, holder: FunctionId) -> Vec<StepId> {
        let program = self.program;
        program
            .object(lock)
            .calls
            .iter()
            .copied()
            .filter(|&call| {
                matches!(program.call(call), Some(call) if matches!(call.api, Api::Lock(_)))
                    && program.function_of(call) != holder
            })
            .collect()
    }

    /// A lock that only keeps senders and closers of a channel apart is held across the send on
    /// purpose.
    /// Without any room every send waits, and whoever wants to close waits behind it.
    fn is_about_the_channel(&self, taker: StepId, held: Held, wait: &Wait) -> bool {
        let program = self.program;
        let Some(channel) = wait.channel else {
            return false;
        };
        if !held.reading && program.capacity(channel) == Capacity::Rendezvous {
            return false;
        }
        let lock = held.lock;
        let object = program.object(channel);
        let function = program.function_of(taker);
        object.sends.iter().chain(&object.closes).any(|&step| {
            program.function_of(step) == function
                && program.held_at(step).iter().any(|held| held.lock == lock)
        })
    }

    fn ends(&mut self, found: &Reached, step: StepId, held: Held) -> Ends {
        let (wait, at) = (&found.wait, found.at);
        let holder = self.program.function_of(step);
        let mut ends = Ends {
            places: Vec::new(),
            stuck: None,
            all_stuck: !wait.others.is_empty(),
        };
        for others in &wait.others {
            let mut any = false;
            let mut all = true;
            for &other in others {
                let home = self.program.function_of(other);
                if home == holder || home == self.program.function_of(at) {
                    // Another run of the same function has to take the lock before it sends.
                    let is_shared = wait.channel.is_some_and(|of| !self.program.is_local(of));
                    let takes = self.program.held_at(other).iter();
                    if wait.kind == WaitKind::Receive
                        && is_shared
                        && takes.into_iter().any(|other| other.lock == held.lock)
                    {
                        any = true;
                        ends.stuck.get_or_insert((other, held.since));
                    }
                    continue;
                }
                any = true;
                let needs = self
                    .needs(other, held, MAX_CALLS)
                    .or_else(|| self.ends_in_lock(wait, other, held))
                    .or_else(|| self.leaves_for_lock(found, other, held))
                    .filter(|&taken| !harmless::is_elsewhere(self.program, wait, taken, other));
                let is_late = |&taken: &StepId| {
                    let group = wait.channel.filter(|_| wait.kind == WaitKind::Group);
                    !group.is_some_and(|group| {
                        harmless::is_before_counted(self.program, group, taken, other)
                    })
                };
                match needs.filter(is_late) {
                    Some(taken) => {
                        ends.stuck.get_or_insert((other, taken));
                    }
                    None => all = false,
                }
                ends.places.push(other);
            }
            ends.all_stuck &= any && all;
        }
        ends
    }
}

/// How sure it is that a wait can never end, by its ends alone.
fn sureness(found: &Reached, ends: &Ends) -> Confidence {
    let can_end = found.wait.has_timeout || found.wait.has_done;
    if ends.all_stuck && !found.wait.has_way_out {
        // Behind a call, what else ends it was put there with others in mind. A stop ends it
        // only when all is over, and until then nobody moves.
        match (can_end && found.is_called, found.wait.has_timeout) {
            (false, _) => Confidence::High,
            (true, false) if found.through.is_empty() => Confidence::Medium,
            (true, _) => Confidence::Low,
        }
    } else if found.wait.kind == WaitKind::Group && ends.stuck.is_some() {
        // A group waits for every one of its tasks: one that is stuck is enough.
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

fn has_room(program: &Program, channel: ObjectId) -> bool {
    matches!(
        program.capacity(channel),
        Capacity::Known(_) | Capacity::Computed(_)
    )
}
