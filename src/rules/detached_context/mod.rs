//! BP20: work is given a root context where the caller's is at hand.
//!
//! Cutting work loose is often meant: clean-up, a last flush, what must outlive the request.
//! So a root is only flagged where work runs on behalf of the caller: not behind a deferral, not
//! in what stops, not after the caller's context has ended, not in tasks that nobody waits for.

mod cutters;
mod ends;
mod fate;
mod left;
mod meant;
mod runs;
mod travels;
mod unseen;

use fate::{Fates, Work, fills_in};
use meant::{WORDS, after_the_end, is_explained, is_meant};
use runs::{Runs, runs_for_caller};

use super::{Confidence, Finding, Findings, Level, Rule, Seam, Thresholds};
use crate::model::change::Change;
use crate::model::channels::ArmKind;
use crate::model::nearby::says;
use crate::model::roles::ContextInScope;
use crate::model::{
    Api, Call, ExprKind, FunctionId, FunctionKind, Init, Library, Op, Owner, Program, StepId,
    VariableId, VariableKind,
};
use rustc_hash::FxHashSet;

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
    unseen::check(program, findings);
    left::check(program, findings);
    travels::check(program, findings);
    let cutters = cutters::cutters(program);
    let mut makers = makers(program);
    makers.extend(cutters.keys());
    let roots: Vec<StepId> = program
        .step_ids()
        .filter(|&step| {
            let call = program.call(step);
            call.is_some_and(|call| is_root(call, &makers))
        })
        .collect();
    if roots.is_empty() {
        return;
    }
    let fates = Fates::of(program, &makers);
    for root in roots {
        let target = program.call(root).and_then(|call| call.target);
        let cut = target.and_then(|target| cutters.get(&target).copied());
        judge(program, root, cut, &fates, findings);
    }
}

/// A context that is the caller's, or the end of what the work belongs to.
#[derive(Clone, Copy)]
struct Hand {
    context: ContextInScope,
    /// The parameter that brings it along in a field.
    from: Option<VariableId>,
}

impl Hand {
    /// The best context at hand where a root is made: the function's own before what it is kept
    /// in. What a root was given a name in is none.
    fn at(program: &Program, root: StepId) -> Option<Hand> {
        let is_callers = |context: &ContextInScope| is_callers(program, *context, root);
        let own = program.context_at(root).filter(is_callers);
        let kept = || program.context_kept_at(root).filter(is_callers);
        let brought = || {
            let (parameter, field) = program.context_brought_at(root)?;
            let context = ContextInScope::Field(field);
            is_callers(&context).then_some(Hand {
                context,
                from: Some(parameter),
            })
        };
        let alone = |context| Hand {
            context,
            from: None,
        };
        match own {
            Some(own @ ContextInScope::Field(_)) => brought().or(Some(alone(own))),
            Some(own) => Some(alone(own)),
            None => brought().or_else(|| kept().map(alone)),
        }
    }
}

/// Judges a root where it is made, or where a helper is called that makes it (`cut`).
fn judge(
    program: &Program,
    root: StepId,
    cut: Option<StepId>,
    fates: &Fates,
    findings: &mut Findings,
) {
    let function = program.function_of(root);
    let is_said = findings.has_at(program.span(cut.unwrap_or(root)));
    if is_said || program.function(function).is_test || is_for_the_process(program, function) {
        return;
    }
    let Some(hand) = Hand::at(program, root) else {
        return;
    };
    let context = hand.context;
    let Some(work) = fates.work(program, root) else {
        return;
    };
    if fills_in(program, root)
        || is_meant(program, root, work.call)
        || hand.from.is_none() && ignores_its_own(program, function, context, work.call)
        || is_raced(program, work.call)
        || is_ended_along(program, root)
    {
        return;
    }
    let mut confidence = match context {
        ContextInScope::Parameter(_) | ContextInScope::Request(_) => Confidence::High,
        ContextInScope::Local(_) | ContextInScope::Field(_) => Confidence::Medium,
    };
    if work.has_deadline || work.is_derived || cut.is_some() {
        confidence = confidence.min(Confidence::Medium);
    }
    match runs_for_caller(program, function, context) {
        Runs::Here => {}
        Runs::Later => confidence = Confidence::Low,
        Runs::Alone => return,
    }
    let is_only_kept = matches!(context, ContextInScope::Field(field) if !fates.is_lived_by(field));
    if is_ended_by_a_guard(program, root) {
        // Whoever drops what waits for the work ends it; whoever cancels the token at hand does
        // not. Of work on other tasks the guard is the end.
        let is_waited_for = program.function_of(work.call) == function;
        confidence = confidence.min(match is_waited_for {
            true => Confidence::Medium,
            false => Confidence::Low,
        });
    }
    if is_only_kept || is_explained(program, root) {
        confidence = Confidence::Low;
    }
    say(program, root, cut, hand, &work, confidence, findings);
}

