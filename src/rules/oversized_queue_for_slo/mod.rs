//! BP19: the last item in a full queue waits longer than the objective.
//!
//! wait = capacity / workers x time per job. The numbers come from constants in view, from the
//! settings, and the objective also from a comment. Workers are the tasks in view that receive.

mod literals;
mod patience;
mod times;
mod unseen;
mod workers;

use patience::patience;
use times::{Time, Times, constants, time_of};
use workers::workers;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::Capacity;
use crate::model::{ExprId, ExprKind, ObjectId, Op, Program, StepId, VariableId, VariableKind};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "BP19",
    slug: "oversized-queue-for-slo",
    summary: "the last item in a full queue waits longer than the objective",
    level: Level::Senior,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C2"],
    page: include_str!("../../../rules/BP19-oversized-queue-for-slo/README.md"),
    check,
};

/// With no times known, a queue is worth a word from this many jobs per worker on.
const MANY_JOBS: u64 = 100;

fn check(program: &Program, thresholds: &Thresholds, findings: &mut Findings) {
    let times = Times::of(program, thresholds);
    let steps = make_steps(program);
    for channel in program.object_ids() {
        let Capacity::Known(capacity) = program.capacity(channel) else {
            continue;
        };
        if capacity < 2 {
            continue;
        }
        let Some(made) = first_make(program, channel) else {
            continue;
        };
        let (in_view, unseen) = (workers(program, channel, &steps), || {
            unseen::workers(program, channel, made, &steps)
        });
        let is_seen = in_view.is_some();
        let Some((workers, started)) = in_view.or_else(unseen) else {
            continue;
        };
        let queue = Queue {
            at: program.expr(made).span,
            name: program.object_name(channel),
            capacity: capacity as f64,
            workers: workers as f64,
            started,
            made: true,
            is_seen,
        };
        let file = queue.at.file;
        // Who asks and leaves has an objective, whether or not one is named.
        let slo = times.slo(file).or_else(|| patience(program, channel));
        judge(&queue, times.job(file).zip(slo), program, findings);
    }
    by_constants(program, &times, findings);
    literals::check(program, findings);
}

/// A queue with its numbers.
struct Queue {
    at: Span,
    name: String,
    capacity: f64,
    workers: f64,
    started: Span,
    made: bool,
    /// Whether what its workers do is in view, and not only that they are started.
    is_seen: bool,
}

fn judge(queue: &Queue, known: Option<(Time, Time)>, program: &Program, findings: &mut Findings) {
    // A job longer than the objective cannot be what the names meant.
    let known = known.filter(|(job, slo)| job.nanoseconds < slo.nanoseconds);
    let Some((job, slo)) = known else {
        // Only where there is a make: constants alone say too little without times.
        if queue.made && queue.is_seen && queue.capacity / queue.workers >= MANY_JOBS as f64 {
            without_times(queue, findings);
        }
        return;
    };
    let rounds = queue.capacity / queue.workers;
    let wait = rounds * job.nanoseconds;
    if wait + job.nanoseconds <= slo.nanoseconds {
        return;
    }
    let is_told = job.is_named && slo.is_named;
    let confidence = if !is_told || !queue.made || !queue.is_seen {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let room = fitting(job.nanoseconds, slo.nanoseconds, queue.workers);
    let finding = findings.at(
        queue.at,
        confidence,
        format!(
            "the last of {} in `{}` waits {} for one of {} workers, and the objective is {}",
            queue.capacity,
            queue.name,
            duration(wait),
            queue.workers,
            duration(slo.nanoseconds)
        ),
    );
    finding
        .about(queue.name.clone())
        .why(format!(
            "{} / {} workers x {} per job = {} in the queue. Under load it is full, and then every answer comes too late: work is done for callers who have given up.",
            queue.capacity,
            queue.workers,
            duration(job.nanoseconds),
            duration(wait)
        ))
        .fix(format!(
            "Room for {room} fits: (objective - job) x workers / job, rounded down. Reject beyond that, so that the caller can act at once; if it turns away too much, it is workers that are missing, not room. Jobs that vary in length leave less.",
        ))
        .because(queue.started, format!("{} workers take from it", queue.workers));
    if let Some(at) = job.at {
        finding.because(at, format!("a job takes {}", duration(job.nanoseconds)));
    }
    if let Some(at) = slo.at {
        finding.because(at, told(slo));
    }
    finding.function = program.function_at(queue.at);
}

fn told(slo: Time) -> String {
    let time = duration(slo.nanoseconds);
    match slo.is_patience {
        true => format!("who asks leaves after {time}"),
        false => format!("the objective is {time}"),
    }
}

fn without_times(queue: &Queue, findings: &mut Findings) {
    let jobs = (queue.capacity / queue.workers).floor();
    findings
        .at(
            queue.at,
            Confidence::Low,
            format!("in a full `{}` {jobs} jobs come before the last one, for each worker", queue.name),
        )
        .about(queue.name.clone())
        .why(format!(
            "{} places and {} workers: who comes last waits {jobs} times the time of a job. Whether that is too long depends on the objective, which is not in view.",
            queue.capacity, queue.workers
        ))
        .fix("Set the capacity from the objective: (objective - job) x workers / job, rounded down. With `slo_ms` and `job_ms` in the settings the wait is computed here.")
        .because(queue.started, format!("{} workers take from it", queue.workers));
}

fn fitting(job: f64, slo: f64, workers: f64) -> f64 {
    // Times are whole nanoseconds in 64-bit floats: the division alone is inexact.
    ((slo - job) * workers / job + 1e-9).floor().max(0.0)
}

fn duration(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n if n < 600e9 => (n / 1e9, "s"),
        n => (n / 60e9, "min"),
    };
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} {unit}")
}

