//! The times that a queue is judged by: of a job, and of the objective.

use crate::model::{ExprKind, Init, Library, Program, VariableId, VariableKind};
use crate::rules::Thresholds;
use crate::source::{FileId, Span};

/// A time and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Time {
    pub nanoseconds: f64,
    pub at: Option<Span>,
    /// A name or a setting says what it is, and not only a comment or its use.
    pub is_named: bool,
    /// Who asks waits so long for the answer.
    pub is_patience: bool,
}

/// The times that are in view.
pub(super) struct Times {
    jobs: Vec<(FileId, Time)>,
    slos: Vec<(FileId, Time)>,
    set_job: Option<Time>,
    set_slo: Option<Time>,
}

impl Times {
    pub(super) fn of(program: &Program, thresholds: &Thresholds) -> Times {
        let set = |milliseconds: Option<f64>| {
            milliseconds.map(|value| Time {
                nanoseconds: value * 1e6,
                at: None,
                is_named: true,
                is_patience: false,
            })
        };
        let mut times = Times {
            jobs: Vec::new(),
            slos: Vec::new(),
            set_job: set(thresholds.job_ms),
            set_slo: set(thresholds.slo_ms),
        };
        let (mut remarked_jobs, mut remarked_slos) = (Vec::new(), Vec::new());
        for (variable, name) in constants(program) {
            let Some(time) = time_of(program, variable) else {
                continue;
            };
            let file = program.variable(variable).span.file;
            if is_objective(&name) {
                times.slos.push((file, time));
            } else if is_job_time(&name) {
                times.jobs.push((file, time));
            } else if program.variable(variable).kind != VariableKind::Local {
                let remarked = (
                    file,
                    Time {
                        is_named: false,
                        ..time
                    },
                );
                match remark(program, time) {
                    Remark::Objective => remarked_slos.push(remarked),
                    Remark::Job if !is_time_limit(&name) => remarked_jobs.push(remarked),
                    _ => {}
                }
            }
        }
        if times.jobs.is_empty() {
            times.jobs = remarked_jobs;
        }
        if times.slos.is_empty() {
            times.slos = remarked_slos;
        }
        if times.slos.is_empty() && !times.jobs.is_empty() {
            times.slos = objectives_in_comments(program);
        }
        times
    }

    pub(super) fn job(&self, file: FileId) -> Option<Time> {
        one(&self.jobs, file).or(self.set_job)
    }

    pub(super) fn slo(&self, file: FileId) -> Option<Time> {
        one(&self.slos, file).or(self.set_slo)
    }
}

/// The only one of a file, or the only one of the unit.
fn one(times: &[(FileId, Time)], file: FileId) -> Option<Time> {
    let here: Vec<&(FileId, Time)> = times.iter().filter(|time| time.0 == file).collect();
    match (here.as_slice(), times) {
        ([time], _) => Some(time.1),
        ([], [time]) => Some(time.1),
        _ => None,
    }
}

/// Constants of the package, and package variables and locals that are set once, in the order
/// of the text, with their names in lower case.
pub(super) fn constants(program: &Program) -> Vec<(VariableId, String)> {
    (0..program.variables.len() as u32)
        .map(VariableId)
        .filter(|&id| {
            matches!(
                program.variable(id).kind,
                VariableKind::Constant | VariableKind::Global | VariableKind::Local
            ) && matches!(program.variable(id).init, Init::Value(_))
        })
        .map(|id| {
            let name = program.text(program.variable(id).name).to_ascii_lowercase();
            (id, name)
        })
        .collect()
}

pub(super) fn is_objective(name: &str) -> bool {
    name.contains("slo") && !name.contains("slot") && !name.contains("slow")
        || name.contains("objective")
        || name.contains("promise")
        || (name.contains("latency") && (name.contains("target") || name.contains("budget")))
        || name.starts_with("p99")
        || name.starts_with("p95")
}

pub(super) fn is_job_time(name: &str) -> bool {
    let per = name.starts_with("per") || name.contains("timeper") || name.contains("time_per");
    let of_job = ["job", "task", "service", "work", "request", "item"]
        .iter()
        .any(|word| name.contains(word))
        && ["time", "cost", "duration", "latency", "takes"]
            .iter()
            .any(|word| name.contains(word));
    let mean = ["avg", "mean", "average", "typical"]
        .iter()
        .any(|word| name.starts_with(word));
    let ends = ["time", "duration", "cost", "ms"]
        .iter()
        .any(|word| name.ends_with(word));
    !is_time_limit(name) && (per || of_job || mean || ends || is_of_one(name))
}

fn is_time_limit(name: &str) -> bool {
    ["timeout", "interval", "delay", "deadline", "period"]
        .iter()
        .any(|word| name.contains(word))
}

/// `one_render`: the time of one of something, and no unit of time.
fn is_of_one(name: &str) -> bool {
    ["one_", "each_", "single_"].iter().any(|word| {
        name.strip_prefix(word).is_some_and(|of| {
            ![
                "nano", "micro", "milli", "ms", "sec", "min", "hour", "day", "week", "month",
                "year",
            ]
            .iter()
            .any(|unit| of.starts_with(unit))
        })
    })
}

