//! Suggestions, proven: a change of text is offered only when the engine finds it better.
//!
//! 1. All changes of a unit are made at once and the unit is analysed again, so that proving
//!    costs about one more analysis, however many changes there are.
//! 2. A change holds when its finding is gone. That counts only where nothing new came: no more
//!    findings of any class, no new syntax error, nothing that is no longer looked at.
//! 3. Where something new came, the changes are halved and tried again, within a budget.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::outcome::Suggestion;
use super::remark::Resolver;
use super::unit;
use crate::languages::{self, Analysis};
use crate::rules::{Finding, Thresholds};
use crate::source::limits::Limits;
use crate::source::{FileId, SourceFile, Span};

/// The most analyses for the proofs of a unit.
const PROOFS: usize = 16;
/// The most bytes that are analysed again for the proofs of a unit, the first proof aside.
const BYTES: usize = 2 << 20;
/// The largest unit whose suggestions are proven.
const LARGEST: usize = 16 << 20;

/// A change that is to be proven, and the finding that it should mend.
#[derive(Clone, Copy)]
struct Offer<'f> {
    /// The position of its finding among all.
    number: usize,
    finding: &'f Finding,
    /// The bytes that are replaced, and by what.
    at: Span,
    replacement: &'f str,
}

impl Offer<'_> {
    /// Whether two findings ask for one change.
    fn is_same(&self, other: &Offer<'_>) -> bool {
        (self.at, self.replacement) == (other.at, other.replacement)
    }
}

/// A change as its language spells it, with the position of its finding.
type Spelled = (usize, Span, String);

/// What the proofs are held against.
struct Before<'b> {
    files: &'b [SourceFile],
    count: BTreeMap<&'static str, usize>,
    broken: BTreeSet<FileId>,
    cuts: usize,
    limits: &'b Limits,
    thresholds: &'b Thresholds,
}

/// The suggestion for each finding, as whole lines, where it has one that holds.
pub fn proven(
    files: &[SourceFile],
    resolver: &Resolver<'_>,
    findings: &[Finding],
    analysis: &Analysis,
    (limits, thresholds): (&Limits, &Thresholds),
) -> Vec<Option<Suggestion>> {
    let mut suggestions = vec![None; findings.len()];
    let spelled = spelled(files, findings);
    let mut offers = Vec::with_capacity(spelled.len());
    for (number, at, replacement) in &spelled {
        offers.push(Offer {
            number: *number,
            finding: &findings[*number],
            at: *at,
            replacement,
        });
    }
    let size: usize = files.iter().map(|file| file.text.len()).sum();
    if offers.is_empty() || size > LARGEST {
        return suggestions;
    }
    let before = Before {
        files,
        count: count(findings),
        broken: broken(analysis),
        cuts: analysis.cuts.len(),
        limits,
        thresholds,
    };
    let mut left = 1 + (BYTES / size.max(1)).min(PROOFS - 1);
    let mut groups: VecDeque<Vec<Offer<'_>>> = apart(offers).into();
    while let Some(group) = groups.pop_front() {
        if left == 0 || limits.stop.is_now() {
            break;
        }
        left -= 1;
        match before.mended(&group) {
            Some(mended) => {
                for offer in mended {
                    suggestions[offer.number] =
                        Some(whole_lines(resolver, offer.at, offer.replacement));
                }
            }
            None if group.len() > 1 => {
                let (first, second) = group.split_at(group.len() / 2);
                groups.extend([first.to_vec(), second.to_vec()]);
            }
            None => {}
        }
    }
    suggestions
}

/// The changes as their languages spell them.
fn spelled(files: &[SourceFile], findings: &[Finding]) -> Vec<Spelled> {
    let spell = |(number, finding): (usize, &Finding)| {
        let offer = finding.suggestion.as_ref()?;
        let file = files.get(offer.at.file.0 as usize)?;
        let edit = languages::spell(file, offer.at, &offer.change)?;
        file.text.get(edit.at.clone())?;
        let at = Span {
            file: offer.at.file,
            start: edit.at.start as u32,
            end: edit.at.end as u32,
        };
        Some((number, at, edit.replacement))
    };
    let mut spelled: Vec<Spelled> = findings.iter().enumerate().filter_map(spell).collect();
    spelled.sort_by_key(|&(number, at, _)| (at, number));
    spelled
}

