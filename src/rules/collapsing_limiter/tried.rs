//! What the changes of a limit come to, tried with numbers: where cuts bring it to rest, and whether
//! it grows from there. In whole numbers a tenth of eight is nothing.

use super::care::{Care, Raise, compares, is_bound_above};
use super::cuts::Cut;
use super::values::Of;
use crate::model::{
    AssignHow, BinaryOp, Constant, ExprId, ExprKind, FunctionId, Init, Op, Owner, Parent, Program,
    StepId, Type, UnaryOp, VariableId,
};

/// How deep a value is followed.
const MAX_DEPTH: u32 = 24;
/// How many cuts in a row are tried.
const MAX_CUTS: u32 = 4096;
/// How many limits above where cuts end are tried.
const MOST_BELOW: i64 = 1024;
/// Where trying begins: above what anybody lets in at once.
const START: i64 = 1 << 20;

/// What is known while a value is worked out.
#[derive(Clone, Copy)]
struct Trial<'a> {
    program: &'a Program,
    of: Of,
    limit: Constant,
    /// The one of several values of a local that is tried.
    chosen: Option<(VariableId, ExprId)>,
    /// The numbers of the parameters of the function that is looked at.
    given: &'a [(VariableId, Constant)],
    depth: u32,
}

/// The limit at which cuts end by themselves, or by the floors that are held against them. None
/// where it goes to nothing or cannot be worked out.
pub(super) fn rest(program: &Program, cut: &Cut, care: &Care) -> Option<i64> {
    let of = cut.of();
    let variables = &program.object(cut.limit).variables;
    let is_parted =
        |&one: &VariableId| matches!(program.underlying(program.variable(one).ty), Type::Float);
    if variables.iter().any(is_parted) {
        return None;
    }
    let mut limit = START;
    for _ in 0..MAX_CUTS {
        let trial = Trial {
            chosen: cut.chosen,
            ..Trial::new(program, of, Constant::Int(limit))
        };
        if !trial.is_taken(cut.decided)? {
            break;
        }
        let less = match cut.value {
            (AssignHow::Update(operator), by) => {
                operate(operator, trial.limit, trial.value(by)?)?.as_i64()?
            }
            (_, value) => trial.value(value)?.as_i64()?,
        };
        let kept = Trial::new(program, of, Constant::Int(less)).kept_up(cut, care)?;
        if kept == limit {
            break;
        }
        limit = kept;
    }
    (1..START).contains(&limit).then_some(limit)
}

/// Whether a raise leaves a limit as it is. What cannot be worked out raises it.
fn adds_nothing(program: &Program, cut: &Cut, raise: &Raise, limit: i64) -> bool {
    let of = Of {
        parameter: raise.parameter.or(cut.parameter),
        ..cut.of()
    };
    let trial = Trial {
        chosen: raise.chosen,
        ..Trial::new(program, of, Constant::Int(limit))
    };
    let Some((how, value)) = raise.value else {
        return false;
    };
    let after = trial.value(value).and_then(|by| match how {
        AssignHow::Update(operator) => operate(operator, trial.limit, by),
        _ => Some(by),
    });
    let after = after.map(|after| match after {
        Constant::Float(after) => Some(after.trunc() as i64),
        other => other.as_i64(),
    });
    matches!(after, Some(Some(after)) if after <= limit)
}

/// The smallest limit at which it grows again, where that is more than cuts leave of it; the most
/// that is tried where there is none.
pub(super) fn grows_from(program: &Program, cut: &Cut, raises: &[Raise], rest: i64) -> Option<i64> {
    let adds_nothing = |limit: &i64| {
        raises
            .iter()
            .all(|raise| adds_nothing(program, cut, raise, *limit))
    };
    if raises.is_empty() || !adds_nothing(&rest) {
        return None;
    }
    Some(
        (rest..rest + MOST_BELOW)
            .find(|limit| !adds_nothing(limit))
            .unwrap_or(START),
    )
}

/// Whether what is taken from a limit is a share of it, however it is rounded.
pub(super) fn is_share(program: &Program, of: Of, value: ExprId) -> bool {
    let share = |limit: i64| {
        let trial = Trial::new(program, of, Constant::Int(limit));
        Some(trial.value(value)?.as_f64()? / limit as f64)
    };
    matches!((share(START), share(4 * START)), (Some(one), Some(four))
        if one > 0.01 && one < 1.0 && (one - four).abs() < 0.01)
}

/// Whether a value is more than nothing where the limit is nothing.
pub(super) fn has_floor(program: &Program, of: Of, value: ExprId) -> bool {
    let least = Trial::new(program, of, Constant::Int(0)).value(value);
    least
        .and_then(Constant::as_f64)
        .is_some_and(|least| least > 0.0)
}

