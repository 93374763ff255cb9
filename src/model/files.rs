//! Files of a unit, and what comments say in them.

use super::Program;
use crate::source::{FileId, LineIndex, Span};

/// What is known of a file as a whole.
#[derive(Clone, Debug, Default)]
pub struct FileFacts {
    /// Its path.
    pub path: String,
    /// The package or module name; empty for snippets.
    pub package: String,
    /// Whether it holds tests.
    pub is_test: bool,
    /// Whether it names its package and so is a whole file, not a snippet.
    pub is_whole: bool,
    /// Paths of what it imports.
    pub imports: Vec<String>,
    /// Where its lines begin.
    pub lines: LineIndex,
}

/// A comment, without its marker.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Where.
    pub span: Span,
    /// 1-based line on which it starts.
    pub line: u32,
    /// 1-based line on which it ends.
    pub end_line: u32,
    /// Whether nothing stands before it on its line.
    pub begins_line: bool,
    /// What it says, with markers and white space trimmed.
    pub text: Box<str>,
}

impl Program {
    /// What the comments on a place's line and the block of comments right above it say.
    pub fn remark_on(&self, place: Span) -> String {
        let mut first = self.line(place);
        let mut said: Vec<&str> = self
            .comments_on(place.file, first..=first)
            .map(|comment| &*comment.text)
            .collect();
        while first > 1 {
            let above = self
                .comments_on(place.file, first - 1..=first - 1)
                .find(|comment| comment.end_line == first - 1 && comment.begins_line);
            match above {
                Some(above) => {
                    said.insert(0, &above.text);
                    first = above.line;
                }
                None if self.marked.contains(&(place.file, first - 1)) => first -= 1,
                None => break,
            }
        }
        said.join(" ")
    }

    /// Comments that stand on one of these lines of a file.
    pub fn comments_on(
        &self,
        file: FileId,
        lines: std::ops::RangeInclusive<u32>,
    ) -> impl Iterator<Item = &Comment> {
        let start = self.comments.partition_point(|comment| {
            (comment.span.file, comment.end_line) < (file, *lines.start())
        });
        self.comments[start..]
            .iter()
            .take_while(move |comment| comment.span.file == file && comment.line <= *lines.end())
    }
}
