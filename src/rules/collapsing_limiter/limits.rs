//! What is a limit: by its name, or since it bounds how much runs.

use super::cuts::Cut;
use crate::model::{
    Api, AssignHow, BinaryOp, Call, ExprId, ExprKind, FunctionKind, Init, Library, ObjectId, Op,
    Program, VariableId, VariableKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Keeps what is cut of limits.
pub(super) fn retain(program: &Program, cuts: &mut Vec<Cut>) {
    let mut bounds = None;
    cuts.retain(|cut| {
        is_named_limit(program, cut.limit)
            || is_of_limiter(program, cut)
            || bounds
                .get_or_insert_with(|| bounds_of_running(program))
                .contains(&cut.limit)
    });
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
    "per_sec",
    "persec",
    "admit",
];

fn is_named_limit(program: &Program, limit: ObjectId) -> bool {
    program.object(limit).variables.iter().any(|&variable| {
        let of = program.variable(variable);
        let name = program.text(of.name).to_ascii_lowercase();
        let is_time = program.library(of.ty) == Some(Library::Duration)
            || ["time", "interval", "delay", "bytes", "size", "count"]
                .iter()
                .any(|word| name.contains(word));
        // How large a window is says how much it lets in.
        !is_time && (LIMITS.iter().any(|word| name.contains(word)) || name == "cap")
            || (!is_time || name == "size") && is_type_name_limit(program, of.kind, &name)
    })
}

/// Whether what is set is the rate of a library's limiter, whatever its name.
fn is_of_limiter(program: &Program, cut: &Cut) -> bool {
    let is_limiter = |ty| program.library(ty) == Some(Library::RateLimiter);
    program.call(cut.step).is_some_and(|call| {
        program.callee_name(call.callee) == "SetLimit"
            || call
                .receiver
                .is_some_and(|on| is_limiter(program.expr(on).ty))
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
            "window",
            "gate",
            "shed",
            "admission",
            "aimd",
        ]
        .iter()
        .any(|word| of.contains(word))
}

/// Fields, package variables, and what closures share; not the locals of a single run.
pub(super) fn is_shared(program: &Program, limit: ObjectId) -> bool {
    let variables = &program.object(limit).variables;
    let is_shared = |&variable: &VariableId| match program.variable(variable).kind {
        VariableKind::Field(_) | VariableKind::Global => true,
        VariableKind::Local | VariableKind::Parameter => is_of_closures(program, variable),
        _ => false,
    };
    // What has no variable is a member of something whose type is out of view.
    variables.is_empty() || variables.iter().any(is_shared)
}

/// Whether two closures of a function have a variable of its own in common, each of which is kept
/// somewhere else: it lives on with them.
fn is_of_closures(program: &Program, variable: VariableId) -> bool {
    let of = program.variable(variable);
    let Some(owner) = of.function else {
        return false;
    };
    let places = program.occurrences(variable).iter();
    let mut closures = places.filter_map(|&place| {
        let mut at = program.function_of(program.step_of(place)?);
        while let FunctionKind::Closure(outer) = program.function(at).kind {
            if outer == owner {
                return Some(at);
            }
            at = outer;
        }
        None
    });
    let first = closures.next();
    first.is_some_and(|first| closures.any(|other| other != first))
}

/// What a number is compared with that goes up when something begins and down when it ends: it
/// says how much may run, whatever its name.
fn bounds_of_running(program: &Program) -> FxHashSet<ObjectId> {
    let changed = changed_by(program);
    let running = running(program, &changed);
    let mut bounds = FxHashSet::default();
    if running.is_empty() {
        return bounds;
    }
    for expr in &program.exprs {
        let ExprKind::Binary(operator, left, right) = expr.kind else {
            continue;
        };
        if !operator.is_order() && operator != BinaryOp::Equal {
            continue;
        }
        let given = |side: ExprId| match *program.kind(side) {
            ExprKind::Variable(variable) => changed.get(&variable).copied(),
            _ => None,
        };
        let sides = (
            given(left).or_else(|| number(program, left)),
            given(right).or_else(|| number(program, right)),
        );
        if let (Some(left), Some(right)) = sides {
            bounds.extend(running.contains(&left).then_some(right));
            bounds.extend(running.contains(&right).then_some(left));
        }
    }
    bounds
}

/// What the closures are given that make one value of an atomic of the one before.
fn changed_by(program: &Program) -> FxHashMap<VariableId, ObjectId> {
    let changes = program.step_ids().filter_map(|step| {
        let call = program.call(step)?;
        if call.api != Api::AtomicCompareSwap {
            return None;
        }
        let object = program.object_of(call.receiver?)?;
        let mut arguments = program.list(call.args).iter();
        let made = arguments.find_map(|&argument| match *program.kind(argument) {
            ExprKind::Closure(function) => Some(function),
            _ => None,
        })?;
        let &given = program.function(made).parameters.first()?;
        Some((given, object))
    });
    changes.collect()
}

/// Shared numbers that go up by one and down by one, or that one at a time makes larger.
fn running(program: &Program, changed: &FxHashMap<VariableId, ObjectId>) -> FxHashSet<ObjectId> {
    let (mut ups, mut downs) = (FxHashSet::default(), FxHashSet::default());
    let exprs = (!changed.is_empty()).then_some(&program.exprs);
    for expr in exprs.into_iter().flatten() {
        if let ExprKind::Binary(BinaryOp::Add, given, by) = expr.kind
            && let ExprKind::Variable(given) = *program.kind(given)
            && program.constant_int(by) == Some(1)
            && let Some(&object) = changed.get(&given)
        {
            ups.insert(object);
            downs.insert(object);
        }
    }
    for step in program.step_ids() {
        let moved = match program.op(step) {
            Op::Assign(assign) => match (assign.how, program.list(assign.targets)) {
                (AssignHow::Update(BinaryOp::Add), &[target]) => Some((target, true)),
                (AssignHow::Update(BinaryOp::Subtract), &[target]) => Some((target, false)),
                _ => None,
            },
            Op::Call(call) if call.api == Api::AtomicAdd => added(program, call),
            _ => None,
        };
        let Some((target, is_up)) = moved else {
            continue;
        };
        let object = program.object_of(target);
        let object = object.filter(|&object| is_shared(program, object));
        match is_up {
            true => ups.extend(object),
            false => downs.extend(object),
        }
    }
    ups.intersection(&downs).copied().collect()
}

/// The atomic that a call adds to, and whether it goes up.
pub(super) fn added(program: &Program, call: &Call) -> Option<(ExprId, bool)> {
    let arguments = program.list(call.args);
    let target = call.receiver.or_else(|| arguments.first().copied())?;
    let by = program.constant(*arguments.last()?);
    let is_negative = by.and_then(|by| by.as_f64()).is_some_and(|by| by < 0.0);
    let is_down = is_negative || program.callee_name(call.callee) == "fetch_sub";
    Some((target, !is_down))
}

/// The number that a side of a comparison is, also right after it has moved.
fn number(program: &Program, side: ExprId) -> Option<ObjectId> {
    match *program.kind(side) {
        ExprKind::Convert(_, inner) => number(program, inner),
        ExprKind::Binary(BinaryOp::Add, left, _) => number(program, left),
        ExprKind::Call(step) => {
            let call = program.call(step)?;
            match call.api {
                Api::AtomicLoad | Api::AtomicAdd => {
                    let on = call
                        .receiver
                        .or_else(|| program.list(call.args).first().copied());
                    program.object_of(on?)
                }
                // `f64::from(running)`
                Api::Other | Api::Pure if call.target.is_none() && call.args.len == 1 => {
                    let name = program.callee_name(call.callee);
                    let &only = program.list(call.args).first()?;
                    (name == "from").then(|| number(program, only)).flatten()
                }
                _ => program.object_of(side),
            }
        }
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) if matches!(program.kind(value), ExprKind::Call(_)) => {
                number(program, value)
            }
            _ => program.object_of(side),
        },
        _ => program.object_of(side),
    }
}
