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
    while let Some(step) = next_of_interest(&bytes[at..]) {
        at += step;
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

fn next_of_interest(bytes: &[u8]) -> Option<usize> {
    let quote = memchr::memchr3(b'"', b'`', b'/', bytes);
    let limit = quote.unwrap_or(bytes.len());
    memchr::memchr(b'\'', &bytes[..limit]).or(quote)
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

fn comment(text: &str, file: FileId, lines: &LineIndex, start: usize, end: usize) -> Comment {
    let mut cut = end.min(start + KEPT);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let words = text[start..cut]
        .trim_start_matches('/')
        .trim_matches(['*', '/', ' ', '\t', '\r', '\n']);
    Comment {
        span: Span {
            file,
            start: start as u32,
            end: end as u32,
        },
        line: lines.line(start as u32),
        end_line: lines.line(end as u32),
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
