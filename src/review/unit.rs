//! One unit: its files analysed together, its findings resolved. A panic stays in its unit.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::outcome::{Confidence, Site, Skipped};
use super::remark::{Found, Resolver};
use super::{Options, allow, smell, suggestion};
use crate::languages::colours::Coloured;
use crate::languages::{self, Analysis};
use crate::rules::{self, Thresholds};
use crate::source::limits::{Cut, Stop};
use crate::source::{SourceFile, paths};

/// The most findings of one unit.
const FINDINGS: usize = 10_000;
const TOO_MANY: &str = "more than 10000 findings in its package; the rest was left out";

/// What is known of one unit, or of many put together. Holds no text of the files but excerpts.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was found.
    pub found: Vec<Found>,
    /// The sites of the smell check.
    pub seen: Vec<Seen>,
    /// Files looked at.
    pub files: u32,
    /// Lines in them.
    pub lines: u64,
    /// Findings dismissed by allow comments.
    pub allowed: u32,
    /// What was not looked at.
    pub skipped: Vec<Skipped>,
    /// Files of which a part was not looked at, so that what was not found may still be there.
    pub incomplete: BTreeSet<String>,
    /// Names of the functions of the unit, in the manner of fingerprints.
    pub functions: BTreeSet<String>,
    /// The colours of files by their paths, where they were asked for.
    pub colours: BTreeMap<String, Vec<Coloured>>,
}

/// A site of the smell check with its place resolved.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `Q1` to `Q5`.
    pub question: &'static str,
    /// The checklist items that it is a site of.
    pub items: &'static [&'static str],
    /// What is shown.
    pub site: Site,
}

impl Report {
    /// Adds what another unit gave.
    pub fn merge(&mut self, other: Report) {
        self.found.extend(other.found);
        self.seen.extend(other.seen);
        self.files += other.files;
        self.lines += other.lines;
        self.allowed += other.allowed;
        self.skipped.extend(other.skipped);
        self.incomplete.extend(other.incomplete);
        self.functions.extend(other.functions);
        self.colours.extend(other.colours);
    }

    /// Notes that a file, or a part of it, was not looked at.
    pub fn skip(&mut self, path: &str, reason: impl Into<String>) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            reason: reason.into(),
        });
    }

    /// Notes that a file was not looked at as a whole.
    pub fn cut(&mut self, path: &str, reason: impl Into<String>) {
        self.skip(path, reason);
        self.incomplete.insert(path.to_owned());
    }
}

/// Analyses the files of one unit.
pub fn analyse(files: &[SourceFile], options: &Options) -> Report {
    let mut report = Report {
        files: u32::try_from(files.len()).unwrap_or(u32::MAX),
        lines: files.iter().map(|file| lines_of(&file.text)).sum(),
        ..Report::default()
    };
    // Nothing is shared with the unit, so a panic leaves nothing half done.
    let done = catch_unwind(AssertUnwindSafe(|| {
        let mut report = Report::default();
        look(files, options, &mut report);
        report
    }));
    match done {
        Ok(inner) => report.merge(inner),
        Err(_) => {
            for file in files {
                report.cut(
                    &file.path,
                    "internal error while analysing its package; please report it",
                );
            }
        }
    }
    report
}

fn lines_of(text: &str) -> u64 {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    ends as u64 + u64::from(!text.is_empty() && !text.ends_with('\n'))
}

