//! What becomes of a root context: the work that is given it, or something that keeps it.

use super::meant::is_meant;
use crate::model::{
    Api, Call, ExprId, ExprKind, FunctionId, FunctionKind, Init, Library, Op, Program, StepId,
    VariableId, VariableKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// How far contexts are followed that are derived from a root.
const MAX_DERIVED: u32 = 5;
/// How many closures of a function are looked at.
const MAX_CLOSURES: usize = 200;

/// How a root is used: for what, and how the context was made that the work gets.
#[derive(Clone, Copy)]
pub(super) struct Work {
    /// The call that is given it.
    pub call: StepId,
    pub has_deadline: bool,
    /// Whether it got a cancel or a value of its own on the way.
    pub is_derived: bool,
}

/// Where the value of a step goes.
#[derive(Clone, Copy)]
enum Goes {
    /// It is an argument.
    Argument(StepId),
    /// It becomes the value of a variable.
    Variable(StepId, VariableId),
}

/// Where root contexts, and what is derived from them, go.
pub(super) struct Fates {
    of: FxHashMap<StepId, Goes>,
    /// Fields whose contexts some work is given, or whose end the value itself waits for.
    lived_by: FxHashSet<VariableId>,
}

impl Fates {
    pub fn of(program: &Program, makers: &FxHashSet<FunctionId>) -> Fates {
        let makes_context = |value: ExprId| match *program.kind(value) {
            ExprKind::Call(step) => program
                .call(step)
                .is_some_and(|call| super::is_root(call, makers) || derives(call))
                .then_some(step),
            _ => None,
        };
        // `ctx := attach(ctx, r)`: what comes of it is a context again.
        let makes_another = |target: ExprId, value: ExprId| match *program.kind(value) {
            ExprKind::Call(step) if is_context(program, target) => Some(step),
            _ => None,
        };
        let mut of = FxHashMap::default();
        let mut lived_by = FxHashSet::default();
        for step in program.step_ids() {
            match program.op(step) {
                Op::Call(call) => {
                    lived_by.extend(waited_for(program, call));
                    for &argument in program.list(call.args) {
                        if let ExprKind::Field(_, field) = *program.kind(argument) {
                            lived_by.insert(field);
                        }
                        if let Some(made) = makes_context(argument) {
                            of.insert(made, Goes::Argument(step));
                        }
                    }
                }
                Op::Assign(assign) => {
                    let is_alone = assign.targets.len == 1;
                    for (target, value) in program.assigned(assign) {
                        let made = makes_context(value)
                            .or_else(|| makes_another(target, value).filter(|_| is_alone));
                        if let (Some(made), ExprKind::Variable(variable)) =
                            (made, program.kind(target))
                        {
                            of.insert(made, Goes::Variable(step, *variable));
                        }
                    }
                }
                _ => {}
            }
        }
        Fates { of, lived_by }
    }

    /// Whether the context in a field is there for work, and not only kept.
    pub fn is_lived_by(&self, field: VariableId) -> bool {
        self.lived_by.contains(&field)
    }

    /// The work that a root is for; none when it is kept, returned, or handed to a task that
    /// goes on alone.
    pub fn work(&self, program: &Program, root: StepId) -> Option<Work> {
        self.follow(program, root, MAX_DERIVED)
    }

    fn follow(&self, program: &Program, made: StepId, depth: u32) -> Option<Work> {
        let depth = depth.checked_sub(1)?;
        match *self.of.get(&made)? {
            Goes::Argument(call) => self.given(program, call, depth),
            Goes::Variable(step, variable) => {
                if is_default(program, step, variable) {
                    return None;
                }
                self.through(program, step, variable, depth)
            }
        }
    }

    /// A call that is given the context.
    fn given(&self, program: &Program, step: StepId, depth: u32) -> Option<Work> {
        let call = program.call(step)?;
        let is_passed_on = matches!(self.of.get(&step), Some(Goes::Variable(..)));
        if (derives(call) || is_passed_on) && carries_over(program, call) {
            return None;
        }
        if derives(call) || is_passed_on {
            let work = self.follow(program, step, depth)?;
            return Some(Work {
                has_deadline: work.has_deadline || call.api == Api::ContextWithDeadline,
                is_derived: true,
                ..work
            });
        }
        (is_work(program, call) && !gives_context(program, step)).then_some(Work {
            call: step,
            has_deadline: false,
            is_derived: false,
        })
    }

    /// What is done with a variable that holds the context from a step on.
    fn through(
        &self,
        program: &Program,
        from: StepId,
        variable: VariableId,
        depth: u32,
    ) -> Option<Work> {
        let of = program.variable(variable);
        if !matches!(of.kind, VariableKind::Local | VariableKind::Parameter) {
            return None;
        }
        let owner = of.function?;
        let start = program.span(from).start;
        let cancels = cancels_of(program, from);
        let mut first = None;
        for function in within(program, owner) {
            let is_alone = is_alone(program, function, owner);
            for step in program.steps_of(function) {
                if program.span(step).start <= start {
                    continue;
                }
                let mentions = program.mentioned_by(step);
                let is_cancelled_elsewhere =
                    is_alone && mentions.iter().any(|used| cancels.contains(used));
                if is_cancelled_elsewhere || hands_on(program, step, &cancels) {
                    return None;
                }
                if !mentions.contains(&variable) {
                    continue;
                }
                if is_alone || keeps(program, step, variable) {
                    return None;
                }
                if first.is_none() && is_given(program, step, variable) {
                    first = self.given(program, step, depth);
                    if first.is_some_and(|work| is_meant(program, work.call, work.call)) {
                        return None;
                    }
                }
            }
        }
        first
    }
}

/// The field of the receiver for the end of whose context a call asks.
fn waited_for(program: &Program, call: &Call) -> Option<VariableId> {
    let asks = matches!(call.api, Api::ContextDone | Api::ContextErr);
    let receiver = call.receiver.filter(|_| asks)?;
    let ExprKind::Field(base, field) = *program.kind(receiver) else {
        return None;
    };
    let base = program.variable_of(base)?;
    matches!(
        program.variable(base).kind,
        VariableKind::Receiver | VariableKind::Parameter
    )
    .then_some(field)
}

/// Whether a variable is an argument of a call, or of a value that is built for it.
fn is_given(program: &Program, step: StepId, variable: VariableId) -> bool {
    program.call(step).is_some_and(|call| {
        program
            .list(call.args)
            .iter()
            .any(|&argument| program.variable_of(argument) == Some(variable))
    })
}

/// The functions that cancel a derived context, as it is declared.
fn cancels_of(program: &Program, step: StepId) -> Vec<VariableId> {
    match program.op(step) {
        Op::Assign(assign) => program
            .list(assign.targets)
            .iter()
            .skip(1)
            .filter_map(|&target| program.variable_of(target))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a call makes a context from another one.
fn derives(call: &Call) -> bool {
    matches!(
        call.api,
        Api::ContextWithDeadline | Api::ContextWithCancel | Api::ContextWithValue
    )
}

/// Whether a call does work with its context, and does not log, count or look something up.
pub(super) fn is_work(program: &Program, call: &Call) -> bool {
    let is_quiet = matches!(
        call.api,
        Api::ContextDetach
            | Api::Log
            | Api::MetricRecord
            | Api::MetricRegister
            | Api::Pure
            | Api::Format
            | Api::ErrorTest
            | Api::ContextErr
            | Api::ContextDone
            | Api::ContextAfter
            | Api::PermitRelease
    );
    // A context beside the root: it chooses between the two.
    let contexts = program
        .list(call.args)
        .iter()
        .filter(|&&argument| program.library(program.expr(argument).ty) == Some(Library::Context));
    !is_quiet && contexts.count() <= 1 && !observes(program, call) && !only_makes(program, call)
}

/// Whether a call only makes what will have the token, in languages in which work that waits for
/// one is asynchronous or asks it in view.
fn only_makes(program: &Program, call: &Call) -> bool {
    if !program.has_owners {
        return false;
    }
    let Some(target) = call.target else {
        return false;
    };
    let asks = |step: StepId| {
        let call = program.call(step);
        call.is_some_and(|call| matches!(call.api, Api::ContextDone | Api::ContextErr))
    };
    program.function(target).has_body
        && !program.asynchronous.contains(&target)
        && !program.steps_of(target).into_iter().any(asks)
}

/// Whether a variable holds a context, by its type or by its name.
fn is_context(program: &Program, target: ExprId) -> bool {
    let Some(variable) = program.variable_of(target) else {
        return false;
    };
    let of = program.variable(variable);
    let name = program.text(of.name);
    program.library(of.ty) == Some(Library::Context) || name == "ctx" || name.ends_with("Ctx")
}

/// Whether a call puts something into a context that was taken out of another one: the values
/// are kept without the end, by hand.
pub(super) fn carries_over(program: &Program, call: &Call) -> bool {
    program.list(call.args).iter().skip(1).any(|&argument| {
        let Some(variable) = program.variable_of(argument) else {
            return false;
        };
        let from = match program.variable(variable).init {
            Init::Value(value) | Init::Part(value, _) => value,
            _ => return false,
        };
        program.call_of(from).is_some_and(|(_, call)| {
            let mut given = program.list(call.args).iter();
            given.any(|&given| is_context(program, given))
        })
    })
}

/// Whether a function gives a context to whoever calls it, and a step is where it does.
fn gives_context(program: &Program, call: StepId) -> bool {
    let function = program.function_of(call);
    let [result] = program.function(function).results[..] else {
        return false;
    };
    program.library(result) == Some(Library::Context)
        && program.steps_of(function).into_iter().any(|step| {
            matches!(program.op(step), Op::Return(values)
                if program.list(*values).iter().any(|&value| *program.kind(value) == ExprKind::Call(call)))
        })
}

/// Words in the names of what watches work instead of doing it.
const OBSERVERS: &[&str] = &["metric", "monitor", "telemetry", "stats", "diag", "logger"];

/// Whether a call is on something that only takes note.
fn observes(program: &Program, call: &Call) -> bool {
    if let ExprKind::Qualified(module, _) = *program.kind(call.callee)
        && program.text(module).rsplit('/').next() == Some("log")
    {
        return true;
    }
    let Some(receiver) = call.receiver else {
        return false;
    };
    let name = program.show(receiver).to_ascii_lowercase();
    OBSERVERS.iter().any(|word| name.contains(word))
}

/// The function and the closures in it, at any depth.
pub(super) fn within(program: &Program, owner: FunctionId) -> Vec<FunctionId> {
    let mut found = vec![owner];
    let mut at = 0;
    while at < found.len() && found.len() < MAX_CLOSURES {
        found.extend_from_slice(program.closures_in(found[at]));
        at += 1;
    }
    found
}

/// Whether a closure runs on a task that nobody waits for.
pub(super) fn is_alone(program: &Program, function: FunctionId, owner: FunctionId) -> bool {
    let mut at = function;
    while at != owner {
        let sites = program.spawned_at(at);
        if !sites.is_empty()
            && sites
                .iter()
                .all(|&site| program.join_of(site, &[]).is_none())
        {
            return true;
        }
        match program.function(at).kind {
            FunctionKind::Closure(parent) => at = parent,
            _ => return false,
        }
    }
    false
}

/// Whether a step hands a cancel function to somebody else, who ends the context then.
fn hands_on(program: &Program, step: StepId, cancels: &[VariableId]) -> bool {
    let is_one = |value: &ExprId| {
        program
            .variable_of(*value)
            .is_some_and(|variable| cancels.contains(&variable))
    };
    match program.op(step) {
        Op::Call(call) => program.list(call.args).iter().any(is_one),
        Op::Spawn(spawn) => program.list(spawn.args).iter().any(is_one) || is_one(&spawn.callee),
        Op::Assign(assign) => program.list(assign.values).iter().any(is_one),
        Op::Return(values) => program.list(*values).iter().any(is_one),
        _ => false,
    }
}

/// Whether a step keeps a context beyond the call: in a field, in a value that is built, in what
/// is returned, or with a task that goes on alone.
pub(super) fn keeps(program: &Program, step: StepId, variable: VariableId) -> bool {
    let is_it = |value: ExprId| program.variable_of(value) == Some(variable);
    let builds = |value: ExprId| {
        program.parts_of(value).into_iter().any(|part| {
            matches!(*program.kind(part), ExprKind::Composite(_, list, _)
                if program.list(list).iter().any(|&inner| is_it(inner)))
        })
    };
    match program.op(step) {
        Op::Assign(assign) => {
            let values = program.list(assign.values);
            let is_outside = program.list(assign.targets).iter().any(|&target| {
                !matches!(*program.kind(target), ExprKind::Variable(target)
                    if program.variable(target).kind == VariableKind::Local)
            });
            values
                .iter()
                .any(|&value| is_it(value) && is_outside || builds(value))
        }
        Op::Return(values) => program
            .list(*values)
            .iter()
            .any(|&value| is_it(value) || builds(value)),
        Op::Send { value, .. } => is_it(*value) || builds(*value),
        Op::Spawn(_) => program.join_of(step, &[]).is_none(),
        Op::Call(call) => program.list(call.args).iter().copied().any(builds),
        _ => false,
    }
}

/// `if ctx == nil { ctx = context.Background() }` fills in what is not there.
fn is_default(program: &Program, step: StepId, variable: VariableId) -> bool {
    program.ancestors(step).any(|(around, _)| {
        matches!(program.op(around), Op::Branch { condition, .. }
            if program.parts_of(*condition).iter().any(|&part|
                *program.kind(part) == ExprKind::Variable(variable)))
    }) || fills_in(program, step)
}

/// Whether a step stands in a branch that asks whether a context is there.
pub(super) fn fills_in(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(around, _)| {
        let Op::Branch { condition, .. } = *program.op(around) else {
            return false;
        };
        program
            .parts_of(condition)
            .into_iter()
            .any(|part| match *program.kind(part) {
                ExprKind::Binary(operator, left, right) if operator.is_comparison() => {
                    let is_context =
                        |side| program.library(program.expr(side).ty) == Some(Library::Context);
                    matches!(program.kind(left), ExprKind::Nil) && is_context(right)
                        || matches!(program.kind(right), ExprKind::Nil) && is_context(left)
                }
                _ => false,
            })
    })
}
