//! The front doors for code as it is: trees of units, and a text alone.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::colours::Coloured;
use super::fingerprint::{Key, Numbering};
use super::outcome::{Remark, Review, Skipped, Summary};
use super::remark::Found;
use super::unit::{self, Report};
use super::{Options, checklist, config};
use crate::source::limits::Cut;
use crate::source::paths::{self, UnitId};
use crate::source::{Language, SourceFile};

/// The files that are analysed together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitFiles {
    /// Their paths, relative to what is reviewed.
    pub paths: Vec<String>,
}

/// Sorts paths into units, leaving out what is skipped by default or by the settings. Paths of
/// other languages are no concern of a review and are dropped.
pub fn units(
    paths: impl IntoIterator<Item = String>,
    settings: &config::Settings,
) -> (Vec<UnitFiles>, Vec<Skipped>) {
    let mut units: BTreeMap<UnitId, UnitFiles> = BTreeMap::new();
    let mut skipped = Vec::new();
    for path in paths {
        if Language::of_path(&path).is_none() {
            continue;
        }
        match skip_reason(&path, settings) {
            Some(reason) => skipped.push(Skipped { path, reason }),
            None => units
                .entry(paths::unit_of(&path))
                .or_default()
                .paths
                .push(path),
        }
    }
    let mut units: Vec<UnitFiles> = units.into_values().collect();
    for unit in &mut units {
        unit.paths.sort();
        unit.paths.dedup();
    }
    (units, skipped)
}

/// Why a path is not reviewed, if it is not.
pub fn skip_reason(path: &str, settings: &config::Settings) -> Option<String> {
    let by_default = paths::skip_file(path).map(|skip| skip.reason().to_owned());
    by_default.or_else(|| {
        settings
            .skips(path)
            .map(|glob| format!("skipped by `{glob}` in {}", config::FILE_NAME))
    })
}

/// Reviews units side by side. Each is read when its turn comes and forgotten when it is done, so
/// that memory is bounded by the largest units and not by the tree.
///
/// `read` gives the bytes of a path or says why it cannot; `progress` hears of every file done.
/// The threads are those of the caller's rayon pool.
pub fn check(
    units: &[UnitFiles],
    read: &(dyn Fn(&str) -> Result<Vec<u8>, String> + Sync),
    options: &Options,
    progress: &(dyn Fn(usize) + Sync),
) -> Review {
    let reports: Vec<Report> = units
        .par_iter()
        // A unit is a task of its own: their sizes differ by orders of magnitude.
        .with_max_len(1)
        .map(|unit| {
            let report = check_unit(unit, read, options);
            progress(unit.paths.len());
            report
        })
        .collect();
    let mut all = Report::default();
    for report in reports {
        all.merge(report);
    }
    assemble(all)
}

fn check_unit(
    unit: &UnitFiles,
    read: &(dyn Fn(&str) -> Result<Vec<u8>, String> + Sync),
    options: &Options,
) -> Report {
    let mut skipped = Report::default();
    let mut files = Vec::with_capacity(unit.paths.len());
    for path in &unit.paths {
        match take(path, read(path), options) {
            Ok(file) => files.push(file),
            Err(reason) => skipped.skip(path, reason),
        }
    }
    if files.is_empty() {
        return skipped;
    }
    let mut report = unit::analyse(&files, options);
    report.merge(skipped);
    report
}

/// A file from what reading it gave, or why it is not looked at.
fn take(
    path: &str,
    bytes: Result<Vec<u8>, String>,
    options: &Options,
) -> Result<SourceFile, String> {
    let language = Language::of_path(path).ok_or("in no language that is reviewed")?;
    let bytes = bytes?;
    // Places are 32-bit offsets, whatever limit is asked for.
    let limit = options.limits.bytes.min(u32::MAX as usize / 2);
    if bytes.len() > limit {
        let size = bytes.len();
        return Err(Cut::Bytes { size, limit }.to_string());
    }
    let file = SourceFile::new(path, language, bytes);
    if !options.generated && paths::is_generated(&file.text) {
        return Err(paths::Skip::Generated.reason().to_owned());
    }
    Ok(file)
}

/// Reviews a text that stands alone: a paste, or standard input. It goes by the name `path`.
pub fn check_text(path: &str, text: &str, language: Language, options: &Options) -> Review {
    assemble(text_alone(path, text, language, options))
}

/// The same, with the colours of the text, as far as it was parsed.
pub fn check_text_in_colour(
    path: &str,
    text: &str,
    language: Language,
    options: &Options,
) -> (Review, Vec<Coloured>) {
    let options = Options {
        colours: true,
        ..options.clone()
    };
    let mut report = text_alone(path, text, language, &options);
    let colours = report.colours.remove(path).unwrap_or_default();
    (assemble(report), colours)
}

fn text_alone(path: &str, text: &str, language: Language, options: &Options) -> Report {
    if text.len() > options.limits.bytes.min(u32::MAX as usize / 2) {
        let mut report = Report::default();
        let cut = Cut::Bytes {
            size: text.len(),
            limit: options.limits.bytes,
        };
        report.skip(path, cut.to_string());
        return report;
    }
    let file = SourceFile::new(path, language, text.as_bytes().to_vec());
    unit::analyse(&[file], options)
}

/// Puts everything in order and answers the questions.
fn assemble(report: Report) -> Review {
    let (findings, _) = numbered(report.found);
    let seen = {
        let mut seen = report.seen;
        seen.sort_by(|a, b| (&a.site.path, a.site.line).cmp(&(&b.site.path, b.site.line)));
        seen
    };
    let counting: Vec<&Remark> = findings.iter().collect();
    let skipped = in_order(report.skipped);
    let mut review = Review {
        summary: Summary {
            files: report.files,
            lines: report.lines,
            allowed: report.allowed,
            ..Summary::default()
        },
        smell: checklist::questions(&counting, &seen),
        checklist: checklist::items(&counting, &seen),
        findings,
        skipped,
    };
    review.summary.count(&review.findings);
    review
}

/// Findings in the order of their places with their fingerprints, and their keys beside them.
pub(super) fn numbered(mut found: Vec<Found>) -> (Vec<Remark>, Vec<Key>) {
    found.sort_by(|a, b| {
        place(&a.remark)
            .cmp(&place(&b.remark))
            .then_with(|| a.key.cmp(&b.key))
    });
    let (mut remarks, keys): (Vec<Remark>, Vec<Key>) = found
        .into_iter()
        .map(|found| (found.remark, found.key))
        .unzip();
    let mut numbering = Numbering::default();
    for (remark, key) in remarks.iter_mut().zip(&keys) {
        remark.fingerprint = numbering.next(key);
    }
    (remarks, keys)
}

fn place(remark: &Remark) -> (&str, u32, u32, &str) {
    (&remark.path, remark.line, remark.column, &remark.code)
}

/// Sorted, each once.
pub(super) fn in_order(mut skipped: Vec<Skipped>) -> Vec<Skipped> {
    skipped.sort();
    skipped.dedup();
    skipped
}
