//! A review as a page shows it: code with its findings, the five questions, the checklist.

use std::collections::{HashMap, HashSet};

use super::rows::{self, File};
use crate::report::coverage::coverage;
use crate::report::plain::{counted, sentence};
use crate::report::{Format, Look, render};
use crate::review::Review;
use crate::review::colours::Coloured;
use crate::review::outcome::{Confidence, Remark, Site, State};
use crate::source::change::Change;
use crate::source::diff::Diff;
use crate::source::limits::Limits;

/// A result, ready for its template.
pub struct Shown {
    /// One sentence on what was found.
    pub headline: String,
    /// What was looked at, in words.
    pub looked_at: String,
    /// The code.
    pub files: Vec<File>,
    /// Every finding, in the order of the review.
    pub cards: Vec<Card>,
    /// Findings that have no line on the page.
    pub elsewhere: Vec<usize>,
    /// The five questions.
    pub questions: Vec<Question>,
    /// The eleven items.
    pub items: Vec<Item>,
    /// How much was looked at, where that is not all.
    pub coverage: Option<String>,
    /// What was not looked at: path and reason.
    pub skipped: Vec<(String, String)>,
    /// The classes that were found, for the filter: code, slug, how often.
    pub classes: Vec<(String, String, usize)>,
    /// The whole as Markdown.
    pub markdown: String,
    /// The command that gives the same.
    pub command: String,
    /// Whether a diff was reviewed.
    pub is_diff: bool,
}

/// A finding.
pub struct Card {
    /// Its place in the list: what leads to it is `#finding-N`.
    pub number: usize,
    /// Its code.
    pub code: String,
    /// Code and slug: the last part of the address of its explanation.
    pub name: String,
    /// `high`, `medium` or `low`.
    pub confidence: &'static str,
    /// `introduced`, `fixed`, `preexisting`, or nothing.
    pub state: &'static str,
    /// Where: `line 12`, or with the path before it.
    pub place: String,
    /// What is wrong, as HTML.
    pub message: String,
    /// What happens at run time, as HTML.
    pub why: String,
    /// What to do, as HTML.
    pub fix: String,
    /// Whether a finding before it says the same of why and what to do.
    pub is_again: bool,
    /// The evidence: place, link, label as HTML.
    pub related: Vec<(String, String, String)>,
    /// Its fingerprint, by which the suggestion is asked for.
    pub fingerprint: String,
    /// The lines that go and those that come.
    pub suggestion: Option<(Vec<String>, Vec<String>)>,
}

/// A question with its sites.
pub struct Question {
    /// `Q1`.
    pub id: String,
    /// The question, as HTML.
    pub text: String,
    /// `fine`, `look` or `smell`.
    pub verdict: &'static str,
    /// Its sites.
    pub sites: Vec<Seen>,
}

/// A place with its answer.
pub struct Seen {
    /// Where, in words.
    pub place: String,
    /// What leads there; empty when it is not shown.
    pub href: String,
    /// What is there, as HTML.
    pub what: String,
    /// The answer.
    pub answer: String,
    /// Whether it is a good one.
    pub ok: bool,
}

/// An item of the checklist.
pub struct Item {
    /// `C1`.
    pub id: String,
    /// What to look for, as HTML.
    pub text: String,
    /// `flagged`, `look` or `clear`.
    pub status: &'static str,
    /// How many sites, in words.
    pub looked_at: String,
    /// Numbers of its findings.
    pub findings: Vec<usize>,
}

/// Which of the lines lead where.
struct Places {
    /// Paths by the place of their file on the page.
    files: HashMap<String, usize>,
    /// The lines of each file that are on the page, in order.
    lines: Vec<Vec<u32>>,
    /// Whether there is only one file, so that its path need not be said.
    is_one: bool,
}

impl Places {
    fn new(files: &[File]) -> Places {
        let path = |(at, file): (usize, &File)| (file.path.clone(), at);
        let lines = |file: &File| {
            let rows = file.rows.iter().filter(|row| !row.id.is_empty());
            let mut lines: Vec<u32> = rows.filter_map(|row| row.new).collect();
            // A diff may tell them in any order.
            lines.sort_unstable();
            lines
        };
        Places {
            files: files.iter().enumerate().map(path).collect(),
            lines: files.iter().map(lines).collect(),
            is_one: files.len() == 1,
        }
    }

    /// What leads to a line; empty when it is not shown.
    fn link(&self, path: &str, line: u32) -> String {
        let file = self.files.get(path).copied();
        let shown = file.filter(|&file| self.lines[file].binary_search(&line).is_ok());
        shown.map_or(String::new(), |file| format!("#{}", rows::id(file, line)))
    }

