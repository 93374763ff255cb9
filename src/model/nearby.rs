//! What stands around a place: the comments about it, and what its file is for.

use super::{Comment, FunctionId, FunctionKind, Program, Type, TypeId};
use crate::source::{FileId, Span};

/// Words in the names of files and packages that stand in for others in tests.
const DOUBLES: &[&str] = &[
    "mock",
    "fake",
    "testutil",
    "test_util",
    "testhelper",
    "test_helper",
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
            text.push_str(&comment.text);
            text.push(' ');
        }
        says(&text, words)
    }

    /// Whether a file stands in for others in tests, or helps those who work on the project: by its
    /// own or its package's name. The folders above say nothing, but for the one of chores.
    pub fn is_test_support(&self, file: FileId) -> bool {
        let facts = self.file(file);
        let stem = facts.path.rsplit('/').next().unwrap_or_default();
        let package = facts.package.as_str();
        DOUBLES
            .iter()
            .any(|word| stem.contains(word) || package.contains(word))
            || package.ends_with("test") && package.len() > 4
            // The crate of a project's own chores, by custom.
            || facts.path.split('/').any(|folder| folder == "xtask")
    }

    /// Whether a file is a test, or helps tests.
    pub fn is_for_tests(&self, file: FileId) -> bool {
        self.file(file).is_test || self.is_test_support(file)
    }

    /// Whether the comment at a place holds one of these lower-case words.
    pub fn remark_says(&self, place: Span, words: &[&str]) -> bool {
        says(&self.remark_on(place), words)
    }

    /// Whether a file is a test by its name. Others may lend tests a hand, but are built into
    /// the program like any code.
    pub fn is_named_a_test(&self, file: FileId) -> bool {
        crate::source::paths::is_test(&self.file(file).path)
    }

    /// Whether a place, in this function if in any, runs in tests only. A file that imports a test
    /// library is not yet a test: beside what serves tests, it may hold what the program runs.
    pub fn is_part_of_a_test(&self, file: FileId, function: Option<FunctionId>) -> bool {
        self.is_named_a_test(file)
            || self.file(file).is_test && function.is_none_or(|one| self.serves_a_test(one))
    }

    /// Whether a place runs in tests only, or stands in what is made to stand in for others there.
    pub fn is_for_tests_only(&self, file: FileId, function: Option<FunctionId>) -> bool {
        self.is_test_support(file) || self.is_part_of_a_test(file, function)
    }

    /// Whether a function serves one run of a test: it, or what it stands in, is handed the test
    /// that runs, or belongs to a type that holds one.
    pub fn serves_a_test(&self, function: FunctionId) -> bool {
        let outer = self.function(self.outermost(function));
        // Who does not want to import the library asks for what a test can do, and says so.
        let holds = |ty: TypeId| match *self.pointee(ty) {
            Type::Foreign(module, _) => is_test_library(self.text(module)),
            Type::Named(named) => {
                let named = &self.named[named.index()];
                named.is_interface && self.text(named.name).ends_with("TestingT")
            }
            _ => false,
        };
        let own = outer.parameters.iter().map(|&one| self.variable(one).ty);
        if own.into_iter().any(holds) {
            return true;
        }
        let FunctionKind::Method(_, owner) = outer.kind else {
            return false;
        };
        let owner = &self.named[owner.index()];
        let mut fields = owner.fields.iter();
        fields.any(|&(_, field)| holds(self.variable(field).ty))
            || owner.embedded.iter().any(|&ty| holds(ty))
    }
}

/// Whether a text holds one of these lower-case words, in whatever case.
pub fn says(text: &str, words: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// Whether a package is there for tests only.
pub fn is_test_library(path: &str) -> bool {
    path == "testing" || path.starts_with("github.com/stretchr/testify")
}
