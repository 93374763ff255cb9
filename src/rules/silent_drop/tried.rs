//! A try-send or a timed send whose refusal is of no consequence.

use super::aftermath::{Fate, Offer};
use super::ignored::Telling;
use super::{FIX, WHY, harmless};
use crate::model::channels::{ArmKind, Capacity};
use crate::model::{Api, Arm, Op, Program, StepId};
use crate::rules::{Confidence, Findings};

pub(super) fn check(program: &Program, findings: &mut Findings, telling: &mut Telling) {
    for step in program.step_ids() {
        if matches!(program.op(step), Op::Select(_))
            && let Some(offer) = Tried::of(program, step)
        {
            offer.check(program, findings, telling);
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

    fn check(&self, program: &Program, findings: &mut Findings, telling: &mut Telling) {
        let Op::Send { channel, value } = *program.op(self.send) else {
            return;
        };
        let Some(confidence) = harmless::loss(program, self.send, self.select) else {
            return;
        };
        let offer = Offer {
            program,
            at: self.select,
            taken: Some(self.taken.body),
            refused: self.refused.body,
            values: vec![value],
        };
        match offer.fate() {
            Fate::Handled => {}
            Fate::Told => telling.add(program, self.select, self.refused.span, confidence),
            Fate::Silent => self.say(program, confidence, findings, program.show(channel)),
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
        findings: &mut Findings,
        name: String,
    ) {
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
