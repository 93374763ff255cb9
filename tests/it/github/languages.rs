//! Pull requests that change more than one language.

use super::blocks::{file, handler};
use super::fake_github::PullRequest;
use super::stage::{SOUND, Stage, findings};

const LIBRARY: &str = "\
use tokio::sync::mpsc::{self, Receiver, Sender};

pub struct Job;

pub fn queue() -> (Sender<Job>, Receiver<Job>) {
    mpsc::channel(64)
}
";

/// Rust beside the Go, whose `offer` says or forgets that the queue was full.
fn producer(body: &str) -> String {
    format!(
        "use crate::Job;\nuse tokio::sync::mpsc::Sender;\n\n\
         pub fn offer(jobs: &Sender<Job>) -> bool {{\n    {body}\n}}\n"
    )
}

/// The class of each finding that is seen, with its file and line.
fn said(pull: &PullRequest) -> Vec<(String, String, Option<usize>)> {
    let mut found: Vec<_> = findings(pull)
        .into_iter()
        .map(|one| {
            let at = one.body.find("BP").expect("the class is named");
            let class = one.body[at..at + 4].to_owned();
            let place = one.current.expect("it stands on a line");
            (place.path, class, place.line)
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn go_and_rust_are_reviewed_together_and_each_finding_goes_by_itself() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/mixed");
    repo.commit(
        "main",
        &[
            ("queue/sum.go", SOUND),
            (
                "Cargo.toml",
                "[package]\nname = \"mixed\"\nversion = \"0.1.0\"\n",
            ),
            ("src/lib.rs", LIBRARY),
        ],
    );
    let forgets = producer("let _ = jobs.try_send(Job);\n    true");
    let says = producer("jobs.try_send(Job).is_ok()");
    let go = file(0, &[handler("A")]);
    repo.commit(
        "feature",
        &[("queue/queue.go", &go), ("src/offer.rs", &forgets)],
    );
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;

    let in_go = ("queue/queue.go".to_owned(), "BP06".to_owned(), Some(17));
    let in_rust = ("src/offer.rs".to_owned(), "BP07".to_owned(), Some(5));
    assert_eq!(said(&pull), [in_go.clone(), in_rust], "{}", stage.told());

    pull.push(&[("src/offer.rs", &says)]);
    stage.settle().await;
    assert_eq!(said(&pull), [in_go], "{}", stage.told());
}
