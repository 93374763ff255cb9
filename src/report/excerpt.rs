//! Source excerpts with carets, as rustc prints them.
//!
//! The lines come from the file where it is at hand and still says what was reviewed, and from
//! the excerpts that the review carries otherwise.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Snippet};

use super::plain::printable;
use crate::review::outcome::{Place, Remark};
use crate::source::LineIndex;

/// Lines between the first and the last place of one excerpt; what is farther apart stands alone.
const SPREAD: u32 = 400;
/// Bytes of a line that are shown.
const WIDEST: usize = 500;

/// A place to underline, on one line.
struct Mark {
    line: u32,
    start: usize,
    end: usize,
    label: String,
    is_primary: bool,
}

/// Lines of a file with the places to underline in them.
struct Stretch {
    path: String,
    lines: BTreeMap<u32, String>,
    marks: Vec<Mark>,
}

/// Adds the place of a remark and what is related to a group.
pub fn add<'a>(mut group: Group<'a>, remark: &Remark, file: Option<&File>) -> Group<'a> {
    let file = file.filter(|file| file.fits(remark));
    for stretch in stretches(remark, file) {
        group = group.element(snippet(&stretch));
    }
    group
}

/// The lines that a suggestion replaces with what stands there afterwards.
pub fn suggested(remark: &Remark, file: Option<&File>) -> Option<Group<'static>> {
    let suggestion = remark.suggestion.as_ref()?;
    let (start, end) = (suggestion.start_line, suggestion.end_line);
    let from_file = || {
        let file = file.filter(|file| file.fits(remark))?;
        (start..=end)
            .map(|line| file.get(line).map(str::to_owned))
            .collect::<Option<Vec<_>>>()
    };
    let from_excerpt = || {
        let skip = start.checked_sub(remark.line)? as usize;
        let count = (end - start) as usize + 1;
        Some(remark.excerpt.get(skip..skip + count)?.to_vec())
    };
    let old = from_file().or_else(from_excerpt)?.join("\n");
    let old = super::plain::printable_lines(&old);
    let replacement = super::plain::printable_lines(&suggestion.replacement);
    let length = old.len();
    let patch = Snippet::source(old).line_start(start as usize);
    let title = Level::HELP.secondary_title("this change mends it");
    Some(title.element(patch.patch(Patch::new(0..length, replacement))))
}

/// A file that is at hand.
pub struct File {
    text: String,
    lines: LineIndex,
}

impl File {
    /// With its text.
    pub fn new(text: String) -> File {
        File {
            lines: LineIndex::new(&text),
            text,
        }
    }

    fn get(&self, line: u32) -> Option<&str> {
        (1..=self.lines.count())
            .contains(&line)
            .then(|| self.lines.text_of(&self.text, line))
    }

    /// Whether the file still says what was reviewed.
    fn fits(&self, remark: &Remark) -> bool {
        let line = self.get(remark.line);
        line.zip(remark.excerpt.first())
            .is_some_and(|(line, excerpt)| line.starts_with(excerpt.as_str()))
    }
}

/// Puts what is near the remark in one stretch and everything else in stretches of its own.
fn stretches(remark: &Remark, file: Option<&File>) -> Vec<Stretch> {
    let first = remark.excerpt.first().map_or("", String::as_str);
    let end = if remark.end_line == remark.line {
        remark.end_column as usize
    } else {
        first.len() + 1
    };
    let mut main = Stretch {
        path: remark.path.clone(),
        lines: BTreeMap::new(),
        marks: Vec::new(),
    };
    main.mark(first, remark.line, (remark.column as usize, end), "", true);
    let mut others: Vec<Stretch> = Vec::new();
    for place in &remark.related {
        let is_near = place.path == remark.path && place.line.abs_diff(remark.line) <= SPREAD;
        // Without the file there is nothing to show between two lines, unless they touch.
        if is_near && (file.is_some() || place.line.abs_diff(remark.line) <= 1) {
            main.mark_place(place);
            continue;
        }
        let touching = others
            .last_mut()
            .filter(|other| other.path == place.path && other.lines.contains_key(&place.line));
        match touching {
            Some(other) => other.mark_place(place),
            None => {
                let mut other = Stretch {
                    path: place.path.clone(),
                    lines: BTreeMap::new(),
                    marks: Vec::new(),
                };
                other.mark_place(place);
                others.push(other);
            }
        }
    }
    main.fill(file);
    others.insert(0, main);
    others
}

impl Stretch {
    fn mark_place(&mut self, place: &Place) {
        let columns = (place.column as usize, place.end_column as usize);
        self.mark(&place.excerpt, place.line, columns, &place.label, false);
    }

    fn mark(
        &mut self,
        text: &str,
        line: u32,
        columns: (usize, usize),
        label: &str,
        is_primary: bool,
    ) {
        // What is shown for a tricky character is longer than the character.
        let shown = |bytes: usize| {
            let mut at = bytes.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            printable(&text[..at]).len()
        };
        let start = shown(columns.0.saturating_sub(1));
        let end = shown(columns.1.saturating_sub(1)).max(start);
        self.lines
            .entry(line)
            .or_insert_with(|| printable(text).into_owned());
        self.marks.push(Mark {
            line,
            start,
            end,
            label: printable(label).into_owned(),
            is_primary,
        });
    }

    /// Adds the lines between the first and the last, for those that are shown beside the marks.
    fn fill(&mut self, file: Option<&File>) {
        let (Some(file), Some((&first, _)), Some((&last, _))) = (
            file,
            self.lines.first_key_value(),
            self.lines.last_key_value(),
        ) else {
            return;
        };
        for line in first..=last {
            let text = file.get(line).unwrap_or("");
            self.lines
                .entry(line)
                .or_insert_with(|| printable(cut(text)).into_owned());
        }
    }
}

fn cut(line: &str) -> &str {
    let mut at = line.len().min(WIDEST);
    while !line.is_char_boundary(at) {
        at -= 1;
    }
    &line[..at]
}

fn snippet(stretch: &Stretch) -> Snippet<'static, Annotation<'static>> {
    let mut source = String::new();
    let mut starts = BTreeMap::new();
    for (&line, text) in &stretch.lines {
        starts.insert(line, source.len());
        source.push_str(text);
        source.push('\n');
    }
    let first = stretch.lines.keys().next().copied().unwrap_or(1);
    let annotations: Vec<Annotation<'static>> = stretch
        .marks
        .iter()
        .map(|mark| {
            let start = starts.get(&mark.line).copied().unwrap_or(0);
            let kind = if mark.is_primary {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let annotation = kind.span(start + mark.start..start + mark.end);
            if mark.label.is_empty() {
                annotation
            } else {
                annotation.label(mark.label.clone())
            }
        })
        .collect();
    Snippet::source(source)
        .path(printable(&stretch.path).into_owned())
        .line_start(first as usize)
        .annotations(annotations)
}
