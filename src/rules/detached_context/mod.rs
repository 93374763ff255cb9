//! BP20: work is given a root context where the caller's is at hand.
//!
//! Cutting work loose is often meant: clean-up, a last flush, what must outlive the request.
//! So a root is only flagged where work runs on behalf of the caller: not behind a deferral, not
//! in what stops, not after the caller's context has ended, not in tasks that nobody waits for.

mod meant;

use meant::{is_explained, is_meant};
use rustc_hash::FxHashMap;

use super::{Confidence, Finding, Findings, Level, Rule, Seam, Thresholds};
use crate::model::roles::ContextInScope;
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, Init, Op, Program, StepId, VariableId,
};

pub(super) static RULE: Rule = Rule {
    code: "BP20",
    slug: "detached-context",
    summary: "work is given a root context where the caller's is at hand",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3", "Q5"],
    checklist: &[],
    page: include_str!("../../../rules/BP20-detached-context/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let roots: Vec<StepId> = program
        .step_ids()
        .filter(|&step| {
            program
                .call(step)
                .is_some_and(|call| call.api == Api::ContextRoot)
        })
        .collect();
    if roots.is_empty() {
        return;
    }
    let uses = Uses::of(program, &roots);
    for root in roots {
        judge(program, root, &uses, findings);
    }
}

/// Where each root context goes.
struct Uses {
    of_root: FxHashMap<StepId, Use>,
    /// Calls that are given a variable which holds a root.
    of_variable: FxHashMap<VariableId, Vec<StepId>>,
}

/// What is done with a value.
#[derive(Clone, Copy)]
enum Use {
    /// It is an argument.
    Argument(StepId),
    /// It becomes the value of a variable that is declared here.
    Declared(VariableId),
    /// It replaces a variable's value.
    Replaces(StepId, VariableId),
}

impl Uses {
    fn of(program: &Program, roots: &[StepId]) -> Uses {
        let mut uses = Uses {
            of_root: FxHashMap::default(),
            of_variable: FxHashMap::default(),
        };
        let root_of = |value: ExprId| match *program.kind(value) {
            ExprKind::Call(step) => roots.binary_search(&step).ok().map(|at| roots[at]),
            _ => None,
        };
        for step in program.step_ids() {
            match program.op(step) {
                Op::Call(call) => {
                    for &argument in program.list(call.args) {
                        if let Some(root) = root_of(argument) {
                            uses.of_root.insert(root, Use::Argument(step));
                        }
                    }
                }
                Op::Spawn(spawn) => {
                    for &argument in program.list(spawn.args) {
                        if let Some(root) = root_of(argument) {
                            uses.of_root.remove(&root);
                        }
                    }
                }
                Op::Assign(assign) => {
                    let pairs = program.list(assign.targets).iter();
                    for (&target, &value) in pairs.zip(program.list(assign.values)) {
                        let (Some(root), ExprKind::Variable(variable)) =
                            (root_of(value), program.kind(target))
                        else {
                            continue;
                        };
                        let is_new = matches!(assign.how, crate::model::AssignHow::Define);
                        let how = if is_new {
                            Use::Declared(*variable)
                        } else {
                            Use::Replaces(step, *variable)
                        };
                        uses.of_root.insert(root, how);
                        uses.of_variable.entry(*variable).or_default();
                    }
                }
                _ => {}
            }
        }
        uses.follow(program);
        uses
    }

    /// Finds the calls that are given one of the variables.
    fn follow(&mut self, program: &Program) {
        if self.of_variable.is_empty() {
            return;
        }
        for step in program.step_ids() {
            let Some(call) = program.call(step) else {
                continue;
            };
            for &argument in program.list(call.args) {
                if let ExprKind::Variable(variable) = program.kind(argument)
                    && let Some(calls) = self.of_variable.get_mut(variable)
                {
                    calls.push(step);
                }
            }
        }
    }
}

/// How a root is used: for what, and with a deadline of its own or not.
struct Work {
    call: StepId,
    has_deadline: bool,
}

fn judge(program: &Program, root: StepId, uses: &Uses, findings: &mut Findings) {
    let function = program.function_of(root);
    if program.function(function).is_test || is_for_the_process(program, function) {
        return;
    }
    let Some(context) = program.context_at(root) else {
        return;
    };
    let Some(work) = work_of(program, root, uses) else {
        return;
    };
    if is_meant(program, root, work.call) || !is_callers(program, context, root) {
        return;
    }
    let mut confidence = match context {
        ContextInScope::Parameter(_) | ContextInScope::Request(_) => Confidence::High,
        ContextInScope::Local(_) | ContextInScope::Field(_) => Confidence::Medium,
    };
    if work.has_deadline {
        confidence = confidence.min(Confidence::Medium);
    }
    match runs_for_caller(program, function, context) {
        Runs::Here => {}
        Runs::Later => confidence = Confidence::Low,
        Runs::Alone => return,
    }
    if is_explained(program, root) {
        confidence = Confidence::Low;
    }
    say(program, root, context, &work, confidence, findings);
}

fn say(
    program: &Program,
    root: StepId,
    context: ContextInScope,
    work: &Work,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let variable = program.variable(context.variable());
    let name = program.text(variable.name).to_owned();
    let at_hand = match context {
        ContextInScope::Request(_) => format!("{name}.Context()"),
        _ => name,
    };
    let callee = program
        .call(work.call)
        .map_or(String::new(), |call| program.callee_name(call.callee));
    let shown = program
        .call(root)
        .map_or(String::new(), |call| program.show(call.callee));
    let finding: &mut Finding = findings.at(
        program.span(root),
        confidence,
        format!("`{callee}` runs on a new root context although `{at_hand}` is at hand"),
    );
    finding.function = Some(program.function_of(root));
    finding
        .about(shown)
        .why(if work.has_deadline {
            format!("When the caller gives up, nothing tells this work: it goes on until its own time is over, for nobody. The caller's deadline, if it is sooner, is not kept. `{at_hand}` would carry both.")
        } else {
            format!("The caller's deadline and cancellation end here: when it gives up, `{callee}` works on, for as long as it likes and for nobody. Under load such work piles up.")
        })
        .fix(format!("Pass `{at_hand}`, or a context derived from it. Where the work must outlive the caller, say so: keep its values without its end (a context cut loose from it on purpose) and give it a timeout of its own."))
        .because(variable.span, "the context that is at hand");
    if !work.has_deadline
        && let ContextInScope::Parameter(_) = context
        && program.call(root).is_some()
    {
        finding.suggest(program.span(root), at_hand);
    }
}

/// What `main` and `init` make lives as long as the process.
fn is_for_the_process(program: &Program, function: FunctionId) -> bool {
    let outermost = program.outermost(function);
    let name = program.text(program.function(outermost).name);
    matches!(program.function(outermost).kind, FunctionKind::Plain)
        && matches!(name, "main" | "init" | "TestMain")
}

/// The work that is given the root, directly or through a variable; none when it is kept,
/// returned, or handed to something that is not work.
fn work_of(program: &Program, root: StepId, uses: &Uses) -> Option<Work> {
    match *uses.of_root.get(&root)? {
        Use::Argument(call) => work_behind(program, call),
        Use::Declared(variable) => works_of_variable(program, variable, uses),
        Use::Replaces(step, variable) => {
            // `if ctx == nil { ctx = context.Background() }` fills in what is not there.
            let is_default = program.ancestors(step).any(|(around, _)| {
                matches!(program.op(around), Op::Branch { condition, .. }
                    if program.parts_of(*condition).iter().any(|&part|
                        matches!(program.kind(part), ExprKind::Nil)
                            || *program.kind(part) == ExprKind::Variable(variable)))
            });
            if is_default {
                return None;
            }
            works_of_variable(program, variable, uses)
        }
    }
}

fn works_of_variable(program: &Program, variable: VariableId, uses: &Uses) -> Option<Work> {
    let calls = uses.of_variable.get(&variable)?;
    // One that something else keeps is the root of what lives longer.
    let works: Vec<Work> = calls
        .iter()
        .filter_map(|&call| work_behind(program, call))
        .collect();
    let meant = works
        .iter()
        .filter(|work| is_meant(program, work.call, work.call))
        .count();
    if meant > 0 || works.is_empty() {
        return None;
    }
    works.into_iter().next()
}

/// Through `WithTimeout(Background(), …)` to what is given the result.
fn work_behind(program: &Program, call: StepId) -> Option<Work> {
    let api = program.call(call)?.api;
    match api {
        Api::ContextWithDeadline => Some(Work {
            call,
            has_deadline: true,
        }),
        // A cancel of its own, or values: the root of something.
        // A cancel of its own is for this call alone where it is deferred on the spot.
        Api::ContextWithCancel if ends_here(program, call) => Some(Work {
            call,
            has_deadline: true,
        }),
        Api::ContextWithCancel
        | Api::ContextWithValue
        | Api::ContextDetach
        | Api::Log
        | Api::MetricRecord
        | Api::MetricRegister
        | Api::Pure
        | Api::Format
        | Api::ErrorTest
        | Api::ContextErr
        | Api::ContextDone
        | Api::PermitRelease => None,
        _ => Some(Work {
            call,
            has_deadline: false,
        }),
    }
}

/// Whether the function that makes a context defers its cancel, and starts nothing with it.
fn ends_here(program: &Program, call: StepId) -> bool {
    let function = program.function_of(call);
    let steps = program.steps_of(function);
    let defers = steps.iter().any(|&step| {
        program.is_deferred(step)
            && program
                .call(step)
                .is_some_and(|call| call.api == Api::Cancel)
    });
    let starts = steps
        .iter()
        .any(|&step| matches!(program.op(step), Op::Spawn(_) | Op::Loop(_) | Op::Select(_)));
    defers && !starts
}

/// Whether the context is the caller's, and not one that the function made of a root itself.
fn is_callers(program: &Program, context: ContextInScope, root: StepId) -> bool {
    let variable = match context {
        ContextInScope::Local(variable) => variable,
        // `shutdownCtx` and the like are for something else than the work at hand.
        ContextInScope::Field(field) => {
            let name = program.text(program.variable(field).name);
            return matches!(name.to_ascii_lowercase().as_str(), "ctx" | "context");
        }
        _ => return true,
    };
    // A local context is the caller's only when it comes from a parameter or a call on one.
    match program.variable(variable).init {
        Init::Value(value) | Init::Part(value, _) => {
            let parts = program.parts_of(value);
            let of_request = parts.iter().any(|&part| {
                program
                    .call_of(part)
                    .is_some_and(|(_, call)| call.api == Api::ContextOf)
            });
            let has_root = parts.iter().any(|&part| {
                program
                    .call_of(part)
                    .is_some_and(|(step, call)| call.api == Api::ContextRoot || step == root)
            });
            of_request && !has_root
        }
        _ => false,
    }
}

/// When and for whom the code around a root runs.
enum Runs {
    /// For the caller, who waits.
    Here,
    /// Perhaps later: a closure that others keep.
    Later,
    /// On a task that nobody waits for.
    Alone,
}

fn runs_for_caller(program: &Program, function: FunctionId, context: ContextInScope) -> Runs {
    let owner = program.variable(context.variable()).function;
    let mut at = function;
    let mut runs = Runs::Here;
    while Some(at) != owner {
        let FunctionKind::Closure(parent) = program.function(at).kind else {
            break;
        };
        if program.is_task(at) {
            if !is_joined(program, at, parent) {
                return Runs::Alone;
            }
        } else if !program.runs_in_place(at) && is_handed_over(program, at) {
            runs = Runs::Later;
        }
        at = parent;
    }
    if matches!(context, ContextInScope::Field(_)) && program.is_task(at) {
        return Runs::Alone;
    }
    runs
}

/// Whether the function around a task waits for it: it receives what the task sends or closes,
/// or waits for its group.
fn is_joined(program: &Program, task: FunctionId, parent: FunctionId) -> bool {
    let mut said = Vec::new();
    for step in program.steps_of(task) {
        match program.op(step) {
            Op::Send { .. } | Op::Close { .. } => said.extend(program.channel_of(step)),
            Op::Call(call) if call.api == Api::GroupDone => {
                said.extend(call.receiver.and_then(|of| program.object_of(of)));
            }
            _ => {}
        }
    }
    let spawned_in_group = program
        .spawned_at(task)
        .iter()
        .any(|&site| matches!(program.op(site), Op::Spawn(spawn) if spawn.group.is_some()));
    spawned_in_group
        || program.steps_of(parent).into_iter().any(|step| {
            let waited = match program.op(step) {
                Op::Receive { .. } => program.channel_of(step),
                Op::Loop(l) => match l.kind {
                    crate::model::LoopKind::Channel(over) => program.object_of(over),
                    _ => None,
                },
                Op::Call(call) if call.api == Api::GroupWait => {
                    call.receiver.and_then(|of| program.object_of(of))
                }
                _ => None,
            };
            waited.is_some_and(|object| said.contains(&object))
        })
}

/// Whether a closure is an argument of code that is not in view.
fn is_handed_over(program: &Program, closure: FunctionId) -> bool {
    let FunctionKind::Closure(parent) = program.function(closure).kind else {
        return false;
    };
    program.steps_of(parent).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            call.target.is_none()
                && program
                    .list(call.args)
                    .iter()
                    .any(|&argument| *program.kind(argument) == ExprKind::Closure(closure))
        })
    })
}
