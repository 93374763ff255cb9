//! What a finding of BP23 says.

use super::{Search, Verdict};
use crate::model::{Op, Program, StepId};
use crate::rules::Findings;
use crate::rules::waits::{self, WaitKind};

impl Search<'_> {
    #[expect(clippy::too_many_lines, reason = "one message, told in one place")]
    pub(super) fn say(&mut self, step: StepId, verdict: &Verdict, findings: &mut Findings) {
        let program = self.program;
        let function = program.function_of(step);
        if !self
            .said
            .insert((function, verdict.held.lock, verdict.channel))
        {
            return;
        }
        let lock = match program
            .call(verdict.held.since)
            .and_then(|call| call.receiver)
        {
            Some(receiver) => program.show(receiver),
            None => program.object_name(verdict.held.lock),
        };
        let what = wait_text(program, verdict);
        let finding = findings.at(
            waits::anchor(program, step),
            verdict.confidence,
            match verdict.is_called {
                false => format!("{what} with `{lock}` held"),
                true => format!(
                    "the call of `{}`, which {what}, with `{lock}` held",
                    callee(program, step)
                ),
            },
        );
        finding.function = Some(function);
        match verdict.stuck {
            Some(_) if verdict.has_room => finding.why(format!(
                "Once the channel is full, what would make room again needs `{lock}` first and cannot get it. Both then wait for each other, and whoever asks for the lock waits with them."
            )),
            Some(_) => finding.why(format!(
                "What would end this wait needs `{lock}` first and cannot get it while this task holds it. The two wait for each other for ever, and whoever asks for the lock waits with them."
            )),
            None => finding.why(format!(
                "`{lock}` stays taken for as long as the other side lets this wait. Everybody who asks for the lock stands still meanwhile, also those who have nothing to do with it."
            )),
        };
        finding.fix(match verdict.kind {
            WaitKind::Group => format!("Release `{lock}` before the wait: what must be protected is done by then, and the tasks can take it to finish."),
            _ => format!("Take what is needed under `{lock}`, release it, and only then block."),
        });
        finding.about(match verdict.channel {
            Some(channel) => program.object_name(channel),
            None => lock.clone(),
        });
        finding.because(
            program.span(verdict.held.since),
            format!(
                "`{lock}` is taken here{}",
                if verdict.held.reading {
                    " for reading"
                } else {
                    ""
                }
            ),
        );
        if verdict.is_called {
            finding.because(program.span(verdict.at), "it waits here");
        }
        if let Some((other, taken)) = verdict.stuck {
            finding.because(waits::anchor(program, other), "this would end the wait");
            finding.because(program.span(taken), "but needs the lock here");
        } else if let Some(taker) = verdict.other_taker {
            finding.because(program.span(taker), "the lock is also taken here");
        }
    }
}

fn callee(program: &Program, step: StepId) -> String {
    program
        .call(step)
        .map_or(String::new(), |call| program.callee_name(call.callee))
}

fn wait_text(program: &Program, verdict: &Verdict) -> String {
    let name = match program.op(verdict.at) {
        Op::Send { channel, .. } | Op::Receive { channel, .. } => program.show(*channel),
        Op::Call(call) => call
            .receiver
            .map_or(String::new(), |receiver| program.show(receiver)),
        _ => verdict
            .channel
            .map_or(String::new(), |channel| program.object_name(channel)),
    };
    match verdict.kind {
        WaitKind::Send => format!("sends on `{name}`"),
        WaitKind::Receive => format!("waits to receive from `{name}`"),
        WaitKind::Range => format!("ranges over `{name}`"),
        WaitKind::Select => format!("waits in a select for `{name}`"),
        WaitKind::Group => format!("waits for all of `{name}`"),
    }
}
