//! Which events the bot acts on, and what it makes of those that are lost, late or hostile.

use highwater::github::webhook::Headers;
use highwater::github::{Bot, Refused, Taken};

use super::blocks::{file, handler, mended};
use super::fake_github::{PullRequest, Repo, signature};
use super::stage::{Stage, findings, hand, work};

const PATH: &str = "queue/queue.go";

async fn opened(text: &str) -> (Stage, Repo, PullRequest) {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    repo.commit("feature", &[(PATH, text)]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    (stage, repo, pull)
}

fn said(pull: &PullRequest) -> usize {
    findings(pull).len()
}

#[tokio::test]
async fn the_buttons_and_both_ways_to_run_again_look_again() {
    let (stage, _, pull) = opened(&file(0, &[handler("A")])).await;
    let run = pull.check_runs()[0].clone();
    assert!(run.actions.len() <= 3);
    let reads = |stage: &Stage| stage.world.count("pulls/list-files");
    for (at, ask) in ["check", "action", "suite"].into_iter().enumerate() {
        match ask {
            "check" => pull.rerequest_check(run.id, "octocat"),
            "action" => pull.request_action(run.id, "rerun", "octocat"),
            _ => pull.rerequest_suite("octocat"),
        }
        stage.settle().await;
        assert_eq!(reads(&stage), at + 2, "{ask}");
    }
    assert_eq!((said(&pull), pull.check_runs().len()), (1, 1));
    stage.end();
}

#[tokio::test]
async fn a_fork_is_found_by_its_commit_when_it_is_to_run_again() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    let fork = repo.fork("stranger");
    fork.commit("feature", &[(PATH, &file(0, &[handler("A")]))]);
    let pull = repo.open_pull_from(&fork, "feature", "main");
    stage.settle().await;
    pull.rerequest_check(pull.check_runs()[0].id, "octocat");
    stage.settle().await;
    assert_eq!(stage.world.count("pulls/list-files"), 2);
    stage.end();
}

#[tokio::test]
async fn another_base_is_another_review() {
    let (stage, repo, pull) = opened(&file(0, &[handler("A")])).await;
    assert_eq!(said(&pull), 1);
    repo.commit("release", &[(".highwater.toml", "disabled = [\"BP06\"]\n")]);
    pull.retarget("release");
    stage.settle().await;
    assert_eq!(said(&pull), 0, "{}", stage.told());
    stage.end();
}

#[tokio::test]
async fn what_is_closed_is_left_alone() {
    let (stage, _, pull) = opened(&file(0, &[handler("A")])).await;
    pull.close();
    stage.settle().await;
    assert_eq!(said(&pull), 1);
    pull.reopen();
    pull.push(&[(PATH, &file(0, &[mended("A")]))]);
    stage.settle().await;
    assert_eq!(said(&pull), 0);
    stage.end();
}

#[tokio::test]
async fn what_was_lost_is_found() {
    let (stage, _, pull) = opened(&file(0, &[handler("A")])).await;
    // A push and a command, and nobody listens.
    pull.push(&[(PATH, &file(0, &[handler("A"), handler("B")]))]);
    pull.reply_to(pull.bot_comments()[0].id, "octocat", "highwater explain");
    for parcel in stage.world.parcels() {
        stage.world.lose(&parcel);
    }
    stage.bot.look_once().await;
    stage.settle().await;
    assert_eq!(said(&pull), 2);
    let is_answer = |body: &str| body.contains("highwater:answer");
    assert_eq!(
        pull.bot_comments()
            .iter()
            .filter(|one| is_answer(&one.body))
            .count(),
        1,
        "{}",
        stage.told()
    );
    stage.end();
}

#[tokio::test]
async fn whoever_leaves_is_forgotten() {
    let (stage, repo, pull) = opened(&file(0, &[handler("A")])).await;
    repo.set_role("octocat", "write");
    pull.reply_to(pull.bot_comments()[0].id, "octocat", "highwater ignore");
    stage.settle().await;
    let number = i64::try_from(repo.id).unwrap();
    assert_eq!(stage.store.dismissals(number, 0).await.unwrap().len(), 1);
    pull.push(&[(PATH, &file(0, &[handler("B")]))]);
    stage.world.uninstall("acme");
    stage.settle().await;
    assert_eq!(stage.store.dismissals(number, 0).await.unwrap(), []);
    assert_eq!(
        stage
            .store
            .pulls_with_head(number, &pull.head())
            .await
            .unwrap(),
        Vec::<i64>::new()
    );
    assert_eq!(
        stage.store.depth().await.unwrap(),
        highwater::store::queue::Depth::default()
    );
}

