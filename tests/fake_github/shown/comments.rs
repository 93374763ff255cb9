//! Comments on lines and comments of the conversation.

use serde_json::{Value, json};

use super::super::clock::written;
use super::super::description::description;
use super::super::pull::{Pull, ReviewComment, TimelineComment};
use super::super::state::{Repository, State};

impl State {
    pub fn show_comment(
        &self,
        repository: &Repository,
        pull: &Pull,
        comment: &ReviewComment,
    ) -> Value {
        let name = repository.full_name();
        let url = self.api(&format!("repos/{name}/pulls/comments/{}", comment.id));
        let html = self.api(&format!(
            "{name}/pull/{}#discussion_r{}",
            pull.number, comment.id
        ));
        let pull_url = self.api(&format!("repos/{name}/pulls/{}", pull.number));
        let original = &comment.original;
        let current = comment.current.as_ref();
        let mut shown = json!({
            "id": comment.id,
            "node_id": format!("PRRC_{}", comment.id),
            "url": url,
            "html_url": html,
            "pull_request_url": pull_url,
            "pull_request_review_id": comment.review,
            "diff_hunk": comment.hunk,
            "path": original.path,
            "commit_id": comment.commit,
            "original_commit_id": comment.original_commit,
            "user": self.show_account(&comment.author),
            "body": comment.body,
            "created_at": written(comment.created),
            "updated_at": written(comment.updated),
            "author_association": self.association(repository, &comment.author),
            "_links": { "self": { "href": url }, "html": { "href": html }, "pull_request": { "href": pull_url } },
            "reactions": self.show_reactions(&comment.reactions, &url),
            "subject_type": if original.line.is_some() { "line" } else { "file" },
        });
        if let Some(line) = original.line {
            let start = current.and_then(|anchor| anchor.start);
            // source: brave/security-action#125: `line` and `position` are null once the comment is outdated
            shown["line"] = json!(current.and_then(|anchor| anchor.line));
            shown["position"] = json!(current.and_then(|anchor| anchor.position));
            shown["original_line"] = json!(line);
            shown["original_position"] = json!(original.position);
            shown["side"] = json!(original.side.name());
            shown["start_line"] = json!(start.map(|start| start.0));
            shown["original_start_line"] = json!(original.start.map(|start| start.0));
            shown["start_side"] = json!(original.start.map(|start| start.1.name()));
        }
        if let Some(root) = comment.answers {
            shown["in_reply_to_id"] = json!(root);
        }
        description().fill("pull-request-review-comment", shown)
    }

    pub fn show_timeline(
        &self,
        repository: &Repository,
        number: u64,
        comment: &TimelineComment,
    ) -> Value {
        let name = repository.full_name();
        let url = self.api(&format!("repos/{name}/issues/comments/{}", comment.id));
        description().fill(
            "issue-comment",
            json!({
                "id": comment.id,
                "node_id": format!("IC_{}", comment.id),
                "url": url,
                "html_url": self.api(&format!("{name}/pull/{number}#issuecomment-{}", comment.id)),
                "issue_url": self.api(&format!("repos/{name}/issues/{number}")),
                "body": comment.body,
                "user": self.show_account(&comment.author),
                "created_at": written(comment.created),
                "updated_at": written(comment.updated),
                "author_association": self.association(repository, &comment.author),
                "performed_via_github_app": comment.app.map(|id| self.show_app(id)),
                "reactions": self.show_reactions(&comment.reactions, &url),
            }),
        )
    }
}