/// Parts changes that touch each other, which cannot be made at once: the first group has all
/// that can be.
fn apart(offers: Vec<Offer<'_>>) -> Vec<Vec<Offer<'_>>> {
    let mut groups: Vec<Vec<Offer<'_>>> = Vec::new();
    for offer in offers {
        let fits = |group: &&mut Vec<Offer<'_>>| {
            group.last().is_none_or(|last| {
                let is_behind = last.at.file != offer.at.file || last.at.end < offer.at.start;
                is_behind || last.is_same(&offer)
            })
        };
        match groups.iter_mut().take(PROOFS).find(fits) {
            Some(group) => group.push(offer),
            None => groups.push(vec![offer]),
        }
    }
    groups
}

impl Before<'_> {
    /// The changes of a group that mend their findings, unless something new came with the group.
    fn mended<'f>(&self, group: &[Offer<'f>]) -> Option<Vec<Offer<'f>>> {
        let analysis = languages::analyse(&self.changed(group), self.limits);
        if analysis.cuts.len() > self.cuts || !broken(&analysis).is_subset(&self.broken) {
            return None;
        }
        let run = unit::findings(&analysis, self.thresholds, &self.limits.stop);
        if analysis.is_stopped || !run.not_run.is_empty() {
            return None;
        }
        let findings = run.findings;
        let after = count(&findings);
        let moves = moves(group);
        let mut places: Vec<(&str, FileId, u32)> = findings
            .iter()
            .map(|found| {
                (
                    found.rule.code,
                    found.at.file,
                    place_before(&moves, found.at),
                )
            })
            .collect();
        places.sort_unstable();
        let mut gone: BTreeMap<&str, usize> = BTreeMap::new();
        let mut mended = Vec::new();
        for &offer in group {
            let (code, at) = (offer.finding.rule.code, offer.finding.at);
            if places.binary_search(&(code, at.file, at.start)).is_err() {
                *gone.entry(code).or_default() += 1;
                mended.push(offer);
            }
        }
        let of = |counts: &BTreeMap<&str, usize>, code| counts.get(code).copied().unwrap_or(0);
        after
            .keys()
            .chain(gone.keys())
            .all(|code| of(&after, code) + of(&gone, code) <= of(&self.count, code))
            .then_some(mended)
    }

    /// The files with the changes of a group, which is in the order of its places.
    fn changed(&self, group: &[Offer<'_>]) -> Vec<SourceFile> {
        let mut files = self.files.to_vec();
        for offer in once(group).rev() {
            let at = offer.at;
            let text = &mut files[at.file.0 as usize].text;
            text.replace_range(at.start as usize..at.end as usize, offer.replacement);
        }
        files
    }
}

/// The changes of a group, each once.
fn once<'g, 'f>(group: &'g [Offer<'f>]) -> impl DoubleEndedIterator<Item = &'g Offer<'f>> {
    let is_new = |at: usize| at == 0 || !group[at - 1].is_same(&group[at]);
    (0..group.len())
        .filter(move |&at| is_new(at))
        .map(|at| &group[at])
}

/// Where a replacement begins in the changed text and in the text before, with both lengths.
struct Move {
    file: FileId,
    now: i64,
    before: i64,
    length: i64,
    length_before: i64,
}

