//! BP10: nothing keeps a send from coming after the close of its channel.
//!
//! The close is bare, or the sender tests a flag or a done channel, neither of which is one step
//! with its send. Closes by the receiver are BP13's, guarded closes of which the sender knows
//! nothing are BP05's.

use super::late_send::{LateSend, late_sends};
use super::{Findings, Level, Rule, Seam, Thresholds, unwinding};
use crate::model::Program;
use crate::model::closing::{Closings, Look};

pub(super) static RULE: Rule = Rule {
    code: "BP10",
    slug: "send-after-shutdown",
    summary: "nothing keeps a send from coming after the close of its channel",
    level: Level::Senior,
    seam: Seam::Shutdown,
    questions: &["Q4", "Q5"],
    checklist: &["C6"],
    page: include_str!("../../rules/BP10-send-after-shutdown/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    super::emptied_sender::check(program, findings);
    let closings = Closings::of(program);
    for channel in program.object_ids() {
        if program.discipline(channel).ends_with_owners() {
            unwinding::after_signal(program, channel, findings);
            continue;
        }
        for late in late_sends(&closings, channel) {
            if !late.is_ignorant() {
                say(&closings, &late, findings);
            }
        }
    }
}

fn say(closings: &Closings<'_>, late: &LateSend, findings: &mut Findings) {
    let program = closings.program();
    let (send, close) = (late.meeting.send, late.meeting.close);
    let Some(channel) = program.channel_of(send) else {
        return;
    };
    let name = program.object_name(channel);
    let message = match late.look {
        Look::Flag(_) => format!(
            "sends on `{name}` behind a flag, but the close can come between the test and the send"
        ),
        Look::Done(_) => format!(
            "sends on `{name}` beside a done signal, but `{name}` itself is closed too and a select may pick the send"
        ),
        Look::Recover => {
            format!("sends on `{name}`, which can be closed, and swallows the panic")
        }
        _ => format!("sends on `{name}`, which can be closed before or during the send"),
    };
    let why = match late.look {
        Look::Flag(_) => format!(
            "The flag is read, then `{name}` is closed, then the send runs: it panics. A send that is parked for want of room when the close comes panics too."
        ),
        Look::Done(_) => "On a closed channel the send arm counts as ready. When the signal is ready as well, the select picks one of the two at random: about every second late call panics.".to_owned(),
        Look::Recover => "The value is lost and nobody is told; every other panic of the function is swallowed as well.".to_owned(),
        _ => format!(
            "A send that comes after the close of `{name}` panics, and so does one that is parked when it comes. It happens in the middle of a shut-down, under load."
        ),
    };
    let finding = findings.at(program.span(send), late.confidence, message);
    finding
        .why(why)
        .fix(format!(
            "Do not close `{name}`: close a done channel instead, which senders and receivers select on. If receivers need the close, hold a lock for reading over test and non-blocking send, and for writing over test and close; or wait for the senders first when they are your own."
        ))
        .about(name.clone());
    finding.function = Some(program.function_of(send));
    finding.because(program.span(close), format!("`{name}` is closed here"));
    match late.look {
        Look::Flag(at) => finding.because(at, "tested here, in a step of its own"),
        Look::Done(at) => finding.because(at, "the signal is asked here"),
        _ => finding,
    };
}
