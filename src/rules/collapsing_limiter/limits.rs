//! What is a limit: by its name, or since it bounds how much runs.

use super::cuts::Cut;
use crate::model::{
    Api, AssignHow, BinaryOp, Call, ExprId, ExprKind, Init, Library, ObjectId, Op, Program,
    VariableKind,
};
use rustc_hash::FxHashSet;

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
        !is_time
            && (LIMITS.iter().any(|word| name.contains(word))
                || is_type_name_limit(program, of.kind, &name))
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
    program.object(limit).variables.iter().any(|&variable| {
        matches!(
            program.variable(variable).kind,
            VariableKind::Field(_) | VariableKind::Global
        )
    })
}

/// What a number is compared with that goes up when something begins and down when it ends: it
/// says how much may run, whatever its name.
fn bounds_of_running(program: &Program) -> FxHashSet<ObjectId> {
    let running = running(program);
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
        let sides = (number(program, left), number(program, right));
        if let (Some(left), Some(right)) = sides {
            bounds.extend(running.contains(&left).then_some(right));
            bounds.extend(running.contains(&right).then_some(left));
        }
    }
    bounds
}

/// Shared numbers that go up by one and down by one.
fn running(program: &Program) -> FxHashSet<ObjectId> {
    let (mut ups, mut downs) = (FxHashSet::default(), FxHashSet::default());
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
fn added(program: &Program, call: &Call) -> Option<(ExprId, bool)> {
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
