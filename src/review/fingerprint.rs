//! Fingerprints: the same for the same finding, however the text around it moves.
//!
//! A finding is told by its code, the function it stands in, the thing it is about and the tokens
//! of its anchor. Lines, columns, paths, white space, line breaks and comments play no part; equal
//! findings are numbered in the order of their places.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::model::{FunctionId, FunctionKind, Program};
use crate::source::Span;

/// Tokens of an anchor that count.
const TOKEN_LIMIT: usize = 40;
/// Bytes of an anchor that are looked at, and of a single token that count.
const BYTE_LIMIT: usize = 2_000;

/// What tells a finding from others, apart from its number among equals.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// `BP06`.
    pub code: String,
    /// Receiver type and name; for closures that of the function they stand in.
    pub function: String,
    /// The named thing it is about.
    pub subject: String,
    /// Tokens of the anchor, see [`anchor`].
    pub anchor: String,
}

impl Key {
    /// The fingerprint: 16 hexadecimal digits.
    pub fn fingerprint(&self, number_among_equals: usize) -> String {
        let mut hash = Sha256::new();
        for part in [&self.code, &self.function, &self.subject, &self.anchor] {
            // Lengths keep ("a", "bc") apart from ("ab", "c").
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update((number_among_equals as u64).to_le_bytes());
        hash.finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Numbers equal keys in order and gives each its fingerprint.
#[derive(Debug, Default)]
pub struct Numbering<'k> {
    seen: HashMap<&'k Key, usize>,
}

impl<'k> Numbering<'k> {
    /// The fingerprint of the next finding with this key.
    pub fn next(&mut self, key: &'k Key) -> String {
        let number = self.seen.entry(key).or_insert(0);
        let fingerprint = key.fingerprint(*number);
        *number += 1;
        fingerprint
    }
}

/// The tokens of an anchor, one blank apart.
///
/// They end where a block opens, so that the body of a loop or function plays no part. A comma
/// before a closing bracket is left out: formatters add it when they break lines.
pub fn anchor(text: &str) -> String {
    let mut tokens: Vec<&str> = Vec::new();
    let mut rest = clip(text, BYTE_LIMIT);
    while tokens.len() < TOKEN_LIMIT
        && let Some((token, after)) = next_token(rest)
    {
        if token == "{" && next_token(after).is_none_or(|(next, _)| next != "}") {
            break;
        }
        if matches!(token, ")" | "}" | "]") && tokens.last() == Some(&",") {
            tokens.pop();
        }
        tokens.push(token);
        rest = after;
    }
    tokens.join(" ")
}

/// The first token of a text and what follows it; comments and white space are passed over.
fn next_token(text: &str) -> Option<(&str, &str)> {
    let mut text = text.trim_start();
    while let Some(comment) = text.strip_prefix("//").or_else(|| text.strip_prefix("/*")) {
        let end = if text.starts_with("//") { "\n" } else { "*/" };
        text = comment
            .find(end)
            .map_or("", |at| &comment[at + end.len()..])
            .trim_start();
    }
    let first = text.chars().next()?;
    let length = match first {
        '"' | '\'' | '`' => quoted_length(text, first),
        _ if is_word(first) => text.find(|c: char| !is_word(c)).unwrap_or(text.len()),
        _ => first.len_utf8(),
    };
    Some(text.split_at(length))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// At most that many bytes of a text, ending between characters.
pub(super) fn clip(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Names functions for fingerprints, and finds the one that a place stands in.
pub struct Functions<'p> {
    program: &'p Program,
    /// Functions that are no closures, by their first byte.
    outermost: Vec<(Span, FunctionId)>,
}

impl<'p> Functions<'p> {
    /// The functions of a program.
    pub fn new(program: &'p Program) -> Functions<'p> {
        let mut outermost: Vec<(Span, FunctionId)> = program
            .functions
            .iter()
            .enumerate()
            .filter(|(_, function)| !matches!(function.kind, FunctionKind::Closure(_)))
            .map(|(at, function)| (function.span, FunctionId(at as u32)))
            .collect();
        outermost.sort();
        Functions { program, outermost }
    }

    /// `Server.Handle` for a method, `handle` for a function; the enclosing one for a closure.
    /// Empty outside of functions.
    pub fn name(&self, function: Option<FunctionId>, at: Span) -> String {
        let Some(mut id) = function.or_else(|| self.around(at)) else {
            return String::new();
        };
        // Closures nest as deep as code does; a cycle would be a bug of the front-end.
        for _ in 0..1_000 {
            match self.program.function(id).kind {
                FunctionKind::Closure(outer) => id = outer,
                FunctionKind::Method(_, named) => {
                    let owner = self.program.text(self.program.named[named.index()].name);
                    return format!(
                        "{owner}.{}",
                        self.program.text(self.program.function(id).name)
                    );
                }
                FunctionKind::Plain => break,
            }
        }
        self.program.text(self.program.function(id).name).to_owned()
    }

    /// The names of all functions that are no closures.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.outermost
            .iter()
            .map(|&(span, id)| self.name(Some(id), span))
    }

    fn around(&self, at: Span) -> Option<FunctionId> {
        let before = self
            .outermost
            .partition_point(|(span, _)| (span.file, span.start) <= (at.file, at.start));
        let (span, id) = self.outermost.get(before.checked_sub(1)?)?;
        span.contains(at).then_some(*id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_and_comments_play_no_part() {
        for (one, other) in [
            ("ch<-job", "ch <- job"),
            ("f(\n\ta, // first\n\tb,\n)", "f(a, b)"),
            (
                "for j := range q.jobs {\n\twork(j)\n}",
                "for  j := range q.jobs { /* all */ other(j) }",
            ),
            ("make(chan struct{}, 1)", "make(chan struct {}, 1)"),
            ("log(\"a // b\")", "log( \"a // b\" )"),
        ] {
            assert_eq!(anchor(one), anchor(other));
        }
        assert_ne!(anchor("ch <- a"), anchor("ch <- b"));
        assert_ne!(anchor("log(\"a  b\")"), anchor("log(\"a b\")"));
        assert_ne!(
            anchor("make(chan struct{}, 1)"),
            anchor("make(chan struct{}, 2)")
        );
    }

    #[test]
    fn any_text_has_an_anchor() {
        for text in [
            "",
            "\"",
            "'\\",
            "/*",
            "//",
            "`ü",
            "ü\u{301}",
            &"(".repeat(100_000),
        ] {
            assert!(anchor(text).len() <= 2 * BYTE_LIMIT);
        }
    }

    #[test]
    fn equals_are_numbered_and_parts_do_not_run_together() {
        let key = |function: &str, subject: &str| Key {
            code: "BP06".to_owned(),
            function: function.to_owned(),
            subject: subject.to_owned(),
            anchor: String::new(),
        };
        let (one, other) = (key("a", "bc"), key("ab", "c"));
        let mut numbers = Numbering::default();
        let prints = [numbers.next(&one), numbers.next(&one), numbers.next(&other)];
        assert!(prints.iter().all(|print| print.len() == 16));
        assert!(prints[0] != prints[1] && prints[0] != prints[2]);
        assert_eq!(Numbering::default().next(&one), prints[0]);
    }
}