    fn words(&self, path: &str, line: u32) -> String {
        if self.is_one && self.files.contains_key(path) {
            format!("line {line}")
        } else {
            format!("{path}:{line}")
        }
    }
}

/// What was reviewed.
pub enum Subject<'a> {
    /// A text.
    Code {
        /// The name that it goes by.
        path: &'a str,
        /// The text.
        text: &'a str,
        /// Its colours.
        colours: &'a [Coloured],
    },
    /// A change.
    Diff {
        /// The change.
        change: &'a Change,
        /// Budgets of what is parsed for its colours.
        limits: &'a Limits,
    },
}

impl Shown {
    /// A result for its page. `least` and `class` are what the reader wants to see; the questions
    /// and the checklist stay whole.
    pub fn new(review: Review, subject: &Subject<'_>, least: Confidence, class: &str) -> Shown {
        let (mut files, is_diff) = files_of(subject);
        let mut review = review.at_least(least);
        let classes = classes(&review.findings);
        if !class.is_empty() {
            review.findings.retain(|remark| remark.code == class);
            review.summary.count(&review.findings);
        }
        let places = Places::new(&files);
        let elsewhere = put(&mut files, &review.findings, &places);
        let mut cards: Vec<Card> = review
            .findings
            .iter()
            .enumerate()
            .map(|(at, remark)| card(at, remark, &places))
            .collect();
        mark_those_that_say_it_again(&mut cards);
        Shown {
            headline: headline(&review),
            looked_at: format!(
                "{} in {}",
                counted(review.summary.lines, "line"),
                counted(u64::from(review.summary.files), "file")
            ),
            questions: questions(&review, &places),
            items: items(&review),
            coverage: review
                .skipped
                .iter()
                .any(|skipped| skipped.kind().is_some())
                .then(|| sentence(&coverage(&review))),
            skipped: review
                .skipped
                .iter()
                .map(|skipped| (skipped.path.clone(), skipped.reason.clone()))
                .collect(),
            markdown: render(&review, Format::Markdown, Look::default(), &|_| None),
            command: command(subject, least),
            files,
            cards,
            elsewhere,
            classes,
            is_diff,
        }
    }
}

/// The code as files, and whether it is a diff.
fn files_of(subject: &Subject<'_>) -> (Vec<File>, bool) {
    match subject {
        Subject::Code {
            path,
            text,
            colours,
        } => {
            let file = File {
                path: (*path).to_owned(),
                rows: rows::of_text(text, colours, 0),
            };
            (vec![file], false)
        }
        Subject::Diff { change, limits } => (of_diff(&change.diff, limits), true),
    }
}

fn questions(review: &Review, places: &Places) -> Vec<Question> {
    let shown = |question: &crate::review::outcome::Question| Question {
        id: question.id.clone(),
        text: rows::message(&question.question),
        verdict: question.verdict.name(),
        sites: question
            .sites
            .iter()
            .map(|site| seen(site, places))
            .collect(),
    };
    review.smell.iter().map(shown).collect()
}

fn items(review: &Review) -> Vec<Item> {
    let findings = review.findings.iter().enumerate();
    let numbers: HashMap<&str, usize> = findings
        .map(|(at, remark)| (remark.fingerprint.as_str(), at))
        .collect();
    let shown = |item: &crate::review::outcome::Item| Item {
        id: item.id.clone(),
        text: rows::message(&item.item),
        status: item.status.name(),
        looked_at: counted(u64::from(item.looked_at), "site"),
        findings: item
            .findings
            .iter()
            .filter_map(|print| numbers.get(print.as_str()).copied())
            .collect(),
    };
    review.checklist.iter().map(shown).collect()
}

fn of_diff(diff: &Diff, limits: &Limits) -> Vec<File> {
    let file = |(at, file): (usize, &crate::source::diff::FileDiff)| File {
        path: file
            .new_path
            .clone()
            .or_else(|| file.old_path.clone())
            .unwrap_or_default(),
        rows: rows::of_diff(file, at, limits),
    };
    diff.files.iter().enumerate().map(file).collect()
}

fn classes(findings: &[Remark]) -> Vec<(String, String, usize)> {
    let mut classes: Vec<(String, String, usize)> = Vec::new();
    for remark in findings {
        match classes.iter_mut().find(|(code, ..)| *code == remark.code) {
            Some((.., count)) => *count += 1,
            None => classes.push((remark.code.clone(), remark.slug.clone(), 1)),
        }
    }
    classes.sort();
    classes
}

