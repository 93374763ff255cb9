//! What a new value of a limit may be, compared with the limit as it was.

use super::care::{Raise, compares};
use super::cuts::Cut;
use super::{handed, tried};
use crate::model::{
    Api, AssignHow, BinaryOp, ExprId, ExprKind, Init, ObjectId, Op, Parent, Program, StepId, Type,
    VariableId,
};
use crate::source::Span;

/// How far a new value is followed through what it is made of.
const MAX_DEPTH: u32 = 6;

/// What a new value may be, compared with the limit as it was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// A part of it.
    Part,
    /// It itself.
    Same,
    /// A bound that it is brought back to.
    Bound,
    /// Anything else, such as more.
    Other,
}

/// One of the values that are put into a limit.
struct Way {
    step: StepId,
    chosen: Option<(VariableId, ExprId)>,
    what: What,
    at: Span,
    has_floor: bool,
    through: Option<VariableId>,
}

/// What stands for a limit.
#[derive(Clone, Copy)]
pub(super) struct Of {
    pub(super) limit: ObjectId,
    /// What a closure is given that makes one value of the other.
    pub(super) parameter: Option<VariableId>,
    /// The call whose numbers the parameters stand for.
    pub(super) caller: Option<StepId>,
}

impl Of {
    pub(super) fn limit(limit: ObjectId) -> Of {
        Of {
            limit,
            parameter: None,
            caller: None,
        }
    }

    /// The cut that a step makes which puts this value into the limit.
    pub(super) fn cut(
        self,
        program: &Program,
        step: StepId,
        value: ExprId,
        by_value: bool,
    ) -> Option<Cut> {
        let cut = self.cut_among(program, step, &[(step, value)])?;
        // A store is pointed at as a whole; a local where it is made.
        Some(match cut.through {
            None if by_value => Cut {
                at: program.span(step),
                ..cut
            },
            _ => cut,
        })
    }

    pub(super) fn cut_among(
        self,
        program: &Program,
        step: StepId,
        values: &[(StepId, ExprId)],
    ) -> Option<Cut> {
        let mut ways = Vec::new();
        let mut roots = Vec::new();
        for &(decided, value) in values {
            self.ways(program, value, decided, MAX_DEPTH, &mut ways);
            roots.resize(ways.len(), value);
        }
        let (part, &root) = ways
            .iter()
            .zip(&roots)
            .find(|(way, _)| way.what == What::Part)?;
        let growths = ways
            .iter()
            .zip(&roots)
            .filter(|(way, _)| way.what == What::Other);
        let growths = growths.map(|(way, &root)| Raise {
            step: way.step,
            value: Some((AssignHow::Set, root)),
            parameter: self.parameter,
            chosen: way.chosen,
        });
        let at = match part.step == step && part.through.is_none() {
            true => program.span(step),
            false => part.at,
        };
        Some(Cut {
            decided: part.step,
            parameter: self.parameter,
            has_floor: part.has_floor,
            through: part.through,
            growths: growths.collect(),
            chosen: part.chosen,
            ..Cut::at(step, at, self.limit, (AssignHow::Set, root))
        })
    }

