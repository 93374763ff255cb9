//! Form 8: a function keeps the sender of a channel of its own in a registry, and waits without
//! limit for what comes.
//!
//! The registry keeps the sender alive, so the channel does not end when whoever was to answer is
//! gone. Silent where something in view empties the registry.

use super::is_bare;
use crate::model::channels::Capacity;
use crate::model::step::Call;
use crate::model::{
    Api, Discipline, ExprId, ExprKind, Init, LoopKind, ObjectId, Op, Program, StepId, Symbol,
    VariableId, VariableKind,
};
use crate::rules::{Confidence, Findings};

/// Methods of other containers that take all entries out, or those that they choose.
const EMPTIES: &[&str] = &["clear", "drain", "retain", "take", "invalidate_all"];

pub(super) fn check(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let object = program.object(channel);
    let &[made] = &object.makes[..] else { return };
    let is_for_one = program.discipline(channel) == Discipline::Once
        || program.capacity(channel) == Capacity::Known(1);
    if !is_for_one || program.function_at(program.expr(made).span).is_none() {
        return;
    }
    for &receive in &object.receives {
        let Some((kept, registry)) = kept_in(program, channel, receive) else {
            continue;
        };
        // Of a registry whose type is not in view, whoever answers has to be.
        let is_in_view = registry.field.is_some() || is_answered(program, registry);
        if is_bare(program, receive) && is_in_view && !is_emptied(program, registry) {
            say(program, channel, receive, kept, registry, findings);
        }
    }
}

/// Where the function of a receive puts the sender into a map or a list that a field keeps.
fn kept_in(program: &Program, channel: ObjectId, receive: StepId) -> Option<(StepId, Registry)> {
    let home = program.function_of(receive);
    program.steps_of(home).into_iter().find_map(|step| {
        let Op::Assign(assign) = program.op(step) else {
            return None;
        };
        program.assigned(assign).find_map(|(target, value)| {
            let ExprKind::Index(base, _) = *program.kind(target) else {
                return None;
            };
            let is_sender = program.object_of(value) == Some(channel);
            let registry = registry_of(program, base)?;
            (is_sender && program.is_before(step, receive)).then_some((step, registry))
        })
    })
}

/// What keeps senders: a field or a package variable, or something of a type that is not in view,
/// which goes by its name wherever it is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Registry {
    field: Option<VariableId>,
    name: Symbol,
}

/// What a place is reached through, by way of locks and the names of their guards.
fn registry_of(program: &Program, mut place: ExprId) -> Option<Registry> {
    let of_variable = |variable: VariableId| {
        let of = program.variable(variable);
        let is_lasting = matches!(of.kind, VariableKind::Field(_) | VariableKind::Global);
        let is_in_view = is_lasting && !program.is_out_of_view(of.ty);
        Registry {
            field: is_in_view.then_some(variable),
            name: of.name,
        }
    };
    for _ in 0..8 {
        match *program.kind(place) {
            ExprKind::Field(_, field) => return Some(of_variable(field)),
            ExprKind::Member(_, name) => return Some(Registry { field: None, name }),
            ExprKind::Reference(inner) | ExprKind::Dereference(inner) => place = inner,
            ExprKind::Variable(variable) => match program.variable(variable) {
                of if of.kind == VariableKind::Global => return Some(of_variable(variable)),
                of => match of.init {
                    Init::Value(value) => place = value,
                    _ => return Some(of_variable(variable)),
                },
            },
            _ => return None,
        }
    }
    None
}

/// Whether a place is in a registry, as far as that can be told: two fields differ, and everything
/// else goes by its name.
fn is_of(program: &Program, place: ExprId, registry: Registry) -> bool {
    registry_of(program, place).is_some_and(|found| match (found.field, registry.field) {
        (Some(found), Some(field)) => found == field,
        _ => found.name == registry.name,
    })
}

/// Whether somebody in view takes one sender after the other out of a registry, until nothing more
/// comes.
fn is_answered(program: &Program, registry: Registry) -> bool {
    program.step_ids().any(|step| {
        let takes = program.call(step).is_some_and(|call| {
            matches!((call.api, program.list(call.args)), (Api::MapDelete, &[map, _])
                if is_of(program, map, registry))
        });
        let ends = |looped| !program.is_endless(looped) || !program.loop_exits(looped).is_empty();
        takes && program.enclosing_loop(step).is_some_and(ends)
    })
}

fn last_name(program: &Program, call: &Call) -> String {
    let name = program.callee_name(call.callee);
    name.rsplit('.').next().unwrap_or(&name).to_owned()
}

/// Whether anything in view takes all senders out, or goes through them: a connection that ends
/// lets go of everybody who waits.
fn is_emptied(program: &Program, registry: Registry) -> bool {
    let is_it = |place: ExprId| is_of(program, place, registry);
    program.step_ids().any(|step| match program.op(step) {
        Op::Assign(assign) => {
            let whole = program.list(assign.targets).iter();
            let mut whole =
                whole.filter(|&&target| !matches!(program.kind(target), ExprKind::Index(..)));
            whole.any(|&target| {
                !matches!(program.kind(target), ExprKind::Variable(_)) && is_it(target)
            })
        }
        Op::Loop(l) => matches!(l.kind, LoopKind::Over(over) if is_it(over)),
        // A removal by key takes one out, one without takes all that it likes.
        Op::Call(call) => match (call.api, program.list(call.args)) {
            (Api::MapDelete, &[map]) => is_it(map),
            _ => {
                let on = match *program.kind(call.callee) {
                    ExprKind::Member(on, _) => Some(on),
                    _ => call.receiver,
                };
                on.is_some_and(is_it) && EMPTIES.contains(&last_name(program, call).as_str())
            }
        },
        _ => false,
    })
}

fn say(
    program: &Program,
    channel: ObjectId,
    receive: StepId,
    kept: StepId,
    registry: Registry,
    findings: &mut Findings,
) {
    let (name, registry) = (
        program.object_name(channel),
        match registry.field {
            Some(field) => program.variable_name(field),
            None => program.text(registry.name).to_owned(),
        },
    );
    let finding = findings.at(
        program.span(receive),
        Confidence::Medium,
        format!("waits on `{name}` for as long as `{registry}` keeps the sender"),
    );
    finding
        .why("A receiver is told of the end when its sender is dropped. Here the sender stays in the registry when nobody answers any more, so this waits for ever, and the entry is never removed.")
        .fix("Wait for a limited time and take the entry out again when it is over, and empty the registry when whoever answers is gone.")
        .about(registry);
    finding.function = Some(program.function_of(receive));
    finding.because(program.span(kept), "the sender is kept here");
}
