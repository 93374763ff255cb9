//! What the bot says on a pull request, told as stories.

use super::fake_github::PullRequest;
use super::stage::{SOUND, Stage};

/// Sends to a channel while handling a request: with nobody there to receive, requests pile up.
const BUG: &str = "package queue\n\nimport \"net/http\"\n\nvar jobs = make(chan int, 10)\n\nfunc init() {\n\tgo func() {\n\t\tfor job := range jobs {\n\t\t\tprintln(job)\n\t\t}\n\t}()\n}\n\nfunc Handle(w http.ResponseWriter, r *http.Request) {\n\tjobs <- 1\n\tw.WriteHeader(202)\n}\n";

fn on_lines(pull: &PullRequest) -> Vec<(String, Option<usize>)> {
    let comments = pull.bot_comments();
    comments
        .iter()
        .map(|one| {
            (
                one.body.clone(),
                one.current.as_ref().and_then(|at| at.line),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_bug_is_said_once_on_its_line_and_taken_back_when_it_is_gone() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[("queue/sum.go", SOUND)]);
    repo.commit("feature", &[("queue/queue.go", BUG)]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    let said = on_lines(&pull);
    assert_eq!(said.len(), 1, "{said:#?}\n{}", stage.told());
    assert_eq!(said[0].1, Some(16));
    assert!(said[0].0.contains("BP06"), "{}", said[0].0);

    pull.push(&[("queue/queue.go", &format!("// Package queue.\n{BUG}"))]);
    stage.settle().await;
    assert_eq!(on_lines(&pull).len(), 1);

    pull.push(&[("queue/queue.go", SOUND)]);
    stage.settle().await;
    assert_eq!(on_lines(&pull), []);
    stage.end();
}
