//! What the bot says on a pull request, told as stories.

use super::blocks::{file, handler, mended};
use super::fake_github::{Fault, PullRequest, Repo, ReviewComment};
use super::stage::{SOUND, Stage, findings};

const PATH: &str = "queue/queue.go";

/// The findings that are seen on the pull request, with the line that each stands on.
fn said(pull: &PullRequest) -> Vec<(String, Option<usize>)> {
    let line = |one: &ReviewComment| one.current.as_ref().and_then(|at| at.line);
    findings(pull)
        .into_iter()
        .map(|one| (one.body.clone(), line(&one)))
        .collect()
}

fn lines(pull: &PullRequest) -> Vec<Option<usize>> {
    said(pull).into_iter().map(|(_, line)| line).collect()
}

/// What the bot's answers say.
fn answers(pull: &PullRequest) -> Vec<String> {
    let comments = pull.bot_comments();
    comments
        .iter()
        .filter(|one| one.body.contains("highwater:answer"))
        .map(|one| one.body.clone())
        .collect()
}

/// What the bot has put a pair of eyes on.
fn seen(pull: &PullRequest) -> Vec<String> {
    let now = pull.now();
    let seen = now.comments.iter().filter(|one| {
        let mut reactions = one.reactions.iter();
        reactions.any(|eyes| eyes.content == "eyes" && eyes.author == "highwater[bot]")
    });
    seen.map(|one| one.body.clone()).collect()
}

/// Conclusions of the check runs of the head.
fn conclusions(pull: &PullRequest) -> Vec<String> {
    pull.check_runs()
        .into_iter()
        .map(|run| run.conclusion.unwrap_or_default())
        .collect()
}

/// A pull request that adds a file of these pieces.
async fn opened(pieces: &[String]) -> (Stage, Repo, PullRequest) {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[("queue/sum.go", SOUND)]);
    repo.commit("feature", &[(PATH, &file(0, pieces))]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    (stage, repo, pull)
}

fn first(pull: &PullRequest) -> u64 {
    pull.bot_comments()[0].id
}

fn reviews(pull: &PullRequest) -> usize {
    pull.now()
        .reviews
        .iter()
        .filter(|one| one.app.is_some() && !one.implied)
        .count()
}

#[tokio::test]
async fn a_bug_is_said_once_on_its_line_and_taken_back_when_it_is_gone() {
    let (stage, _, pull) = opened(&[handler("A")]).await;
    assert_eq!(lines(&pull), [Some(17)], "{}", stage.told());
    let body = &said(&pull)[0].0;
    assert!(
        body.contains("BP06") && body.contains("https://highwater.example/bugs/BP06"),
        "{body}"
    );
    assert!(body.contains("highwater review --base "), "{body}");
    assert_eq!(conclusions(&pull), ["failure"]);
    let run = &pull.check_runs()[0];
    assert_eq!(
        run.details_url.as_deref(),
        Some("https://highwater.example/reviews/acme/queue/1")
    );

    // Lines move, and the finding is not said again.
    pull.push(&[(PATH, &file(2, &[handler("A")]))]);
    stage.settle().await;
    assert_eq!((lines(&pull).len(), reviews(&pull)), (1, 1));

    // A second bug is a review of its own push, and the first is not repeated.
    pull.push(&[(PATH, &file(2, &[handler("A"), handler("B")]))]);
    stage.settle().await;
    assert_eq!((lines(&pull).len(), reviews(&pull)), (2, 2));

    pull.push(&[(PATH, &file(2, &[mended("A"), handler("B")]))]);
    stage.settle().await;
    assert_eq!((lines(&pull).len(), reviews(&pull)), (1, 2));
    assert_eq!(pull.now().deleted.len(), 1);

    pull.push(&[(PATH, &file(2, &[mended("A"), mended("B")]))]);
    stage.settle().await;
    assert_eq!(lines(&pull), []);
    assert_eq!(conclusions(&pull), ["success"]);
    stage.end();
}

#[tokio::test]
async fn what_somebody_answered_is_not_deleted_but_says_where_it_was_fixed() {
    let (stage, _, pull) = opened(&[handler("A")]).await;
    let comment = first(&pull);
    pull.reply_to(comment, "octocat", "Good point.");
    let head = pull.push(&[(PATH, &file(0, &[mended("A")]))]);
    stage.settle().await;
    assert_eq!(lines(&pull), []);
    let now = pull.now();
    let hidden = now.comments.iter().find(|one| one.id == comment).unwrap();
    assert!(hidden.minimised.is_some());
    assert!(hidden.body.contains(&head[..12]), "{}", hidden.body);

    // The bug is back: it is said anew, and the old thread is left alone.
    pull.push(&[(PATH, &file(1, &[handler("A")]))]);
    stage.settle().await;
    assert_eq!(lines(&pull), [Some(18)]);
    stage.end();
}