    /// The values that an expression may have, each compared with the limit.
    fn ways(
        self,
        program: &Program,
        value: ExprId,
        step: StepId,
        depth: u32,
        found: &mut Vec<Way>,
    ) {
        let way = |what: What| Way {
            step,
            what,
            at: program.expr(value).span,
            has_floor: false,
            through: None,
            chosen: None,
        };
        let Some(depth) = depth.checked_sub(1) else {
            return found.push(way(What::Other));
        };
        if let Some(factor) = self.factor(program, value) {
            return found.push(way(match factor {
                factor if factor > 0.0 && factor < 1.0 => What::Part,
                1.0 => What::Same,
                _ => What::Other,
            }));
        }
        let is_binary = matches!(program.kind(value), ExprKind::Binary(..));
        if is_binary && tried::is_share(program, self, value) {
            return found.push(way(What::Part));
        }
        let start = found.len();
        match *program.kind(value) {
            ExprKind::Convert(_, inner) => self.ways(program, inner, step, depth, found),
            ExprKind::Min(list) | ExprKind::Max(list) => {
                for &part in program.list(list) {
                    if program.constant(part).is_none() {
                        self.ways(program, part, step, depth, found);
                    }
                }
                let is_max = matches!(program.kind(value), ExprKind::Max(_));
                between_bounds(found, start, is_max);
            }
            ExprKind::Call(_) => {
                if let Some((given, has_floor)) = clamped(program, value) {
                    self.ways(program, given, step, depth, found);
                    for way in &mut found[start..] {
                        way.has_floor |= has_floor;
                    }
                } else if tried::is_share(program, self, value) {
                    found.push(Way {
                        has_floor: tried::has_floor(program, self, value),
                        ..way(What::Part)
                    });
                } else {
                    self.of_change(program, value, depth, found);
                }
            }
            ExprKind::Variable(local) if program.variable(local).function.is_some() => {
                self.of_local(program, local, step, depth, found);
                for way in &mut found[start..] {
                    way.through = way.through.or(Some(local));
                }
            }
            _ => {}
        }
        if found.len() == start {
            found.push(way(What::Other));
        }
    }

    /// The values that a change yields which is handed in.
    fn of_change(self, program: &Program, value: ExprId, depth: u32, found: &mut Vec<Way>) {
        let handed = handed::change(program, self.caller, value);
        let Some((change, _)) = handed.filter(|&(_, given)| self.is_it(program, given)) else {
            return;
        };
        let of = Of {
            parameter: program.function(change).parameters.first().copied(),
            ..Of::limit(self.limit)
        };
        for (decided, value) in handed::results(program, change) {
            of.ways(program, value, decided, depth, found);
        }
    }

    /// The values that a local is given.
    fn of_local(
        self,
        program: &Program,
        local: VariableId,
        step: StepId,
        depth: u32,
        found: &mut Vec<Way>,
    ) {
        if let Init::Value(init) = program.variable(local).init {
            let defined = program.step_of(init).unwrap_or(step);
            let start = found.len();
            self.ways(program, init, defined, depth, found);
            for way in &mut found[start..] {
                way.chosen = way.chosen.or(Some((local, init)));
            }
        }
        for &place in program.occurrences(local) {
            let Parent::Step(set) = program.parent_of(place) else {
                continue;
            };
            let Op::Assign(assign) = program.op(set) else {
                continue;
            };
            if assign.how != AssignHow::Set || found.len() > 32 {
                continue;
            }
            for (target, value) in program.assigned(assign) {
                if target != place {
                    continue;
                }
                let start = found.len();
                self.ways(program, value, set, depth, found);
                let is_bound = compares(program, set, true, |part| {
                    *program.kind(part) == ExprKind::Variable(local)
                });
                for way in &mut found[start..] {
                    way.chosen = way.chosen.or(Some((local, value)));
                    if is_bound && way.what == What::Other {
                        way.what = What::Bound;
                    }
                }
            }
        }
    }

    /// By how much a value is the limit: a half, three quarters; none for what is no share of it.
    fn factor(self, program: &Program, value: ExprId) -> Option<f64> {
        if self.is_it(program, value) {
            return Some(1.0);
        }
        let number = |id: ExprId| handed::number(program, id, self.caller);
        match *program.kind(value) {
            ExprKind::Convert(_, inner) => self.factor(program, inner),
            ExprKind::Binary(BinaryOp::Multiply, left, right) => match self.factor(program, left) {
                Some(share) => Some(share * number(right)?),
                None => Some(self.factor(program, right)? * number(left)?),
            },
            ExprKind::Binary(BinaryOp::Divide, left, right) => {
                let by = number(right).filter(|&by| by > 0.0)?;
                Some(self.factor(program, left)? / by)
            }
            ExprKind::Binary(BinaryOp::Add, left, right) if self.is_nothing(program, right) => {
                self.factor(program, left)
            }
            ExprKind::Binary(BinaryOp::ShiftRight, left, right) => {
                Some(self.factor(program, left)? / number(right)?.exp2())
            }
            ExprKind::Call(step) => {
                let call = program.call(step)?;
                let rounds = matches!(
                    program
                        .callee_name(call.callee)
                        .to_ascii_lowercase()
                        .as_str(),
                    "floor" | "round" | "trunc"
                );
                let of = call
                    .receiver
                    .or_else(|| program.list(call.args).first().copied())
                    .filter(|_| rounds)?;
                self.factor(program, of)
            }
            _ => None,
        }
    }

