//! A send that can come during or after the close of its channel: what BP05 and BP10 share. One
//! pair of send and close is one finding: the receiver's close is BP13's, a guarded close whose
//! sender looks at nothing is BP05's, the rest is BP10's.

use super::receiver_closes;
use crate::model::closing::{Closings, Guard, Look, Meeting, Sameness};
use crate::model::{Api, FunctionId, FunctionKind, ObjectId, Program, StepId, Type};
use crate::rules::Confidence;
use rustc_hash::FxHashSet;

/// A send that can meet a close.
#[derive(Debug)]
pub(super) struct LateSend {
    pub meeting: Meeting,
    pub guard: Guard,
    pub look: Look,
    pub confidence: Confidence,
}

impl LateSend {
    /// Whether the closer protects itself and the sender knows nothing of it.
    pub fn is_ignorant(&self) -> bool {
        self.guard.is_there() && matches!(self.look, Look::Nothing | Look::BlindLock(_))
    }
}

/// The late sends on a channel, one for each function that sends.
pub(super) fn late_sends(closings: &Closings<'_>, channel: ObjectId) -> Vec<LateSend> {
    let program = closings.program();
    let object = program.object(channel);
    if object.sends.is_empty() || object.closes.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<LateSend> = Vec::new();
    for &close in &object.closes {
        let meetings = closings.meetings(channel, close);
        if meetings.is_empty() || receiver_closes::claim(closings, channel, close).is_some() {
            continue;
        }
        let guard = closings.guard(close);
        for meeting in meetings {
            let look = closings.look(meeting.send, close);
            if look == Look::Lock {
                continue;
            }
            let confidence = confidence(closings, &meeting, look);
            found.push(LateSend {
                meeting,
                guard,
                look,
                confidence,
            });
        }
    }
    // The surest first, then the first in the text.
    found.sort_by_key(|late| {
        (
            std::cmp::Reverse(late.confidence),
            late.meeting.send,
            late.meeting.close,
        )
    });
    let mut functions: FxHashSet<FunctionId> = FxHashSet::default();
    found.retain(|late| functions.insert(closings.home_of(late.meeting.send)));
    found
}

fn confidence(closings: &Closings<'_>, meeting: &Meeting, look: Look) -> Confidence {
    let mut confidence = match meeting.sameness {
        Sameness::Sure => Confidence::High,
        Sameness::Likely => Confidence::Medium,
        Sameness::Weak | Sameness::None => Confidence::Low,
    };
    if meeting.may_be_awaited || is_byte_writer(closings, meeting.send) {
        confidence = confidence.lowered();
    }
    let (sender, closer) = (
        closings.home_of(meeting.send),
        closings.home_of(meeting.close),
    );
    let program = closings.program();
    // The closer sends too: whoever calls it is a sender that knows when it is done.
    let closer_sends = program.reach(closer).contains(&sender)
        || program.channel_of(meeting.close).is_some_and(|channel| {
            let mut sends = program.object(channel).sends.iter();
            sends.any(|&send| closings.home_of(send) == closer)
        });
    if closings.may_be_exclusive(meeting.send, meeting.close)
        || closer_sends && !program.is_task(sender)
        || !matches!(look, Look::Flag(_))
            && !is_run_by_a_timer(program, sender)
            && is_agreed(closings, sender, closer)
        || program.is_for_tests_only(program.span(meeting.send).file, Some(sender))
    {
        confidence = Confidence::Low;
    }
    if matches!(look, Look::BlindLock(_)) {
        confidence = confidence.lowered();
    }
    if look == Look::Recover || is_kept_apart_by_use(closings, meeting) {
        confidence = Confidence::Low;
    }
    confidence
}

/// Whether the way in which a channel is used keeps close and send apart, as far as can be told:
/// one holds a token, whoever got the channel closes it, a sender closes as it leaves, or the
/// next channel is in place at once.
fn is_kept_apart_by_use(closings: &Closings<'_>, meeting: &Meeting) -> bool {
    let program = closings.program();
    let (send, close) = (meeting.send, meeting.close);
    let Some(channel) = program.channel_of(close) else {
        return false;
    };
    let is_spawned = program.is_task(closings.home_of(send));
    closings.is_token(channel)
        || closings.is_given_away(channel, close)
        || closings.is_closed_by_leaving_sender(send, close)
        || !is_spawned && closings.is_made_anew(close)
}

/// Whether a function is run by a timer, which keeps to nothing that is written down.
fn is_run_by_a_timer(program: &Program, sender: FunctionId) -> bool {
    program.handed_to(sender).iter().any(|&to| {
        let call = program.call(to);
        call.is_some_and(|call| call.api == Api::TimerFunction)
    })
}

/// Whether it is written down that nobody sends after the close.
fn is_agreed(closings: &Closings<'_>, sender: FunctionId, closer: FunctionId) -> bool {
    const WORDS: &[&str] = &["no more ", "will panic", "must not be called"];
    let program = closings.program();
    let says = |function: FunctionId| program.remark_says(program.function(function).span, WORDS);
    const ORDER: &[&str] = &["after", "before"];
    says(sender)
        || says(closer)
        || binds(program, closer, sender, &["call"])
        || binds(program, sender, closer, ORDER)
}

/// Whether the comment on a function says in one sentence who may call it, or when, by the name of
/// another function.
fn binds(program: &Program, function: FunctionId, other: FunctionId, about: &[&str]) -> bool {
    const BINDING: &[&str] = &["only ", "must ", "may not ", "never ", "do not ", "don't "];
    let name = program.text(program.function(program.outermost(other)).name);
    let of = program.function(program.outermost(function));
    program.remark_on(of.span).split(". ").any(|sentence| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let names = sentence.split(|c| !is_word(c)).any(|word| word == name);
        let lower = sentence.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        names && says(BINDING) && says(about)
    })
}

/// Whether a send stands in a method that writes bytes and says how many: by convention its
/// caller neither writes after closing nor from two tasks.
fn is_byte_writer(closings: &Closings<'_>, send: StepId) -> bool {
    let program = closings.program();
    let function = program.function(closings.home_of(send));
    let takes_bytes = matches!(function.parameters.as_slice(), [only]
        if matches!(*program.underlying(program.variable(*only).ty), Type::List(of, _)
            if matches!(program.underlying(of), Type::Integer(1))));
    matches!(function.kind, FunctionKind::Method(..)) && takes_bytes && function.results.len() == 2
}
