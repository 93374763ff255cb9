//! The front door for changes: two states of the touched units and the diff between them.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::compare::{self, Findings, Lines};
use super::fingerprint::Key;
use super::outcome::{Remark, Review, Skipped, State, Summary};
use super::placement::{self, Removals};
use super::run::{in_order, numbered, skip_reason};
use super::unit::{self, Report, Seen};
use super::{Options, checklist};
use crate::source::change::{self, Change};
use crate::source::diff::Side;
use crate::source::fragments::Fragment;
use crate::source::paths::{self, UnitId};
use crate::source::{Language, SourceFile};

/// Reviews a change: what it introduces, what it fixes, and how much was there before.
pub fn review(change: &Change, options: &Options) -> Review {
    let mut skipped = skipped_paths(change, options);
    let (base, head) = both_sides(change, options, &skipped);
    let lines = Lines::new(&change.diff);
    let mut changed: BTreeSet<&str> = change
        .head
        .files
        .keys()
        .map(String::as_str)
        .filter(|path| lines.head(path).is_some() && !skipped.contains_key(*path))
        .collect();
    for entry in &head.skipped {
        let is_fragment = change.head.fragments.contains_key(&entry.path);
        if changed.contains(entry.path.as_str()) && !is_fragment {
            skipped.insert(entry.path.clone(), entry.reason.clone());
        }
    }
    for entry in head.skipped.iter().filter(|entry| entry.kind().is_some()) {
        changed.remove(entry.path.as_str());
    }
    let unsure = unsure(change, &base, &lines);
    let seen: Vec<Seen> = head
        .seen
        .iter()
        .filter(|seen| in_hunk(&lines, &seen.site.path, seen.site.line))
        .cloned()
        .collect();
    let mut summary = Summary {
        files: u32::try_from(changed.len()).unwrap_or(u32::MAX),
        lines: changed
            .iter()
            .map(|path| change.head.files[*path].text.lines().count() as u64)
            .sum(),
        introduced: Some(0),
        fixed: Some(0),
        preexisting: Some(0),
        allowed: head.allowed,
        ..Summary::default()
    };
    let findings = stated(change, &lines, base, head, &unsure);
    summary.count(&findings);
    let introduced: Vec<&Remark> = findings
        .iter()
        .filter(|remark| remark.state == Some(State::Introduced))
        .collect();
    Review {
        summary,
        smell: checklist::questions(&introduced, &seen),
        checklist: checklist::items(&introduced, &seen),
        skipped: all_skipped(change, skipped),
        findings,
    }
}

/// Changed files that are not reviewed, with the reason.
fn skipped_paths(change: &Change, options: &Options) -> BTreeMap<String, String> {
    let mut skipped = BTreeMap::new();
    for file in &change.diff.files {
        let Some(path) = file.new_path.as_ref().or(file.old_path.as_ref()) else {
            continue;
        };
        if Language::of_path(path).is_none() {
            continue;
        }
        let text = change
            .head
            .files
            .get(path)
            .map_or("", |file| file.text.as_str());
        if let Some(reason) = skip_reason(path, &options.settings) {
            skipped.insert(path.clone(), reason);
        } else if !options.generated && paths::is_generated(text) {
            skipped.insert(path.clone(), paths::Skip::Generated.reason().to_owned());
        } else if let Some(reason) = change.unread.get(path) {
            skipped.insert(path.clone(), reason.clone());
        }
    }
    skipped
}

