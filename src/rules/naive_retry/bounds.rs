//! How many tries there are at most, and how long the waits between them are at least.

use super::pause::Pause;
use super::{counters, defaults};
use crate::model::{
    AssignHow, BinaryOp, ExprId, ExprKind, Init, Loop, LoopKind, Op, Program, StepId, VariableId,
    VariableKind,
};
use rustc_hash::FxHashMap;

/// How deep values are followed.
const MAX_DEPTH: u32 = 12;
/// The most callers of a function whose parameter is a bound.
const MAX_CALLERS: usize = 8;
/// The most steps of a function that only compares.
const MAX_ASKED: usize = 6;

/// What parameters are given at the call at hand.
type Given = FxHashMap<VariableId, ExprId>;

/// What is compared: a count, also as it will be next: `tried.saturating_add(1)`.
fn counter(program: &Program, id: ExprId) -> Option<VariableId> {
    if let ExprKind::Binary(BinaryOp::Add, count, _) = *program.kind(id) {
        return program.variable_of(count);
    }
    match program.call_of(id) {
        Some((_, call)) if program.callee_name(call.callee).ends_with("_add") => {
            program.variable_of(call.receiver.or_else(|| base(program, call.callee))?)
        }
        _ => program.variable_of(id),
    }
}

fn base(program: &Program, callee: ExprId) -> Option<ExprId> {
    match *program.kind(callee) {
        ExprKind::Member(on, _) | ExprKind::Field(on, _) => Some(on),
        _ => None,
    }
}

/// How many tries there are at most, if that is a constant.
pub(super) fn limit(program: &Program, looped: StepId) -> Option<i64> {
    let numbers = Numbers {
        program,
        with_callers: false,
        with_defaults: false,
    };
    numbers.limit(looped)
}

/// The same where the bound may also be a parameter, if every caller in view gives a constant.
pub(super) fn limit_as_called(program: &Program, looped: StepId) -> Option<i64> {
    let numbers = Numbers {
        program,
        with_callers: true,
        with_defaults: false,
    };
    numbers.limit(looped)
}

/// The same where the bound may also be a setting, by what it is unless somebody sets it.
pub(super) fn limit_by_default(program: &Program, looped: StepId) -> Option<i64> {
    let numbers = Numbers {
        program,
        with_callers: true,
        with_defaults: true,
    };
    numbers.limit(looped)
}

/// Reads numbers that bound a loop.
struct Numbers<'p> {
    program: &'p Program,
    with_callers: bool,
    with_defaults: bool,
}

