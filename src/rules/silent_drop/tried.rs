//! A try-send or a timed send whose refusal is of no consequence.

use super::aftermath::{Fate, Offer};
use super::ignored::Telling;
use super::{FIX, WHY, harmless};
use crate::model::channels::{ArmKind, Capacity};
use crate::model::{Api, Arm, ObjectId, Op, Program, StepId};
use crate::rules::{Confidence, Findings};
use rustc_hash::FxHashMap;

/// From how many places on that drop in silence what a channel has no room for, this is how the
/// channel is used, and one fault.
const MANY: usize = 4;

pub(super) fn check(program: &Program, findings: &mut Findings, telling: &mut Telling) {
    let mut silent: Vec<Silent<'_>> = Vec::new();
    for step in program.step_ids() {
        if matches!(program.op(step), Op::Select(_))
            && let Some(offer) = Tried::of(program, step)
        {
            silent.extend(offer.check(program, telling));
        }
    }
    lower_repeats(program, &mut silent);
    for drop in silent {
        drop.offer
            .say(program, drop.confidence, drop.like, findings);
    }
}

/// A drop of which nothing tells.
struct Silent<'p> {
    offer: Tried<'p>,
    confidence: Confidence,
    /// An earlier place that drops on the same channel, of which it is said.
    like: Option<StepId>,
}

/// Where many places drop on one channel, the first says so for all.
fn lower_repeats(program: &Program, silent: &mut [Silent<'_>]) {
    let mut of: FxHashMap<ObjectId, Vec<usize>> = FxHashMap::default();
    for (at, drop) in silent.iter().enumerate() {
        if let Some(channel) = program.channel_of(drop.offer.send) {
            of.entry(channel).or_default().push(at);
        }
    }
    for places in of.into_values().filter(|places| places.len() >= MANY) {
        let mut loud = places
            .into_iter()
            .filter(|&at| silent[at].confidence > Confidence::Low)
            .collect::<Vec<_>>()
            .into_iter();
        let Some(first) = loud.next().map(|at| silent[at].offer.select) else {
            continue;
        };
        for at in loud {
            silent[at].confidence = Confidence::Low;
            silent[at].like = Some(first);
        }
    }
}

/// Whether a select that offers an item counts it, or hands it or a part of it on, when it is not
/// taken.
pub(super) fn is_handled(program: &Program, select: StepId) -> bool {
    let Some(tried) = Tried::of(program, select) else {
        return false;
    };
    let item = program.mentioned_by(tried.send);
    let mut steps = tried.steps_after_refusal(program).into_iter();
    steps.any(|step| match program.op(step) {
        Op::Send { .. } => true,
        Op::Call(call) => match call.api {
            Api::AtomicAdd | Api::MetricRecord => true,
            Api::Other => {
                let handed = program.mentioned_by(step);
                call.target.is_some() && handed.iter().any(|part| item.contains(part))
            }
            _ => false,
        },
        _ => false,
    })
}

/// A select that offers an item and can go another way.
struct Tried<'p> {
    select: StepId,
    send: StepId,
    taken: &'p Arm,
    refused: &'p Arm,
    /// Whether the other way is taken after a time only.
    is_timed: bool,
}

impl<'p> Tried<'p> {
    fn of(program: &'p Program, select: StepId) -> Option<Tried<'p>> {
        let arms = program.arms(select);
        let of = |wanted: ArmKind| {
            arms.iter()
                .find(|(_, kind)| *kind == wanted)
                .map(|(arm, _)| *arm)
        };
        if arms.iter().any(|(_, kind)| *kind == ArmKind::Receive) {
            return None;
        }
        let taken = of(ArmKind::Send)?;
        let channel = taken
            .communication
            .and_then(|send| program.channel_of(send));
        if channel.is_some_and(|channel| program.capacity(channel) == Capacity::Unbounded) {
            return None;
        }
        let (refused, is_timed) = match of(ArmKind::Default) {
            Some(arm) => (arm, false),
            None => (of(ArmKind::Timeout)?, true),
        };
        Some(Tried {
            select,
            send: taken.communication?,
            taken,
            refused,
            is_timed,
        })
    }

    /// What is to be said, where nobody learns that the item was not taken.
    fn check(self, program: &'p Program, telling: &mut Telling) -> Option<Silent<'p>> {
        let Op::Send { value, .. } = *program.op(self.send) else {
            return None;
        };
        let confidence = harmless::loss(program, self.send, self.select)?;
        let offer = Offer {
            program,
            at: self.select,
            taken: Some(self.taken.body),
            refused: self.refused.body,
            values: vec![value],
        };
        match offer.fate() {
            Fate::Handled => None,
            Fate::Told => {
                telling.add(program, self.select, self.refused.span, confidence);
                None
            }
            Fate::Silent => Some(Silent {
                offer: self,
                confidence,
                like: None,
            }),
        }
    }

    /// What runs when the item was not taken, as far as it is told from what runs otherwise.
    fn steps_after_refusal(&self, program: &Program) -> Vec<StepId> {
        let mut steps = program.steps_in(self.refused.body);
        if program.block_diverges(self.taken.body) {
            steps.extend(program.after(self.select));
        }
        steps
    }

    fn say(
        &self,
        program: &Program,
        confidence: Confidence,
        like: Option<StepId>,
        findings: &mut Findings,
    ) {
        let Op::Send { channel, .. } = *program.op(self.send) else {
            return;
        };
        let name = program.show(channel);
        let message = if self.is_timed {
            format!("gives up on the send to `{name}` after a time, and nothing tells of it")
        } else {
            format!("drops the item when `{name}` is full, and nothing tells of it")
        };
        let finding = findings.at(self.refused.span, confidence, message);
        finding.why(WHY).fix(FIX).because(
            program.span(self.send),
            if self.is_timed {
                "offered here for a time"
            } else {
                "offered here without waiting"
            },
        );
        if let Some(like) = like {
            finding.because(program.span(like), "as it is done here");
        }
        if let Some(object) = program.channel_of(self.send) {
            finding.about(program.object_name(object));
            if let Some(&made) = program.object(object).makes.first() {
                finding.because(program.expr(made).span, "made here");
            }
        } else {
            finding.about(name);
        }
        finding.function = Some(program.function_of(self.select));
    }
}