#[tokio::test]
async fn nothing_is_posted_where_there_is_nothing_to_say() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[("README.md", "Queue\n")]);
    repo.commit("words", &[("README.md", "A queue\n")]);
    repo.open_pull("words", "main");
    repo.commit("sound", &[("queue/sum.go", SOUND)]);
    let sound = repo.open_pull("sound", "main");
    stage.settle().await;
    let writes = stage.world.log();
    let writes: Vec<_> = writes
        .iter()
        .filter(|one| one.method != "GET" && !one.path.contains("access_tokens"))
        .collect();
    assert!(
        writes.iter().all(|one| one.path.contains("check-runs")),
        "{}",
        stage.told()
    );
    assert_eq!(conclusions(&sound), ["success"]);
    stage.end();
}

#[tokio::test]
async fn a_draft_is_looked_at_when_it_is_ready() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("feature", &[(PATH, &file(0, &[handler("A")]))]);
    let pull = repo.open_draft("feature", "main");
    stage.settle().await;
    assert_eq!(lines(&pull), []);
    pull.ready();
    stage.settle().await;
    assert_eq!(lines(&pull), [Some(17)]);
    stage.end();
}

#[tokio::test]
async fn a_fork_is_reviewed_like_any_other() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[("queue/sum.go", SOUND)]);
    let fork = repo.fork("stranger");
    fork.commit("feature", &[(PATH, &file(0, &[handler("A")]))]);
    let pull = repo.open_pull_from(&fork, "feature", "main");
    stage.settle().await;
    assert_eq!(lines(&pull), [Some(17)], "{}", stage.told());
    stage.end();
}

#[tokio::test]
async fn what_was_there_before_is_not_said() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[(PATH, &file(0, &[handler("A")]))]);
    repo.commit("feature", &[(PATH, &file(1, &[handler("A"), mended("B")]))]);
    let pull = repo.open_pull("feature", "main");
    // The base goes on: what it brings is no part of the change.
    repo.commit("main", &[("queue/more.go", &file(0, &[handler("C")]))]);
    stage.settle().await;
    assert_eq!(lines(&pull), []);
    assert_eq!(conclusions(&pull), ["success"]);
    stage.end();
}

#[tokio::test]
async fn the_base_branch_says_how_it_is_reviewed_and_the_change_does_not() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[("queue/sum.go", SOUND)]);
    let off = "disabled = [\"BP06\"]\n";
    repo.commit(
        "feature",
        &[(PATH, &file(0, &[handler("A")])), (".highwater.toml", off)],
    );
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    assert_eq!(lines(&pull), [Some(17)]);

    repo.commit("main", &[(".highwater.toml", off)]);
    repo.commit("other", &[("queue/b.go", &file(0, &[handler("B")]))]);
    let other = repo.open_pull("other", "main");
    stage.settle().await;
    assert_eq!(lines(&other), [], "{}", stage.told());
    stage.end();
}

#[tokio::test]
async fn a_file_without_hunks_is_compared_here() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("main", &[(PATH, &file(0, &[mended("A")]))]);
    repo.leave_out_patch(PATH);
    repo.commit("feature", &[(PATH, &file(0, &[mended("A"), handler("B")]))]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    assert_eq!(said(&pull).len(), 1, "{}", stage.told());
    stage.end();
}

#[tokio::test]
async fn more_findings_than_comments_stand_in_the_check_run() {
    let world = super::fake_github::World::start().await;
    let store = highwater::store::Store::open("sqlite::memory:")
        .await
        .unwrap();
    let stage = Stage::with(world, store, |settings| settings.max_comments = 2).await;
    let repo = stage.world.repository("acme/queue");
    let pieces: Vec<String> = ["A", "B", "C", "D"].map(handler).into();
    repo.commit("feature", &[(PATH, &file(0, &pieces))]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    assert_eq!(said(&pull).len(), 2);
    let run = &pull.check_runs()[0];
    assert_eq!(run.annotations.len(), 2, "{run:#?}");
    stage.end();
}

#[tokio::test]
async fn a_begun_review_that_was_never_sent_is_out_of_the_way() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("feature", &[(PATH, &file(0, &[handler("A")]))]);
    let pull = repo.open_pull("feature", "main");
    pull.begin_review();
    stage.settle().await;
    assert_eq!(lines(&pull), [Some(17)], "{}", stage.told());
    stage.end();
}

#[tokio::test]
async fn a_review_that_is_refused_is_taken_apart_and_nothing_is_lost() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    let pieces: Vec<String> = ["A", "B", "C"].map(handler).into();
    repo.commit("feature", &[(PATH, &file(0, &pieces))]);
    let pull = repo.open_pull("feature", "main");
    // One of the lines is not taken, for a reason that GitHub keeps to itself.
    repo.refuse_line(PATH, 32);
    stage.settle().await;
    let mut stand = lines(&pull);
    stand.sort();
    assert_eq!(
        (stand.len(), reviews(&pull)),
        (3, 1),
        "{stand:?}\n{}",
        stage.told()
    );
    assert!(stand.contains(&None), "one stands on the file: {stand:?}");
    stage.end();
}