/// The replacements of a group, which is in the order of its places.
fn moves(group: &[Offer<'_>]) -> Vec<Move> {
    let (mut file, mut shift) = (FileId(0), 0);
    let mut moves = Vec::with_capacity(group.len());
    for offer in once(group) {
        let at = offer.at;
        if at.file != file {
            (file, shift) = (at.file, 0);
        }
        let (length, length_before) =
            (offer.replacement.len() as i64, i64::from(at.end - at.start));
        moves.push(Move {
            file,
            now: i64::from(at.start) + shift,
            before: i64::from(at.start),
            length,
            length_before,
        });
        shift += length - length_before;
    }
    moves
}

/// Where a place of the changed text was before; what stands in a replacement was where it begins.
fn place_before(moves: &[Move], at: Span) -> u32 {
    let place = i64::from(at.start);
    let next = moves.partition_point(|one| (one.file, one.now) <= (at.file, place));
    let last = moves[..next].last().filter(|one| one.file == at.file);
    let before = last.map_or(place, |last| match place - last.now {
        within if within < last.length => last.before,
        beyond => last.before + last.length_before + beyond - last.length,
    });
    u32::try_from(before).unwrap_or(0)
}

fn broken(analysis: &Analysis) -> BTreeSet<FileId> {
    analysis.syntax_errors.iter().map(|at| at.file).collect()
}

/// How many findings there are of each class.
fn count(findings: &[Finding]) -> BTreeMap<&'static str, usize> {
    let mut count = BTreeMap::new();
    for finding in findings {
        *count.entry(finding.rule.code).or_default() += 1;
    }
    count
}

/// A change of bytes as a change of whole lines.
pub fn whole_lines(resolver: &Resolver<'_>, at: Span, new: &str) -> Suggestion {
    let (lines, text) = (resolver.lines(at), &resolver.file(at).text);
    let start = lines.position(at.start);
    let mut end = lines.position(at.end);
    let head = &text[lines.start_of(start.line) as usize..at.start as usize];
    let mut replacement = format!("{head}{new}");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::Change;
    use crate::source::Language;

    /// Functions that each detach one call from the context at hand.
    fn detached(count: usize) -> String {
        let mut text = String::from(
            "package p\n\nimport \"context\"\n\nfunc work(ctx context.Context) error { return ctx.Err() }\n",
        );
        for number in 0..count {
            text += &format!(
                "\nfunc f{number}(ctx context.Context) error {{\n\treturn work(context.Background())\n}}\n"
            );
        }
        text
    }

    /// Which suggestions hold, with a change that is no code for some of the findings.
    fn held(spoilt: &[usize]) -> Vec<bool> {
        let file = SourceFile::new("a.go", Language::Go, detached(20).into_bytes());
        let (limits, thresholds) = (Limits::default(), Thresholds::default());
        let files = [file];
        let analysis = languages::analyse(&files, &limits);
        let mut findings = unit::findings(&analysis, &thresholds, &limits.stop).findings;
        for &number in spoilt {
            let at = findings[number].at;
            findings[number].suggest(at, Change::Instead("ctx) {".to_owned()));
        }
        let resolver = Resolver::new(&files, &analysis.program, "");
        let asked = (&limits, &thresholds);
        let proven = proven(&files, &resolver, &findings, &analysis, asked);
        proven.iter().map(Option::is_some).collect()
    }

    #[test]
    fn all_changes_are_proven_at_once() {
        assert_eq!(held(&[]), [true; 20]);
    }

    #[test]
    fn a_change_that_breaks_the_code_spoils_no_other() {
        let held = held(&[7]);
        for (number, &holds) in held.iter().enumerate() {
            assert_eq!(holds, number != 7, "{number}");
        }
    }

    #[test]
    fn places_are_those_of_the_text_before() {
        let file = FileId(0);
        let span = |start, end| Span { file, start, end };
        let one = |before, length_before, now, length| Move {
            file,
            now,
            before,
            length,
            length_before,
        };
        // `abcdef` with `X` before `b` and `de` gone: `aXbcf`.
        let moves = [one(1, 0, 1, 1), one(3, 2, 4, 0)];
        let before: Vec<u32> = (0..5)
            .map(|at| place_before(&moves, span(at, at)))
            .collect();
        assert_eq!(before, [0, 1, 1, 2, 5]);
    }
}
