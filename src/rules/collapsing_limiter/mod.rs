//! BP18: a limit that failures divide down and nothing keeps up.
//!
//! A *cut* makes a shared limit smaller in proportion, on failure. It needs a floor, a way back,
//! and one change at a time. Halvings of other things (batches, averages, searches, times) admit
//! no work and are not looked at.

mod care;

use care::Care;

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::change::Change;
use crate::model::{
    Api, Assign, AssignHow, BinaryOp, Call, ExprId, ExprKind, Init, Library, ObjectId, Op, Owner,
    Program, StepId, Type, VariableId, VariableKind,
};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "BP18",
    slug: "collapsing-limiter",
    summary: "a limit is divided down on failure and cannot recover",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &[],
    page: include_str!("../../../rules/BP18-collapsing-limiter/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let cuts = cuts(program);
    if cuts.is_empty() {
        return;
    }
    let care = Care::of(program, &cuts);
    for cut in &cuts {
        judge(program, cut, &care, findings);
    }
}

/// A place where a limit is made smaller.
struct Cut {
    /// The step that changes the limit.
    step: StepId,
    /// Where to point.
    at: Span,
    limit: ObjectId,
    /// A floor stands in the value itself.
    has_floor: bool,
    /// Read and written in two steps of an atomic.
    is_torn: bool,
    /// The local that holds the new value for a while.
    through: Option<VariableId>,
}

fn cuts(program: &Program) -> Vec<Cut> {
    let mut found = Vec::new();
    for step in program.step_ids() {
        let cut = match program.op(step) {
            Op::Assign(assign) => of_assign(program, step, assign),
            Op::Call(call) if matches!(call.api, Api::AtomicStore | Api::AtomicCompareSwap) => {
                of_store(program, step, call)
            }
            _ => None,
        };
        found.extend(cut.filter(|cut| {
            is_limit(program, cut.limit)
                && is_shared(program, cut.limit)
                && on_failure(program, cut)
        }));
    }
    found
}

/// `limit /= 2`, `limit = limit * 0.7`, `limit = max(limit/2, 1)`.
fn of_assign(program: &Program, step: StepId, assign: &Assign) -> Option<Cut> {
    let (&[target], &[value]) = (program.list(assign.targets), program.list(assign.values)) else {
        return None;
    };
    let limit = program.object_of(target)?;
    let (is_cut, has_floor) = match assign.how {
        AssignHow::Update(operator) => (shrinks(program, operator, value), false),
        AssignHow::Set => smaller(program, value, limit),
        AssignHow::Define => (false, false),
    };
    is_cut.then(|| Cut {
        step,
        at: program.span(step),
        limit,
        has_floor,
        is_torn: false,
        through: None,
    })
}

/// `limit.Store(limit.Load() / 2)`, also through a local.
fn of_store(program: &Program, step: StepId, call: &Call) -> Option<Cut> {
    let (limit, value) = stored(program, call)?;
    let (through, value, at) = match *program.kind(value) {
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(init) => (Some(variable), init, program.expr(init).span),
            _ => return None,
        },
        _ => (None, value, program.span(step)),
    };
    let (is_cut, has_floor) = smaller(program, value, limit);
    is_cut.then_some(Cut {
        step,
        at,
        limit,
        has_floor,
        is_torn: call.api == Api::AtomicStore,
        through,
    })
}

/// The atomic and the value of a store, as a method or as a function on its address.
fn stored(program: &Program, call: &Call) -> Option<(ObjectId, ExprId)> {
    let arguments = program.list(call.args);
    if call.api == Api::AtomicCompareSwap {
        return match (call.receiver, arguments) {
            (_, &[place, _, value]) => Some((program.object_of(place)?, value)),
            (Some(receiver), &[_, value]) => Some((program.object_of(receiver)?, value)),
            _ => None,
        };
    }
    match (call.receiver, arguments) {
        (Some(receiver), &[value]) => Some((program.object_of(receiver)?, value)),
        (_, &[place, value]) => Some((program.object_of(place)?, value)),
        _ => None,
    }
}

/// Whether combining with this value makes a number smaller in proportion.
fn shrinks(program: &Program, operator: BinaryOp, value: ExprId) -> bool {
    let Some(by) = program.constant(value).and_then(|by| by.as_f64()) else {
        return false;
    };
    match operator {
        BinaryOp::Divide => by > 1.0,
        BinaryOp::ShiftRight => by >= 1.0,
        BinaryOp::Multiply => by > 0.0 && by < 1.0,
        _ => false,
    }
}