fn say(
    program: &Program,
    root: StepId,
    cut: Option<StepId>,
    hand: Hand,
    work: &Work,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let context = hand.context;
    let variable = program.variable(context.variable());
    let name = program.text(variable.name).to_owned();
    let at_hand = match context {
        _ if let Some(from) = hand.from => {
            format!("{}.{name}", program.text(program.variable(from).name))
        }
        ContextInScope::Request(_) if name.is_empty() => "the stream's context".to_owned(),
        ContextInScope::Request(_) => format!("{name}.Context()"),
        _ => name,
    };
    let callee = program
        .call(work.call)
        .map_or(String::new(), |call| program.callee_name(call.callee));
    let shown = program.show_called(cut.unwrap_or(root));
    let finding: &mut Finding = findings.at(
        program.span(cut.unwrap_or(root)),
        confidence,
        format!("`{callee}` runs on a new root context although `{at_hand}` is at hand"),
    );
    finding.function = Some(program.function_of(cut.unwrap_or(root)));
    finding
        .about(shown)
        .why(if work.has_deadline {
            format!("When the caller gives up, nothing tells this work: it goes on until its own time is over, for nobody. The caller's deadline, if it is sooner, is not kept. `{at_hand}` would carry both.")
        } else {
            format!("The caller's deadline and cancellation end here: when it gives up, `{callee}` works on, for as long as it likes and for nobody. Under load such work piles up.")
        })
        .fix(format!("Pass `{at_hand}`, or a context derived from it. Where the work must outlive the caller, say so: keep its values without its end (a context cut loose from it on purpose) and give it a timeout of its own."))
        .because(variable.span, "the context that is at hand");
    if cut.is_some() {
        finding.because(program.span(root), "the work gets it here");
    } else if !work.has_deadline
        && let ContextInScope::Parameter(_) = context
        && program.call(root).is_some()
    {
        finding.suggest(program.span(root), Change::Instead(at_hand));
    }
}

/// Whether the new context ends with a guard that whoever made it holds: whoever ends the one ends
/// the other by leaving.
fn is_ended_by_a_guard(program: &Program, root: StepId) -> bool {
    program.ended_by_guards.iter().any(|&context| {
        program.variable_of(context).is_some_and(|variable| {
            matches!(program.variable(variable).init, Init::Value(value)
                if program.call_of(value).is_some_and(|(step, _)| step == root))
        })
    })
}

/// Functions that do nothing but make a root, and say nothing of that it is meant.
fn makers(program: &Program) -> FxHashSet<FunctionId> {
    let roots = program.step_ids().filter(|&step| {
        let call = program.call(step);
        call.is_some_and(|call| call.api == Api::ContextRoot)
    });
    let makes = |&function: &FunctionId| {
        let facts = program.function(function);
        let gives_one = matches!(facts.results[..], [result]
            if program.library(result) == Some(Library::Context));
        let mut steps = program.steps_of(function).into_iter();
        gives_one
            && !program.is_closure(function)
            && !says(program.text(facts.name), WORDS)
            && steps.all(|step| match program.op(step) {
                Op::Return(values) => program
                    .list(*values)
                    .iter()
                    .all(|&value| ends::is_fresh(program, value)),
                Op::Call(call) => call.api == Api::ContextRoot,
                Op::Assign(_) => true,
                _ => false,
            })
    };
    roots
        .map(|root| program.function_of(root))
        .filter(makes)
        .collect()
}

