//! Code as rows of a page: numbers, colours, and the findings under their lines.

use std::collections::BTreeMap;

use crate::report::plain::{is_tricky, marked};
use crate::review::colours::{Coloured, colours};
use crate::source::Language;
use crate::source::diff::{FileDiff, Kind};
use crate::source::limits::Limits;

/// A file of a result.
pub struct File {
    /// Its path; empty for a text that has none.
    pub path: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of code, or what stands between two parts.
pub struct Row {
    /// What the row is called in addresses: `L12`; empty when nothing leads here.
    pub id: String,
    /// Number in the base.
    pub old: Option<u32>,
    /// Number in the head.
    pub new: Option<u32>,
    /// `+`, `-`, or a blank.
    pub mark: char,
    /// The code, as HTML.
    pub html: String,
    /// The heading of a hunk; then the row has no code.
    pub heading: Option<String>,
    /// Which findings stand under it, by their place in the result.
    pub findings: Vec<usize>,
}

impl Row {
    /// The row's class in the stylesheet.
    pub fn class(&self) -> &'static str {
        match (self.mark, self.findings.is_empty()) {
            ('+', true) => "row added",
            ('+', false) => "row added found",
            ('-', true) => "row removed",
            ('-', false) => "row removed found",
            (_, true) => "row",
            (_, false) => "row found",
        }
    }
}

/// A text as rows, in colours that are known.
pub fn of_text(text: &str, colours: &[Coloured], file: usize) -> Vec<Row> {
    let lines = lines(text, colours);
    let row = |(html, number): (String, u32)| Row {
        id: id(file, number),
        old: None,
        new: Some(number),
        mark: ' ',
        html,
        heading: None,
        findings: Vec::new(),
    };
    lines.into_iter().zip(1..).map(row).collect()
}

/// A file of a diff as rows: its hunks with their headings.
pub fn of_diff(diff: &FileDiff, file: usize, limits: &Limits) -> Vec<Row> {
    let path = diff.new_path.as_deref().or(diff.old_path.as_deref());
    let language = path.and_then(Language::of_path);
    let mut rows = Vec::new();
    for hunk in diff.hunks() {
        let heading = format!(
            "@@ -{},{} +{},{} @@ {}",
            hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count, hunk.heading
        );
        rows.push(Row {
            id: String::new(),
            old: None,
            new: None,
            mark: ' ',
            html: String::new(),
            heading: Some(heading),
            findings: Vec::new(),
        });
        // Both sides of a hunk in one text: what is coloured wrong by it is no more than a word.
        let text: Vec<&str> = hunk.lines.iter().map(|line| line.text.as_str()).collect();
        let html = match language {
            Some(language) => coloured_lines(&text.join("\n"), language, limits),
            None => text.iter().map(|line| escaped(line)).collect(),
        };
        for (line, html) in hunk.lines.iter().zip(html) {
            let (mark, old, new) = match line.kind {
                Kind::Context => (' ', Some(line.old), Some(line.new)),
                Kind::Added => ('+', None, Some(line.new)),
                Kind::Removed => ('-', Some(line.old), None),
            };
            rows.push(Row {
                id: new.map_or(String::new(), |number| id(file, number)),
                old,
                new,
                mark,
                html,
                heading: None,
                findings: Vec::new(),
            });
        }
    }
    rows
}

/// The name of a line in addresses.
pub fn id(file: usize, line: u32) -> String {
    match file {
        0 => format!("L{line}"),
        file => format!("f{file}L{line}"),
    }
}

/// Puts findings under their rows: those that stand in the head by its numbers, fixed ones by
/// those of the base. Gives back those that have no row.
pub fn place(rows: &mut [Row], wanted: impl Iterator<Item = (usize, u32, bool)>) -> Vec<usize> {
    // There are many rows and few findings.
    let (mut heads, mut bases) = (BTreeMap::new(), BTreeMap::new());
    for (finding, line, is_in_base) in wanted {
        let side = if is_in_base { &mut bases } else { &mut heads };
        let there: &mut Vec<usize> = side.entry(line).or_default();
        there.push(finding);
    }
    for row in rows {
        for (number, side) in [(row.new, &mut heads), (row.old, &mut bases)] {
            let here = number.filter(|_| !side.is_empty());
            let here = here.and_then(|number| side.remove(&number));
            row.findings.extend(here.into_iter().flatten());
        }
        row.findings.sort_unstable();
    }
    heads
        .into_values()
        .chain(bases.into_values())
        .flatten()
        .collect()
}

