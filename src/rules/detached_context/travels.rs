//! Ends that travel in a type of the code's own: a call's deadline, its token, or both. A new
//! value of it where one is at hand cuts the work loose, as a new root does.

use super::ends::{
    Carried, Ends, MAX_NAMES, base_of, ends_given, first_value, gives_token, is_deadline, is_fresh,
    is_time, is_time_limit, kept_by, kept_in, of_the_question, put_together_of,
};
use super::fate::{is_alone, is_work, keeps, within};
use super::meant::{is_explained, is_meant};
use super::runs::{Runs, runs_for_caller};
use crate::model::roles::{ContextInScope, is_shutdown_name};
use crate::model::{
    Api, Assign, Call, ExprId, ExprKind, FunctionId, Init, Library, NamedId, Op, Program, StepId,
    Type, VariableId, VariableKind,
};
use crate::rules::{Confidence, Findings};
use crate::source::Span;
use rustc_hash::FxHashSet;

pub(super) fn check(program: &Program, findings: &mut Findings) {
    let ends = Ends::of(program);
    let mut asked = of_the_question(program);
    for (function, facts) in program.functions_with_ids() {
        let is_left_out = facts.is_test
            || program.is_closure(function)
            || super::is_for_the_process(program, function);
        if is_left_out {
            continue;
        }
        let at_hand = facts.parameters.iter().find_map(|&parameter| {
            let carried = ends.carried_by(program, parameter);
            (carried != Carried::Nothing).then_some((parameter, carried))
        });
        let at_hand = at_hand
            .or_else(|| Some((asked.remove(&function)?, Carried::Bare)))
            .or_else(|| Some((kept_by(program, function)?, Carried::Bare)));
        if let Some((parameter, carried)) = at_hand {
            let place = Place {
                program,
                ends: &ends,
                parameter,
                carried,
            };
            place.judge(function, findings);
        }
    }
}

/// A function, and what it was given that ends.
struct Place<'a> {
    program: &'a Program,
    ends: &'a Ends,
    parameter: VariableId,
    carried: Carried,
}

/// A value with ends of its own, where it is made.
struct Made {
    at: Span,
    step: StepId,
    /// Its type, where that is one of the code's own.
    of: Option<NamedId>,
}