    /// Whether a value is one divided by the limit in whole numbers: nothing, for all limits but one.
    pub(super) fn is_nothing(self, program: &Program, value: ExprId) -> bool {
        matches!(*program.kind(value), ExprKind::Binary(BinaryOp::Divide, one, limit)
            if program.constant(one).and_then(|one| one.as_i64()) == Some(1)
                && self.is_it(program, limit)
                && matches!(program.underlying(program.expr(limit).ty), Type::Integer(_)))
    }

    /// Whether an expression is the limit, or what an atomic limit holds.
    pub(super) fn is_it(self, program: &Program, id: ExprId) -> bool {
        match *program.kind(id) {
            ExprKind::Convert(_, inner) | ExprKind::Dereference(inner) => {
                self.is_it(program, inner) || program.object_of(id) == Some(self.limit)
            }
            ExprKind::Call(step) => program.call(step).is_some_and(|call| {
                call.api == Api::AtomicLoad
                    && (call.receiver.and_then(|of| program.object_of(of)) == Some(self.limit)
                        || program
                            .list(call.args)
                            .first()
                            .is_some_and(|&of| program.object_of(of) == Some(self.limit)))
            }),
            ExprKind::Variable(variable) if Some(variable) == self.parameter => true,
            ExprKind::Variable(variable) if program.object_of(id) != Some(self.limit) => {
                matches!(program.variable(variable).init, Init::Value(value)
                    if matches!(program.kind(value), ExprKind::Call(_)) && self.is_it(program, value))
            }
            _ => program.object_of(id) == Some(self.limit),
        }
    }

    /// Whether a value is the limit itself, brought up to a bound: `max(limit, floor)`.
    pub(super) fn is_kept_up(self, program: &Program, value: ExprId, step: StepId) -> bool {
        let mut ways = Vec::new();
        self.ways(program, value, step, MAX_DEPTH, &mut ways);
        ways.iter()
            .all(|way| way.what == What::Same && way.has_floor)
    }

    /// Whether all that a value may be is the limit as it was, or a part or a bound of it.
    pub(super) fn never_grows(self, program: &Program, value: ExprId, step: StepId) -> bool {
        let mut ways = Vec::new();
        self.ways(program, value, step, MAX_DEPTH, &mut ways);
        ways.iter()
            .any(|way| matches!(way.what, What::Part | What::Same))
            && ways.iter().all(|way| way.what != What::Other)
    }
}

/// Leaves out the bounds among the ways since a start, where there is a value beside them: a bound is not a
/// value of its own. A larger one of two is a floor.
fn between_bounds(found: &mut Vec<Way>, start: usize, is_max: bool) {
    if found[start..].iter().any(|way| way.what != What::Other) {
        let mut at = 0;
        found.retain(|way| {
            at += 1;
            at <= start || way.what != What::Other
        });
    }
    for way in &mut found[start..] {
        way.has_floor |= is_max;
    }
}

/// What a function of the unit is given that brings it between bounds, and whether one of them is
/// a floor.
fn clamped(program: &Program, value: ExprId) -> Option<(ExprId, bool)> {
    let (_, call) = program.call_of(value)?;
    let function = program.function(call.target?);
    let [parameter] = *function.parameters.as_slice() else {
        return None;
    };
    let &[given] = program.list(call.args) else {
        return None;
    };
    let is_it = |value: ExprId| *program.kind(value) == ExprKind::Variable(parameter);
    let (mut gives_it, mut has_floor) = (false, false);
    for step in program.steps_of(call.target?) {
        if let Op::Return(values) = *program.op(step) {
            let &[value] = program.list(values) else {
                return None;
            };
            gives_it |= is_it(value);
            has_floor |= !is_it(value) && compares(program, step, true, is_it);
        }
    }
    (gives_it && !program.is_reassigned(parameter)).then_some((given, has_floor))
}
