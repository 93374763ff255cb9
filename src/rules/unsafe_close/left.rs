//! What can be used once is taken for granted out of an entry that stays where it is kept: whoever
//! comes to that entry again finds nothing and panics.

use super::taken::is_tested;
use crate::model::{Api, ExprId, ExprKind, FunctionId, Init, Op, Program, StepId, VariableId};
use crate::rules::{Confidence, Findings, handlers};
use crate::source::Span;

/// How many names an entry may have on the way from where it is kept.
const MAX_NAMES: u32 = 6;
/// Methods that lend the entry of a key. Who goes over all entries may do so once.
const LENDS: &[&str] = &["get_mut", "get"];
/// Methods that take entries out.
const TAKES_OUT: &[&str] = &[
    "remove",
    "remove_entry",
    "swap_remove",
    "shift_remove",
    "retain",
    "clear",
    "take",
    "drain",
    "pop",
    "pop_front",
    "pop_back",
    "truncate",
    "extract_if",
];

/// Says so of a take in a method that is called on an entry which its caller leaves in place.
pub(super) fn check(
    program: &Program,
    (field, function, place): (VariableId, FunctionId, Span),
    findings: &mut Findings,
) {
    let taker = program.outermost(function);
    if is_tested(program, field, function, place) || program.function(taker).is_test {
        return;
    }
    if let Some((call, keeper)) = taken_at_once(program, field, place) {
        let (this, other) = ((field, function, place), (call, keeper));
        if !takes_out(program, function, keeper) {
            say(program, this, other, Confidence::Medium, findings);
        }
        return;
    }
    let calls = calls_of(program, taker);
    let mut lent = calls.iter().filter_map(|&call| {
        let (entry, keeper) = kept_at(program, call)?;
        Some((call, entry, keeper))
    });
    let Some((call, _, keeper)) = lent.find(|&(call, entry, keeper)| {
        !program.function(program.function_of(call)).is_test
            && !takes_out(program, program.function_of(call), keeper)
            && !is_asked_before(program, call, entry)
    }) else {
        return;
    };
    let confidence = match calls.len() {
        1 => Confidence::Medium,
        _ => Confidence::High,
    };
    say(
        program,
        (field, function, place),
        (call, keeper),
        confidence,
        findings,
    );
}

/// Where a field is taken straight out of an entry: what keeps the entry, where the entry itself is
/// asked for nothing before.
fn taken_at_once(program: &Program, field: VariableId, place: Span) -> Option<(StepId, ExprId)> {
    let mut named = program.occurrences(field).iter();
    let &at = named.find(|&&at| place.contains(program.expr(at).span))?;
    let ExprKind::Field(on, _) = *program.kind(at) else {
        return None;
    };
    let entry = program.variable_of(on)?;
    let keeper = keeper_of(program, on)?;
    let step = program.step_of(at)?;
    (!is_asked_before(program, step, entry)).then_some((step, keeper))
}

/// The calls of a method, also by its name on what is not known, where nothing else has that name.
fn calls_of(program: &Program, taker: FunctionId) -> Vec<StepId> {
    let known = &program.callers[taker.index()];
    let calls = known
        .iter()
        .copied()
        .filter(|&call| matches!(program.op(call), Op::Call(_)));
    let calls: Vec<StepId> = calls.collect();
    let name = program.function(taker).name;
    let mut others = program.function_ids();
    if !calls.is_empty()
        || others.any(|other| {
            other != taker && program.function(other).name == name && !program.is_closure(other)
        })
    {
        return calls;
    }
    let is_by_name = |&step: &StepId| {
        program.call(step).is_some_and(|call| {
            call.target.is_none()
                && matches!(*program.kind(call.callee), ExprKind::Member(_, of) if of == name)
        })
    };
    program.step_ids().filter(is_by_name).collect()
}

/// The entry that a method is called on, and what keeps it: a field, also of what is not in view.
fn kept_at(program: &Program, call: StepId) -> Option<(VariableId, ExprId)> {
    let of = program.call(call)?;
    let on = of.receiver.or(match *program.kind(of.callee) {
        ExprKind::Member(on, _) => Some(on),
        _ => None,
    })?;
    let entry = program.variable_of(on)?;
    Some((entry, keeper_of(program, on)?))
}

fn keeper_of(program: &Program, mut value: ExprId) -> Option<ExprId> {
    let mut is_lent = false;
    for _ in 0..MAX_NAMES {
        value = match *program.kind(value) {
            ExprKind::Field(..) | ExprKind::Member(..) => return is_lent.then_some(value),
            ExprKind::Reference(inner) | ExprKind::Dereference(inner) => inner,
            ExprKind::Index(base, _) => {
                is_lent = true;
                base
            }
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(first) | Init::Part(first, 0) => first,
                _ => return None,
            },
            ExprKind::Call(step) => {
                let call = program.call(step)?;
                let name = program.callee_name(call.callee);
                if !LENDS.contains(&name.rsplit('.').next().unwrap_or(&name)) {
                    return None;
                }
                is_lent = true;
                match *program.kind(call.callee) {
                    ExprKind::Member(on, _) => on,
                    _ => call.receiver?,
                }
            }
            _ => return None,
        };
    }
    None
}

/// Whether a function takes anything out of what keeps entries.
fn takes_out(program: &Program, function: FunctionId, keeper: ExprId) -> bool {
    let kept = program.show(keeper);
    let is_it = |value: ExprId| program.show(value) == kept;
    let mut steps = program.steps_of(function).into_iter();
    steps.any(|step| match program.op(step) {
        Op::Call(call) => {
            let name = program.callee_name(call.callee);
            let takes = TAKES_OUT.contains(&name.rsplit('.').next().unwrap_or(&name));
            let on = match *program.kind(call.callee) {
                ExprKind::Member(on, _) => Some(on),
                _ => call.receiver,
            };
            let first = program.list(call.args).first().copied();
            takes && on.is_some_and(is_it) || call.api == Api::MapDelete && first.is_some_and(is_it)
        }
        Op::Assign(assign) => program
            .list(assign.targets)
            .iter()
            .any(|&target| is_it(target)),
        _ => false,
    })
}

/// Whether something that an entry says of itself is asked before it is used.
fn is_asked_before(program: &Program, call: StepId, entry: VariableId) -> bool {
    handlers::conditions_before(program, call)
        .into_iter()
        .flat_map(|condition| program.parts_of(condition))
        .any(|part| match *program.kind(part) {
            ExprKind::Field(of, _) | ExprKind::Member(of, _) => {
                program.variable_of(of) == Some(entry)
            }
            _ => false,
        })
}

fn say(
    program: &Program,
    (field, function, place): (VariableId, FunctionId, Span),
    (call, keeper): (StepId, ExprId),
    confidence: Confidence,
    findings: &mut Findings,
) {
    let name = program.variable_name(field);
    let kept = program.show(keeper);
    let finding = findings.at(
        place,
        confidence,
        format!(
            "takes `{name}` for granted, and the entry that it was taken from stays in `{kept}`"
        ),
    );
    finding
        .why(format!(
            "`{name}` can be used once. The entry is found again by the next one who comes for it, a late answer or a look at what is overdue, and that one finds nothing and panics."
        ))
        .fix(format!(
            "Take the entry out of `{kept}` as it is used, so that it is found once; or let whoever finds nothing go on quietly."
        ))
        .about(name);
    finding.function = Some(function);
    finding.because(program.span(call), "this leaves the entry where it is");
}
