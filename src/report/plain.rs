//! Small things that all printers need: text without tricks, wrapped lines, counted words.

use crate::review::outcome::Summary;
use std::borrow::Cow;

/// Text in which nothing can move a cursor, change a colour or reorder what is read: control
/// characters and those that steer the direction of writing stand as `\u{…}`. Tabs stay, line
/// ends become spaces.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\t' && is_tricky(c)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.push(c),
            '\n' | '\r' => shown.push(' '),
            c if is_tricky(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The same for a text of many lines, whose line ends stay.
pub fn printable_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text
        .split('\n')
        .map(|line| printable(line.trim_end_matches('\r')))
        .collect();
    lines.join("\n")
}

/// Whether a character cannot be seen, moves a cursor or turns the direction of writing.
pub fn is_tricky(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Breaks a text at blanks so that its lines are no wider than `width`, as far as words allow.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split_whitespace() {
        let size = word.chars().count();
        if used > 0 && used + 1 + size > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += size;
    }
    if used > 0 {
        lines.push(line);
    }
    lines
}

/// `1 finding`, `2 findings`.
pub fn counted(number: u64, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {word}{plural}", grouped(number))
}

/// `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// What a review's numbers say beside its findings, to follow them in a sentence:
/// `, 2 fixed, 1 there before`.
pub fn beside_findings(numbers: &Summary) -> String {
    let mut said = String::new();
    for (number, name) in [
        (numbers.fixed, "fixed"),
        (numbers.preexisting, "there before"),
    ] {
        if let Some(number) = number {
            said += &format!(", {number} {name}");
        }
    }
    if numbers.allowed > 0 {
        said += &format!(", {} allowed by comments", numbers.allowed);
    }
    said
}

/// A message with what stands in backticks written by `code` and the rest by `words`; a backtick
/// that is not closed makes all of it words.
pub fn marked(
    text: &str,
    words: impl Fn(&str, &mut String),
    code: impl Fn(&str, &mut String),
) -> String {
    let mut out = String::with_capacity(2 * text.len());
    let marks = text.bytes().filter(|&byte| byte == b'`').count();
    if marks % 2 == 1 {
        words(text, &mut out);
        return out;
    }
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            1 if !part.is_empty() => code(part, &mut out),
            _ => words(part, &mut out),
        }
    }
    out
}

/// A message as a sentence, for readers that show sentences.
pub fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), characters.as_str())
}

/// The 1-based column in characters of a 1-based column in bytes. `line` may be cut short: what
/// lies behind counts a character each byte.
pub fn char_column(line: &str, column: u32) -> u32 {
    let bytes = column.saturating_sub(1) as usize;
    let mut at = bytes.min(line.len());
    while !line.is_char_boundary(at) {
        at -= 1;
    }
    let characters = line[..at].chars().count() + bytes.saturating_sub(line.len());
    u32::try_from(characters + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_tricky_is_printed() {
        assert_eq!(printable("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(printable("a\r\nb\u{202e}c\td"), "a  b\\u{202e}c\td");
        assert_eq!(printable_lines("a\r\nb\0\n"), "a\nb\\u{0}\n");
        assert!(matches!(printable("plain ü"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 3), ["unbreakable"]);
        assert!(wrap("  ", 3).is_empty());
    }

    #[test]
    fn numbers_are_for_people() {
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(1_234_567, "line"), "1,234,567 lines");
        assert_eq!(grouped(0), "0");
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(char_column("äb", 3), 2);
        assert_eq!(char_column("äb", 2), 1);
        assert_eq!(char_column("ab", 10), 10);
        assert_eq!(char_column("", 1), 1);
    }
}