fn first_make(program: &Program, channel: ObjectId) -> Option<ExprId> {
    program
        .object(channel)
        .makes
        .iter()
        .copied()
        .find(|&made| matches!(program.kind(made), ExprKind::MakeChannel(..)))
}

/// The step in which each channel is made.
fn make_steps(program: &Program) -> FxHashMap<ExprId, StepId> {
    let mut steps = FxHashMap::default();
    for step in program.step_ids() {
        if let Op::Assign(assign) = program.op(step) {
            for &value in program.list(assign.values) {
                if matches!(program.kind(value), ExprKind::MakeChannel(..)) {
                    steps.insert(value, step);
                }
            }
        }
    }
    steps
}

/// A queue of which only the constants are in view: no channel is made with the capacity.
fn by_constants(program: &Program, times: &Times, findings: &mut Findings) {
    let numbers: Vec<(VariableId, String, f64)> = constants(program)
        .into_iter()
        .filter(|(id, _)| program.variable(*id).kind == VariableKind::Constant)
        .filter_map(|(id, name)| {
            let value = program.constant_of(id)?.as_f64()?;
            (time_of(program, id).is_none() && value >= 1.0).then_some((id, name, value))
        })
        .collect();
    let used = constants_of_makes(program);
    for (capacity, name, room) in &numbers {
        if !is_capacity(name) || used.contains(capacity) {
            continue;
        }
        let span = program.variable(*capacity).span;
        let of_file: Vec<_> = numbers
            .iter()
            .filter(|(id, name, _)| {
                program.variable(*id).span.file == span.file && name.contains("worker")
            })
            .collect();
        let [(workers, _, count)] = of_file.as_slice() else {
            continue;
        };
        let queue = Queue {
            at: span,
            name: program.text(program.variable(*capacity).name).to_owned(),
            capacity: *room,
            workers: *count,
            started: program.variable(*workers).span,
            made: false,
            is_seen: true,
        };
        let known = times.job(span.file).zip(times.slo(span.file));
        judge(&queue, known, program, findings);
    }
}

fn is_capacity(name: &str) -> bool {
    ["buffer", "queue", "backlog", "capacity", "pending"]
        .iter()
        .any(|word| name.contains(word))
        && !["bytes", "kb", "mb", "workers"]
            .iter()
            .any(|word| name.contains(word))
}

/// Constants that stand in the capacity of a channel in view.
fn constants_of_makes(program: &Program) -> FxHashSet<VariableId> {
    let mut used = FxHashSet::default();
    for expr in &program.exprs {
        if let ExprKind::MakeChannel(_, Some(size), _) = expr.kind {
            used.extend(program.parts_of(size).into_iter().filter_map(|part| {
                match *program.kind(part) {
                    ExprKind::Variable(variable) => Some(variable),
                    _ => None,
                }
            }));
        }
    }
    used
}