fn look(files: &[SourceFile], options: &Options, report: &mut Report) {
    let thresholds = &options.settings.thresholds;
    let tests = files.first().is_some_and(|file| paths::is_test(&file.path));
    let stop = &options.limits.stop;
    let mut analysis = languages::analyse_and_colour(files, &options.limits, options.colours);
    for (file, colours) in std::mem::take(&mut analysis.colours) {
        let path = files[file.0 as usize].path.clone();
        report.colours.insert(path, colours);
    }
    if is_unfinished(&analysis) {
        // A part of a package would make absences that are none.
        for file in files {
            report.cut(&file.path, stop.cut().to_string());
        }
        return;
    }
    let run = findings(&analysis, thresholds, stop);
    name_not_run(&run.not_run, files, &stop.cut(), report);
    let mut findings = run.findings;
    if findings.len() > FINDINGS {
        let last = &files[findings[FINDINGS].at.file.0 as usize].path;
        report.cut(last, TOO_MANY);
        findings.truncate(FINDINGS);
    }
    let resolver = Resolver::new(files, &analysis.program, &options.help_base);
    let mut found: Vec<Found> = findings
        .iter()
        .map(|finding| resolver.found(finding))
        .collect();
    if options.suggestions {
        let asked = (&options.limits, thresholds);
        let suggestions = suggestion::proven(files, &resolver, &findings, &analysis, asked);
        for (found, suggestion) in found.iter_mut().zip(suggestions) {
            found.remark.suggestion = suggestion;
        }
    }
    let (mut found, allowed) = allow::apply(
        &resolver,
        &analysis.program.comments,
        found,
        &options.help_base,
    );
    found.retain(|found| !thresholds.is_disabled(&found.remark.code));
    if tests {
        found.retain(|found| found.remark.confidence == Confidence::High);
    }
    if found.len() > FINDINGS {
        report.cut(&found[FINDINGS].remark.path, TOO_MANY);
        found.truncate(FINDINGS);
    }
    report.found = found;
    report.allowed = allowed;
    if options.inventory && !tests {
        let is_told = !run.not_run.is_empty();
        take_inventory(files, &resolver, &analysis, (stop, is_told), report);
    }
    if options.names {
        report.functions = resolver.function_names();
    }
    what_was_cut(files, &resolver, &analysis, report);
}

/// What the rules find in a unit; in tests only what is certain.
pub(super) fn findings(analysis: &Analysis, thresholds: &Thresholds, stop: &Stop) -> rules::Run {
    let mut run = rules::run(&analysis.program, thresholds, stop);
    run.findings.retain(|finding| {
        finding.confidence == rules::Confidence::High
            || !analysis
                .program
                .is_part_of_a_test(finding.at.file, finding.function)
    });
    run
}

/// Whether work was to end before there was a program, about which nothing can be said.
fn is_unfinished(analysis: &Analysis) -> bool {
    let stopped = |(_, cut): &(_, Cut)| matches!(cut, Cut::Unfinished { .. });
    analysis.is_stopped || analysis.cuts.iter().any(stopped)
}

/// Names the rules that were not done.
fn name_not_run(not_run: &[&rules::Rule], files: &[SourceFile], cut: &Cut, report: &mut Report) {
    if not_run.is_empty() {
        return;
    }
    let codes: Vec<&str> = not_run.iter().map(|rule| rule.code).collect();
    let reason = format!("{cut}; not looked for: {}", codes.join(", "));
    for file in files {
        report.cut(&file.path, reason.clone());
    }
}

/// Lists the sites of the smell check, all or none. Unless it is told already, says when there was
/// no time for that.
fn take_inventory(
    files: &[SourceFile],
    resolver: &Resolver<'_>,
    analysis: &Analysis,
    (stop, is_told): (&Stop, bool),
    report: &mut Report,
) {
    let look = || sites(resolver, analysis);
    match analysis.program.until(stop, look) {
        Some(seen) => report.seen = seen,
        None if is_told => {}
        None => {
            for file in files {
                report.cut(&file.path, format!("{}; no smell check", stop.cut()));
            }
        }
    }
}

fn sites(resolver: &Resolver<'_>, analysis: &Analysis) -> Vec<Seen> {
    let sightings = smell::inventory(&analysis.program);
    let seen = |sighting: smell::Sighting| Seen {
        question: sighting.question,
        items: sighting.items,
        site: Site {
            path: resolver.file(sighting.at).path.clone(),
            line: resolver.line(sighting.at),
            what: sighting.what,
            answer: sighting.answer,
            ok: sighting.ok,
        },
    };
    sightings.into_iter().map(seen).collect()
}

fn what_was_cut(
    files: &[SourceFile],
    resolver: &Resolver<'_>,
    analysis: &Analysis,
    report: &mut Report,
) {
    for (file, cut) in &analysis.cuts {
        report.cut(&files[file.0 as usize].path, cut.to_string());
    }
    let mut told = BTreeSet::new();
    for &at in &analysis.syntax_errors {
        if told.insert(at.file) {
            let line = resolver.line(at);
            report.skip(
                &resolver.file(at).path,
                format!("syntax error at line {line}; the rest was analysed"),
            );
        }
    }
}
