//! What makes a retry gentle although it lacks something: a pace that is set from outside, a stop
//! that ends it between slow tries, a caller that ends it whenever it wants.

use super::Retry;
use super::bounds::{are_at_least, limit_as_called};
use super::claim::is_deaf;
use super::gentle::are;
use super::known::Known;
use super::pause::Pause;
use super::setting::{hands_by_name, is_inside_a_limit, made_at};
use super::weight::Lack;
use crate::model::channels::ArmKind;
use crate::model::{
    ExprId, ExprKind, FunctionId, FunctionKind, Init, Owner, Program, StepId, VariableKind,
};

/// A try in so many nanoseconds is no load, if one task makes it.
const SLOW: i64 = 5_000_000_000;
/// In so many, if it only keeps something up until it is told to stop.
const LONG: i64 = 1_000_000_000;
/// Calls that wait for the first of several.
const RACES: &[&str] = &["select", "race"];
/// How deep values are followed.
const MAX_DEPTH: u32 = 12;
/// How far callers are followed through blocks of their own.
const MAX_UP: u32 = 3;
/// The most callers that are asked.
const MAX_CALLERS: usize = 8;

impl Retry {
    /// Whether only growth is missing, and the pace does no harm without it.
    pub(super) fn is_calm(&self, program: &Program, lack: &Lack, pauses: &[&Pause]) -> bool {
        let only_growth = lack.others == 1 && !lack.jitter && !lack.ear && !lack.end;
        only_growth
            && (self.is_set_from_outside(program, pauses) || self.stops_between(program, pauses))
    }

    /// Whether both how often and how long it waits are settings: who runs it chose the pace.
    fn is_set_from_outside(&self, program: &Program, pauses: &[&Pause]) -> bool {
        self.turn.exits.has(Known::LIMITED)
            && limit_as_called(program, self.step).is_none()
            && are_set(program, pauses)
    }

    /// Whether something other than the failure can end it after each slow wait, and no request
    /// waits for it: one task that keeps at it.
    fn stops_between(&self, program: &Program, pauses: &[&Pause]) -> bool {
        let stops = match self.ends_well {
            true => {
                pauses.iter().all(|pause| !is_deaf(pause))
                    || is_ended_by_callers(program, self.step)
            }
            false => !self.turn.exits.is_dead(),
        };
        let function = program.function_of(self.step);
        let serves = |&entry: &FunctionId| program.function(entry).handler.is_some();
        stops
            && are_at_least(program, pauses, if self.ends_well { SLOW } else { LONG })
            && !program.entries_of(function).iter().any(serves)
    }
}

/// Whether every wait is for a time that a field or a global holds, not one that is written
/// down where it waits.
pub(super) fn are_set(program: &Program, pauses: &[&Pause]) -> bool {
    are(pauses, &|time| is_set(program, time, MAX_DEPTH))
}

fn is_set(program: &Program, id: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let of = |id: ExprId| is_set(program, id, depth);
    if program.constant_int(id).is_some() {
        return false;
    }
    match *program.kind(id) {
        ExprKind::Field(..) | ExprKind::Member(..) => true,
        ExprKind::Convert(_, inner) | ExprKind::Reference(inner) | ExprKind::Dereference(inner) => {
            of(inner)
        }
        ExprKind::Binary(_, a, b) => of(a) || of(b),
        ExprKind::Call(step) => program.call(step).is_some_and(|call| {
            let arguments = program.list(call.args);
            arguments.iter().any(|&argument| of(argument))
        }),
        ExprKind::Variable(variable) => {
            let known = program.variable(variable);
            match (known.kind, known.init) {
                (VariableKind::Global, _) => true,
                (_, Init::Value(value) | Init::Part(value, _)) => of(value),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether every caller in view runs it beside something else that ends it: in an arm of a
/// select, under a limit of time.
pub(super) fn is_ended_by_callers(program: &Program, looped: StepId) -> bool {
    is_inside_a_limit(program, looped) || is_ended(program, program.function_of(looped), MAX_UP)
}

fn is_ended(program: &Program, function: FunctionId, up: u32) -> bool {
    let Some(up) = up.checked_sub(1) else {
        return false;
    };
    let known = program.function(function);
    let callers = &program.callers[function.index()];
    if matches!(known.kind, FunctionKind::Closure(_))
        && let Some(made) = made_at(program, function)
        && (is_one_of_several(program, made) || hands_by_name(program, made, RACES))
    {
        return true;
    }
    // Who calls it from a block of its own may be ended with that.
    let is_around = |caller: StepId| {
        let around = program.function_of(caller);
        program.is_closure(around) && !program.is_task(around) && is_ended(program, around, up)
    };
    !known.exported
        && !known.is_value
        && !callers.is_empty()
        && callers.len() <= MAX_CALLERS
        && callers
            .iter()
            .all(|&caller| is_one_of_several(program, caller) || is_around(caller))
}

/// Whether a step is what one arm of a select waits for, while another arm can end the wait.
fn is_one_of_several(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(select, owner)| match owner {
        Owner::Guard(_, own) => program
            .arms(select)
            .iter()
            .enumerate()
            .any(|(at, (_, kind))| at != own as usize && *kind == ArmKind::Done),
        _ => false,
    })
}