#[tokio::test]
async fn an_answer_that_got_lost_posts_nothing_twice() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit(
        "feature",
        &[(PATH, &file(0, &[handler("A"), handler("B")]))],
    );
    let pull = repo.open_pull("feature", "main");
    let mut left = 3;
    stage.world.plan_faults(move |asked| {
        let writes = asked.operation.method == "post" && asked.operation.path.ends_with("/reviews");
        left -= i32::from(writes);
        (writes && left >= 0).then_some(Fault::After(502))
    });
    stage.settle().await;
    assert_eq!(
        (said(&pull).len(), reviews(&pull)),
        (2, 1),
        "{}",
        stage.told()
    );
    stage.end();
}

#[tokio::test]
async fn a_dismissed_finding_is_silent_here_and_elsewhere_until_the_day_is_over() {
    let (stage, repo, pull) = opened(&[handler("A")]).await;
    let comment = first(&pull);
    pull.reply_to(comment, "stranger", "highwater ignore");
    stage.settle().await;
    assert_eq!(lines(&pull), [Some(17)]);
    assert!(
        answers(&pull)[0].contains("write access"),
        "{:?}",
        answers(&pull)
    );

    repo.set_role("octocat", "write");
    let day = jiff::Timestamp::from_millisecond(stage.world.clock().millis())
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    pull.reply_to(
        comment,
        "octocat",
        &format!("> highwater recheck\n\nhighwater ignore it is drained until {day}"),
    );
    stage.settle().await;
    assert_eq!(lines(&pull), [], "{}", stage.told());
    assert_eq!(answers(&pull).len(), 2);
    assert_eq!(conclusions(&pull), ["success"]);

    // Another pull request with the same finding.
    repo.commit("again", &[(PATH, &file(1, &[handler("A")]))]);
    let other = repo.open_pull("again", "main");
    stage.settle().await;
    assert_eq!(lines(&other), []);

    // The next day it is said again where somebody pushes.
    stage
        .world
        .clock()
        .advance(std::time::Duration::from_secs(86_400));
    other.push(&[(PATH, &file(2, &[handler("A")]))]);
    stage.settle().await;
    assert_eq!(lines(&other), [Some(19)], "{}", stage.told());
    stage.end();
}

#[tokio::test]
async fn every_command_is_answered_once() {
    let (stage, repo, pull) = opened(&[handler("A")]).await;
    let comment = first(&pull);
    repo.set_role("octocat", "admin");
    for (said, answer) in [
        ("highwater explain", "BP06"),
        ("@highwater what is this?", "highwater ignore [reason]"),
        ("highwater ignore until 2020-01-01", "is over"),
    ] {
        pull.reply_to(comment, "octocat", said);
        stage.settle().await;
        let all = answers(&pull);
        assert!(all.last().unwrap().contains(answer), "{said}: {all:?}");
    }
    let looks = stage.world.count("pulls/list-files");
    pull.reply_to(comment, "octocat", "highwater recheck");
    stage.settle().await;
    assert_eq!(seen(&pull), ["highwater recheck"], "{}", stage.told());
    assert_eq!(stage.world.count("pulls/list-files"), looks + 1);
    for silent in [
        "What does highwater mean?",
        "```\nhighwater ignore\n```",
        "> highwater ignore",
    ] {
        pull.reply_to(comment, "octocat", silent);
    }
    stage.settle().await;
    assert_eq!((answers(&pull).len(), seen(&pull).len()), (3, 1));
    assert_eq!(lines(&pull).len(), 1);
    stage.end();
}

#[tokio::test]
async fn the_author_may_ask_for_another_look() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    let fork = repo.fork("stranger");
    fork.commit("feature", &[(PATH, &file(0, &[handler("A")]))]);
    let pull = repo.open_pull_from(&fork, "feature", "main");
    stage.settle().await;
    pull.reply_to(first(&pull), "stranger", "highwater recheck");
    stage.settle().await;
    assert_eq!(seen(&pull), ["highwater recheck"], "{}", stage.told());
    assert_eq!((answers(&pull).len(), lines(&pull)), (0, vec![Some(17)]));
    // Whoever may neither write nor is the author is told so.
    pull.reply_to(first(&pull), "mallory", "highwater recheck");
    stage.settle().await;
    assert!(
        answers(&pull)[0].contains("Only the author"),
        "{:?}",
        answers(&pull)
    );
    assert_eq!(seen(&pull).len(), 1);
    stage.end();
}