/// What the comment on a time says that it is.
enum Remark {
    Objective,
    Job,
    Nothing,
}

fn remark(program: &Program, time: Time) -> Remark {
    let Some(at) = time.at else {
        return Remark::Nothing;
    };
    let text = program.remark_on(at).to_ascii_lowercase();
    let words: Vec<&str> = words_of(&text).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(OBJECTIVES) || is_patience(&words) {
        Remark::Objective
    } else if is_of_one_job(&words) {
        Remark::Job
    } else {
        Remark::Nothing
    }
}

/// Whether the comment at a place says that it is the time of one of something.
pub(super) fn tells_of_one(program: &Program, at: Span) -> bool {
    let text = program.remark_on(at).to_ascii_lowercase();
    let words: Vec<&str> = words_of(&text).collect();
    is_of_one_job(&words)
}

fn is_of_one_job(words: &[&str]) -> bool {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    has(&["one", "each", "per", "single"])
        && has(&[
            "takes", "take", "costs", "cost", "needs", "lasts", "measured",
        ])
}

/// Whether words tell how long who asks waits: "callers give up after", "waits for at most".
fn is_patience(words: &[&str]) -> bool {
    const WHO: &[&str] = &[
        "caller", "callers", "client", "clients", "user", "users", "gateway", "proxy", "cdn",
        "browser", "browsers", "upstream", "edge",
    ];
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let pairs = |wanted: &[[&str; 2]]| {
        words
            .windows(2)
            .any(|pair| wanted.iter().any(|of| of == pair))
    };
    has(WHO)
        && (pairs(&[
            ["give", "up"],
            ["gives", "up"],
            ["hang", "up"],
            ["hangs", "up"],
        ]) || has(&["wait", "waits"])
            && pairs(&[["at", "most"], ["no", "longer"], ["up", "to"]]))
}

/// Words of comments about an objective.
const OBJECTIVES: &[&str] = &[
    "slo",
    "sla",
    "objective",
    "promised",
    "promise",
    "p99",
    "p95",
    "p999",
];

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// A constant that is a time: of a time type, or made of one.
pub(super) fn time_of(program: &Program, variable: VariableId) -> Option<Time> {
    let value = program.constant_of(variable)?.as_f64()?;
    let of = program.variable(variable);
    let is_time = program.library(of.ty) == Some(Library::Duration)
        || matches!(of.init, Init::Value(value) if program.library(program.expr(value).ty) == Some(Library::Duration))
        || value >= 1e6 && made_of_time(program, of.init);
    let scale = if is_time {
        1.0
    } else {
        unit_of_name(program.text(of.name))?
    };
    (value > 0.0).then_some(Time {
        nanoseconds: value * scale,
        at: Some(of.span),
        is_named: true,
        is_patience: false,
    })
}

/// The unit that a name ends in: `jobMs`, `slo_millis`; in nanoseconds.
pub(super) fn unit_of_name(name: &str) -> Option<f64> {
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
    if ends(&["Ms", "MS", "_ms", "Millis", "_millis", "Milliseconds"]) {
        return Some(1e6);
    }
    ends(&["Seconds", "_seconds", "Secs", "_secs"]).then_some(1e9)
}

fn made_of_time(program: &Program, init: Init) -> bool {
    let Init::Value(value) = init else {
        return false;
    };
    program
        .parts_of(value)
        .iter()
        .any(|&part| match *program.kind(part) {
            ExprKind::Variable(variable) => {
                program.library(program.variable(variable).ty) == Some(Library::Duration)
            }
            _ => program.library(program.expr(part).ty) == Some(Library::Duration),
        })
}

/// Objectives that only a comment tells: "p99 SLO: 200ms".
fn objectives_in_comments(program: &Program) -> Vec<(FileId, Time)> {
    let mut found = Vec::new();
    for comment in &program.comments {
        let text = comment.text.to_ascii_lowercase();
        let words: Vec<&str> = words_of(&text).collect();
        let is_about = words.iter().any(|word| OBJECTIVES.contains(word)) || is_patience(&words);
        if let Some(nanoseconds) = last_time(&text).filter(|_| is_about) {
            found.push((
                comment.span.file,
                Time {
                    nanoseconds,
                    at: Some(comment.span),
                    is_named: false,
                    is_patience: false,
                },
            ));
        }
    }
    found
}

/// The last time that a text names, in nanoseconds.
fn last_time(text: &str) -> Option<f64> {
    let mut last = None;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = &rest[at..];
        let end = number
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(number.len());
        let unit = number[end..].trim_start();
        let unit_end = unit
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(unit.len());
        let scale = match &unit[..unit_end] {
            "ms" | "millis" | "milliseconds" | "millisecond" => 1e6,
            "s" | "sec" | "second" | "seconds" => 1e9,
            "us" | "µs" | "microseconds" => 1e3,
            "m" | "min" | "minute" | "minutes" => 60e9,
            _ => 0.0,
        };
        let value: Option<f64> = number[..end].trim_end_matches('.').parse().ok();
        if let Some(value) = value.filter(|_| scale > 0.0) {
            last = Some(value * scale);
        }
        rest = &number[end..];
    }
    last
}
