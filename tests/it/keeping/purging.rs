//! What is old goes, by the server's own hand and by the operator's; what is young stays.

use highwater::review::{Options, Review, run};
use highwater::source::Language;
use highwater::store::Store;
use highwater::store::audits::Audit;
use highwater::store::dismissals::Dismissal;
use highwater::store::marks::{Mark, Post};
use highwater::store::pulls::Pull;
use highwater::store::purging::{Forgotten, Old};
use highwater::store::queue::{Asked, Delivery};
use highwater::store::reviews::Reviewed;

use super::PATH;
use super::raw::Raw;
use crate::github::blocks::{file, handler};
use crate::world::World;

const DAY: i64 = 86_400_000;

fn review() -> Review {
    let text = file(0, &[handler("A")]);
    run::check_text(PATH, &text, Language::Go, &Options::default())
}

/// One of each kind of a pull request, kept at this time.
pub async fn keep_all(store: &Store, repository: i64, number: i64, at: i64) {
    let names = ("acme".to_owned(), format!("queue{repository}"));
    let (owner, name) = names;
    let pull = Pull {
        repository,
        number,
        installation: 3,
        owner: owner.clone(),
        private: false,
        name: name.clone(),
        head: "aa".to_owned(),
        seen: at,
    };
    store.remember_pull(&pull).await.unwrap();
    let reviewed = Reviewed {
        repository,
        number,
        installation: 3,
        owner,
        name,
        title: "A change".to_owned(),
        author: "ada".to_owned(),
        state: "open".to_owned(),
        head: "aa".to_owned(),
        made: at,
        introduced: 1,
    };
    store
        .keep_review(&reviewed, "base", &review())
        .await
        .unwrap();
    keep_words(store, repository, number, at).await;
    let guid = format!("{repository}-{number}");
    let delivery = Delivery {
        guid: &guid,
        event: "pull_request",
        installation: 3,
        received: at,
    };
    let asked = Asked {
        key: format!("pull:{repository}:{number}"),
        lane: guid.clone(),
        installation: 3,
        body: "{}".to_owned(),
        due: at,
    };
    store.take_in(delivery, Some(&asked), 10_000).await.unwrap();
    let job = store.claim("one", at, 1).await.unwrap().unwrap();
    store.bury(&job, at, "broken").await.unwrap();
}

/// What people said of it.
async fn keep_words(store: &Store, repository: i64, number: i64, at: i64) {
    let mark = Mark {
        repository,
        number,
        item: "C1".to_owned(),
        viewer: "local".to_owned(),
        installation: 3,
        name: "me".to_owned(),
        state: "ok".to_owned(),
        note: String::new(),
        head: "aa".to_owned(),
        digest: "d".to_owned(),
        made: at,
    };
    store.mark(&mark).await.unwrap();
    store
        .look((repository, number, 3), "local", "aa", at)
        .await
        .unwrap();
    let post = Post {
        id: format!("post {repository} {number}"),
        repository,
        number,
        viewer: "local".to_owned(),
        installation: 3,
        body: "words".to_owned(),
        made: at,
        posted: None,
    };
    store.ask_to_post(&post).await.unwrap();
    let audit = Audit {
        id: format!("audit {repository} {number}"),
        repository,
        installation: 3,
        who: "me".to_owned(),
        state: "done".to_owned(),
        head: "aa".to_owned(),
        done: 1,
        files: 1,
        review: Some(review()),
        made: at,
    };
    store.keep_audit(&audit).await.unwrap();
    for (fingerprint, ends) in [("ended", Some(at)), ("holds", None)] {
        let dismissal = Dismissal {
            repository,
            fingerprint: format!("{fingerprint} {number}"),
            installation: 3,
            kind: "ignored".to_owned(),
            code: "BP06".to_owned(),
            path: PATH.to_owned(),
            reason: String::new(),
            who: "ada".to_owned(),
            pull: number,
            made: at,
            ends,
        };
        store.dismiss(&dismissal).await.unwrap();
    }
}

fn told(forgotten: &Forgotten) -> Vec<String> {
    forgotten
        .iter()
        .map(|(kind, number)| format!("{} {number}", kind.table))
        .collect()
}

const ALL: [&str; 10] = [
    "marks",
    "looks",
    "posts",
    "reviews",
    "reviewed",
    "audits",
    "dismissals",
    "pulls",
    "jobs",
    "deliveries",
];

#[tokio::test]
async fn what_is_old_goes_and_what_is_young_stays() {
    for raw in Raw::all("old").await {
        let store = Store::open(&raw.url).await.unwrap();
        // Of one repository more than goes in one step.
        for number in 1..=520 {
            keep_all(&store, 7, number, 10 * DAY).await;
        }
        keep_all(&store, 7, 521, 20 * DAY).await;
        keep_all(&store, 8, 1, 10 * DAY).await;
        let mut old = Old {
            before: 15 * DAY,
            deliveries_before: 15 * DAY,
            repository: Some(8),
        };
        let counted = told(&store.count_old(&old).await.unwrap());
        let ones: Vec<String> = ALL[..9].iter().map(|table| format!("{table} 1")).collect();
        assert_eq!(counted, ones, "deliveries are of no repository");
        assert_eq!(told(&store.forget_old(&old).await.unwrap()), ones);
        old.repository = None;
        let all = |numbers: [i32; 2]| -> Vec<String> {
            let number = |table: &&str| {
                if *table == "deliveries" {
                    numbers[1]
                } else {
                    numbers[0]
                }
            };
            ALL.iter()
                .map(|table| format!("{table} {}", number(table)))
                .collect()
        };
        let counted = told(&store.count_old(&old).await.unwrap());
        assert_eq!(counted, all([520, 521]));
        assert_eq!(
            told(&store.forget_old(&old).await.unwrap()),
            all([520, 521])
        );
        assert_eq!(told(&store.forget_old(&old).await.unwrap()), all([0, 0]));
        for table in ALL {
            let left = if table == "dismissals" { 1 + 522 } else { 1 };
            assert_eq!(raw.count(table, "1 = 1").await, left, "{table}");
        }
        let holds = store.dismissals(7, 30 * DAY).await.unwrap();
        assert_eq!(
            holds.len(),
            521,
            "what holds for good is no record of the past"
        );
        store.close().await;
    }
}

