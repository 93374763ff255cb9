//! Comments, found by a scan of the bytes: strings and runes are skipped, nothing else matters.

use crate::model::Comment;
use crate::source::{FileId, LineIndex, Span};

/// Most bytes of a comment that are kept: enough for a reason or an objective.
const KEPT: usize = 200;

/// Every comment of a Go text, in order.
pub(super) fn comments(text: &str, file: FileId) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let lines = LineIndex::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    let mut search = Search::default();
    while let Some(next) = search.next(bytes, at) {
        at = next;
        match bytes[at] {
            b'`' => at = past(bytes, at + 1, b"`"),
            quote @ (b'"' | b'\'') => at = past_quoted(bytes, at + 1, quote),
            _ => {
                let end = match bytes.get(at + 1) {
                    Some(b'/') => {
                        memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end)
                    }
                    Some(b'*') => past(bytes, at + 2, b"*/"),
                    _ => {
                        at += 1;
                        continue;
                    }
                };
                found.push(comment(text, file, &lines, at, end));
                at = end;
            }
        }
    }
    found
}

/// The next byte that opens a string, a rune or a comment. Both positions are kept until they
/// are passed, so that a text full of one of them is still read once.
#[derive(Default)]
struct Search {
    rune: Option<usize>,
    other: Option<usize>,
}

impl Search {
    fn next(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let keep = |known: Option<usize>| known.filter(|&at| at >= from);
        let find = |found: Option<usize>| found.map_or(bytes.len(), |at| from + at);
        let rest = bytes.get(from..).unwrap_or(&[]);
        let rune = keep(self.rune).unwrap_or_else(|| find(memchr::memchr(b'\'', rest)));
        let other =
            keep(self.other).unwrap_or_else(|| find(memchr::memchr3(b'"', b'`', b'/', rest)));
        (self.rune, self.other) = (Some(rune), Some(other));
        Some(rune.min(other)).filter(|&at| at < bytes.len())
    }
}

fn past(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    memchr::memmem::find(&bytes[from.min(bytes.len())..], end)
        .map_or(bytes.len(), |at| from + at + end.len())
}

/// Past the closing quote, or the end of the line where there is none.
fn past_quoted(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A comment by where it stands.
pub(in crate::languages) fn comment(
    text: &str,
    file: FileId,
    lines: &LineIndex,
    start: usize,
    end: usize,
) -> Comment {
    let mut cut = end.min(start + KEPT);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let words = text[start..cut]
        .trim_start_matches('/')
        .trim_matches(['*', '/', ' ', '\t', '\r', '\n']);
    let line = lines.line(start as u32);
    Comment {
        span: Span {
            file,
            start: start as u32,
            end: end as u32,
        },
        line,
        end_line: lines.line(end as u32),
        begins_line: text[lines.start_of(line) as usize..start].trim().is_empty(),
        text: words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_not_found_in_strings() {
        let text = "a := \"// no\" // one\nb := `/* no */` /* two\nlines */ c := '/' // three 'x\n";
        let found: Vec<_> = comments(text, FileId(0))
            .iter()
            .map(|c| (c.line, c.end_line, c.text.to_string()))
            .collect();
        assert_eq!(found[0], (1, 1, "one".to_owned()));
        assert_eq!(found[1], (2, 3, "two\nlines".to_owned()));
        assert_eq!(found[2].2, "three 'x");
    }
}