#[tokio::test]
async fn a_secret_is_changed_without_a_gap() {
    let (stage, _, pull) = opened(&file(0, &[handler("A")])).await;
    let old = stage.world.credentials().webhook_secret;
    stage.world.rotate_secret("another secret");
    let bot = stage.bot_with(|settings| {
        settings.webhook_secrets = vec![old.as_str().into(), "another secret".into()]
    });
    pull.push(&[(PATH, &file(0, &[mended("A")]))]);
    for parcel in stage.world.parcels() {
        assert!(hand(&bot, &parcel).await);
    }
    work(&bot, &stage.store, &stage.world).await;
    assert_eq!(said(&pull), 0);
    stage.end();
}

#[tokio::test]
async fn repositories_that_leave_one_after_the_other_are_all_forgotten() {
    let stage = Stage::new().await;
    let secret = stage.world.credentials().webhook_secret;
    let installation = i64::try_from(stage.world.install("acme")).unwrap();
    let pull = |repository| highwater::store::pulls::Pull {
        repository,
        number: 1,
        installation,
        owner: "acme".to_owned(),
        name: format!("r{repository}"),
        head: "0".repeat(40),
        seen: 1,
        private: true,
    };
    for repository in [1, 2, 3] {
        stage.store.remember_pull(&pull(repository)).await.unwrap();
    }
    for gone in [1, 2] {
        let body = format!(
            r#"{{"action":"removed","installation":{{"id":{installation}}},"repositories_removed":[{{"id":{gone}}}]}}"#
        );
        let signed = signature(&secret, body.as_bytes());
        let headers = Headers {
            event: Some("installation_repositories"),
            guid: Some(&format!("gone-{gone}")),
            signature: Some(&signed),
            target: None,
        };
        let taken = stage.bot.take_in(headers, body.as_bytes()).await;
        assert!(matches!(taken, Ok(Taken::Work)));
    }
    work(&stage.bot, &stage.store, &stage.world).await;
    for (repository, left) in [(1, 0), (2, 0), (3, 1)] {
        let head = "0".repeat(40);
        let seen = stage.store.pulls_with_head(repository, &head).await;
        assert_eq!(seen.unwrap().len(), left, "{repository}");
    }
}

/// Hands a body to a bot, signed or not.
async fn forged(
    bot: &Bot,
    guid: &str,
    signature: Option<&str>,
    body: &str,
) -> Result<Taken, Refused> {
    let headers = Headers {
        event: Some("installation"),
        guid: Some(guid),
        signature,
        target: None,
    };
    bot.take_in(headers, body.as_bytes()).await
}

#[tokio::test]
async fn what_is_not_githubs_changes_nothing_not_even_the_memory_of_its_id() {
    let (stage, _, pull) = opened(&file(0, &[handler("A")])).await;
    pull.push(&[(PATH, &file(0, &[mended("A")]))]);
    let parcel = stage.world.parcels().pop().unwrap();
    let purge = r#"{"action":"deleted","installation":{"id":3000000008}}"#;
    for signature in [
        None,
        Some("sha256=00"),
        Some(signature("guess", purge.as_bytes()).as_str()),
    ] {
        let refused = forged(&stage.bot, &parcel.guid, signature, purge).await;
        assert!(matches!(refused, Err(Refused::Rejected(_))));
    }
    assert_eq!(stage.store.depth().await.unwrap().waiting, 0);
    // The real delivery with the same id is still new.
    assert!(hand(&stage.bot, &parcel).await);
    assert_eq!(stage.store.depth().await.unwrap().waiting, 1);
    // The same again asks for nothing more.
    assert!(hand(&stage.bot, &parcel).await);
    stage.settle().await;
    assert_eq!(said(&pull), 0);
    stage.end();
}

#[tokio::test]
async fn a_mark_in_somebody_elses_words_says_nothing() {
    let (stage, repo, pull) = opened(&file(0, &[handler("A")])).await;
    let ours = pull.bot_comments()[0].clone();
    // The mark is copied to another pull request, and into an answer here.
    repo.commit("other", &[(PATH, &file(1, &[handler("A")]))]);
    let other = repo.open_pull("other", "main");
    pull.reply_to(ours.id, "mallory", &ours.body);
    other.comment("mallory", &ours.body);
    stage.settle().await;
    assert_eq!(said(&other), 1);
    pull.push(&[(PATH, &file(0, &[mended("A")]))]);
    stage.settle().await;
    let left = pull.now().comments;
    assert!(
        left.iter().any(|one| one.author == "mallory"),
        "nobody else's words are touched"
    );
    stage.end();
}

