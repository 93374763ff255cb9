//! Pull requests and reviews.

use serde_json::{Value, json};

use super::super::clock::written;
use super::super::description::description;
use super::super::pull::{Pull, Review};
use super::super::state::{Repository, State};

impl State {
    /// How the author of something stands to the repository.
    pub fn association(&self, repository: &Repository, login: &str) -> &'static str {
        match repository.role(login) {
            "admin" if repository.owner == login => "OWNER",
            "admin" | "maintain" | "write" | "triage" => "MEMBER",
            _ if repository
                .pulls
                .values()
                .any(|pull| pull.author == login && pull.merged) =>
            {
                "CONTRIBUTOR"
            }
            _ => "NONE",
        }
    }

    /// One end of a pull request. A deleted fork leaves nothing but its owner's name.
    fn show_end(
        &self,
        repository: Option<&Repository>,
        owner: &str,
        branch: &str,
        sha: &str,
    ) -> Value {
        let owner = repository.map_or(owner, |repository| repository.owner.as_str());
        json!({
            "label": format!("{owner}:{branch}"),
            "ref": branch,
            "sha": sha,
            "user": self.show_account(owner),
            "repo": repository.map(|one| self.show_repository(one, "repository")),
        })
    }

    /// A pull request; `schema` is `pull-request` or `pull-request-simple`.
    pub fn show_pull(&self, repository: &Repository, pull: &Pull, schema: &str) -> Value {
        let name = repository.full_name();
        let url = self.api(&format!("repos/{name}/pulls/{}", pull.number));
        let issue = self.api(&format!("repos/{name}/issues/{}", pull.number));
        let closed = (!pull.open).then(|| written(pull.updated));
        let mut shown = json!({
            "id": pull.id,
            "node_id": format!("PR_{}", pull.id),
            "number": pull.number,
            "url": url,
            "html_url": self.api(&format!("{name}/pull/{}", pull.number)),
            "issue_url": issue,
            "state": if pull.open { "open" } else { "closed" },
            "draft": pull.draft,
            "title": pull.title,
            "body": pull.body,
            "user": self.show_account(&pull.author),
            "created_at": written(pull.created),
            "updated_at": written(pull.updated),
            "closed_at": closed,
            "merged_at": if pull.merged { closed.clone() } else { None },
            "author_association": self.association(repository, &pull.author),
            "head": self.show_end(self.repositories.get(&pull.head_repository), &pull.author, &pull.head_branch, &pull.head_sha),
            "base": self.show_end(Some(repository), "", &pull.base_branch, &pull.base_sha),
            "_links": {
                "self": { "href": url }, "html": { "href": self.api(&format!("{name}/pull/{}", pull.number)) },
                "issue": { "href": issue }, "comments": { "href": format!("{issue}/comments") },
                "review_comments": { "href": format!("{url}/comments") },
                "review_comment": { "href": self.api(&format!("repos/{name}/pulls/comments{{/number}}")) },
                "commits": { "href": format!("{url}/commits") },
                "statuses": { "href": self.api(&format!("repos/{name}/statuses/{}", pull.head_sha)) },
            },
        });
        if schema == "pull-request" {
            let changes = self.changes_of(repository, pull, &pull.head_sha);
            let base = self.merge_base_of(repository, pull, &pull.head_sha);
            shown["merged"] = json!(pull.merged);
            shown["mergeable_state"] = json!("unknown");
            shown["changed_files"] = json!(changes.len());
            shown["additions"] = json!(changes.iter().map(|one| one.additions).sum::<usize>());
            shown["deletions"] = json!(changes.iter().map(|one| one.deletions).sum::<usize>());
            shown["commits"] = json!(
                self.objects(repository)
                    .commits_between(&base, &pull.head_sha)
                    .len()
            );
            shown["comments"] = json!(pull.timeline.len());
            shown["review_comments"] = json!(
                pull.comments
                    .iter()
                    .filter(|one| !pull.is_pending(one))
                    .count()
            );
        }
        description().fill(schema, shown)
    }

    pub fn show_review(&self, repository: &Repository, pull: &Pull, review: &Review) -> Value {
        let html = self.api(&format!(
            "{}/pull/{}#pullrequestreview-{}",
            repository.full_name(),
            pull.number,
            review.id
        ));
        let url = self.api(&format!(
            "repos/{}/pulls/{}",
            repository.full_name(),
            pull.number
        ));
        let mut shown = json!({
            "id": review.id,
            "node_id": format!("PRR_{}", review.id),
            "user": self.show_account(&review.author),
            "body": review.body,
            "state": review.state,
            "html_url": html,
            "pull_request_url": url,
            "author_association": self.association(repository, &review.author),
            "_links": { "html": { "href": html }, "pull_request": { "href": url } },
            "commit_id": review.commit,
        });
        if let Some(submitted) = review.submitted {
            shown["submitted_at"] = json!(written(submitted));
        }
        description().fill("pull-request-review", shown)
    }
}
