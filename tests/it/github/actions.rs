//! `review --github` as a job of GitHub Actions runs it.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::fake_github::{PullRequest, Repo, Source, World};
use super::stage::SOUND;
use crate::world::{Said, World as Directory};

/// Sends to a channel while handling a request.
const BUG: &str = "package queue\n\nimport \"net/http\"\n\nvar jobs = make(chan int, 10)\n\nfunc init() {\n\tgo func() {\n\t\tfor job := range jobs {\n\t\t\tprintln(job)\n\t\t}\n\t}()\n}\n\nfunc Handle(w http.ResponseWriter, r *http.Request) {\n\tjobs <- 1\n\tw.WriteHeader(202)\n}\n";

/// A clone, and the same commits on GitHub with a pull request between them.
struct Checkout {
    here: Directory,
    world: World,
    repo: Repo,
    pull: PullRequest,
}

fn commit(here: &Path, revision: &str) -> String {
    let done = Command::new("git")
        .args(["rev-parse", revision])
        .current_dir(here)
        .output()
        .unwrap();
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// Puts a commit of the clone on GitHub, by its own name.
fn upload(here: &Directory, repo: &Repo, branch: &str) {
    let source = Source::Revision {
        repository: here.root.path().to_owned(),
        revision: branch.to_owned(),
    };
    let loaded = repo.load(branch, &source).unwrap();
    let name = commit(here.root.path(), branch);
    repo.world.with(|state| {
        let network = state.repositories[&repo.id].network;
        let objects = state.networks.get_mut(&network).unwrap();
        let same = objects.commits[&loaded].clone();
        objects.commits.insert(name.clone(), same);
        state.move_branch(repo.id, branch, &name, "octocat");
    });
}

impl Checkout {
    async fn new() -> Checkout {
        let world = World::start().await;
        let here = Directory::repository(&[("queue/sum.go", SOUND)]);
        here.git(&["checkout", "-q", "-b", "feature"]);
        here.write("queue/queue.go", BUG);
        // A change does not choose how it is reviewed.
        here.write(".highwater.toml", "disabled = [\"BP06\"]\n");
        here.commit("feature");
        let repo = world.foreign_repository("acme/queue");
        upload(&here, &repo, "main");
        upload(&here, &repo, "feature");
        let pull = repo.open_pull("feature", "main");
        Checkout {
            here,
            world,
            repo,
            pull,
        }
    }

    fn variables(&self, from_fork: bool) -> Vec<(&'static str, String)> {
        let root = self.here.root.path();
        let event = json!({ "pull_request": {
            "number": self.pull.number,
            "state": "open",
            "head": { "sha": commit(root, "feature"), "repo": null },
            "base": { "sha": commit(root, "main"), "repo": {
                "id": self.repo.id, "name": "queue",
                "owner": { "login": "acme", "id": 1, "type": "Organization" },
            } },
        } });
        std::fs::write(root.join(".git/event.json"), event.to_string()).unwrap();
        vec![
            ("GITHUB_EVENT_PATH", ".git/event.json".to_owned()),
            ("GITHUB_EVENT_NAME", "pull_request".to_owned()),
            ("GITHUB_REPOSITORY", "acme/queue".to_owned()),
            ("GITHUB_API_URL", self.world.address()),
            ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
            ("GITHUB_STEP_SUMMARY", ".git/summary.md".to_owned()),
            (
                "GITHUB_TOKEN",
                self.world.job_token(self.repo.id, from_fork),
            ),
        ]
    }

    /// Runs the program with these variables, without those whose names are in `unset`.
    fn run(&self, from_fork: bool, unset: &[&str]) -> Said {
        let variables = self.variables(from_fork);
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .filter(|(name, _)| !unset.contains(name))
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        // The stand-in answers on other threads meanwhile.
        tokio::task::block_in_place(|| self.here.run_with(&["review", "--github"], "", &variables))
    }

    fn comments(&self) -> Vec<String> {
        let comments = self.pull.now().comments;
        comments.iter().map(|one| one.body.clone()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_token_says_each_finding_once_and_takes_it_back() {
    let checkout = Checkout::new().await;
    let said = checkout.run(false, &[]);
    assert_eq!(said.status, 1, "{said:?}");
    assert!(
        said.err.contains("1 new comment on acme/queue#1"),
        "{said:?}"
    );
    let comments = checkout.comments();
    assert_eq!(comments.len(), 1, "{comments:#?}");
    assert!(comments[0].contains("BP06"), "{}", comments[0]);
    assert!(
        comments[0].contains("//highwater:allow BP06") && !comments[0].contains("reply"),
        "nobody hears answers: {}",
        comments[0]
    );
    let summary = checkout.here.root.path().join(".git/summary.md");
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(summary.contains("BP06"), "{summary}");

    let said = checkout.run(false, &[]);
    assert!(said.err.contains("0 new comments"), "{said:?}");
    assert_eq!(checkout.comments(), comments);

    checkout.here.write("queue/queue.go", SOUND);
    checkout.here.commit("mend it");
    upload(&checkout.here, &checkout.repo, "feature");
    let said = checkout.run(false, &[]);
    assert_eq!(said.status, 0, "{said:?}");
    assert_eq!(checkout.comments(), Vec::<String>::new());
    assert_eq!(checkout.world.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_token_only_reads_there_are_annotations() {
    let checkout = Checkout::new().await;
    let said = checkout.run(true, &[]);
    assert_eq!(said.status, 1, "{said:?}");
    assert!(
        said.err.contains("may not comment on acme/queue#1"),
        "{said:?}"
    );
    assert!(said.out.contains("file=queue/queue.go,line=16"), "{said:?}");
    assert!(said.out.starts_with("::"), "{said:?}");
    assert_eq!(checkout.comments(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said() {
    let checkout = Checkout::new().await;
    for (unset, words) in [
        ("GITHUB_EVENT_PATH", "use --base"),
        ("GITHUB_TOKEN", "github.token"),
    ] {
        let said = checkout.run(false, &[unset]);
        assert_eq!(said.status, 2, "{said:?}");
        assert!(said.err.contains(words), "{said:?}");
    }
    let elsewhere = checkout.here.run(&["review", "--github", "--base", "main"]);
    assert_eq!(elsewhere.status, 2, "{elsewhere:?}");
}
