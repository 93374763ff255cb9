//! Queues whose numbers stand side by side in one literal: a plan or a default configuration.

use super::times::{Time, is_job_time, is_objective, tells_of_one, unit_of_name};
use super::{Queue, is_capacity, judge};
use crate::model::{ExprId, ExprKind, Library, LoopKind, Program, Type, VariableId};
use crate::rules::Findings;
use crate::source::Span;
use rustc_hash::FxHashSet;

pub(super) fn check(program: &Program, findings: &mut Findings) {
    let rooms = rooms(program);
    let crews = crews(program);
    for at in 0..program.exprs.len() as u32 {
        if let Some((queue, job, slo)) = plan(program, ExprId(at), &rooms, &crews) {
            judge(&queue, Some((job, slo)), program, findings);
        }
    }
}

/// The fields that say how much room a channel is made with.
fn rooms(program: &Program) -> FxHashSet<VariableId> {
    let mut rooms = FxHashSet::default();
    for expr in &program.exprs {
        if let ExprKind::MakeChannel(_, Some(size), _) = expr.kind {
            let parts = program.parts_of(size).into_iter();
            rooms.extend(parts.filter_map(|part| match *program.kind(part) {
                ExprKind::Field(_, field) => Some(field),
                _ => None,
            }));
        }
    }
    rooms
}

/// The fields that say how many tasks are started.
fn crews(program: &Program) -> FxHashSet<VariableId> {
    let mut crews = FxHashSet::default();
    for step in program.step_ids() {
        if program.spawn(step).is_none() {
            continue;
        }
        let loops =
            program
                .ancestors(step)
                .filter_map(|(around, _)| match program.op_loop(around)?.kind {
                    LoopKind::Counted(number) | LoopKind::Over(number) => Some(number),
                    _ => None,
                });
        let numbers = loops.chain(program.repeated_by(program.function_of(step)));
        for number in numbers {
            let parts = program.parts_of(number).into_iter();
            crews.extend(parts.filter_map(|part| match *program.kind(part) {
                ExprKind::Field(_, field) => Some(field).filter(|_| is_whole(program, part)),
                _ => None,
            }));
        }
    }
    crews
}

fn is_whole(program: &Program, value: ExprId) -> bool {
    matches!(program.underlying(program.expr(value).ty), Type::Integer(_))
}

/// A literal that names the room of a queue, its workers, the time of a job and the objective.
fn plan(
    program: &Program,
    literal: ExprId,
    rooms: &FxHashSet<VariableId>,
    crews: &FxHashSet<VariableId>,
) -> Option<(Queue, Time, Time)> {
    let ExprKind::Composite(ty, values, keys) = *program.kind(literal) else {
        return None;
    };
    if keys.len < 4 || keys.len != values.len || is_in_test(program, literal) {
        return None;
    }
    let Type::Named(named) = *program.pointee(ty) else {
        return None;
    };
    let fields = &program.named[named.index()].fields;
    let (mut room, mut workers, mut job, mut slo) = (None, None, None, None);
    let (mut patience, mut other) = (Vec::new(), Vec::new());
    for (&key, &value) in program.list(keys).iter().zip(program.list(values)) {
        let ExprKind::Key(symbol) = *program.kind(key) else {
            continue;
        };
        let Some(number) = program.constant(value).and_then(|value| value.as_f64()) else {
            continue;
        };
        let field = fields.iter().find(|of| of.0 == symbol).map(|of| of.1);
        let name = program.text(symbol).to_ascii_lowercase();
        let one = match time(program, field, symbol, value, number) {
            Some(time) if is_objective(&name) || is_goal(&name) => slo.replace(time).is_none(),
            Some(mut time) if is_patience(&name) => {
                time.is_patience = true;
                patience.push(time);
                true
            }
            Some(time) if is_job_time(&name) => job.replace(time).is_none(),
            Some(time) => {
                let declared = field.map(|field| program.variable(field).span);
                other.push((name, time, declared));
                true
            }
            None if says_workers(&name) || field.is_some_and(|of| crews.contains(&of)) => {
                workers.replace((value, number, name)).is_none()
            }
            None if is_capacity(&name) || field.is_some_and(|of| rooms.contains(&of)) => {
                room.replace((value, number, name)).is_none()
            }
            None => true,
        };
        if !one {
            return None;
        }
    }
    let ((at, capacity, name), (count, workers, crew)) = (room?, workers?);
    // Who asks leaves by then, where nothing else is promised.
    let slo = slo.or(<[Time; 1]>::try_from(patience).ok().map(|[only]| only));
    let job = job.or_else(|| only_job(program, &crew, other));
    let queue = Queue {
        at: program.expr(at).span,
        name,
        capacity,
        workers,
        started: program.expr(count).span,
        made: false,
        is_seen: true,
    };
    (workers >= 1.0 && capacity >= 2.0).then_some((queue, job?, slo?))
}

/// The only one of some times that is for one of something.
fn only_job(
    program: &Program,
    crew: &str,
    mut times: Vec<(String, Time, Option<Span>)>,
) -> Option<Time> {
    times.retain(|(name, _, declared)| {
        is_work_of(crew, name) || declared.is_some_and(|at| tells_of_one(program, at))
    });
    <[_; 1]>::try_from(times).ok().map(|[only]| only.1)
}

/// Beside the room, the workers and the time of a job there is only one that this can be.
fn is_goal(name: &str) -> bool {
    matches!(name, "target" | "goal")
}

/// How long who asks waits for the answer.
fn is_patience(name: &str) -> bool {
    ["deadline", "within", "patience", "budget"]
        .iter()
        .any(|word| name.contains(word))
}

/// `Evaluators` beside `Evaluation`: what the workers are named for.
fn is_work_of(crew: &str, time: &str) -> bool {
    let shared = crew.bytes().zip(time.bytes()).take_while(|(a, b)| a == b);
    shared.count() >= 4
}

fn says_workers(name: &str) -> bool {
    ["worker", "thread", "parallel", "concurren"]
        .iter()
        .any(|word| name.contains(word))
}

/// A number that is a time: by its type, or by the unit that the field's name ends in.
fn time(
    program: &Program,
    field: Option<VariableId>,
    name: crate::model::Symbol,
    value: ExprId,
    number: f64,
) -> Option<Time> {
    let is_time = program.library(program.expr(value).ty) == Some(Library::Duration)
        || field.is_some_and(|field| {
            program.library(program.variable(field).ty) == Some(Library::Duration)
        });
    let scale = match is_time {
        true => 1.0,
        false => unit_of_name(program.text(name))?,
    };
    (number > 0.0).then_some(Time {
        nanoseconds: number * scale,
        at: Some(program.expr(value).span),
        is_named: true,
        is_patience: false,
    })
}

fn is_in_test(program: &Program, literal: ExprId) -> bool {
    let span = program.expr(literal).span;
    program.file(span.file).is_test
        || program
            .function_at(span)
            .is_some_and(|function| program.function(function).is_test)
}
