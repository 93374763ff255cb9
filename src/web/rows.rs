//! Code as rows of a page: numbers, colours, and the findings under their lines.

use std::collections::BTreeMap;

use crate::report::plain::{is_tricky, marked};
use crate::review::colours;
use crate::source::Language;
use crate::source::diff::{FileDiff, Kind};

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

/// A text as rows.
pub fn of_text(text: &str, language: Language, file: usize) -> Vec<Row> {
    let lines = coloured_lines(text, language);
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
pub fn of_diff(diff: &FileDiff, file: usize) -> Vec<Row> {
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
            Some(language) => coloured_lines(&text.join("\n"), language),
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
    let (mut heads, mut bases) = (BTreeMap::new(), BTreeMap::new());
    for (at, row) in rows.iter().enumerate() {
        if let Some(new) = row.new {
            heads.entry(new).or_insert(at);
        }
        if let Some(old) = row.old {
            bases.entry(old).or_insert(at);
        }
    }
    let mut left = Vec::new();
    for (finding, line, is_in_base) in wanted {
        let side = if is_in_base { &bases } else { &heads };
        match side.get(&line) {
            Some(&at) => rows[at].findings.push(finding),
            None => left.push(finding),
        }
    }
    left
}

/// The lines of a text as HTML with colours; a run that spans lines is coloured on each.
pub fn coloured_lines(text: &str, language: Language) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut push = |part: &str, kind: Option<&str>| {
        for (at, line) in part.split('\n').enumerate() {
            if at > 0 {
                lines.push(String::new());
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            let Some(last) = lines.last_mut().filter(|_| !line.is_empty()) else {
                continue;
            };
            match kind {
                Some(kind) => {
                    *last += &format!("<span class=\"c-{kind}\">{}</span>", escaped(line));
                }
                None => *last += &escaped(line),
            }
        }
    };
    let mut at = 0;
    for run in colours::colours(text, language) {
        if run.at.start < at || text.get(run.at.clone()).is_none() {
            continue;
        }
        push(&text[at..run.at.start], None);
        push(&text[run.at.clone()], Some(run.kind));
        at = run.at.end;
    }
    push(&text[at..], None);
    if text.ends_with('\n') {
        lines.pop();
    }
    lines
}

/// Text in which nothing is taken for HTML. What cannot be seen or turns the direction of text
/// is shown as a mark.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            '\t' | '\n' => out.push(c),
            c if is_tricky(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A message as HTML: what stands in backticks as code.
pub fn message(text: &str) -> String {
    let code = |part: &str| format!("<code>{}</code>", escaped(part));
    marked(text, escaped, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_cannot_leave_its_line() {
        let lines = coloured_lines("s := \"<script>\"\n/* a\nb */\n", Language::Go);
        assert_eq!(lines.len(), 3);
        assert!(lines[0].contains("&lt;script&gt;"), "{}", lines[0]);
        assert!(lines[1].contains("c-comment") && lines[2].contains("c-comment"));
        assert_eq!(escaped("a\u{202e}b\u{0}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(message("sends on `a<b`"), "sends on <code>a&lt;b</code>");
    }
}