impl Numbers<'_> {
    fn limit(&self, looped: StepId) -> Option<i64> {
        let l = self.program.op_loop(looped)?;
        if let LoopKind::Over(over) = l.kind {
            return self.number(over, MAX_DEPTH);
        }
        let asked_first = l.condition().and_then(|asked| self.compared(l, asked));
        asked_first.or_else(|| self.in_questions(l))
    }

    fn in_questions(&self, l: &Loop) -> Option<i64> {
        let asked = self.program.steps_in(l.body).into_iter();
        asked
            .filter_map(|step| match self.program.op(step) {
                Op::Branch { condition, .. } => self.compared(l, *condition),
                _ => None,
            })
            .max()
    }

    /// What a condition compares the loop's counter with.
    fn compared(&self, l: &Loop, condition: ExprId) -> Option<i64> {
        let program = self.program;
        let parts = program.parts_of(condition).into_iter();
        parts
            .filter_map(|part| match *program.kind(part) {
                ExprKind::Binary(operator, a, b) if operator.is_comparison() => {
                    let counter = counter(program, a)?;
                    let most = self.number(b, MAX_DEPTH)?;
                    counts(program, l, counter).then_some(most)
                }
                ExprKind::Call(question) => self.asked_elsewhere(l, question),
                _ => None,
            })
            .max()
    }

    /// `is_exhausted(count)`: a function that does nothing but compare.
    fn asked_elsewhere(&self, l: &Loop, question: StepId) -> Option<i64> {
        let program = self.program;
        let call = program.call(question)?;
        let target = call.target?;
        let function = program.function(target);
        let steps = program.steps_of(target);
        if steps.len() > MAX_ASKED {
            return None;
        }
        let given = program.list(call.args);
        let is_counted = |parameter: VariableId| {
            let mut parameters = function.parameters.iter();
            let at = parameters.position(|&one| one == parameter);
            let given = at.and_then(|at| given.get(at));
            given
                .and_then(|&given| program.variable_of(given))
                .is_some_and(|variable| counts(program, l, variable))
        };
        let answers = steps.into_iter().filter_map(|step| match program.op(step) {
            Op::Return(values) => program.list(*values).first().copied(),
            _ => None,
        });
        answers
            .flat_map(|answer| program.parts_of(answer))
            .filter_map(|part| match *program.kind(part) {
                ExprKind::Binary(operator, a, b) if operator.is_comparison() => {
                    let most = self.number(b, MAX_DEPTH)?;
                    is_counted(program.variable_of(a)?).then_some(most)
                }
                _ => None,
            })
            .max()
    }

    fn number(&self, id: ExprId, depth: u32) -> Option<i64> {
        let program = self.program;
        let depth = depth.checked_sub(1)?;
        if let Some(known) = program.constant_int(id) {
            return Some(known);
        }
        let of = |&id: &ExprId| self.number(id, depth);
        if self.with_defaults
            && let Some(unset) = defaults::instead(program, id)
        {
            return of(&unset);
        }
        match *program.kind(id) {
            ExprKind::Max(list) => {
                let known: Option<Vec<i64>> = program.list(list).iter().map(of).collect();
                known?.into_iter().max()
            }
            ExprKind::Min(list) => program.list(list).iter().filter_map(of).min(),
            ExprKind::Convert(_, inner) | ExprKind::Dereference(inner) => of(&inner),
            ExprKind::Variable(variable) if !program.is_reassigned(variable) => {
                let known = program.variable(variable);
                match known.init {
                    _ if known.kind == VariableKind::Parameter => {
                        self.given_by_all(variable, depth)
                    }
                    Init::Value(value) => of(&value),
                    _ => None,
                }
            }
            ExprKind::Variable(variable) => self.set_to(variable, depth),
            ExprKind::Field(_, field) if self.with_defaults => defaults::of_field(program, field),
            ExprKind::Call(step) if self.with_defaults => {
                of(&defaults::handed_out(program, program.call(step)?)?)
            }
            _ => None,
        }
    }

    /// The most that a local variable is set to, where each way sets it to a constant:
    /// `let tries = if is_urgent { 5 } else { 1 }`.
    fn set_to(&self, variable: VariableId, depth: u32) -> Option<i64> {
        let program = self.program;
        if program.variable(variable).kind != VariableKind::Local {
            return None;
        }
        let object = program.object_of_variable[variable.index()]?;
        let writes = program.object(object).writes.iter();
        let set = writes.map(|&write| match program.op(write) {
            Op::Assign(assign) if !matches!(assign.how, AssignHow::Update(_)) => program
                .assigned(assign)
                .find(|&(target, _)| program.variable_of(target) == Some(variable))
                .and_then(|(_, value)| self.number(value, depth)),
            _ => None,
        });
        let set: Option<Vec<i64>> = set.collect();
        set?.into_iter().max()
    }

    /// The most that the callers of a function give for its parameter, if all are in view and
    /// each gives a constant.
    fn given_by_all(&self, parameter: VariableId, depth: u32) -> Option<i64> {
        let program = self.program;
        let function = program.variable(parameter).function?;
        let known = program.function(function);
        let at = program.parameter_at(parameter)?;
        let callers = &program.callers[function.index()];
        let is_seen = self.with_callers && !known.exported && !known.is_value;
        if !is_seen || callers.is_empty() || callers.len() > MAX_CALLERS {
            return None;
        }
        let given = callers.iter().map(|&caller| {
            let call = program.call(caller)?;
            self.number(*program.list(call.args).get(at)?, depth)
        });
        let given: Option<Vec<i64>> = given.collect();
        given?.into_iter().max()
    }
}

/// Whether a variable changes by steps from turn to turn.
pub(super) fn counts(program: &Program, l: &Loop, variable: VariableId) -> bool {
    if counters(program, l).contains(&variable) {
        return true;
    }
    // `let next = count + 1; …; count = next`
    program
        .steps_in(l.body)
        .into_iter()
        .any(|step| match program.op(step) {
            Op::Assign(assign) => program.assigned(assign).any(|(target, value)| {
                program.variable_of(target) == Some(variable)
                    && is_one_more(program, value, variable)
            }),
            _ => false,
        })
}

