//! Pull requests, their reviews, comments and threads.

use std::collections::BTreeMap;

use super::changes::Changed;

#[derive(Clone, Debug)]
pub struct Pull {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub body: String,
    pub author: String,
    pub open: bool,
    pub draft: bool,
    pub merged: bool,
    pub base_branch: String,
    pub base_sha: String,
    pub head_branch: String,
    pub head_repository: u64,
    pub head_sha: String,
    pub created: i64,
    pub updated: i64,
    pub reviews: Vec<Review>,
    /// Comments on lines or files, in the order in which they were written.
    pub comments: Vec<ReviewComment>,
    /// Comments of the conversation.
    pub timeline: Vec<TimelineComment>,
    /// Roots of threads that somebody resolved, and who.
    pub resolved: BTreeMap<u64, String>,
    /// Comments that are gone, for what a test asks afterwards.
    pub deleted: Vec<ReviewComment>,
    /// Those of them that their own authors took back.
    pub taken_back: Vec<u64>,
    /// The heads that the pull request had, oldest first.
    pub heads: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    pub id: u64,
    pub author: String,
    pub app: Option<u64>,
    pub body: String,
    /// `PENDING`, `COMMENTED`, `APPROVED`, `CHANGES_REQUESTED` or `DISMISSED`.
    pub state: String,
    pub commit: String,
    pub submitted: Option<i64>,
    /// A review that GitHub made for a single comment or an answer.
    pub implied: bool,
}

/// Which text of the diff a comment stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

impl Side {
    pub fn name(self) -> &'static str {
        match self {
            Side::Left => "LEFT",
            Side::Right => "RIGHT",
        }
    }

    pub fn named(name: &str) -> Option<Side> {
        match name {
            "LEFT" => Some(Side::Left),
            "RIGHT" => Some(Side::Right),
            _ => None,
        }
    }
}

/// Where a comment was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    pub path: String,
    /// None for a comment on a whole file.
    pub line: Option<usize>,
    pub side: Side,
    pub start: Option<(usize, Side)>,
    /// The line of the file's diff, counted below its first `@@`.
    pub position: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewComment {
    pub id: u64,
    pub review: u64,
    pub author: String,
    pub app: Option<u64>,
    pub body: String,
    pub hunk: String,
    /// Where it was written.
    pub original: Anchor,
    pub original_commit: String,
    /// Where it stands now; none once it is outdated.
    pub current: Option<Anchor>,
    pub commit: String,
    pub answers: Option<u64>,
    pub created: i64,
    pub updated: i64,
    pub minimised: Option<String>,
    pub reactions: Vec<Reaction>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineComment {
    pub id: u64,
    pub author: String,
    pub app: Option<u64>,
    pub body: String,
    pub created: i64,
    pub updated: i64,
    pub minimised: Option<String>,
    pub reactions: Vec<Reaction>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub id: u64,
    pub author: String,
    pub content: String,
    pub created: i64,
}

impl Pull {
    pub fn review(&self, id: u64) -> Option<&Review> {
        self.reviews.iter().find(|review| review.id == id)
    }

    pub fn comment(&self, id: u64) -> Option<&ReviewComment> {
        self.comments.iter().find(|comment| comment.id == id)
    }

    /// The first comment of the thread that a comment belongs to.
    pub fn root(&self, comment: &ReviewComment) -> u64 {
        comment.answers.unwrap_or(comment.id)
    }

    /// Whether a comment is still part of a review that only its author sees.
    pub fn is_pending(&self, comment: &ReviewComment) -> bool {
        self.review(comment.review)
            .is_some_and(|review| review.state == "PENDING")
    }

    /// Takes a comment away, and with it a review that held nothing else.
    pub fn remove_comment(&mut self, id: u64) -> bool {
        let Some(at) = self.comments.iter().position(|comment| comment.id == id) else {
            return false;
        };
        let gone = self.comments.remove(at);
        let left = self
            .comments
            .iter()
            .any(|comment| comment.review == gone.review);
        self.reviews
            .retain(|review| review.id != gone.review || left || !review.body.is_empty());
        self.deleted.push(gone);
        true
    }
}

impl Anchor {
    /// The anchor, or why it is not one of this file's diff.
    ///
    /// source: the texts are those cited for `pulls/create-review` and `pulls/create-review-comment` in issues of
    /// users, among them wandersoncferreira/code-review#210, oddlama/suggest-changes#28 and cloudflare/pint#640
    pub fn proven(mut self, changed: &Changed) -> Result<Anchor, String> {
        let Some(line) = self.line else {
            return Ok(self);
        };
        let Some((hunk, position)) = changed.place(line, self.side) else {
            return Err("Pull request review thread line must be part of the diff".to_owned());
        };
        if let Some((start, side)) = self.start {
            let Some((other, start_position)) = changed.place(start, side) else {
                return Err(
                    "Pull request review thread start line must be part of the diff".to_owned(),
                );
            };
            if other != hunk {
                let text = "Pull request review thread start line must be part of the same hunk as the line.";
                return Err(text.to_owned());
            }
            if start_position >= position {
                return Err(
                    "Pull request review thread start line must precede the end line.".to_owned(),
                );
            }
        }
        self.position = Some(position);
        Ok(self)
    }
}
