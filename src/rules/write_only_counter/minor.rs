//! Counters that nobody misses: what they count is told by something beside them, and what holds
//! them is made for one use or stands in for something else.

use super::{Counter, Hidden, Touch, is_local, names_position, touch};
use crate::model::{
    Api, AssignHow, BinaryOp, ExprId, ExprKind, Library, NamedId, Op, Owner, Parent, Program,
    StepId, Type, VariableId, VariableKind,
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
                || is_beside_a_cursor(program, counter)
                || ups
                    .clone()
                    .all(|&up| is_told_elsewhere(program, hidden, variable, up))
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

/// Whether a plain number goes up by a constant and back to one, each time right where a position
/// of the same value moves on: it is a part of where that stands, and no count of events.
fn is_beside_a_cursor(program: &Program, counter: &Counter) -> bool {
    let is_plain = matches!(
        program.underlying(program.variable(counter.variable).ty),
        Type::Integer(_)
    );
    let mut resets = program
        .occurrences(counter.variable)
        .iter()
        .filter_map(|&place| match program.parent_of(place) {
            Parent::Step(step) => is_reset(program, step, place).then_some(step),
            _ => None,
        })
        .peekable();
    is_plain
        && resets.peek().is_some()
        && resets.all(|reset| moves_cursor(program, counter.variable, reset))
        && counter
            .ups
            .iter()
            .all(|&up| moves_cursor(program, counter.variable, up))
}

/// Whether a step sets a place to a constant.
fn is_reset(program: &Program, step: StepId, place: ExprId) -> bool {
    match program.op(step) {
        Op::Assign(assign) if assign.how == AssignHow::Set => program
            .assigned(assign)
            .any(|(target, value)| target == place && program.constant(value).is_some()),
        _ => false,
    }
}

/// Whether the block of a step moves a position that lies in the same value: to what is no
/// constant, as one does who sets all back.
fn moves_cursor(program: &Program, counter: VariableId, step: StepId) -> bool {
    let owner = program.variable(counter).kind;
    let steps = &program.block(program.step(step).block).steps;
    steps.iter().any(|&beside| match program.op(beside) {
        Op::Assign(assign) => program.assigned(assign).any(|(target, value)| {
            let moved = match *program.kind(target) {
                ExprKind::Field(_, field) => field,
                _ => return false,
            };
            let steps_on = matches!(assign.how, AssignHow::Update(_));
            moved != counter
                && program.variable(moved).kind == owner
                && is_cursor(program.text(program.variable(moved).name))
                && (steps_on || program.constant(value).is_none())
        }),
        _ => false,
    })
}

/// Whether a number beside a counter says where something stands: by its name, or by the first
/// word of it, as the offset in something does.
fn is_cursor(name: &str) -> bool {
    names_position(name) || name.split('_').next().is_some_and(names_position)
}

/// Whether the very amounts that are added are added to another number too, in the same function,
/// and that one is read.
fn is_told_elsewhere(program: &Program, hidden: &Hidden, counter: VariableId, up: StepId) -> bool {
    let Some(amount) = amount_of(program, up) else {
        return false;
    };
    let is_own = matches!(
        program.variable(amount).kind,
        VariableKind::Local | VariableKind::Parameter
    );
    is_own
        && program
            .occurrences(amount)
            .iter()
            .filter_map(|&place| match program.parent_of(place) {
                Parent::Step(step) => Some(step),
                _ => None,
            })
            .filter(|&other| other != up && amount_of(program, other) == Some(amount))
            .flat_map(|other| grown_by(program, other))
            .any(|field| field != counter && is_read(program, hidden, field))
}

/// The variable that a step adds to a number.
fn amount_of(program: &Program, step: StepId) -> Option<VariableId> {
    let value = match program.op(step) {
        Op::Assign(assign) if assign.how == AssignHow::Update(BinaryOp::Add) => {
            *program.list(assign.values).first()?
        }
        Op::Call(call) if call.api == Api::AtomicAdd => *program.list(call.args).last()?,
        _ => return None,
    };
    match *program.kind(value) {
        ExprKind::Variable(variable) => Some(variable),
        _ => None,
    }
}

/// The field that a step adds to; where the type of what it lies in is not in view, those that
/// have its name.
fn grown_by(program: &Program, step: StepId) -> Vec<VariableId> {
    let target = match program.op(step) {
        Op::Assign(assign) => program.list(assign.targets).first().copied(),
        Op::Call(call) => call.receiver,
        _ => None,
    };
    let Some(target) = target else {
        return Vec::new();
    };
    let is_field =
        |&variable: &VariableId| matches!(program.variable(variable).kind, VariableKind::Field(_));
    match *program.kind(target) {
        ExprKind::Member(_, name) => (0..program.variables.len() as u32)
            .map(VariableId)
            .filter(|&variable| program.variable(variable).name == name)
            .filter(is_field)
            .collect(),
        _ => program
            .variable_or_field(target)
            .into_iter()
            .filter(is_field)
            .collect(),
    }
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