/// Whether a value is a part of what the limit was, and whether it has a floor.
fn smaller(program: &Program, value: ExprId, limit: ObjectId) -> (bool, bool) {
    match *program.kind(value) {
        ExprKind::Convert(_, inner) => smaller(program, inner, limit),
        ExprKind::Binary(operator, left, right) => {
            let is_part = is_of(program, left, limit) && shrinks(program, operator, right)
                || operator == BinaryOp::Multiply
                    && is_of(program, right, limit)
                    && shrinks(program, operator, left);
            (is_part, false)
        }
        ExprKind::Max(list) => {
            let is_cut = program
                .list(list)
                .iter()
                .any(|&part| smaller(program, part, limit).0);
            (is_cut, true)
        }
        _ => (false, false),
    }
}

/// Whether an expression is the limit, or what an atomic limit holds.
fn is_of(program: &Program, id: ExprId, limit: ObjectId) -> bool {
    match *program.kind(id) {
        ExprKind::Convert(_, inner) => is_of(program, inner, limit),
        ExprKind::Call(step) => program.call(step).is_some_and(|call| {
            call.api == Api::AtomicLoad
                && (call.receiver.and_then(|of| program.object_of(of)) == Some(limit)
                    || program
                        .list(call.args)
                        .first()
                        .is_some_and(|&of| program.object_of(of) == Some(limit)))
        }),
        ExprKind::Variable(variable) if program.object_of(id) != Some(limit) => {
            matches!(program.variable(variable).init, Init::Value(value)
                if matches!(program.kind(value), ExprKind::Call(_)) && is_of(program, value, limit))
        }
        _ => program.object_of(id) == Some(limit),
    }
}

/// Words in the names of what admits work.
const LIMITS: &[&str] = &[
    "limit",
    "window",
    "parallel",
    "concurren",
    "inflight",
    "in_flight",
    "permit",
    "quota",
    "allow",
    "maxrequests",
    "maxworkers",
    "throttle",
    "cwnd",
    "slots",
    "budget",
    "rate",
    "rps",
    "qps",
    "admit",
];

fn is_limit(program: &Program, limit: ObjectId) -> bool {
    program.object(limit).variables.iter().any(|&variable| {
        let of = program.variable(variable);
        let name = program.text(of.name).to_ascii_lowercase();
        let is_time = program.library(of.ty) == Some(Library::Duration)
            || ["time", "interval", "delay", "bytes", "size", "count"]
                .iter()
                .any(|word| name.contains(word));
        !is_time
            && (LIMITS.iter().any(|word| name.contains(word))
                || is_type_name_limit(program, of.kind, &name))
    })
}

/// `type Limit struct { n int }`: the name of the type says it.
fn is_type_name_limit(program: &Program, kind: VariableKind, name: &str) -> bool {
    let VariableKind::Field(named) = kind else {
        return false;
    };
    let of = program
        .text(program.named[named.index()].name)
        .to_ascii_lowercase();
    name.len() <= 5
        && [
            "limit",
            "concurrency",
            "throttle",
            "gate",
            "shed",
            "admission",
            "aimd",
        ]
        .iter()
        .any(|word| of.contains(word))
}

/// Fields, package variables, and what closures share; not the locals of a single run.
fn is_shared(program: &Program, limit: ObjectId) -> bool {
    program.object(limit).variables.iter().any(|&variable| {
        matches!(
            program.variable(variable).kind,
            VariableKind::Field(_) | VariableKind::Global
        )
    })
}

/// Words in the names of functions that are called when something went wrong.
const FAILURES: &[&str] = &[
    "fail", "overload", "err", "drop", "backoff", "back_off", "cut", "shrink", "throttl",
    "decrease", "congest", "reject", "slow", "timeout", "reduce", "lower", "halve", "penal",
    "loss", "degrade", "down", "result", "done", "observe", "leave", "release", "report",
    "pressure",
];

fn on_failure(program: &Program, cut: &Cut) -> bool {
    let function = program.function(program.outermost(program.function_of(cut.step)));
    let name = program.text(function.name).to_ascii_lowercase();
    FAILURES.iter().any(|word| name.contains(word))
        || program.ancestors(cut.step).any(|(around, owner)| {
            matches!((owner, program.op(around)), (Owner::Then(_) | Owner::Else(_), Op::Branch { condition, .. })
                if program.failure_test(*condition).is_some() || is_flag(program, *condition))
        })
        || succeeds_before(program, cut)
        || program
            .object(cut.limit)
            .writes
            .iter()
            .any(|&step| step != cut.step && is_growth_beside(program, step, cut))
}

