//! Q4: where a channel is closed, by whom, and whether a sender can outlive it.

use super::{Seen, named};
use crate::model::closing::Closings;
use crate::model::{ObjectId, Op, Program, StepId};
use rustc_hash::FxHashMap;

pub(super) fn list(program: &Program, seen: &mut Seen) {
    let closings = Closings::of(program);
    let mut counts: FxHashMap<ObjectId, usize> = FxHashMap::default();
    let closes: Vec<StepId> = program
        .step_ids()
        .filter(|&step| matches!(program.op(step), Op::Close { .. }))
        .collect();
    for &close in &closes {
        if let Some(channel) = program.channel_of(close) {
            *counts.entry(channel).or_default() += 1;
        }
    }
    for close in closes {
        let Op::Close { channel } = *program.op(close) else {
            continue;
        };
        let what = named("close of", &program.show(channel));
        let Some(object) = program.object_of(channel) else {
            let answer = "its senders are not in view";
            seen.add(program.span(close), &["C6"], what, answer, false);
            continue;
        };
        let others = counts.get(&object).map_or(0, |count| count - 1);
        let guard = closings.guard(close);
        let (first, alone) = match (others, guard.holds()) {
            (_, true) => (format!("once, by {}", guard.name()), true),
            (0, false) => ("the only close".to_owned(), true),
            (1, false) => ("closed in another place too".to_owned(), false),
            (more, false) => (format!("closed in {more} other places too"), false),
        };
        let sends = program.object(object).sends.len();
        let outliving = closings.meetings(object, close).len();
        let (second, safe) = match (sends, outliving) {
            (0, _) => ("nobody sends".to_owned(), true),
            (_, 0) => ("no sender outlives it".to_owned(), true),
            (_, 1) => ("a sender may outlive it".to_owned(), false),
            (_, more) => (format!("{more} senders may outlive it"), false),
        };
        seen.add(
            program.span(close),
            &["C6"],
            what,
            format!("{first}, {second}"),
            alone && safe,
        );
    }
}