impl<'a> Trial<'a> {
    fn new(program: &'a Program, of: Of, limit: Constant) -> Trial<'a> {
        Trial {
            program,
            of,
            limit,
            chosen: None,
            given: &[],
            depth: MAX_DEPTH,
        }
    }

    /// Whether the conditions around a step that ask for the limit let it be reached.
    fn is_taken(self, step: StepId) -> Option<bool> {
        for (around, owner) in self.program.ancestors(step) {
            let (condition, wanted) = match (owner, self.program.op(around)) {
                (Owner::Then(_), &Op::Branch { condition, .. }) => (condition, true),
                (Owner::Else(_), &Op::Branch { condition, .. }) => (condition, false),
                (
                    Owner::Case(_, at),
                    Op::Switch {
                        subject: None,
                        cases,
                    },
                ) => match *self.program.list(cases[at as usize].values) {
                    [condition] => (condition, true),
                    _ => continue,
                },
                _ => continue,
            };
            if !self.may_be(condition, wanted)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Whether a condition may hold, or not, at this limit, whatever else it asks for.
    fn may_be(self, condition: ExprId, wanted: bool) -> Option<bool> {
        let program = self.program;
        if let ExprKind::Unary(UnaryOp::Not, inner) = *program.kind(condition) {
            return self.may_be(inner, !wanted);
        }
        if let ExprKind::Binary(operator @ (BinaryOp::And | BinaryOp::Or), left, right) =
            *program.kind(condition)
        {
            let (left, right) = (self.may_be(left, wanted)?, self.may_be(right, wanted)?);
            return Some(match (operator == BinaryOp::And) == wanted {
                true => left && right,
                false => left || right,
            });
        }
        let mut parts = program.parts_of(condition).into_iter();
        if !parts.any(|part| self.of.is_it(program, part)) {
            return Some(true);
        }
        Some(self.value(condition)? == Constant::Bool(wanted))
    }

    /// The limit once the floors beside a cut have brought it up.
    fn kept_up(self, cut: &Cut, care: &Care) -> Option<i64> {
        let beside = care.floors.get(&cut.limit).filter(|&&at| at != cut.step);
        let limit = self.limit.as_i64()?;
        let Some(&step) = beside else {
            return Some(limit);
        };
        let Op::Assign(assign) = self.program.op(step) else {
            return None;
        };
        let is_set = assign.how == AssignHow::Set;
        let (_, value) = self.program.assigned(assign).next().filter(|_| is_set)?;
        Some(limit.max(self.value(value)?.as_i64()?))
    }

    fn value(self, id: ExprId) -> Option<Constant> {
        let depth = self.depth.checked_sub(1)?;
        let trial = Trial { depth, ..self };
        let program = self.program;
        if let Some(known) = program.constant(id) {
            return Some(known);
        }
        match *program.kind(id) {
            ExprKind::Convert(ty, inner) if !matches!(program.kind(inner), ExprKind::Name(_)) => {
                trial
                    .value(inner)
                    .map(|value| converted(program, ty, value))
            }
            ExprKind::Unary(operator, inner) => match (operator, trial.value(inner)?) {
                (UnaryOp::Negate, Constant::Int(value)) => Some(Constant::Int(-value)),
                (UnaryOp::Negate, Constant::Float(value)) => Some(Constant::Float(-value)),
                (UnaryOp::Not, Constant::Bool(value)) => Some(Constant::Bool(!value)),
                _ => None,
            },
            ExprKind::Binary(operator, left, right) => {
                operate(operator, trial.value(left)?, trial.value(right)?)
            }
            ExprKind::Min(list) => trial.extreme(list, |a, b| a < b),
            ExprKind::Max(list) => trial.extreme(list, |a, b| a > b),
            _ if self.of.is_it(program, id) => Some(self.limit),
            ExprKind::Variable(variable) => trial.variable(variable),
            ExprKind::Dereference(inner) => trial.value(inner),
            ExprKind::Call(step) => trial.call(id, step),
            _ => None,
        }
    }

    fn extreme(
        self,
        list: crate::model::ExprList,
        better: fn(f64, f64) -> bool,
    ) -> Option<Constant> {
        let mut best: Option<Constant> = None;
        for &part in self.program.list(list) {
            let value = self.value(part)?;
            let replaces = match best {
                Some(known) => better(value.as_f64()?, known.as_f64()?),
                None => true,
            };
            best = if replaces { Some(value) } else { best };
        }
        best
    }

    /// A parameter as it was given, or a local as it was made and brought up to its floors. What
    /// bounds a local from above says nothing of small limits.
    fn variable(self, variable: VariableId) -> Option<Constant> {
        let program = self.program;
        if let Some(&(_, value)) = self.given.iter().find(|&&(one, _)| one == variable) {
            return Some(value);
        }
        program.variable(variable).function?;
        let chosen = self.chosen.filter(|&(one, _)| one == variable);
        let made = match (chosen, program.variable(variable).init) {
            (Some((_, value)), _) => value,
            (None, Init::Value(made)) => made,
            _ => return None,
        };
        let mut value = self.value(made)?;
        let is_it = |part: ExprId| *program.kind(part) == ExprKind::Variable(variable);
        for &place in program.occurrences(variable) {
            let Parent::Step(step) = program.parent_of(place) else {
                continue;
            };
            let Op::Assign(assign) = program.op(step) else {
                continue;
            };
            let Some((_, set)) = program.assigned(assign).find(|&(on, _)| on == place) else {
                continue;
            };
            if assign.how == AssignHow::Define
                || set == made
                || is_bound_above(program, step, assign, is_it)
            {
                continue;
            }
            if assign.how == AssignHow::Set && compares(program, step, true, is_it) {
                let floor = self.value(set)?;
                if floor.as_f64()? > value.as_f64()? {
                    value = floor;
                }
            } else if chosen.is_none() || assign.how != AssignHow::Set {
                return None;
            }
        }
        Some(value)
    }

    /// What a call gives: a number rounded, or what a function of the unit makes of its numbers.
    fn call(self, id: ExprId, step: StepId) -> Option<Constant> {
        let program = self.program;
        let call = program.call(step)?;
        let arguments = program.list(call.args);
        if let Some(function) = call.target {
            let parameters = &program.function(function).parameters;
            if parameters.len() != arguments.len() {
                return None;
            }
            let mut given = Vec::new();
            for (&parameter, &argument) in parameters.iter().zip(arguments) {
                // What is no number may stay unknown.
                if let Some(value) = self.value(argument) {
                    given.push((parameter, value));
                }
            }
            return Trial {
                given: &given,
                ..self
            }
            .function(function);
        }
        let of = match (call.receiver, arguments) {
            (Some(on), []) => on,
            (_, &[only]) => only,
            (None, []) => match *program.kind(call.callee) {
                ExprKind::Member(on, _) => on,
                _ => return None,
            },
            _ => return None,
        };
        let value = self.value(of)?;
        let number = value.as_f64()?;
        let value = match program
            .callee_name(call.callee)
            .to_ascii_lowercase()
            .as_str()
        {
            "floor" | "trunc" => Constant::Float(number.floor()),
            "round" => Constant::Float(number.round()),
            "ceil" => Constant::Float(number.ceil()),
            "from" | "into" => value,
            _ => return None,
        };
        Some(converted(program, program.expr(id).ty, value))
    }

    /// What a function returns first for what it is given.
    fn function(self, function: FunctionId) -> Option<Constant> {
        let program = self.program;
        for step in program.steps_of(function) {
            let Op::Return(values) = *program.op(step) else {
                continue;
            };
            let &[value] = program.list(values) else {
                return None;
            };
            if self.is_way(step)? {
                return self.value(value);
            }
        }
        None
    }

    /// Whether a function comes by a step.
    fn is_way(self, step: StepId) -> Option<bool> {
        let program = self.program;
        for (around, owner) in program.ancestors(step) {
            let holds = |condition: ExprId| match self.value(condition)? {
                Constant::Bool(holds) => Some(holds),
                _ => None,
            };
            match (owner, program.op(around)) {
                (Owner::Then(_), &Op::Branch { condition, .. }) if !holds(condition)? => {
                    return Some(false);
                }
                (Owner::Else(_), &Op::Branch { condition, .. }) if holds(condition)? => {
                    return Some(false);
                }
                (Owner::Then(_) | Owner::Else(_) | Owner::Function(_) | Owner::Scope(_), _) => {}
                (
                    Owner::Case(_, at),
                    Op::Switch {
                        subject: None,
                        cases,
                    },
                ) => {
                    for (i, case) in cases.iter().enumerate().take(at as usize + 1) {
                        let values = program.list(case.values);
                        let mut any = values.is_empty() && i == at as usize;
                        for &value in values {
                            any |= holds(value)?;
                        }
                        if any != (i == at as usize) {
                            return Some(false);
                        }
                    }
                }
                _ => return None,
            }
        }
        Some(true)
    }
}

fn converted(program: &Program, ty: crate::model::TypeId, value: Constant) -> Constant {
    match (program.underlying(ty), value) {
        (Type::Integer(_), Constant::Float(value)) => Constant::Int(value as i64),
        (Type::Float, Constant::Int(value)) => Constant::Float(value as f64),
        _ => value,
    }
}

fn operate(operator: BinaryOp, left: Constant, right: Constant) -> Option<Constant> {
    use BinaryOp::*;
    if let (Constant::Bool(a), Constant::Bool(b)) = (left, right) {
        return match operator {
            And => Some(Constant::Bool(a && b)),
            Or => Some(Constant::Bool(a || b)),
            _ => None,
        };
    }
    let (a, b) = (left.as_f64()?, right.as_f64()?);
    let compared = match operator {
        Less => Some(a < b),
        LessEqual => Some(a <= b),
        Greater => Some(a > b),
        GreaterEqual => Some(a >= b),
        Equal => Some(a == b),
        NotEqual => Some(a != b),
        _ => None,
    };
    match compared {
        Some(compared) => Some(Constant::Bool(compared)),
        None => crate::model::constants::combined(operator, left, right),
    }
}
