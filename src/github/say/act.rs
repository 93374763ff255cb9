//! Does what was planned. Every step can be the last one before the process dies: what was done
//! stands on GitHub, and the next plan starts from that.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use super::super::client::{Failure, Installation};
use super::super::read::{self, Repository};
use super::comment::{About, Draft};
use super::plan::Action;
use super::standing::comments;
use crate::store::queue::Job;

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Findings for which there is no place on the pull request after all, by fingerprint.
    pub unplaced: Vec<String>,
    /// Comments that were posted.
    pub comments: usize,
}

/// Does it.
pub struct Actor<'a> {
    /// For whom.
    pub installation: &'a Installation,
    /// Where.
    pub repository: &'a Repository,
    /// About what.
    pub about: &'a About<'a>,
    /// For which job of the queue, if for one: whoever lost it says nothing any more.
    pub job: Option<&'a Job>,
}

/// What GitHub answers to what was posted; it is not needed.
type Answer = serde::de::IgnoredAny;

impl Actor<'_> {
    /// Does everything, in order.
    ///
    /// # Errors
    ///
    /// See [`Failure`]. [`Failure::Moved`] when the head is another by now: nothing is posted
    /// for a commit that nobody looks at any more.
    pub async fn act(&self, actions: Vec<Action>) -> Result<Done, Failure> {
        let mut done = Done::default();
        let says_something =
            |action: &Action| matches!(action, Action::Review { .. } | Action::Comment(_));
        if actions.iter().any(says_something) {
            self.still_there().await?;
        }
        for action in actions {
            match action {
                Action::DropPending(id) => self.drop_pending(id).await?,
                Action::Review { body, comments } => self.review(body, comments, &mut done).await?,
                Action::Comment(draft) => self.comment(draft, &mut done).await?,
                Action::End {
                    id,
                    node,
                    is_answered,
                    body,
                } => {
                    if is_answered || self.answered().await?.contains(&id) {
                        self.retire(id, &node, &body).await?;
                    } else {
                        self.installation.delete(&self.comment_path(id)).await?;
                    }
                }
            }
        }
        Ok(done)
    }

    /// Whether the head is still the one that was looked at, and the job still ours: a server that
    /// stood still for long may have been given up, and another says the same already.
    async fn still_there(&self) -> Result<(), Failure> {
        if let Some(job) = self.job
            && self
                .installation
                .github()
                .store()
                .is_superseded(job)
                .await?
        {
            return Err(Failure::Moved);
        }
        let now = read::pull(self.installation, self.repository, self.about.number).await?;
        if now.head.sha != self.about.head || !now.is_open() {
            return Err(Failure::Moved);
        }
        Ok(())
    }

    /// The comments that somebody answered by now: what is deleted should be nobody's start of a
    /// conversation.
    async fn answered(&self) -> Result<BTreeSet<i64>, Failure> {
        let comments = comments(self.installation, self.repository, self.about.number).await?;
        Ok(comments
            .iter()
            .filter_map(|comment| comment.in_reply_to_id)
            .collect())
    }

    fn path(&self, rest: &str) -> String {
        format!(
            "{}/pulls/{}/{rest}",
            self.repository.path(),
            self.about.number
        )
    }

    fn comment_path(&self, id: i64) -> String {
        format!("{}/pulls/comments/{id}", self.repository.path())
    }

    async fn drop_pending(&self, id: i64) -> Result<(), Failure> {
        match self
            .installation
            .delete(&self.path(&format!("reviews/{id}")))
            .await
        {
            // It was sent or dropped meanwhile.
            Err(Failure::Refused { .. }) => Ok(()),
            other => other,
        }
    }

    /// Posts the review. GitHub takes all of its comments or none and does not say which is
    /// wrong: where it takes none, those that it does take are found by trying halves as reviews
    /// that are not sent, and the others go to their file.
    async fn review(
        &self,
        body: String,
        comments: Vec<Draft>,
        done: &mut Done,
    ) -> Result<(), Failure> {
        let posted = self.post(Some(&body), &comments).await;
        let (good, bad) = match posted {
            Ok(_) => {
                done.comments += comments.len();
                return Ok(());
            }
            Err(Failure::Refused { .. }) => self.sorted(comments).await?,
            Err(failure) => return Err(failure),
        };
        self.still_there().await?;
        if !good.is_empty() {
            self.post(Some(&body), &good).await?;
            done.comments += good.len();
        }
        for draft in bad {
            self.on_file(draft, done).await?;
        }
        Ok(())
    }

    async fn post(&self, body: Option<&str>, comments: &[Draft]) -> Result<Posted, Failure> {
        let comments: Vec<Value> = comments.iter().map(placed).collect();
        let mut review = json!({ "commit_id": self.about.head, "comments": comments });
        if let Some(body) = body {
            review["body"] = json!(body);
            review["event"] = json!("COMMENT");
        }
        self.installation
            .write(Method::POST, &self.path("reviews"), &review)
            .await
    }

    /// The comments that GitHub takes, and those that it does not.
    async fn sorted(&self, comments: Vec<Draft>) -> Result<(Vec<Draft>, Vec<Draft>), Failure> {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        let mut open = vec![comments];
        while let Some(mut some) = open.pop() {
            match self.post(None, &some).await {
                Ok(pending) => {
                    self.drop_pending(pending.id).await?;
                    good.append(&mut some);
                }
                Err(Failure::Refused { .. }) if some.len() > 1 => {
                    let rest = some.split_off(some.len() / 2);
                    open.push(rest);
                    open.push(some);
                }
                Err(Failure::Refused { .. }) => bad.append(&mut some),
                Err(failure) => return Err(failure),
            }
        }
        Ok((good, bad))
    }

    /// Posts a comment by itself, on its line or else on its file.
    async fn comment(&self, draft: Draft, done: &mut Done) -> Result<(), Failure> {
        let mut comment = placed(&draft);
        comment["commit_id"] = json!(self.about.head);
        let posted = self
            .installation
            .write::<Answer>(Method::POST, &self.path("comments"), &comment)
            .await;
        match posted {
            Ok(_) => done.comments += 1,
            Err(Failure::Refused { .. }) => self.on_file(draft, done).await?,
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    async fn on_file(&self, draft: Draft, done: &mut Done) -> Result<(), Failure> {
        let comment = json!({
            "commit_id": self.about.head,
            "path": draft.path,
            "subject_type": "file",
            "body": draft.body,
        });
        let posted = self
            .installation
            .write::<Answer>(Method::POST, &self.path("comments"), &comment)
            .await;
        match posted {
            Ok(_) => done.comments += 1,
            Err(Failure::Refused { reasons, .. }) => {
                tracing::warn!(path = draft.path, ?reasons, "a comment has no place");
                done.unplaced.push(draft.fingerprint);
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Gives a comment its last words, then hides it: should it come no further than the words, they
    /// are true.
    async fn retire(&self, id: i64, node: &str, body: &str) -> Result<(), Failure> {
        const QUERY: &str = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) \
             { minimizedComment { isMinimized } } }";
        let path = self.comment_path(id);
        match self
            .installation
            .write::<Answer>(Method::PATCH, &path, &json!({ "body": body }))
            .await
        {
            // Somebody deleted it.
            Err(Failure::Gone(_)) => return Ok(()),
            edited => edited?,
        };
        match self.installation.mutate(QUERY, json!({ "id": node })).await {
            // Hiding is a courtesy; the words say the same.
            Ok(()) | Err(Failure::Refused { .. } | Failure::Forbidden { .. }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// A review that was posted.
#[derive(serde::Deserialize)]
struct Posted {
    id: i64,
}

/// A comment as GitHub takes it.
/// source: GitHub refuses a first line that is not before the last, so it is left out then.
fn placed(draft: &Draft) -> Value {
    let mut comment = json!({
        "path": draft.path,
        "line": draft.line,
        "side": "RIGHT",
        "body": draft.body,
    });
    if let Some(start) = draft.start_line {
        comment["start_line"] = json!(start);
        comment["start_side"] = json!("RIGHT");
    }
    comment
}