impl Place<'_> {
    fn judge(&self, function: FunctionId, findings: &mut Findings) {
        let program = self.program;
        for inner in within(program, function) {
            let mut seen = FxHashSet::default();
            for step in program.steps_of(inner) {
                let found = match program.op(step) {
                    Op::Assign(assign) => self.named(function, step, assign),
                    Op::Call(call) => self.handed(step, call),
                    _ => None,
                };
                if let Some((made, work)) = found
                    && seen.insert(made.at)
                {
                    self.weigh(inner, &made, work, findings);
                }
            }
        }
    }

    /// A value with ends of its own that gets a name, and the work that it is for.
    fn named(&self, function: FunctionId, step: StepId, assign: &Assign) -> Option<(Made, StepId)> {
        let program = self.program;
        program.assigned(assign).find_map(|(target, value)| {
            let made = self.made(step, value)?;
            let variable = program.variable_of(target)?;
            let is_local = program.variable(variable).kind == VariableKind::Local;
            let work = is_local.then(|| self.work_of(function, step, variable))??;
            Some((made, work))
        })
    }

    /// A value with ends of its own that work is given on the spot.
    fn handed(&self, step: StepId, call: &Call) -> Option<(Made, StepId)> {
        let program = self.program;
        let args = program.list(call.args);
        let mut given = args.iter().copied().chain(call.receiver);
        let made = given.find_map(|value| self.made(step, value));
        let made = made.filter(|made| made.of.is_some_and(|of| self.lives_by(call, of)));
        if let Some(made) = made.or_else(|| self.due_anew(step, call)) {
            return is_work(program, call).then_some((made, step));
        }
        let (made, work) = self.timed_anew(step, call)?;
        let is_inner =
            program.function_of(step) != self.owner()? || program.enclosing_loop(step).is_some();
        (!is_inner).then_some((made, work))
    }

    fn owner(&self) -> Option<FunctionId> {
        self.program.variable(self.parameter).function
    }

    /// A deadline that a function in view is given, which has nothing of the one at hand.
    fn due_anew(&self, step: StepId, call: &Call) -> Option<Made> {
        let program = self.program;
        let parameters = &program.function(call.target?).parameters;
        let mut pairs = program.list(call.args).iter().zip(parameters);
        let (&value, _) = pairs.find(|&(&value, &parameter)| {
            is_deadline(program, parameter) && self.is_of_its_own(value)
        })?;
        Some(Made {
            at: program.expr(value).span,
            step,
            of: None,
        })
    }

    /// A limit that is a time from now, around work which then lasts beyond the deadline at hand.
    /// In a loop it may be the pace of the looks at it.
    fn timed_anew(&self, step: StepId, call: &Call) -> Option<(Made, StepId)> {
        let program = self.program;
        let &[time, work] = program.list(call.args) else {
            return None;
        };
        let is_limit = is_time_limit(program, call);
        let is_later = program.variable(self.parameter).span.start < program.span(step).start;
        if !is_limit || !is_later || !self.is_of_its_own(time) {
            return None;
        }
        let work = first_value(program, work, MAX_NAMES);
        let (inner, asked) = program.call_of(work)?;
        let mut given = program.list(asked.args).iter();
        let is_told = given.any(|&given| self.is_of_hand(given, MAX_NAMES));
        let made = Made {
            at: program.expr(first_value(program, time, MAX_NAMES)).span,
            step,
            of: None,
        };
        (!is_told && asked.api != Api::Sleep && is_work(program, asked)).then_some((made, inner))
    }

    /// Whether a value is a time from now on that has nothing of the deadline at hand.
    fn is_of_its_own(&self, value: ExprId) -> bool {
        self.has_deadline() && is_fresh(self.program, value) && !self.is_of_hand(value, MAX_NAMES)
    }

    /// Whether a deadline is at hand, by itself or in a value.
    fn has_deadline(&self) -> bool {
        match self.carried {
            Carried::Nothing => false,
            Carried::Bare => {
                let is_local = self.program.variable(self.parameter).kind == VariableKind::Local;
                is_local || is_deadline(self.program, self.parameter)
            }
            Carried::Value(of) => {
                let mut fields = self.ends.fields[&of].iter();
                fields.any(|&field| is_deadline(self.program, field))
            }
        }
    }

    /// The value with ends of its own that a value is, if it is one.
    fn made(&self, step: StepId, value: ExprId) -> Option<Made> {
        let program = self.program;
        let of = match *program.kind(value) {
            ExprKind::Reference(inner) | ExprKind::Convert(_, inner) => {
                return self.made(step, inner);
            }
            ExprKind::Call(_) => {
                let (_, call) = program.call_of(value)?;
                let by_default = self.ends.made_by_default(program, value);
                let by_default = by_default.filter(|&of| self.carried == Carried::Value(of));
                by_default.or_else(|| self.made_by_call(step, call))?
            }
            ExprKind::Composite(ty, values, _) => {
                let Type::Named(of) = *program.pointee(ty) else {
                    return None;
                };
                let fields = self.ends.fields.get(&of)?;
                let is_same = self.carried == Carried::Value(of);
                let given = ends_given(program, value, of, fields);
                let base = program.list(values).iter().copied().find(|&base| {
                    // What is not named is taken from another value.
                    matches!(*program.kind(base), ExprKind::Call(_))
                        && (self.ends.is_default(program, base, of)
                            || self.made(step, base).is_some())
                });
                let is_anew = self.ends.fills_anew(program, value, of, fields)
                    && !given.iter().any(|&end| self.is_shared(step, end));
                let is_anew = is_anew && (is_same || self.carried == Carried::Bare);
                (is_anew || is_same && given.is_empty() && base.is_some()).then_some(of)?
            }
            _ => return None,
        };
        let at = match program.call_of(value) {
            Some((_, call)) => self.own_token(step, call),
            None => None,
        };
        let is_derived = put_together_of(program, value)
            .into_iter()
            .any(|given| self.is_of_hand(given, MAX_NAMES));
        (!is_derived).then_some(Made {
            at: program.expr(at.unwrap_or(value)).span,
            step,
            of: Some(of),
        })
    }

    /// The type of the value that a call makes with ends of its own.
    fn made_by_call(&self, step: StepId, call: &Call) -> Option<NamedId> {
        let program = self.program;
        let target = call.target?;
        if let Some(&of) = self.ends.makers.get(&target) {
            return (self.carried == Carried::Value(of)).then_some(of);
        }
        let &[result] = &program.function(target).results[..] else {
            return None;
        };
        let Type::Named(of) = *program.pointee(result) else {
            return None;
        };
        (self.ends.fields.contains_key(&of)
            && (self.carried == Carried::Bare || self.carried == Carried::Value(of))
            && self.own_token(step, call).is_some())
        .then_some(of)
    }

    /// The token that a call is given, which is made for it and which nobody else has.
    fn own_token(&self, step: StepId, call: &Call) -> Option<ExprId> {
        let program = self.program;
        let mut given = program.list(call.args).iter();
        let token = given.find(|&&given| {
            program.library(program.expr(given).ty) == Some(Library::Context)
                && is_fresh(program, given)
                && !self.is_shared(step, given)
        });
        token.map(|&token| first_value(program, token, MAX_NAMES))
    }

    /// Whether a value has something of the end that is at hand: more than a name or a number
    /// that stands beside it.
    fn is_of_hand(&self, value: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return true;
        };
        let program = self.program;
        let parts = program.parts_of(value);
        let excused: FxHashSet<ExprId> = parts
            .iter()
            .filter_map(|&part| match *program.kind(part) {
                ExprKind::Field(base, field) if !is_time(program, field) => Some(base),
                _ => None,
            })
            .collect();
        parts.iter().any(|&part| {
            let ExprKind::Variable(variable) = *program.kind(part) else {
                return false;
            };
            if variable == self.parameter {
                return !excused.contains(&part);
            }
            let of = program.variable(variable);
            match of.init {
                Init::Value(inner) | Init::Part(inner, _) if of.kind == VariableKind::Local => {
                    self.is_of_hand(inner, depth)
                }
                _ => false,
            }
        })
    }

    /// Whether somebody else has the token too that a value is: whoever has it may end the work.
    fn is_shared(&self, step: StepId, token: ExprId) -> bool {
        let program = self.program;
        let Some(variable) = program.variable_of(token) else {
            return false;
        };
        let Some(owner) = program.variable(variable).function else {
            return true;
        };
        let mentions = |&other: &StepId| {
            other != step
                && program.mentioned_by(other).contains(&variable)
                && !matches!(program.op(other), Op::Assign(assign)
                    if program.list(assign.targets).iter().any(|&target| program.variable_of(target) == Some(variable)))
        };
        within(program, owner)
            .into_iter()
            .flat_map(|function| program.steps_of(function))
            .any(|other| mentions(&other))
            || program
                .ended_by_guards
                .iter()
                .any(|&of| program.variable_of(of) == Some(variable))
    }

    /// The work that a variable is for, from a step on.
    fn work_of(&self, function: FunctionId, from: StepId, variable: VariableId) -> Option<StepId> {
        let program = self.program;
        let Type::Named(of) = *program.pointee(program.variable(variable).ty) else {
            return None;
        };
        let start = program.span(from).start;
        let mut first = None;
        for inner in within(program, function) {
            let is_alone = is_alone(program, inner, function);
            for step in program.steps_of(inner) {
                if program.span(step).start <= start
                    || !program.mentioned_by(step).contains(&variable)
                {
                    continue;
                }
                if is_alone || keeps(program, step, variable) || self.lets_end(step, variable, of) {
                    return None;
                }
                if first.is_none()
                    && let Some(call) = program.call(step)
                    && self.is_given(call, variable)
                    && !gives_token(program, call)
                    && self.lives_by(call, of)
                    && is_work(program, call)
                {
                    first = Some(step);
                }
            }
        }
        first
    }

    /// Whether a call is given what a variable holds, on its own or by the token out of it.
    fn is_given(&self, call: &Call, variable: VariableId) -> bool {
        let program = self.program;
        let of_token = |given: ExprId| {
            program.call_of(given).is_some_and(|(_, inner)| {
                gives_token(program, inner)
                    && base_of(program, inner)
                        .is_some_and(|base| program.variable_of(base) == Some(variable))
            })
        };
        if program.list(call.args).iter().any(|&given| of_token(given)) {
            return true;
        }
        program
            .list(call.args)
            .iter()
            .copied()
            .chain(call.receiver)
            .chain(base_of(program, call))
            .any(|given| program.variable_of(given) == Some(variable))
    }

    /// Whether a step ends what a variable holds, or takes its token elsewhere.
    fn lets_end(&self, step: StepId, variable: VariableId, of: NamedId) -> bool {
        let program = self.program;
        let fields = &self.ends.fields[&of];
        let takes = program
            .mentions_of(step)
            .into_iter()
            .flat_map(|value| program.parts_of(value))
            .any(|part| {
                matches!(*program.kind(part), ExprKind::Field(base, field)
                    if program.variable_of(base) == Some(variable)
                        && fields.contains(&field)
                        && program.library(program.variable(field).ty) == Some(Library::Context))
            });
        let stops = program.call(step).is_some_and(|call| {
            let name = program.callee_name(call.callee);
            self.is_given(call, variable)
                && !gives_token(program, call)
                && (is_shutdown_name(&name) || name.contains("cancel"))
        });
        takes || stops
    }

    /// Whether a call that is given a value can last as long as that lets it.
    fn lives_by(&self, call: &Call, of: NamedId) -> bool {
        let program = self.program;
        let Some(target) = call.target else {
            return !matches!(call.api, Api::Pure);
        };
        !program.function(target).has_body
            || program.asynchronous.contains(&target)
            || self.looks_at_end(target, of)
    }

    /// Whether a function names an end in a value of a type.
    fn looks_at_end(&self, function: FunctionId, of: NamedId) -> bool {
        let program = self.program;
        let fields = &self.ends.fields[&of];
        program.steps_of(function).into_iter().any(|step| {
            let mut parts = program
                .mentions_of(step)
                .into_iter()
                .flat_map(|value| program.parts_of(value));
            parts.any(|part| matches!(*program.kind(part), ExprKind::Field(_, field) if fields.contains(&field)))
        })
    }

    fn weigh(&self, function: FunctionId, made: &Made, work: StepId, findings: &mut Findings) {
        let program = self.program;
        if super::is_raced(program, work)
            || is_meant(program, made.step, work)
            || is_meant(program, work, work)
        {
            return;
        }
        let context = ContextInScope::Parameter(self.parameter);
        let mut confidence = match runs_for_caller(program, function, context) {
            Runs::Here => Confidence::Medium,
            Runs::Later => Confidence::Low,
            Runs::Alone => return,
        };
        if is_explained(program, made.step) {
            confidence = Confidence::Low;
        }
        self.say(made, work, confidence, findings);
    }

    fn say(&self, made: &Made, work: StepId, confidence: Confidence, findings: &mut Findings) {
        let program = self.program;
        let parameter = program.variable(self.parameter);
        let kept = kept_in(program, self.parameter);
        let mut at_hand = program.text(parameter.name).to_owned();
        if let Some(kept) = kept {
            at_hand = format!("{at_hand}.{}", program.text(program.variable(kept).name));
        }
        let of = made.of.map_or("deadline", |of| {
            program.text(program.named[of.index()].name)
        });
        let of = of.to_owned();
        let callee = program
            .call(work)
            .map_or(String::new(), |call| program.callee_name(call.callee));
        let finding = findings.at(
            made.at,
            confidence,
            match made.of {
                Some(_) => format!("`{callee}` runs on a new `{of}` with an end of its own although `{at_hand}` is at hand"),
                None => format!("`{callee}` runs on a new deadline although `{at_hand}` is at hand"),
            },
        );
        finding.function = Some(program.function_of(made.step));
        finding
            .about(of)
            .why(format!("When the caller gives up, nothing tells this work: it goes on for nobody until its own end. Whatever ends `{at_hand}`, its time or its cancel, does not reach it."))
            .fix(format!("Derive the end from `{at_hand}`: a child of its token, and the earlier one of its deadline and a new one. Where the work must outlive the caller, say so in a comment."))
            .because(
                kept.map_or(parameter.span, |kept| program.variable(kept).span),
                "what ends with the caller",
            );
    }
}
