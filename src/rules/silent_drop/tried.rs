//! A try-send or a timed send whose refusal is of no consequence.

use super::aftermath::{Fate, Offer};
use super::ignored::Telling;
use super::{FIX, WHY, harmless};
use crate::model::channels::{ArmKind, Capacity};
use crate::model::{Arm, Op, Program, StepId};
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
