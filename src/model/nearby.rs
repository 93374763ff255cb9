//! What stands around a place: the comments about it, and what its file is for.

use super::{Comment, Program};
use crate::source::{FileId, Span};

/// Words in the names of files and packages that stand in for others in tests.
const DOUBLES: &[&str] = &[
    "mock",
    "fake",
    "testutil",
    "test_util",
    "testhelper",
    "simnet",
    "stub",
];

/// How many bytes may lie between a comment and what it is about: an indent, a line of code.
const ABOVE: u32 = 120;
const BEHIND: u32 = 60;

impl Program {
    /// The comments that are about a place.
    pub fn comments_about(&self, place: Span) -> Vec<&Comment> {
        let first = self.comments.partition_point(|comment| {
            (comment.span.file, comment.span.start) < (place.file, place.start)
        });
        let mut found = Vec::new();
        let mut from = place.start;
        let mut line = None;
        for comment in self.comments[..first].iter().rev() {
            let is_near = comment.span.file == place.file
                && from.saturating_sub(comment.span.end) <= ABOVE
                && line.is_none_or(|line| comment.end_line + 1 >= line);
            if !is_near {
                break;
            }
            from = comment.span.start;
            line = Some(comment.line);
            found.push(comment);
        }
        for comment in &self.comments[first..] {
            if comment.span.file != place.file || comment.span.start > place.end + BEHIND {
                break;
            }
            found.push(comment);
        }
        found
    }

    /// Whether a comment about a place holds one of these lower-case words.
    pub fn is_commented_with(&self, place: Span, words: &[&str]) -> bool {
        let mut comments = self.comments_about(place);
        comments.sort_by_key(|comment| comment.span.start);
        // A phrase may go on in the next line.
        let mut text = String::new();
        for comment in comments {
            text.push_str(&comment.text.to_ascii_lowercase());
            text.push(' ');
        }
        words.iter().any(|word| text.contains(word))
    }

    /// Whether a file stands in for others in tests, or helps them: by its own or its package's
    /// name. The folders above say nothing.
    pub fn is_test_support(&self, file: FileId) -> bool {
        let facts = self.file(file);
        let stem = facts.path.rsplit('/').next().unwrap_or_default();
        let package = facts.package.as_str();
        DOUBLES
            .iter()
            .any(|word| stem.contains(word) || package.contains(word))
            || package.ends_with("test") && package.len() > 4
    }
}
