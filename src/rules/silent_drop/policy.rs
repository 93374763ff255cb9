//! Losses that are told beforehand, in words to whoever calls or by the last word that follows.

use crate::model::channels::is_end_name;
use crate::model::nearby::says;
use crate::model::{
    ExprId, ExprKind, FunctionId, FunctionKind, ObjectId, Op, Program, StepId, Type,
};
use crate::source::Span;

/// Words of those who say that something is let go.
const LETS_GO: &[&str] = &[
    "drop", "skip", "shed", "discard", "evict", "lossy", "lost", "lose",
];
/// Words of those who say which load is answered by that. That the channel is full is none: it
/// says when, and not why that is right.
const UNDER: &[&str] = &[
    "backpressure",
    "back-pressure",
    "back pressure",
    "overload",
    "falls behind",
    "fall behind",
    "cannot keep up",
    "can't keep up",
];

/// Words in the name of a function which tell whoever calls it that there is only so much room.
const CAPPED: &[&str] = &["with_cap", "withcap", "capped"];

/// Whether a loss is told in words to whoever calls, or by the last word that follows.
pub(super) fn is_known(program: &Program, channel: ObjectId, place: StepId, value: ExprId) -> bool {
    is_told(program, place) || is_told_by_the_end(program, channel, place, value)
}

/// Whether a comment right above an offer, or at the head of the function that makes it, says in
/// one sentence that items are let go under load: a policy, which whoever calls can read.
fn is_told(program: &Program, place: StepId) -> bool {
    let function = program.outermost(program.function_of(place));
    [program.span(place), program.function(function).head]
        .into_iter()
        .any(|at| lets_go(program, at, UNDER))
}

/// Whether the head of a function, or of the type that it belongs to, says in one sentence that the
/// oldest items are let go, or the name of the function does: `push_with_cap`.
pub(super) fn keeps_the_newest(program: &Program, function: FunctionId) -> bool {
    let facts = program.function(program.outermost(function));
    if says(program.text(facts.name), CAPPED) {
        return true;
    }
    let owner = match facts.kind {
        FunctionKind::Method(_, owner) => program.named[owner.index()].span,
        _ => None,
    };
    [Some(facts.head), owner]
        .into_iter()
        .flatten()
        .any(|at| lets_go(program, at, &["oldest", "from the front"]))
}

/// Whether one sentence about a place says that something is let go, and one of these words.
fn lets_go(program: &Program, at: Span, words: &[&str]) -> bool {
    let remark = program.remark_on(at);
    let mut sentences = remark.split(". ");
    sentences.any(|sentence| says(sentence, LETS_GO) && says(sentence, words))
}

/// Whether the loss is of the word that something is over, and the same function goes on to say by
/// a send that waits that all is over.
fn is_told_by_the_end(program: &Program, channel: ObjectId, place: StepId, value: ExprId) -> bool {
    let function = program.function_of(place);
    let from = program.span(place).end;
    is_of_an_end(program, value)
        && program.after(place).into_iter().any(|after| {
            let Op::Send { channel: on, value } = *program.op(after) else {
                return false;
            };
            let until = program.span(after).start;
            let is_left_between = program.steps_of(function).into_iter().any(|step| {
                matches!(program.op(step), Op::Return(_))
                    && (from..until).contains(&program.span(step).start)
            });
            program.object_of(on) == Some(channel)
                && program.select_of(after).is_none()
                && is_of_an_end(program, value)
                && !is_left_between
        })
}

/// Whether a value is named for an end: the word that says so, or the call that makes it.
fn is_of_an_end(program: &Program, value: ExprId) -> bool {
    let name = match *program.kind(value) {
        ExprKind::Call(step) => match program.call(step) {
            Some(call) => program.callee_name(call.callee),
            None => return false,
        },
        ExprKind::Composite(ty, ..) => match *program.pointee(ty) {
            Type::Named(named) => program.text(program.named[named.index()].name).to_owned(),
            _ => return false,
        },
        _ => program.show(value),
    };
    name.rsplit(['.', ':', '(']).next().is_some_and(is_end_name)
}
