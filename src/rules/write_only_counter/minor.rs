//! Counters that nobody misses: what they count is told by something beside them, and what holds
//! them is made for one use or stands in for something else.

use super::{Counter, Hidden, Touch, is_local, touch};
use crate::model::{
    AssignHow, BinaryOp, ExprId, ExprKind, Library, NamedId, Op, Owner, Program, StepId,
    VariableId, VariableKind,
};

/// Words for what stands in for the real thing: where a type's name begins or ends with one.
const DOUBLES: &[&str] = &["Mock", "Fake", "Stub", "Dummy"];

/// Whether a counter is a left-over at most.
pub(super) fn is_left_over(program: &Program, counter: &Counter, hidden: &Hidden) -> bool {
    let variable = counter.variable;
    let mut ups = counter.ups.iter();
    match program.variable(variable).kind {
        VariableKind::Field(owner) => {
            is_double(program, owner)
                || is_of_builder(program, owner, variable)
                || is_passing(program, owner)
                    && ups.all(|&up| is_summed_beside(program, hidden, variable, up))
        }
        _ => is_local(program, variable) && ups.all(|&up| is_handed_back(program, variable, up)),
    }
}

/// Whether a type stands in for another one in tests or in a simulation.
fn is_double(program: &Program, owner: NamedId) -> bool {
    let name = program.text(program.named[owner.index()].name);
    DOUBLES.iter().any(|&word| {
        let begins = strip_any_case(name, word)
            .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()));
        begins || name.ends_with(word)
    })
}

/// A name without the word that it begins with, in lower case or not.
fn strip_any_case<'n>(name: &'n str, word: &str) -> Option<&'n str> {
    let (head, rest) = name.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

/// Whether a plain number lies in what makes one thing and is gone when that is made.
fn is_of_builder(program: &Program, owner: NamedId, counter: VariableId) -> bool {
    let is_atomic = program.library(program.variable(counter).ty) == Some(Library::AtomicInteger);
    let name = program.text(program.named[owner.index()].name);
    !is_atomic && name.ends_with("Builder")
}

/// Whether values of a type are only put together while one function works: nothing keeps them,
/// and nothing can be asked of them.
fn is_passing(program: &Program, owner: NamedId) -> bool {
    let named = &program.named[owner.index()];
    named.methods.is_empty()
        && !program.is_held_by_package(owner)
        && !program.is_held_by_field(owner)
}

/// Whether the same event is added to another number of the same value right beside, and that
/// one is read.
fn is_summed_beside(program: &Program, hidden: &Hidden, counter: VariableId, up: StepId) -> bool {
    let Some((base, _)) = added_to(program, up) else {
        return false;
    };
    let (block, index) = (program.step(up).block, program.step(up).index as usize);
    let steps = &program.block(block).steps;
    let before = index.checked_sub(1).and_then(|at| steps.get(at));
    before
        .into_iter()
        .chain(steps.get(index + 1))
        .filter_map(|&near| added_to(program, near))
        .any(|(of, field)| of == base && field != counter && is_read(program, hidden, field))
}

/// The variable whose field a step adds to, and the field.
fn added_to(program: &Program, step: StepId) -> Option<(VariableId, VariableId)> {
    let Op::Assign(assign) = program.op(step) else {
        return None;
    };
    if assign.how != AssignHow::Update(BinaryOp::Add) {
        return None;
    }
    let &target = program.list(assign.targets).first()?;
    match *program.kind(target) {
        ExprKind::Field(base, field) => Some((program.variable_of(base)?, field)),
        _ => None,
    }
}

fn is_read(program: &Program, hidden: &Hidden, variable: VariableId) -> bool {
    let mut places = program.occurrences(variable).iter();
    places.any(|&place| touch(program, place, variable) == Touch::Read)
        || hidden.may_read(program, variable)
}

/// Whether the value of which is asked before a local number goes up is what the function returns
/// on the same turn: whoever called it can count.
fn is_handed_back(program: &Program, counter: VariableId, up: StepId) -> bool {
    let Some((choice, asked)) = asked_before(program, up) else {
        return false;
    };
    let mut known: Vec<VariableId> = program
        .parts_of(asked)
        .into_iter()
        .filter_map(|part| program.variable_of(part))
        .filter(|&variable| variable != counter)
        .collect();
    known.extend(yielded_with(program, choice, &known));
    let turn = program.enclosing_loop(up);
    program
        .after(up)
        .into_iter()
        .filter(|&step| program.enclosing_loop(step) == turn)
        .any(|step| match *program.op(step) {
            Op::Return(values) => program
                .list(values)
                .iter()
                .filter_map(|&value| program.variable_of(value))
                .any(|variable| is_local(program, variable) && known.contains(&variable)),
            _ => false,
        })
}

/// What the call right before a choice yields along with what is asked: the value beside its error.
fn yielded_with(program: &Program, choice: StepId, asked: &[VariableId]) -> Vec<VariableId> {
    let (block, index) = (
        program.step(choice).block,
        program.step(choice).index as usize,
    );
    let before = index
        .checked_sub(1)
        .map(|at| program.block(block).steps[at]);
    let Some(Op::Assign(assign)) = before.map(|before| program.op(before)) else {
        return Vec::new();
    };
    let given: Vec<VariableId> = program
        .list(assign.targets)
        .iter()
        .filter_map(|&target| program.variable_of(target))
        .collect();
    match given.iter().any(|variable| asked.contains(variable)) {
        true => given,
        false => Vec::new(),
    }
}

/// The branch or the choice in which a step stands, and what it asks.
fn asked_before(program: &Program, step: StepId) -> Option<(StepId, ExprId)> {
    let owner = program.block(program.step(step).block).owner;
    let choice = owner.step()?;
    let asked = match (owner, program.op(choice)) {
        (Owner::Then(_) | Owner::Else(_), &Op::Branch { condition, .. }) => Some(condition),
        (Owner::Case(..), &Op::Switch { subject, .. }) => subject,
        _ => None,
    };
    Some((choice, asked?))
}