fn all_skipped(change: &Change, skipped: BTreeMap<String, String>) -> Vec<Skipped> {
    let entry = |path: &str, reason: &str| Skipped {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let mut all: Vec<Skipped> = skipped
        .iter()
        .map(|(path, reason)| entry(path, reason))
        .collect();
    all.extend(
        change
            .one_sided
            .iter()
            .map(|(path, reason)| entry(path, reason)),
    );
    all.extend(
        change
            .diff
            .problems
            .iter()
            .map(|problem| entry("(diff)", &problem.to_string())),
    );
    in_order(all)
}

/// Analyses the touched units on both sides.
fn both_sides(
    change: &Change,
    options: &Options,
    skipped: &BTreeMap<String, String>,
) -> (Report, Report) {
    let touched = change::touched(&change.diff);
    let mut work: Vec<(Side, Vec<SourceFile>)> = Vec::new();
    for (side, state) in [(Side::Base, &change.base), (Side::Head, &change.head)] {
        let mut units: BTreeMap<UnitId, Vec<SourceFile>> = BTreeMap::new();
        for (path, file) in &state.files {
            let unit = paths::unit_of(path);
            let left_out = skipped.contains_key(path)
                || skip_reason(path, &options.settings).is_some()
                || !options.generated && paths::is_generated(&file.text);
            if touched.contains(&unit) && !left_out {
                units.entry(unit).or_default().push(file.clone());
            }
        }
        work.extend(units.into_values().map(|files| (side, files)));
    }
    let reports: Vec<(Side, Report)> = work
        .into_par_iter()
        .with_max_len(1)
        .map(|(side, files)| {
            let is_head = side == Side::Head;
            let options = Options {
                inventory: options.inventory && is_head,
                suggestions: options.suggestions && is_head,
                names: true,
                ..options.clone()
            };
            (side, unit::analyse(&files, &options))
        })
        .collect();
    let (mut base, mut head) = (Report::default(), Report::default());
    for (side, report) in reports {
        let into = if side == Side::Base {
            &mut base
        } else {
            &mut head
        };
        into.merge(report);
    }
    to_real_lines(&mut base, &change.base.fragments);
    to_real_lines(&mut head, &change.head.fragments);
    (base, head)
}

/// Gives what was found in fragments the lines of the real files.
fn to_real_lines(report: &mut Report, fragments: &BTreeMap<String, Fragment>) {
    if fragments.is_empty() {
        return;
    }
    for remark in report.found.iter_mut().map(|found| &mut found.remark) {
        if let Some(fragment) = fragments.get(&remark.path) {
            remark.line = fragment.real_line(remark.line);
            remark.end_line = fragment.real_line(remark.end_line).max(remark.line);
            // Proven on a fragment is not proven.
            remark.suggestion = None;
        }
        for place in &mut remark.related {
            if let Some(fragment) = fragments.get(&place.path) {
                place.line = fragment.real_line(place.line);
            }
        }
    }
    for site in report.seen.iter_mut().map(|seen| &mut seen.site) {
        if let Some(fragment) = fragments.get(&site.path) {
            site.line = fragment.real_line(site.line);
        }
    }
}

/// Files of the head of which the base is not known as a whole: what is found there counts as
/// introduced only where it touches an added line.
fn unsure(change: &Change, base: &Report, lines: &Lines<'_>) -> BTreeSet<String> {
    let in_head = |path: &String| match lines.base(path) {
        Some(file) => file.new_path.clone(),
        None => Some(path.clone()),
    };
    let cut = base.incomplete.iter().filter_map(in_head);
    cut.chain(change.one_sided.keys().cloned()).collect()
}

fn in_hunk(lines: &Lines<'_>, path: &str, line: u32) -> bool {
    lines.head(path).is_some_and(|file| file.is_shown(line))
}

/// The findings of both sides with their state, in order.
fn stated(
    change: &Change,
    lines: &Lines<'_>,
    base: Report,
    head: Report,
    unsure: &BTreeSet<String>,
) -> Vec<Remark> {
    let (mut base_remarks, base_keys) = numbered(base.found);
    let (mut remarks, keys) = numbered(head.found);
    let base_side = Findings {
        remarks: &base_remarks,
        keys: &base_keys,
        functions: &base.functions,
    };
    let head_side = Findings {
        remarks: &remarks,
        keys: &keys,
        functions: &head.functions,
    };
    let pairs = compare::pair(base_side, head_side, lines);
    let removals = Removals::new(&change.diff.files);
    let introduced: Vec<bool> = (0..remarks.len())
        .map(|at| {
            let known = !unsure.contains(&remarks[at].path) || lines.touches_added(&remarks[at]);
            known && pairs.is_introduced(at, &base_remarks, &remarks)
        })
        .collect();
    for ((remark, key), introduced) in remarks.iter_mut().zip(&keys).zip(introduced) {
        remark.state = Some(if introduced {
            State::Introduced
        } else {
            State::Preexisting
        });
        if introduced {
            placement::place(remark, &key.subject, lines, &removals);
        }
    }
    number_fixed(&mut base_remarks, &base_keys, &keys, &pairs.is_taken);
    let fixed = base_remarks
        .into_iter()
        .zip(&pairs.is_taken)
        .filter(|(_, taken)| !**taken);
    remarks.extend(fixed.map(|(remark, _)| remark));
    remarks.sort_by(|a, b| order(a).cmp(&order(b)));
    remarks
}

/// Gives fixed findings numbers that follow those of their equals in the head, so that no
/// fingerprint stands for two findings of one review.
fn number_fixed(base: &mut [Remark], base_keys: &[Key], head_keys: &[Key], is_taken: &[bool]) {
    let mut used: BTreeMap<&Key, usize> = BTreeMap::new();
    for key in head_keys {
        *used.entry(key).or_default() += 1;
    }
    for ((remark, key), taken) in base.iter_mut().zip(base_keys).zip(is_taken) {
        remark.state = Some(State::Fixed);
        if !taken {
            let number = used.entry(key).or_default();
            remark.fingerprint = key.fingerprint(*number);
            *number += 1;
        }
    }
}

fn order(remark: &Remark) -> (&str, u32, u32, &str, Option<State>) {
    (
        &remark.path,
        remark.line,
        remark.column,
        &remark.code,
        remark.state,
    )
}