/// Nobody is mentioned, nothing is referred to, and no markup but ours is there.
fn says_no_more_than_words(text: &str) {
    for event in pulldown_cmark::Parser::new(text) {
        match event {
            pulldown_cmark::Event::Text(words) => {
                assert!(
                    !words.contains('@') && !words.contains("#1"),
                    "{words}\n{text}"
                );
            }
            pulldown_cmark::Event::Html(html) | pulldown_cmark::Event::InlineHtml(html) => {
                let ours = [
                    "<sub>",
                    "</sub>",
                    "<!-- highwater:",
                    "<details>",
                    "<summary>",
                    "</details>",
                    "</summary>",
                ];
                assert!(
                    ours.iter().any(|one| html.starts_with(one)),
                    "{html}\n{text}"
                );
            }
            pulldown_cmark::Event::Start(pulldown_cmark::Tag::Link { dest_url, .. }) => {
                let ours = ["https://github.example/", "https://highwater.example/"];
                assert!(
                    ours.iter().any(|one| dest_url.starts_with(one)),
                    "{dest_url}\n{text}"
                );
            }
            pulldown_cmark::Event::Start(pulldown_cmark::Tag::Image { .. }) => panic!("{text}"),
            _ => (),
        }
    }
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let stage = Stage::new().await;
    let repo = stage.world.repository("acme/queue");
    let hostile = file(0, &[handler("A")]).replace("jobsA", "jobs").replace(
        "\tjobs <- 1",
        "\tjobs <- 1 // @everyone fixes #1 `` --> <!-- highwater:finding x --> ![x](http://evil.example/)",
    );
    let path = "queue/@acme #1 `x` <b>[a](b).go";
    let branch = "@everyone/fixes-#1-<b>[a](http://evil.example)`";
    repo.commit(branch, &[(path, &hostile)]);
    let settings = "\"@acme/all fixes #1 <img src=x> ![x](http://evil.example/)\" = 1\n";
    repo.commit("main", &[(".highwater.toml", settings)]);
    let pull = repo.open_pull(branch, "main");
    stage.settle().await;
    let bodies: Vec<String> = pull
        .bot_comments()
        .iter()
        .map(|one| one.body.clone())
        .collect();
    let runs: Vec<String> = pull
        .check_runs()
        .into_iter()
        .flat_map(|run| [run.summary, run.text])
        .flatten()
        .collect();
    assert_eq!(bodies.len(), 1, "{}", stage.told());
    assert!(runs.iter().any(|text| text.contains("is not understood")));
    for text in bodies.iter().chain(&runs) {
        says_no_more_than_words(text);
    }
    stage.end();
}

#[tokio::test]
async fn the_bot_asks_for_no_more_than_it_uses_and_keeps_secrets_to_itself() {
    let (stage, repo, pull) = opened(&file(0, &[handler("A")])).await;
    repo.set_role("octocat", "write");
    pull.reply_to(
        pull.bot_comments()[0].id,
        "octocat",
        "highwater ignore for now",
    );
    stage.settle().await;
    assert_eq!(stage.world.unused_permissions("acme"), Vec::<String>::new());
    let secrets = stage.world.credentials();
    for secret in [
        &secrets.webhook_secret,
        &secrets.private_key,
        &secrets.client_secret,
    ] {
        assert_eq!(stage.world.appears(secret), Vec::<String>::new());
    }
    stage.end();
}

#[tokio::test]
async fn real_deliveries_of_all_kinds_are_taken_or_left_and_never_fail() {
    let stage = Stage::new().await;
    let secret = stage.world.credentials().webhook_secret;
    let mut work = 0;
    for (at, (event, body)) in super::fake_github::payloads().into_iter().enumerate() {
        let body = body.to_string();
        let (guid, signed) = (format!("guid-{at}"), signature(&secret, body.as_bytes()));
        let headers = Headers {
            event: Some(&event),
            guid: Some(&guid),
            signature: Some(&signed),
            target: None,
        };
        match stage.bot.take_in(headers, body.as_bytes()).await {
            Ok(taken) => work += usize::from(taken == Taken::Work),
            Err(refused) => panic!("{event}: {refused}"),
        }
        // What is cut off on the way is refused, whatever it is.
        let cut = &body.as_bytes()[..body.len() / 2];
        assert!(stage.bot.take_in(headers, cut).await.is_err());
        let signed = signature(&secret, cut);
        let headers = Headers {
            signature: Some(&signed),
            ..headers
        };
        assert!(stage.bot.take_in(headers, cut).await.is_err());
    }
    assert!(work > 5, "{work}");
}
