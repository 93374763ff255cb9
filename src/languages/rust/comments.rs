//! Comments, found by a scan of the bytes: strings of all kinds, characters and lifetimes are
//! told apart, nothing else matters.

use crate::languages::go::comments::comment;
use crate::model::Comment;
use crate::source::{FileId, LineIndex};

/// Every comment of a Rust text, in order.
pub(super) fn comments(text: &str, file: FileId) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let lines = LineIndex::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr3(b'"', b'\'', b'/', rest))
    {
        at += next;
        at = match bytes[at] {
            b'"' => past_string(bytes, at),
            b'\'' => past_character(bytes, at),
            _ => match bytes.get(at + 1) {
                Some(b'/') => {
                    let end = memchr::memchr(b'\n', &bytes[at..]);
                    let end = end.map_or(bytes.len(), |end| at + end);
                    found.push(comment(text, file, &lines, at, end));
                    end
                }
                Some(b'*') => {
                    let end = past_block(bytes, at);
                    found.push(comment(text, file, &lines, at, end));
                    end
                }
                _ => at + 1,
            },
        };
    }
    found
}

/// Past a string, raw where `r` and `#`s stand before it.
fn past_string(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[..at].iter().rev().take_while(|&&b| b == b'#').count();
    let before = at.checked_sub(hashes + 1).map(|before| bytes[before]);
    if before == Some(b'r') {
        let mut end = vec![b'"'];
        end.resize(hashes + 1, b'#');
        return memchr::memmem::find(&bytes[at + 1..], &end)
            .map_or(bytes.len(), |found| at + 1 + found + end.len());
    }
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Past a character, or past the quote of a lifetime.
fn past_character(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at + 1..bytes.len().min(at + 14)];
    match rest.first() {
        Some(b'\\') => memchr::memchr(b'\'', rest.get(2..).unwrap_or(&[]))
            .map_or(at + 1, |found| at + 4 + found),
        Some(_) => {
            // A character has at most four bytes.
            let end = rest.iter().take(5).skip(1).position(|&b| b == b'\'');
            match end {
                Some(end) if end == 0 || !rest[0].is_ascii() => at + 3 + end,
                _ => at + 1,
            }
        }
        None => at + 1,
    }
}

/// Past a block comment, which may hold others.
fn past_block(bytes: &[u8], at: usize) -> usize {
    let (mut depth, mut at) = (1_u32, at + 2);
    while depth > 0 {
        let Some(next) = bytes
            .get(at..)
            .and_then(|rest| memchr::memchr2(b'*', b'/', rest))
        else {
            return bytes.len();
        };
        at += next;
        match bytes.get(at..at + 2) {
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_not_found_in_strings() {
        let text = "let a = \"// no\"; // one\nlet b = r#\"/* \" no */\"#; /* two /* in */\nlines */ let c = '/'; // three\nfn f<'a>(x: &'a str) -> char { '\\'' } // four\nlet q = '\"'; // five\n";
        let found: Vec<_> = comments(text, FileId(0))
            .iter()
            .map(|c| c.text.to_string())
            .collect();
        assert_eq!(found.len(), 5, "{found:?}");
        assert_eq!(found[0], "one");
        assert_eq!(found[2..], ["three", "four", "five"]);
    }
}
