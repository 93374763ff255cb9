//! Code from a bare diff: the lines of one side of a file, made as whole as they allow.
//!
//! A hunk is cut out of its file anywhere. Git's heading gives the function back, a `case`
//! without its `select` gets one, braces that stay open are closed and those that close nothing
//! are blanked. Lines keep their columns; a map gives their numbers in the real file.

use super::Language;
use super::diff::{FileDiff, Hunk, Kind, Side};

/// Code that stands for a file of which only hunks are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// The code.
    pub text: String,
    /// For each line of the text its line in the real file; 0 for lines that were put in.
    pub lines: Vec<u32>,
}

impl Fragment {
    /// The line of the real file that a 1-based line of the fragment stands for; for a line that
    /// was put in, the next real one.
    pub fn real_line(&self, line: u32) -> u32 {
        let at = (line.max(1) as usize - 1).min(self.lines.len());
        let after = self.lines[at..].iter().find(|&&real| real > 0);
        let before = || self.lines[..at].iter().rev().find(|&&real| real > 0);
        after.or_else(before).copied().unwrap_or(1)
    }
}

/// One side of a file as its hunks show it.
pub fn fragment(file: &FileDiff, side: Side) -> Fragment {
    let path = file.new_path.as_ref().or(file.old_path.as_ref());
    let mut builder = Builder {
        language: path
            .and_then(|path| Language::of_path(path))
            .unwrap_or(Language::Go),
        ..Builder::default()
    };
    for hunk in file.hunks() {
        builder.hunk(hunk, side);
    }
    builder.close_all();
    builder.out
}

#[derive(Default)]
struct Builder {
    out: Fragment,
    /// For each open brace whether it opens the cases of a `select` or `switch`.
    open: Vec<bool>,
    /// The first line of the function that is open.
    function: Option<String>,
    language: Language,
    scan: Scan,
}

/// What a line leaves open in terms of text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Scan {
    #[default]
    Code,
    RawString,
    BlockComment,
}

impl Builder {
    fn put_in(&mut self, line: &str) {
        self.push(line, 0);
    }

    fn push(&mut self, line: &str, real: u32) {
        self.out.text.push_str(line);
        self.out.text.push('\n');
        self.out.lines.push(real);
        self.braces(line);
    }

    fn close_all(&mut self) {
        // A string that the hunk cuts off would swallow the closing braces.
        if self.scan == Scan::RawString {
            self.put_in(match self.language {
                Language::Go => "`",
                Language::Rust => "\"",
            });
        } else if self.scan == Scan::BlockComment {
            self.put_in("*/");
        }
        if !self.open.is_empty() {
            let closing = "}".repeat(self.open.len());
            self.put_in(&closing);
        }
        self.open.clear();
        self.function = None;
    }

    fn hunk(&mut self, hunk: &Hunk, side: Side) {
        let heading = heading_of(&hunk.heading, self.language);
        let goes_on = heading.is_some() && heading == self.function && !self.open.is_empty();
        if !goes_on {
            self.close_all();
            if let Some(heading) = heading {
                self.put_in(&heading);
                self.function = Some(heading);
            }
        }
        let lines: Vec<(&str, u32)> = hunk
            .lines
            .iter()
            .filter(|line| line.kind.is_on(side))
            .map(|line| {
                (
                    line.text.as_str(),
                    if side == Side::Base {
                        line.old
                    } else {
                        line.new
                    },
                )
            })
            .collect();
        for (at, &(text, real)) in lines.iter().enumerate() {
            if self.scan == Scan::Code {
                self.before(text, &lines[at..]);
            }
            let text = if self.scan == Scan::Code {
                self.masked(text)
            } else {
                None
            }
            .unwrap_or_else(|| text.to_owned());
            self.push(&text, real);
        }
    }

    /// Puts in what must stand before a line: closing braces before a declaration, `select {`
    /// before a case that has none.
    fn before(&mut self, text: &str, from_here: &[(&str, u32)]) {
        if is_declaration(text, self.language) {
            self.close_all();
            self.function = heading_of(text, self.language);
        } else if self.language == Language::Go && is_case(text) && self.open.last() != Some(&true)
        {
            let indent = indent_of(text);
            let siblings = from_here.iter().take(200).map(|(line, _)| *line);
            let receives = siblings
                .filter(|line| indent_of(line) == indent && line.trim_start().starts_with("case "))
                .any(|line| line.contains("<-"));
            self.put_in(if receives { "select {" } else { "switch {" });
            if let Some(last) = self.open.last_mut() {
                *last = true;
            }
        }
    }