/// Whether a call makes a root, by itself or by a function that only does that.
fn is_root(call: &Call, makers: &FxHashSet<FunctionId>) -> bool {
    call.api == Api::ContextRoot || call.target.is_some_and(|target| makers.contains(&target))
}

/// Whether the new context is ended where the one at hand has ended.
fn is_ended_along(program: &Program, root: StepId) -> bool {
    let named = program.steps_of(program.function_of(root)).into_iter();
    let mut named = named.filter_map(|step| match program.op(step) {
        Op::Assign(assign) => program.assigned(assign).find_map(|(target, value)| {
            let (made, _) = program.call_of(value)?;
            (made == root).then(|| program.object_of(target))?
        }),
        _ => None,
    });
    named.next().is_some_and(|own| {
        let mut calls = program.object(own).calls.iter();
        calls.any(|&call| {
            program
                .call(call)
                .is_some_and(|call| call.api == Api::Cancel)
                && after_the_end(program, call, program.function_of(call))
        })
    })
}

/// Whether work is one of several that are waited for until a context ends, in languages in which
/// what is not waited for any more is dropped.
fn is_raced(program: &Program, work: StepId) -> bool {
    program.has_owners
        && program.ancestors(work).any(|(around, owner)| {
            matches!(owner, Owner::Guard(..))
                && program
                    .arms(around)
                    .iter()
                    .any(|(_, kind)| *kind == ArmKind::Done)
        })
}

/// What `main` and `init` make lives as long as the process.
fn is_for_the_process(program: &Program, function: FunctionId) -> bool {
    let outermost = program.outermost(function);
    let name = program.text(program.function(outermost).name);
    matches!(program.function(outermost).kind, FunctionKind::Plain)
        && matches!(name, "main" | "init" | "TestMain")
}

/// Whether the context is the caller's, and not one that the function made of a root itself.
fn is_callers(program: &Program, context: ContextInScope, root: StepId) -> bool {
    let variable = match context {
        ContextInScope::Local(variable) => variable,
        // `shutdownCtx` and the like are for something else than the work at hand.
        ContextInScope::Field(field) => {
            let name = program.text(program.variable(field).name);
            // A token is named for what it ends, and ends all that it is told to.
            return program.has_owners
                || matches!(name.to_ascii_lowercase().as_str(), "ctx" | "context");
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

/// Whether only a field holds a context, and the function starts something, is the short form of
/// one that takes a context, or leaves the one that it takes without a name: then the root is a
/// choice.
fn ignores_its_own(
    program: &Program,
    function: FunctionId,
    context: ContextInScope,
    work: StepId,
) -> bool {
    if !matches!(context, ContextInScope::Field(_)) {
        return false;
    }
    let outer = program.function(program.outermost(function));
    let name = program.text(outer.name).to_ascii_lowercase();
    let is_blank = outer.parameters.iter().any(|&parameter| {
        program.library(program.variable(parameter).ty) == Some(Library::Context)
    });
    // `Query` that calls `QueryContext` is there for callers without a context.
    let is_short_form = program.call(work).is_some_and(|call| {
        let callee = program.callee_name(call.callee).to_ascii_lowercase();
        callee
            .strip_prefix(name.as_str())
            .is_some_and(|rest| matches!(rest, "context" | "ctx" | "withcontext" | "withctx"))
            || callee.len() > name.len() && callee.ends_with(&name) && is_on_self(program, call)
    });
    let listens = || {
        let mut steps = program.steps_of(program.function_of(work)).into_iter();
        steps.any(|step| {
            program
                .mentions_of(step)
                .into_iter()
                .flat_map(|value| program.parts_of(value))
                .any(|part| matches!(*program.kind(part), ExprKind::Field(_, field) if field == context.variable()))
        })
    };
    is_blank
        || is_short_form
        || !listens()
            && ["start", "open", "run", "serve"]
                .iter()
                .any(|word| name.starts_with(word))
}

/// Whether a call is on the receiver of the method that it stands in: another form of it.
fn is_on_self(program: &Program, call: &Call) -> bool {
    let base = match *program.kind(call.callee) {
        ExprKind::Function(_, Some(base)) | ExprKind::Member(base, _) => base,
        _ => return false,
    };
    program
        .variable_of(base)
        .is_some_and(|base| program.variable(base).kind == VariableKind::Receiver)
}
