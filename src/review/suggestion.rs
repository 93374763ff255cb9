//! Suggestions, proven: a change of text is offered only when the engine finds it better.
//!
//! The change is made, the whole unit is analysed again, and there must be one finding of the
//! class less, no more of any other class, and no new syntax error.

use std::collections::BTreeMap;

use super::outcome::Suggestion;
use super::remark::Resolver;
use crate::languages;
use crate::rules::{self, Finding, Thresholds};
use crate::source::SourceFile;
use crate::source::limits::Limits;

/// The most suggestions that are proven in a unit.
const PROOFS: usize = 16;
/// The most bytes that are analysed again for the proofs of a unit.
const BYTES: usize = 8 << 20;

/// The suggestion for each finding, as whole lines, where it has one that holds.
pub fn proven(
    files: &[SourceFile],
    resolver: &Resolver<'_>,
    findings: &[Finding],
    limits: &Limits,
    thresholds: &Thresholds,
) -> Vec<Option<Suggestion>> {
    let size: usize = files.iter().map(|file| file.text.len()).sum();
    let affordable = PROOFS
        .min(BYTES / size.max(1))
        .max(usize::from(size < 2 * BYTES));
    let mut left = affordable;
    let before = Tally::of(findings);
    findings
        .iter()
        .map(|finding| {
            let offer = finding.suggestion.as_ref()?;
            left = left.checked_sub(1)?;
            let changed = changed(files, offer)?;
            let analysis = languages::analyse(&changed, limits);
            let after = Tally::of(&rules::run(&analysis.program, thresholds));
            let same_file = |at: &&crate::source::Span| at.file == offer.at.file;
            let broken = analysis.syntax_errors.iter().any(|at| same_file(&at))
                && !has_syntax_error(files, offer, limits);
            (after.mends(&before, finding.rule.code) && !broken)
                .then(|| whole_lines(resolver, offer))
        })
        .collect()
}

fn changed(files: &[SourceFile], offer: &rules::Suggestion) -> Option<Vec<SourceFile>> {
    let mut changed = files.to_vec();
    let file = changed.get_mut(offer.at.file.0 as usize)?;
    let (start, end) = (offer.at.start as usize, offer.at.end as usize);
    // A place that is none of the text's would be a bug of the rule; it gives no suggestion.
    file.text.get(start..end)?;
    file.text.replace_range(start..end, &offer.replacement);
    Some(changed)
}

fn has_syntax_error(files: &[SourceFile], offer: &rules::Suggestion, limits: &Limits) -> bool {
    let file = &files[offer.at.file.0 as usize];
    !languages::analyse(std::slice::from_ref(file), limits)
        .syntax_errors
        .is_empty()
}

/// How many findings there are of each class.
struct Tally(BTreeMap<&'static str, usize>);

impl Tally {
    fn of(findings: &[Finding]) -> Tally {
        let mut tally = BTreeMap::new();
        for finding in findings {
            *tally.entry(finding.rule.code).or_default() += 1;
        }
        Tally(tally)
    }

    fn mends(&self, before: &Tally, code: &str) -> bool {
        let count = |tally: &Tally, code: &str| tally.0.get(code).copied().unwrap_or(0);
        count(self, code) < count(before, code)
            && self
                .0
                .keys()
                .all(|code| count(self, code) <= count(before, code))
    }
}

/// A change of bytes as a change of whole lines.
pub fn whole_lines(resolver: &Resolver<'_>, offer: &rules::Suggestion) -> Suggestion {
    let (lines, text) = (resolver.lines(offer.at), &resolver.file(offer.at).text);
    let start = lines.position(offer.at.start);
    let mut end = lines.position(offer.at.end);
    let head = &text[lines.start_of(start.line) as usize..offer.at.start as usize];
    let mut replacement = format!("{head}{}", offer.replacement);
    if end.column == 1 && end.line > start.line {
        // The place ends with a line end: the line after it stays as it is.
        end.line -= 1;
        if replacement.ends_with('\n') {
            replacement.pop();
        }
    } else {
        let tail = lines.text_of(text, end.line);
        replacement.push_str(tail.get(end.column as usize - 1..).unwrap_or(""));
    }
    if replacement.trim().is_empty() {
        replacement.clear();
    }
    Suggestion {
        start_line: start.line,
        end_line: end.line,
        replacement,
    }
}