/// The lines of a text as HTML with colours.
pub fn coloured_lines(text: &str, language: Language, limits: &Limits) -> Vec<String> {
    lines(text, &colours(text, language, limits))
}

/// The lines of a text as HTML with these colours; a run that spans lines is coloured on each.
fn lines(text: &str, colours: &[Coloured]) -> Vec<String> {
    let mut lines = Lines::default();
    let mut at = 0;
    for run in colours {
        if run.at.start < at || text.get(run.at.clone()).is_none() {
            continue;
        }
        lines.push(&text[at..run.at.start], None);
        lines.push(&text[run.at.clone()], Some(run.kind));
        at = run.at.end;
    }
    lines.push(&text[at..], None);
    lines.done.push(lines.line);
    if text.ends_with('\n') {
        lines.done.pop();
    }
    lines.done
}

/// Lines that are being written.
#[derive(Default)]
struct Lines {
    done: Vec<String>,
    line: String,
}

impl Lines {
    fn push(&mut self, part: &str, kind: Option<&str>) {
        let mut rest = part;
        loop {
            let end = memchr::memchr(b'\n', rest.as_bytes());
            let line = &rest[..end.unwrap_or(rest.len())];
            let line = line.strip_suffix('\r').unwrap_or(line);
            match kind {
                _ if line.is_empty() => (),
                Some(kind) => {
                    self.line += "<span class=\"c-";
                    self.line += kind;
                    self.line += "\">";
                    escape(line, &mut self.line);
                    self.line += "</span>";
                }
                None => escape(line, &mut self.line),
            }
            let Some(end) = end else { return };
            // A line has its colours about itself again in bytes.
            let next = String::with_capacity(2 * self.line.len());
            self.done.push(std::mem::replace(&mut self.line, next));
            rest = &rest[end + 1..];
        }
    }
}

/// Text in which nothing is taken for HTML. What cannot be seen or turns the direction of text
/// is shown as a mark.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

/// Writes such text. Most bytes are plain and are copied many at once.
fn escape(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if PLAIN[usize::from(byte)] || at < done {
            continue;
        }
        out.push_str(&text[done..at]);
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        match c {
            '&' => *out += "&amp;",
            '<' => *out += "&lt;",
            '>' => *out += "&gt;",
            '"' => *out += "&quot;",
            '\'' => *out += "&#39;",
            c if is_tricky(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
        done = at + c.len_utf8();
    }
    out.push_str(&text[done..]);
}

/// Bytes that stand for themselves.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte < 0x7f {
        plain[byte as usize] = !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
        byte += 1;
    }
    plain[b'\t' as usize] = true;
    plain[b'\n' as usize] = true;
    plain
};

/// A message as HTML: what stands in backticks as code.
pub fn message(text: &str) -> String {
    let code = |part: &str, out: &mut String| {
        *out += "<code>";
        escape(part, out);
        *out += "</code>";
    };
    marked(text, escape, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_cannot_leave_its_line() {
        let lines = coloured_lines(
            "s := \"<script>\"\n/* a\r\nb */\n",
            Language::Go,
            &Limits::default(),
        );
        assert_eq!(lines.len(), 3);
        assert!(lines[0].contains("&lt;script&gt;"), "{}", lines[0]);
        assert!(lines[1].contains("c-comment") && lines[2].contains("c-comment"));
        assert_eq!(lines[1], "<span class=\"c-comment\">/* a</span>");
        assert_eq!(escaped("a\u{202e}b\u{0}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(message("sends on `a<b`"), "sends on <code>a&lt;b</code>");
    }
}