/// `if err == nil { return }` before the cut.
fn succeeds_before(program: &Program, cut: &Cut) -> bool {
    let function = program.function_of(cut.step);
    program.before(cut.step, function).into_iter().any(|step| {
        matches!(program.op(step), Op::Branch { condition, then, .. }
            if program.failure_test(*condition) == Some(false)
                && program.block_diverges(*then)
                && program.dominates(step, cut.step))
    })
}

/// Up in one case and down in another of the same function: additive up, in proportion down.
fn is_growth_beside(program: &Program, step: StepId, cut: &Cut) -> bool {
    program.function_of(step) == program.function_of(cut.step)
        && matches!(program.op(step), Op::Assign(assign)
            if matches!(assign.how, AssignHow::Update(BinaryOp::Add)))
}

fn is_flag(program: &Program, condition: ExprId) -> bool {
    program.parts_of(condition).iter().any(|&part| {
        matches!(*program.kind(part), ExprKind::Variable(variable)
            if program.variable(variable).kind == VariableKind::Parameter
                && matches!(program.underlying(program.variable(variable).ty), Type::Boolean))
    })
}

const NO_FLOOR: &str = "has no floor";

/// The limit as an assignment writes it, where it is a whole number.
fn whole_number(program: &Program, cut: &Cut) -> Option<String> {
    let Op::Assign(assign) = program.op(cut.step) else {
        return None;
    };
    let &[target] = program.list(assign.targets) else {
        return None;
    };
    let is_whole = matches!(
        program.underlying(program.expr(target).ty),
        Type::Integer(_)
    );
    Some(program.show(target)).filter(|name| is_whole && !name.contains('…'))
}

fn judge(program: &Program, cut: &Cut, care: &Care, findings: &mut Findings) {
    let has_floor = cut.has_floor
        || care.floors.contains_key(&cut.limit)
        || cut
            .through
            .is_some_and(|local| care.floored_locals.contains_key(&local));
    let has_growth = care.growths.contains_key(&cut.limit);
    let at_once = program.runs_at_once(cut.step);
    let locked = !program.held_at(cut.step).is_empty();
    let is_racing = !locked && (cut.is_torn || at_once || has_lock_elsewhere(program, cut.limit));
    let mut missing = Vec::new();
    if !has_floor {
        missing.push(NO_FLOOR);
    }
    if !has_growth {
        missing.push("never grows again");
    }
    if is_racing {
        missing.push("is changed by several goroutines unguarded");
    }
    if missing.is_empty() {
        return;
    }
    let mut confidence = if !has_floor || !has_growth || at_once {
        Confidence::High
    } else {
        Confidence::Medium
    };
    if program.object(cut.limit).escapes && has_floor {
        confidence = confidence.lowered();
    }
    let name = program.object_name(cut.limit);
    let finding = findings.at(
        cut.at,
        confidence,
        format!("`{name}` is cut on failure and {}", missing.join(", ")),
    );
    finding.function = Some(program.function_of(cut.step));
    finding
        .about(name.clone())
        .why(why(&name, has_floor, has_growth))
        .fix("Keep a floor of at least one (`max(limit/2, floor)`), grow again on success a little at a time, and hold one lock, or swap in a loop, around each change.");
    if missing == [NO_FLOOR]
        && let Some(number) = whole_number(program, cut)
    {
        finding.suggest(program.span(cut.step), Change::AtLeastOne { number });
    }
    if let Some(&step) = care.growths.get(&cut.limit) {
        finding.because(program.span(step), "it changes here as well");
    }
    for &variable in program.object(cut.limit).variables.iter().take(1) {
        finding.because(program.variable(variable).span, "the limit");
    }
}

fn why(name: &str, has_floor: bool, has_growth: bool) -> String {
    match (has_floor, has_growth) {
        (false, _) => format!(
            "A few failures in a row bring `{name}` to nothing, or so near to it that nothing gets in. Then there is no call, so no success, so nothing that could raise it: the overload is over and the limiter is not."
        ),
        (true, false) => format!(
            "Every failure takes from `{name}` and nothing gives back: after a bad hour the service runs at its floor until it is restarted."
        ),
        (true, true) => format!(
            "Two goroutines read the same `{name}`, and each writes its own result: cuts are lost, or made twice, and a raise can undo a cut."
        ),
    }
}

/// Whether other code takes a lock to touch the limit.
fn has_lock_elsewhere(program: &Program, limit: ObjectId) -> bool {
    program
        .object(limit)
        .writes
        .iter()
        .any(|&step| !program.held_at(step).is_empty())
}
