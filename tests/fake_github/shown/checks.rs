//! Check runs, their suites and annotations.

use serde_json::{Value, json};

use super::super::checks::CheckRun;
use super::super::description::description;
use super::super::state::{Repository, State};

impl State {
    /// The open pull requests whose head is this commit, as check runs name them.
    pub fn show_pulls_at(&self, repository: &Repository, sha: &str) -> Value {
        let end = |branch: &str, sha: &str| {
            json!({
                "ref": branch,
                "sha": sha,
                "repo": {
                    "id": repository.id,
                    "url": self.api(&format!("repos/{}", repository.full_name())),
                    "name": repository.name,
                },
            })
        };
        // source: OpenAPI description of `checks/create`: an empty `pull_requests` array for forks
        let own = repository
            .pulls
            .values()
            .filter(|pull| pull.open && pull.head_repository == repository.id);
        own.filter(|pull| pull.head_sha == sha)
            .map(|pull| {
                json!({
                    "id": pull.id,
                    "number": pull.number,
                    "url": self.api(&format!("repos/{}/pulls/{}", repository.full_name(), pull.number)),
                    "head": end(&pull.head_branch, &pull.head_sha),
                    "base": end(&pull.base_branch, &pull.base_sha),
                })
            })
            .collect()
    }

    pub fn show_check_run(&self, repository: &Repository, run: &CheckRun) -> Value {
        let name = repository.full_name();
        let url = self.api(&format!("repos/{name}/check-runs/{}", run.id));
        description().fill(
            "check-run",
            json!({
                "id": run.id,
                "node_id": format!("CR_{}", run.id),
                "url": url,
                "html_url": self.api(&format!("{name}/runs/{}", run.id)),
                "details_url": run.details_url,
                "external_id": run.external_id,
                "name": run.name,
                "head_sha": run.head_sha,
                "status": run.status,
                "conclusion": run.conclusion,
                "started_at": run.started,
                "completed_at": run.completed,
                "output": {
                    "title": run.title,
                    "summary": run.summary,
                    "text": run.text,
                    "annotations_count": run.annotations.len(),
                    "annotations_url": format!("{url}/annotations"),
                },
                "check_suite": { "id": run.suite },
                "app": self.show_app(run.app),
                "pull_requests": self.show_pulls_at(repository, &run.head_sha),
            }),
        )
    }

    pub fn show_check_suite(&self, repository: &Repository, head_sha: &str, id: u64) -> Value {
        let runs: Vec<&CheckRun> = repository
            .check_runs
            .iter()
            .filter(|run| run.suite == id)
            .collect();
        let branch = repository
            .branches
            .iter()
            .find(|(_, sha)| *sha == head_sha)
            .map(|(branch, _)| branch);
        json!({
            "id": id,
            "node_id": format!("CS_{id}"),
            "head_branch": branch,
            "head_sha": head_sha,
            "status": runs.last().map_or("queued", |run| run.status.as_str()),
            "conclusion": runs.last().and_then(|run| run.conclusion.clone()),
            "url": self.api(&format!("repos/{}/check-suites/{id}", repository.full_name())),
            "before": null,
            "after": head_sha,
            "pull_requests": self.show_pulls_at(repository, head_sha),
            "app": self.show_app(self.app.id),
            "latest_check_runs_count": runs.len(),
        })
    }

    pub fn show_annotation(&self, repository: &Repository, sha: &str, given: &Value) -> Value {
        let member = |name: &str| given.get(name).cloned().unwrap_or(Value::Null);
        let path = given["path"].as_str().unwrap_or_default();
        let mut shown = json!({
            "blob_href": self.api(&format!("{}/blob/{sha}/{path}", repository.full_name())),
        });
        for name in [
            "path",
            "start_line",
            "end_line",
            "start_column",
            "end_column",
            "annotation_level",
            "title",
            "message",
            "raw_details",
        ] {
            shown[name] = member(name);
        }
        shown
    }
}
