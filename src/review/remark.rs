//! Findings resolved to paths, lines and words: from the engine's values to a [`Remark`].

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::fingerprint::{self, Functions, Key, clip};
use super::outcome::{Confidence, Place, Remark};
use crate::model::Program;
use crate::rules::{self, Finding};
use crate::source::{LineIndex, SourceFile, Span};

/// Lines of an excerpt, and bytes of each.
const EXCERPT: (u32, usize) = (5, 500);
/// Bytes of a message, a reason, a label: names in hostile code can be of any length.
const WORDS: usize = 2_000;

/// A remark on its way: what it shows, and what tells it from others.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it shows; the fingerprint is filled in when all are known.
    pub remark: Remark,
    /// What tells it from others.
    pub key: Key,
}

/// Resolves places of one unit.
pub struct Resolver<'u> {
    files: &'u [SourceFile],
    program: &'u Program,
    // Most units have nothing to resolve, so these are made when first asked for.
    lines: Vec<OnceCell<LineIndex>>,
    functions: OnceCell<Functions<'u>>,
    help_base: &'u str,
}

impl<'u> Resolver<'u> {
    /// For the files of a unit and the program made from them.
    pub fn new(files: &'u [SourceFile], program: &'u Program, help_base: &'u str) -> Resolver<'u> {
        Resolver {
            files,
            program,
            lines: vec![OnceCell::new(); files.len()],
            functions: OnceCell::new(),
            help_base,
        }
    }

    /// The file of a place.
    pub fn file(&self, at: Span) -> &'u SourceFile {
        &self.files[at.file.0 as usize]
    }

    /// The lines of the file of a place.
    pub fn lines(&self, at: Span) -> &LineIndex {
        let file = at.file.0 as usize;
        self.lines[file].get_or_init(|| LineIndex::new(&self.files[file].text))
    }

    /// The 1-based line on which a place begins.
    pub fn line(&self, at: Span) -> u32 {
        self.lines(at).line(at.start)
    }

    fn functions(&self) -> &Functions<'u> {
        self.functions.get_or_init(|| Functions::new(self.program))
    }

    /// The names of all functions that are no closures.
    pub fn function_names(&self) -> BTreeSet<String> {
        self.functions().names().collect()
    }

    /// The text of a place.
    pub fn text(&self, at: Span) -> &'u str {
        self.file(at)
            .text
            .get(at.start as usize..at.end as usize)
            .unwrap_or("")
    }

    /// A line of a file, cut to a bearable length.
    pub fn excerpt(&self, at: Span, line: u32) -> String {
        clip(self.lines(at).text_of(&self.file(at).text, line), EXCERPT.1).to_owned()
    }

    /// A finding as a remark.
    pub fn found(&self, finding: &Finding) -> Found {
        let mut found = self.blank(finding.at, finding.rule.code, finding.rule.slug);
        found.key.function = self.functions().name(finding.function, finding.at);
        found.key.subject = clip(&finding.subject, WORDS).to_owned();
        let remark = &mut found.remark;
        remark.title = finding.rule.summary.to_owned();
        remark.confidence = finding.confidence.into();
        remark.message = clip(&finding.message, WORDS).to_owned();
        remark.why = clip(&finding.why, WORDS).to_owned();
        remark.fix = clip(&finding.fix, WORDS).to_owned();
        remark.related = finding
            .related
            .iter()
            .map(|related| self.place(related.at, &related.label))
            .collect();
        remark.questions = owned(finding.rule.questions);
        remark.checklist = owned(&finding.checklist);
        remark.help = format!(
            "{}/bugs/{}-{}",
            self.help_base, finding.rule.code, finding.rule.slug
        );
        found
    }

    /// A remark at a place that says nothing yet.
    pub fn blank(&self, at: Span, code: &str, slug: &str) -> Found {
        let lines = self.lines(at);
        let (start, end) = (
            lines.position(at.start),
            lines.position(at.end.max(at.start)),
        );
        let shown = start.line..=end.line.min(start.line + EXCERPT.0 - 1);
        let remark = Remark {
            code: code.to_owned(),
            slug: slug.to_owned(),
            title: String::new(),
            confidence: Confidence::Medium,
            path: self.file(at).path.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            message: String::new(),
            why: String::new(),
            fix: String::new(),
            related: Vec::new(),
            questions: Vec::new(),
            checklist: Vec::new(),
            state: None,
            comment_line: None,
            comment_path: None,
            fingerprint: String::new(),
            help: String::new(),
            suggestion: None,
            excerpt: shown.map(|line| self.excerpt(at, line)).collect(),
        };
        let key = Key {
            code: code.to_owned(),
            function: self.functions().name(None, at),
            subject: String::new(),
            anchor: fingerprint::anchor(self.text(at)),
        };
        Found { remark, key }
    }

    fn place(&self, at: Span, label: &str) -> Place {
        let lines = self.lines(at);
        let (start, end) = (lines.position(at.start), lines.position(at.end));
        let excerpt = self.excerpt(at, start.line);
        let line_end = lines.text_of(&self.file(at).text, start.line).len() as u32 + 1;
        Place {
            path: self.file(at).path.clone(),
            line: start.line,
            column: start.column,
            end_column: if end.line == start.line {
                end.column
            } else {
                line_end.max(start.column)
            },
            label: clip(label, WORDS).to_owned(),
            excerpt,
        }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

impl From<rules::Confidence> for Confidence {
    fn from(confidence: rules::Confidence) -> Confidence {
        match confidence {
            rules::Confidence::Low => Confidence::Low,
            rules::Confidence::Medium => Confidence::Medium,
            rules::Confidence::High => Confidence::High,
        }
    }
}
