//! The whole analysis against parsing alone, on the same files in the same run.
//!
//!     cargo bench --bench throughput -- [DIR] [--threads N] [--rounds N]
//!
//! Without a directory: the Go standard library of the machine, else this repository's own
//! examples. Rounds alternate, so that a drifting machine hits both alike; the ratio of the
//! medians is what counts. Where the system tells how much processor time was taken, that is
//! shown as well: other work on the machine lengthens it far less.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints what it measured"
)]

use highwater::languages;
use highwater::rules::{self, Thresholds};
use highwater::source::limits::{Limits, Stop};
use highwater::source::paths::{self, UnitId};
use highwater::source::{Language, SourceFile};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What to run on and how.
struct Plan {
    root: PathBuf,
    threads: usize,
    rounds: usize,
}

fn main() {
    let plan = plan();
    let units = units(&plan.root);
    let bytes: u64 = units
        .iter()
        .flatten()
        .filter_map(|path| path.metadata().ok())
        .map(|meta| meta.len())
        .sum();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads)
        .stack_size(16 << 20)
        .build()
        .expect("a thread pool");
    println!(
        "{}: {} units, {} files, {bytes} bytes, {} thread(s)",
        plan.root.display(),
        units.len(),
        units.iter().map(Vec::len).sum::<usize>(),
        plan.threads
    );
    let (mut parses, mut wholes, mut lines) = (Times::default(), Times::default(), 0);
    for round in 0..=plan.rounds {
        let parse = timed(|| {
            lines = pool.install(|| units.par_iter().map(|unit| parse_unit(unit)).sum::<usize>());
        });
        let whole = timed(|| {
            pool.install(|| {
                units
                    .par_iter()
                    .map(|unit| analyse_unit(unit))
                    .sum::<usize>()
            });
        });
        if round > 0 {
            parses.push(parse);
            wholes.push(whole);
        }
    }
    show("read and parse", &mut parses, lines);
    show("whole analysis", &mut wholes, lines);
    let clock = median(&mut wholes.clock) / median(&mut parses.clock);
    let processor = median(&mut wholes.processor) / median(&mut parses.processor);
    println!("ratio             {clock:8.2}    of processor time {processor:.2}");
}

/// Seconds by the clock and of the processor, a pair for each round.
#[derive(Default)]
struct Times {
    clock: Vec<f64>,
    processor: Vec<f64>,
}

impl Times {
    fn push(&mut self, (clock, processor): (f64, f64)) {
        self.clock.push(clock);
        self.processor.push(processor);
    }
}

fn timed(work: impl FnOnce()) -> (f64, f64) {
    let (started, before) = (Instant::now(), processor_seconds());
    work();
    let clock = started.elapsed().as_secs_f64();
    (clock, processor_seconds() - before)
}

/// The processor time of this process so far, in hundredths of a second, as Linux tells it.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).flat_map(str::parse).collect();
    match ticks[..] {
        [user, system] => (user + system) / 100.0,
        _ => f64::NAN,
    }
}

fn show(what: &str, times: &mut Times, lines: usize) {
    let (clock, processor) = (median(&mut times.clock), median(&mut times.processor));
    println!(
        "{what}    {clock:8.3} s  {:9.0} lines/s    {processor:8.2} s of processor time",
        lines as f64 / clock
    );
}

fn plan() -> Plan {
    let mut plan = Plan {
        root: default_root(),
        threads: 1,
        rounds: 5,
    };
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok());
        match argument.as_str() {
            "--threads" => plan.threads = number().unwrap_or(1),
            "--rounds" => plan.rounds = number().unwrap_or(5),
            path => plan.root = PathBuf::from(path),
        }
    }
    plan
}

fn default_root() -> PathBuf {
    let library = Path::new("/usr/share/go-1.19/src");
    if library.is_dir() {
        library.to_owned()
    } else {
        Path::new("rules").to_owned()
    }
}

fn units(root: &Path) -> Vec<Vec<PathBuf>> {
    let mut units: BTreeMap<UnitId, Vec<PathBuf>> = BTreeMap::new();
    for entry in ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .build()
        .flatten()
    {
        let path = entry.into_path();
        let shown = path.to_string_lossy().into_owned();
        if Language::of_path(&shown).is_some() && path.is_file() {
            units.entry(paths::unit_of(&shown)).or_default().push(path);
        }
    }
    units.into_values().collect()
}

fn language_of(unit: &[PathBuf]) -> Language {
    let first = unit.first().map(|path| path.to_string_lossy());
    let language = first.and_then(|path| Language::of_path(&path));
    language.unwrap_or(Language::Go)
}

fn parse_unit(unit: &[PathBuf]) -> usize {
    let mut parser = tree_sitter::Parser::new();
    let grammar: tree_sitter::Language = match language_of(unit) {
        Language::Go => tree_sitter_go::LANGUAGE.into(),
        Language::Rust => tree_sitter_rust::LANGUAGE.into(),
    };
    parser.set_language(&grammar).expect("the grammar fits");
    let mut lines = 0;
    for path in unit {
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        lines += memchr::memchr_iter(b'\n', &bytes).count();
        std::hint::black_box(parser.parse(&bytes, None));
    }
    lines
}

fn analyse_unit(unit: &[PathBuf]) -> usize {
    let language = language_of(unit);
    let files: Vec<SourceFile> = unit
        .iter()
        .filter_map(|path| {
            let bytes = std::fs::read(path).ok()?;
            Some(SourceFile::new(path.to_string_lossy(), language, bytes))
        })
        .collect();
    let analysis = languages::analyse(&files, &Limits::default());
    let run = rules::run(&analysis.program, &Thresholds::default(), &Stop::default());
    run.findings.len()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
