//! Sends that have room because a place was taken before, out of as many as the channel holds.

use crate::model::channels::Capacity;
use crate::model::{ObjectId, Op, Program, StepId};

/// Whether who sends holds a ticket that is given back only when an item has left the channel, and
/// there are no more tickets than room.
pub(super) fn has_place(program: &Program, channel: ObjectId, send: StepId) -> bool {
    let room = program.capacity(channel);
    // Each other sender needs a ticket as well.
    let mut sends = program.object(channel).sends.iter();
    program.object(channel).sends.contains(&send)
        && sends.all(|&each| {
            program
                .before(each, program.function_of(each))
                .into_iter()
                .any(|taken| is_ticket(program, channel, (each, room), taken))
        })
}

fn is_ticket(
    program: &Program,
    channel: ObjectId,
    (send, room): (StepId, Capacity),
    taken: StepId,
) -> bool {
    let Op::Send { channel: of, .. } = *program.op(taken) else {
        return false;
    };
    let Some(tickets) = program.object_of(of).filter(|&of| of != channel) else {
        return false;
    };
    let is_no_more = match (program.capacity(tickets), room) {
        (Capacity::Known(places), Capacity::Known(room)) => places > 0 && places <= room,
        (Capacity::Computed(places), Capacity::Computed(room)) => {
            let of = program.variable_or_field(places);
            of.is_some() && of == program.variable_or_field(room)
        }
        _ => false,
    };
    let has_taken = match program.select_of(taken) {
        None => program.dominates(taken, send),
        Some((select, arm)) => {
            let arms = program.arms(select);
            program.dominates(select, send)
                && arms.iter().enumerate().all(|(at, (other, _))| {
                    at == arm as usize || program.block_diverges(other.body)
                })
        }
    };
    has_taken
        && is_no_more
        && program.carries_nothing(tickets)
        && are_given_back_late(program, channel, tickets)
}

/// Whether each ticket that is given back follows an item that has left the channel.
fn are_given_back_late(program: &Program, channel: ObjectId, tickets: ObjectId) -> bool {
    let items: Vec<StepId> = program.object(channel).takes().collect();
    let back = &program.object(tickets).receives;
    let follows = |&given: &StepId| {
        items.iter().any(|&item| {
            program.function_of(item) == program.function_of(given)
                && program.is_before(item, given)
        })
    };
    !back.is_empty() && back.iter().all(follows)
}