/// Puts the findings under their lines; gives back those that have none.
fn put(files: &mut [File], findings: &[Remark], places: &Places) -> Vec<usize> {
    let mut elsewhere = Vec::new();
    for (at, file) in files.iter_mut().enumerate() {
        let here = findings.iter().enumerate().filter_map(|(number, remark)| {
            let path = remark.comment_path.as_ref().unwrap_or(&remark.path);
            let is_here = places.files.get(path) == Some(&at);
            let is_fixed = remark.state == Some(State::Fixed);
            let line = match remark.comment_line {
                Some(line) if !is_fixed => line,
                _ => remark.line,
            };
            is_here.then_some((number, line, is_fixed))
        });
        elsewhere.extend(rows::place(&mut file.rows, here));
    }
    for (number, remark) in findings.iter().enumerate() {
        let path = remark.comment_path.as_ref().unwrap_or(&remark.path);
        if !places.files.contains_key(path) {
            elsewhere.push(number);
        }
    }
    elsewhere.sort_unstable();
    elsewhere
}

fn card(number: usize, remark: &Remark, places: &Places) -> Card {
    let is_fixed = remark.state == Some(State::Fixed);
    let href = |path: &str, line: u32| match is_fixed {
        true => String::new(),
        false => places.link(path, line),
    };
    Card {
        number,
        code: remark.code.clone(),
        name: format!("{}-{}", remark.code, remark.slug),
        confidence: remark.confidence.name(),
        state: match remark.state {
            None => "",
            Some(State::Introduced) => "introduced",
            Some(State::Preexisting) => "pre-existing",
            Some(State::Fixed) => "fixed",
        },
        place: places.words(&remark.path, remark.line),
        message: rows::message(&remark.message),
        why: rows::message(&remark.why),
        fix: rows::message(&remark.fix),
        related: remark
            .related
            .iter()
            .map(|place| {
                (
                    places.words(&place.path, place.line),
                    href(&place.path, place.line),
                    rows::message(&place.label),
                )
            })
            .collect(),
        is_again: false,
        fingerprint: remark.fingerprint.clone(),
        suggestion: suggestion(remark),
    }
}

/// Who reads ten findings of a class reads once why it matters.
fn mark_those_that_say_it_again(cards: &mut [Card]) {
    let mut said = HashSet::new();
    let again: Vec<bool> = cards
        .iter()
        .map(|card| !said.insert((&card.why, &card.fix)))
        .collect();
    for (card, is_again) in cards.iter_mut().zip(again) {
        card.is_again = is_again;
    }
}

/// The lines that go are those of the excerpt when it holds all of them.
fn suggestion(remark: &Remark) -> Option<(Vec<String>, Vec<String>)> {
    let offer = remark.suggestion.as_ref()?;
    let first = offer.start_line.checked_sub(remark.line)? as usize;
    let last = offer.end_line.checked_sub(remark.line)? as usize;
    let old = remark.excerpt.get(first..=last).unwrap_or(&[]).to_vec();
    let new = offer.replacement.lines().map(str::to_owned).collect();
    Some((old, new))
}

fn seen(site: &Site, places: &Places) -> Seen {
    Seen {
        place: places.words(&site.path, site.line),
        href: places.link(&site.path, site.line),
        what: rows::message(&site.what),
        answer: site.answer.clone(),
        ok: site.ok,
    }
}

fn headline(review: &Review) -> String {
    let numbers = &review.summary.findings;
    let all = numbers.high + numbers.medium + numbers.low;
    let fixed = review.summary.fixed.unwrap_or(0);
    let (nothing, brought) = match review.summary.introduced {
        Some(_) => ("Nothing introduced", " introduced"),
        None => ("Nothing found", ""),
    };
    let mut text = if all == 0 && !review.skipped.is_empty() {
        format!("{nothing} in what was looked at")
    } else if all == 0 {
        nothing.to_owned()
    } else {
        let parts: Vec<String> = [
            (numbers.high, "high"),
            (numbers.medium, "medium"),
            (numbers.low, "low"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
        format!(
            "{}{brought}: {}",
            counted(u64::from(all), "finding"),
            parts.join(", ")
        )
    };
    if fixed > 0 {
        text += &format!("; {fixed} fixed");
    }
    text
}

fn command(subject: &Subject<'_>, least: Confidence) -> String {
    let least = least.name();
    match subject {
        Subject::Diff { .. } => {
            format!("highwater review --diff change.diff --min-confidence {least}")
        }
        Subject::Code { path, .. } => {
            format!("highwater check --min-confidence {least} {path}")
        }
    }
}