    /// The line with a closing brace blanked that closes nothing in view; `None` to keep it.
    ///
    /// Indentation tells: in formatted code only a brace at the margin ends a function.
    fn masked(&self, text: &str) -> Option<String> {
        let trimmed = text.trim_start();
        let indent = indent_of(text);
        let closes_outer = match self.open.len() {
            0 => true,
            1 => indent > 0 && self.function.is_some(),
            _ => false,
        };
        if !trimmed.starts_with('}') || !closes_outer {
            return None;
        }
        let rest = trimmed[1..].trim_start();
        let kept = match rest.strip_prefix("else") {
            Some(block) => block,
            None if rest
                .chars()
                .all(|c| c.is_ascii_punctuation() || c.is_whitespace()) =>
            {
                ""
            }
            None => rest,
        };
        Some(format!("{}{kept}", " ".repeat(text.len() - kept.len())))
    }

    /// Follows the braces of a line, outside of strings, runes and comments.
    fn braces(&mut self, line: &str) {
        let opens_cases = {
            let start = line.trim_start();
            ["select ", "select{", "switch ", "switch{"]
                .iter()
                .any(|word| start.starts_with(word))
                || line.contains(": select {")
        };
        let bytes = line.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let next = bytes.get(at + 1).copied();
            match (self.scan, bytes[at]) {
                (Scan::RawString, b'`') if self.language == Language::Go => {
                    self.scan = Scan::Code;
                }
                (Scan::RawString, b'"') if self.language == Language::Rust => {
                    self.scan = Scan::Code;
                }
                (Scan::RawString, b'\\') if self.language == Language::Rust => at += 1,
                (Scan::BlockComment, b'*') if next == Some(b'/') => {
                    self.scan = Scan::Code;
                    at += 1;
                }
                (Scan::Code, b'`') if self.language == Language::Go => {
                    self.scan = Scan::RawString;
                }
                // A string of Rust may go on over the end of the line.
                (Scan::Code, b'"') if self.language == Language::Rust => {
                    self.scan = Scan::RawString;
                }
                // A lifetime has no second quote.
                (Scan::Code, b'\'') if self.language == Language::Rust => {
                    at = past_character(bytes, at);
                }
                (Scan::Code, b'/') if next == Some(b'/') => return,
                (Scan::Code, b'/') if next == Some(b'*') => {
                    self.scan = Scan::BlockComment;
                    at += 1;
                }
                (Scan::Code, quote @ (b'"' | b'\'')) => at = past_quote(bytes, at + 1, quote),
                (Scan::Code, b'{') => self.open.push(opens_cases),
                (Scan::Code, b'}') => {
                    self.open.pop();
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// The position of the closing quote, or of the last byte.
fn past_quote(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Past a character in quotes; a lifetime is only its quote.
fn past_character(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1..at + 3) {
        Some([b'\\', _]) => past_quote(bytes, at + 1, b'\''),
        Some([_, b'\'']) => at + 2,
        _ => at,
    }
}

fn is_case(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("case ") || line.starts_with("default:")
}

/// Whether a line at the margin begins a declaration.
fn is_declaration(line: &str, language: Language) -> bool {
    if language == Language::Rust {
        return RUST_ITEMS.iter().any(|start| line.starts_with(start));
    }
    ["func (", "type ", "import ", "package "]
        .iter()
        .any(|start| line.starts_with(start))
        || line
            .strip_prefix("func ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// How a line at the margin of Rust begins that declares something.
const RUST_ITEMS: &[&str] = &[
    "fn ",
    "pub ",
    "pub(",
    "async fn ",
    "impl ",
    "impl<",
    "struct ",
    "enum ",
    "trait ",
    "mod ",
    "use ",
    "const ",
    "static ",
    "type ",
    "unsafe ",
    "#[",
];

/// A hunk's heading as the first line of a function or an implementation.
fn heading_of(heading: &str, language: Language) -> Option<String> {
    match language {
        Language::Go => function_heading(heading),
        Language::Rust => rust_heading(heading),
    }
}

/// Git gives the last line at the margin, which is that of a function or of an `impl`.
fn rust_heading(heading: &str) -> Option<String> {
    let heading = heading.trim_end();
    let names = |word: &str| heading.starts_with(word) || heading.contains(&format!(" {word}"));
    let is_block = names("fn ") || heading.starts_with("impl");
    match is_block {
        true if heading.ends_with('{') => Some(heading.to_owned()),
        true if heading.ends_with('}') || heading.ends_with(';') => None,
        true if names("fn ") && heading.contains('(') => {
            let open = heading.find('(').unwrap_or(heading.len());
            Some(format!("{}() {{", &heading[..open]))
        }
        true if heading.starts_with("impl") => Some(format!("{heading} {{")),
        _ => None,
    }
}

/// A hunk's heading as the first line of a function. Git cuts headings at 80 bytes, so open
/// parentheses are closed and the brace is added.
fn function_heading(heading: &str) -> Option<String> {
    if !heading.starts_with("func ") {
        return None;
    }
    let heading = heading.trim_end();
    if heading.ends_with('{') {
        return Some(heading.to_owned());
    }
    if heading.ends_with('}') {
        return None;
    }
    let kept = heading.trim_end_matches(['.', '*', ' ', '[', ']']);
    let balance = kept.chars().fold(0_usize, |open, c| match c {
        '(' => open + 1,
        ')' => open.saturating_sub(1),
        _ => open,
    });
    Some(format!("{kept}{} {{", ")".repeat(balance)))
}

/// Whether a bare diff shows any code of a file on that side.
pub fn shows_code(file: &FileDiff, side: Side) -> bool {
    let wanted = |kind: Kind| kind.is_on(side);
    file.hunks()
        .iter()
        .any(|hunk| hunk.lines.iter().any(|line| wanted(line.kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::patch;

    fn head_of(text: &str) -> Fragment {
        fragment(&patch::read_hunks("a.go", None, text).files[0], Side::Head)
    }

    #[test]
    fn the_heading_gives_the_function_back() {
        let made = head_of(
            "@@ -10,2 +10,3 @@ func (s *S) Handle(w http.ResponseWriter, r *http.Request) {\n \tx := 1\n+\ts.ch <- x\n \ty()\n",
        );
        assert_eq!(
            made.text,
            "func (s *S) Handle(w http.ResponseWriter, r *http.Request) {\n\tx := 1\n\ts.ch <- x\n\ty()\n}\n"
        );
        assert_eq!(made.lines, [0, 10, 11, 12, 0]);
        assert_eq!(made.real_line(3), 11);
        assert_eq!(made.real_line(1), 10);
    }

    #[test]
    fn a_cut_heading_is_completed() {
        let made = head_of(
            "@@ -1 +1,2 @@ func (s *server) Handle(ctx context.Context, req *pb.Request) (*pb.Respon\n \tx()\n+\ty()\n",
        );
        assert!(made.text.starts_with(
            "func (s *server) Handle(ctx context.Context, req *pb.Request) (*pb.Respon) {\n"
        ));
    }

    #[test]
    fn a_case_gets_its_select_and_lost_braces_go() {
        let made = head_of(
            "@@ -5,4 +5,5 @@ func run() {\n \t\tcase x := <-in:\n+\t\t\tout <- x\n \t\t}\n \t}\n }\n",
        );
        assert_eq!(
            made.text,
            "func run() {\nselect {\n\t\tcase x := <-in:\n\t\t\tout <- x\n\t\t}\n  \n}\n"
        );
    }

    #[test]
    fn hunks_of_one_function_stay_together() {
        let made = head_of(
            "@@ -2 +2,2 @@ func run() {\n \tch := make(chan int)\n+\ta()\n@@ -9 +10,2 @@ func run() {\n \tb()\n+\tch <- 1\n",
        );
        assert_eq!(made.text.matches("func run").count(), 1);
        assert_eq!(made.lines, [0, 2, 3, 10, 11, 0]);
    }

    #[test]
    fn a_new_function_closes_the_one_before() {
        let made = head_of(
            "@@ -2,2 +2,3 @@ func a() {\n \tif x {\n+\t\ty()\n@@ -20 +21,3 @@ func b() {\n \tz()\n+}\n+func c() { go d() }\n",
        );
        assert_eq!(
            made.text,
            "func a() {\n\tif x {\n\t\ty()\n}}\nfunc b() {\n\tz()\n}\nfunc c() { go d() }\n"
        );
    }
}