fn is_one_more(program: &Program, value: ExprId, than: VariableId) -> bool {
    match *program.kind(value) {
        ExprKind::Binary(BinaryOp::Add | BinaryOp::Subtract, a, _) => {
            program.variable_of(a) == Some(than)
        }
        ExprKind::Call(_) => counter(program, value) == Some(than),
        ExprKind::Variable(next) if next != than => match program.variable(next).init {
            Init::Value(value) => match *program.kind(value) {
                ExprKind::Binary(BinaryOp::Add | BinaryOp::Subtract, a, _) => {
                    program.variable_of(a) == Some(than)
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// Whether every wait is known to hold this.
pub(super) fn every_time(
    program: &Program,
    pauses: &[&Pause],
    holds: &dyn Fn(i64) -> bool,
) -> bool {
    let is_so = |pause: &&Pause| match pause {
        Pause::Timed { times, .. } => {
            let mut known = times.iter().map(|&time| program.constant_int(time));
            !times.is_empty() && known.all(|time| time.is_some_and(holds))
        }
        Pause::Helper { inner, .. } => {
            every_time(program, &inner.iter().collect::<Vec<_>>(), holds)
        }
        _ => false,
    };
    !pauses.is_empty() && pauses.iter().all(is_so)
}

/// Whether no wait is shorter than this, growing ones at their first included.
pub(super) fn are_at_least(program: &Program, pauses: &[&Pause], least: i64) -> bool {
    !pauses.is_empty()
        && pauses
            .iter()
            .all(|pause| is_at_least(program, pause, &Given::default(), least))
}

fn is_at_least(program: &Program, pause: &Pause, given: &Given, least: i64) -> bool {
    match pause {
        Pause::Timed { times, .. } => {
            let mut known = times
                .iter()
                .map(|&time| shortest(program, time, given, MAX_DEPTH));
            !times.is_empty() && known.all(|time| time.is_some_and(|time| time >= least))
        }
        Pause::Helper { at, inner } => {
            let Some(call) = program.call(*at) else {
                return false;
            };
            let parameters = call
                .target
                .map(|target| &program.function(target).parameters);
            let values = program.list(call.args).iter().copied();
            let given: Given = parameters
                .into_iter()
                .flatten()
                .copied()
                .zip(values)
                .collect();
            !inner.is_empty()
                && inner
                    .iter()
                    .all(|pause| is_at_least(program, pause, &given, least))
        }
        _ => false,
    }
}

/// How long a wait is at first, where it only grows.
fn shortest(program: &Program, id: ExprId, given: &Given, depth: u32) -> Option<i64> {
    let depth = depth.checked_sub(1)?;
    if let Some(known) = program.constant_int(id) {
        return Some(known);
    }
    let of = |id: ExprId| shortest(program, id, given, depth);
    match *program.kind(id) {
        ExprKind::Convert(_, inner) | ExprKind::Reference(inner) | ExprKind::Dereference(inner) => {
            of(inner)
        }
        ExprKind::Binary(BinaryOp::Multiply, a, b) => of(a)?.checked_mul(of(b)?),
        ExprKind::Binary(BinaryOp::Add, a, b) => of(a)?.checked_add(of(b)?),
        // Whatever it is shifted by, it is no less than before.
        ExprKind::Binary(BinaryOp::ShiftLeft, a, _) => of(a),
        ExprKind::Max(list) => program.list(list).iter().filter_map(|&part| of(part)).max(),
        ExprKind::Min(list) => {
            let known: Option<Vec<i64>> = program.list(list).iter().map(|&part| of(part)).collect();
            known?.into_iter().min()
        }
        ExprKind::Variable(variable) => match given.get(&variable) {
            Some(&value) => shortest(program, value, &Given::default(), depth),
            None => first_value(program, variable, depth),
        },
        _ => None,
    }
}

/// What a variable is at first, if every later value is made of an earlier one.
fn first_value(program: &Program, variable: VariableId, depth: u32) -> Option<i64> {
    let Init::Value(first) = program.variable(variable).init else {
        return None;
    };
    let object = program.object_of_variable[variable.index()];
    let writes = object.map_or(&[][..], |object| &program.object(object).writes);
    let grows = writes.iter().all(|&write| match program.op(write) {
        Op::Assign(assign) => {
            assign.how == AssignHow::Define
                || matches!(
                    assign.how,
                    AssignHow::Update(BinaryOp::Multiply | BinaryOp::Add)
                )
                || program
                    .list(assign.values)
                    .iter()
                    .any(|&value| super::turn::variables(program, value).contains(&variable))
        }
        _ => false,
    });
    grows
        .then(|| shortest(program, first, &Given::default(), depth))
        .flatten()
}
