//! What stands beside an offer and tells the same: a line of the log, or the state that others
//! can look up.

use crate::model::{Api, Discipline, ExprId, ExprKind, Op, Program, StepId, VariableId};

/// How many steps before the offer a line of the log may stand, and how many behind it the state
/// may be told.
const BEFORE: usize = 6;
const BEHIND: usize = 3;

/// Whether what is offered is told otherwise in the same breath: an observer misses a notice of
/// what the log or a watched state says too.
pub(super) fn is_told(program: &Program, place: StepId, value: ExprId) -> bool {
    is_notice(program, value) && (is_logged(program, place, value) || is_state(program, place))
}

/// Whether a value is made on the spot, to say what has happened.
fn is_notice(program: &Program, value: ExprId) -> bool {
    !matches!(
        program.kind(value),
        ExprKind::Variable(_) | ExprKind::Field(..) | ExprKind::Index(..)
    )
}

fn variables_of(program: &Program, value: ExprId) -> Vec<VariableId> {
    program
        .parts_of(value)
        .into_iter()
        .filter_map(|part| match *program.kind(part) {
            ExprKind::Variable(variable) => Some(variable),
            _ => None,
        })
        .collect()
}

/// Whether a line of the log right before holds everything that the value is made of.
fn is_logged(program: &Program, place: StepId, value: ExprId) -> bool {
    let (block, index) = (
        program.step(place).block,
        program.step(place).index as usize,
    );
    let wanted = variables_of(program, value);
    program.block(block).steps[..index]
        .iter()
        .rev()
        .take(BEFORE)
        .any(|&step| match program.op(step) {
            Op::Call(call) if call.api == Api::Log => {
                let said: Vec<VariableId> = program
                    .list(call.args)
                    .iter()
                    .flat_map(|&argument| variables_of(program, argument))
                    .collect();
                wanted.iter().all(|variable| said.contains(variable))
            }
            _ => false,
        })
}

/// Whether right behind it a state is told that everybody can look up.
fn is_state(program: &Program, place: StepId) -> bool {
    let (block, index) = (
        program.step(place).block,
        program.step(place).index as usize,
    );
    program.block(block).steps[index + 1..]
        .iter()
        .take(BEHIND)
        .any(|&step| {
            matches!(program.op(step), Op::Send { .. })
                && program
                    .channel_of(step)
                    .is_some_and(|channel| program.discipline(channel) == Discipline::Latest)
        })
}