/// Runs the program on a database.
fn purge(world: &World, raw: &Raw, arguments: &[&str]) -> crate::world::Said {
    let all = [&["purge", "--database-url", &raw.url], arguments].concat();
    world.run(&all)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_purges_by_hand() {
    let now = jiff::Timestamp::now().as_millisecond();
    let world = World::new(&[]);
    for raw in Raw::all("by_hand").await {
        let store = Store::open(&raw.url).await.unwrap();
        for (repository, days) in [(7, 40), (8, 40), (8, 5)] {
            keep_all(&store, repository, days, now - days * DAY).await;
        }
        let dry = purge(&world, &raw, &["--older-than", "30", "--dry-run"]);
        assert_eq!(dry.status, 0, "{dry:?}");
        for line in [
            "would be forgotten, what is older than ",
            "  2 reviews of pushes\n",
            "  2 deliveries\n",
            "  2 jobs that were given up\n",
        ] {
            assert!(dry.out.contains(line), "{line} in {}", dry.out);
        }
        assert_eq!(raw.count("reviews", "1 = 1").await, 3, "it only counts");
        let of_one = [
            "--older-than",
            "30",
            "--repository",
            "Acme/queue7",
            "--format",
            "json",
        ];
        let said = purge(&world, &raw, &of_one).json();
        assert_eq!(said["forgotten"]["reviews"], 1, "{said}");
        assert_eq!(said["dry_run"], false);
        let said = purge(&world, &raw, &["--older-than", "30"]);
        assert!(said.out.starts_with("forgotten, what is older"), "{said:?}");
        assert!(said.out.contains("  1 review of a push\n"), "{said:?}");
        let said = purge(&world, &raw, &["--older-than", "30"]);
        assert!(said.out.ends_with(": nothing\n"), "{said:?}");
        let said = purge(&world, &raw, &["--repository", "acme/queue8"]);
        assert!(
            said.out.starts_with("forgotten, all of acme/queue8:\n"),
            "{said:?}"
        );
        // Those that hold are gone as well.
        assert!(said.out.contains("dismissals"), "{said:?}");
        for table in ["reviews", "marks", "audits", "posts", "looks"] {
            assert_eq!(raw.count(table, "1 = 1").await, 0, "{table}");
        }
        assert_eq!(raw.count("dismissals", "repository = 8").await, 0);
        assert_eq!(raw.count("dismissals", "repository = 7").await, 1);
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_not_purged() {
    let world = World::new(&[]);
    let raw = &Raw::all("nonsense").await[0];
    Store::open(&raw.url).await.unwrap().close().await;
    for (arguments, said) in [
        (
            &[][..],
            "say what is to be forgotten: --older-than DAYS, --repository OWNER/NAME, or both",
        ),
        (&["--older-than", "0"], "0 is not in 1..=3650"),
        (&["--older-than", "-3"], "-3"),
        (&["--older-than", "soon"], "invalid digit"),
        (&["--older-than", "9999"], "9999 is not in 1..=3650"),
        (
            &["--repository", "acme"],
            "`acme` is no repository; name it by owner and name",
        ),
        (&["--repository", "acme/queue/x"], "is no repository"),
        (
            &["--repository", "acme/other"],
            "nothing is kept of `acme/other`",
        ),
    ] {
        let answer = purge(&world, raw, arguments);
        assert_eq!(answer.status, 2, "{answer:?}");
        assert!(answer.err.contains(said), "{said} in {}", answer.err);
    }
    let elsewhere = world.run(&["purge", "--older-than", "3"]);
    assert!(
        elsewhere.err.contains("there is no database"),
        "{elsewhere:?}"
    );
}

#[tokio::test]
async fn the_server_forgets_by_itself() {
    for raw in Raw::all("by_itself").await {
        let (stage, _, pull) = super::staged(&raw).await;
        // What is open is looked at again when nothing is known of it.
        pull.close();
        stage.settle().await;
        assert_eq!(raw.count("reviews", "1 = 1").await, 1);
        stage.bot.look_once().await;
        stage.settle().await;
        assert_eq!(raw.count("reviews", "1 = 1").await, 1, "it is young");
        let month = std::time::Duration::from_secs(31 * 86_400);
        stage.world.clock().advance(month);
        stage.bot.look_once().await;
        // Another of the servers asks for it too: it is done once.
        stage.bot_with(|_| ()).look_once().await;
        assert_eq!(raw.count("jobs", "key = 'tidy'").await, 1);
        stage.settle().await;
        for table in ["reviewed", "marks", "deliveries"] {
            assert_eq!(raw.count(table, "1 = 1").await, 0, "{table}");
        }
        assert_eq!(raw.count("jobs", "1 = 1").await, 0);
    }
}
