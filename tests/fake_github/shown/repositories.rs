//! Repositories, commits and files.

use serde_json::{Value, json};

use super::super::changes::Changed;
use super::super::clock::written;
use super::super::description::description;
use super::super::objects::hex;
use super::super::state::{Repository, State};

impl State {
    /// A repository; `schema` is `repository`, `full-repository` or another of GitHub's views.
    pub fn show_repository(&self, repository: &Repository, schema: &str) -> Value {
        let name = repository.full_name();
        let forks = self
            .repositories
            .values()
            .filter(|one| one.fork_of == Some(repository.id))
            .count();
        let mut shown = json!({
            "id": repository.id,
            "node_id": format!("R_{}", repository.id),
            "name": repository.name,
            "full_name": name,
            "private": repository.private,
            "visibility": if repository.private { "private" } else { "public" },
            "owner": self.show_account(&repository.owner),
            "html_url": self.api(&name),
            "url": self.api(&format!("repos/{name}")),
            "clone_url": self.api(&format!("{name}.git")),
            "description": null,
            "fork": repository.fork_of.is_some(),
            "forks": forks,
            "forks_count": forks,
            "default_branch": repository.default_branch,
            "has_issues": true,
            "created_at": written(repository.created),
            "updated_at": written(repository.created),
            "pushed_at": written(repository.created),
            "open_issues_count": repository.pulls.values().filter(|pull| pull.open).count(),
        });
        if schema == "full-repository" {
            let source = repository.fork_of.and_then(|id| self.repositories.get(&id));
            if let Some(source) = source {
                shown["parent"] = self.show_repository(source, "repository");
                shown["source"] = shown["parent"].clone();
            }
        }
        description().fill(schema, shown)
    }

    /// A repository as deliveries about other things carry it.
    pub fn show_repository_briefly(&self, repository: &Repository) -> Value {
        json!({
            "id": repository.id,
            "node_id": format!("R_{}", repository.id),
            "name": repository.name,
            "full_name": repository.full_name(),
            "private": repository.private,
        })
    }

    pub fn show_commit(&self, repository: &Repository, sha: &str) -> Value {
        let Some(commit) = self.objects(repository).commits.get(sha) else {
            return Value::Null;
        };
        let name = repository.full_name();
        let link = |sha: &str| {
            json!({
                "sha": sha,
                "url": self.api(&format!("repos/{name}/commits/{sha}")),
                "html_url": self.api(&format!("{name}/commit/{sha}")),
            })
        };
        let person = json!({
            "name": commit.author,
            "email": format!("{}@users.noreply.github.com", commit.author),
            "date": written(commit.millis),
        });
        let git = json!({
            "author": person,
            "committer": person,
            "message": commit.message,
            "comment_count": 0,
            "tree": { "sha": commit.tree, "url": self.api(&format!("repos/{name}/git/trees/{}", commit.tree)) },
            "url": self.api(&format!("repos/{name}/git/commits/{sha}")),
        });
        let mut shown = link(sha);
        shown["node_id"] = json!(format!("C_{sha}"));
        shown["commit"] = git;
        shown["author"] = self.show_account(&commit.author);
        shown["committer"] = self.show_account(&commit.author);
        shown["parents"] = commit.parents.iter().map(|sha| link(sha)).collect();
        description().fill("commit", shown)
    }

    /// A changed file; the address of its content is of the commit `head`.
    pub fn show_changed(&self, repository: &Repository, head: &str, changed: &Changed) -> Value {
        let name = repository.full_name();
        let path = percent(&changed.path);
        let mut shown = json!({
            "sha": changed.sha,
            "filename": changed.path,
            "status": changed.status,
            "additions": changed.additions,
            "deletions": changed.deletions,
            "changes": changed.additions + changed.deletions,
            "blob_url": self.api(&format!("{name}/blob/{head}/{path}")),
            "raw_url": self.api(&format!("{name}/raw/{head}/{path}")),
            "contents_url": self.api(&format!("repos/{name}/contents/{path}?ref={head}")),
        });
        let left_out = repository.without_patch.contains(&changed.path);
        if let Some(patch) = changed.patch.as_ref().filter(|_| !left_out) {
            shown["patch"] = json!(patch);
        }
        if let Some(previous) = &changed.previous {
            shown["previous_filename"] = json!(previous);
        }
        shown
    }
}

/// A path as part of an address.
pub fn percent(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let each = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{}", hex(&[byte]).to_uppercase())
        }
    };
    path.bytes().map(each).collect()
}
