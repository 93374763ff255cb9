//! The commands of whoever runs a server, on a database that a server left behind.

use highwater::github::read::Repository;
use highwater::github::work::Work;
use highwater::store::Store;
use highwater::store::dismissals::Dismissal;
use highwater::store::pulls::Pull;
use highwater::store::queue::Asked;

use crate::world::{HUGE, World};

/// Runs `act` on the database that a server with this data directory has.
fn kept<T>(world: &World, act: impl AsyncFnOnce(&Store) -> T) -> T {
    let file = world.root.path().join("highwater.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&format!("sqlite://{}?mode=rwc", file.display()))
            .await
            .unwrap();
        let done = act(&store).await;
        store.close().await;
        done
    })
}

fn review(number: i64) -> Asked {
    let work = Work::Review {
        repository: Repository {
            id: 7,
            owner: "acme".to_owned(),
            name: "queue".to_owned(),
        },
        number,
        again: false,
    };
    work.asked(1, 1_000)
}

#[test]
fn what_was_given_up_is_seen_and_tried_again() {
    let world = World::new(&[]);
    let none = world.run(&["queue"]);
    assert_eq!(none.status, 2, "{none:?}");
    assert!(none.err.contains("--data-dir"), "{}", none.err);
    kept(&world, async |store| {
        for number in [1, 2] {
            store.ask(&review(number), 10).await.unwrap();
            let job = store.claim("one", 2_000, 1_000).await.unwrap().unwrap();
            store
                .bury(&job, 3_000, "it is\u{202e} broken")
                .await
                .unwrap();
        }
        store.ask(&review(3), 10).await.unwrap();
    });
    let said = world.run(&["queue"]);
    assert_eq!(said.status, 0, "{said:?}");
    for line in [
        "1 job waits, the oldest due for ",
        "0 jobs being done\n2 jobs given up\n",
        "\npull:7:1\n  review acme/queue#1; asked for at 1970-01-01T00:00:01Z, tried 1 time\n  it is\\u{202e} broken\n",
        "`highwater queue revive KEY`",
    ] {
        assert!(said.out.contains(line), "{line}\n{}", said.out);
    }
    let said = world.run(&["queue", "list", "--format", "json"]).json();
    assert_eq!(said["dead"][1]["key"], "pull:7:2");
    assert_eq!(
        world.run(&["queue", "revive", "pull:7:9"]).status,
        2,
        "there is no such job"
    );
    assert_eq!(world.run(&["queue", "revive"]).status, 2);
    let said = world.run(&["queue", "revive", "pull:7:1", "--data-dir", "."]);
    assert_eq!(said.out, "1 job waits again\n");
    let said = world.run(&["queue", "revive", "--all"]);
    assert_eq!(said.out, "1 job waits again\n");
    let said = world.run(&["queue"]);
    assert!(said.out.contains("3 jobs wait"), "{}", said.out);
    assert!(said.out.ends_with("0 jobs given up\n"), "{}", said.out);
}

/// Two findings on two lines, in a function so that lines are indented.
const TWO: &str = "package p\n\nfunc make2() (chan int, chan string) {\n\tone := make(chan int, 100000)\n\ttwo := make(chan string, 200000)\n\treturn one, two\n}\n";

fn dismissal(fingerprint: &str, reason: &str) -> Dismissal {
    Dismissal {
        repository: 7,
        fingerprint: fingerprint.to_owned(),
        installation: 1,
        kind: "ignored".to_owned(),
        code: "BP02".to_owned(),
        path: "a/a.go".to_owned(),
        reason: reason.to_owned(),
        who: "octocat".to_owned(),
        pull: 3,
        // 2026-01-02
        made: 1_767_312_000_000,
        ends: None,
    }
}

fn pull() -> Pull {
    Pull {
        repository: 7,
        number: 3,
        installation: 1,
        owner: "Acme".to_owned(),
        name: "queue".to_owned(),
        head: "0".repeat(40),
        seen: 1,
        private: true,
    }
}

#[test]
fn dismissals_become_allow_comments_that_do_the_same() {
    let world = World::repository(&[("a/a.go", TWO), ("b/b.go", HUGE)]);
    let found = world.run(&["check", "--format", "json"]).json();
    let print = |at: usize| found["findings"][at]["fingerprint"].as_str().unwrap();
    let (one, two, other) = (
        print(0).to_owned(),
        print(1).to_owned(),
        print(2).to_owned(),
    );
    kept(&world, async |store| {
        store.remember_pull(&pull()).await.unwrap();
        // The pull request is closed, the decision holds.
        store.forget_pull(7, 3).await.unwrap();
        let all = [
            Dismissal {
                // The last day is the one before.
                ends: Some(32_503_680_000_000),
                ..dismissal(&one, "BP06 is not\nwhat it is")
            },
            Dismissal {
                kind: "false-positive".to_owned(),
                ..dismissal(&two, "")
            },
            dismissal("0123456789abcdef", "it went away"),
            Dismissal {
                ends: Some(1_767_312_000_001),
                ..dismissal(&other, "over by now")
            },
        ];
        for one in &all {
            store.dismiss(one).await.unwrap();
        }
    });
    let said = world.run(&["export-allow", "acme/Queue"]);
    assert_eq!(said.status, 0, "{said:?}");
    assert!(
        said.err.contains(
            "BP02 in a/a.go (#3, dismissed by octocat on 2026-01-02: it went away): no longer found"
        ),
        "{}",
        said.err
    );
    assert!(said.err.contains("3 dismissals, 2 of them"), "{}", said.err);
    for line in [
        "+\t//highwater:allow BP02 because: BP06 is not what it is (octocat, 2026-01-02, until 2999-12-31)\n",
        "+\t//highwater:allow BP02 false positive (octocat, 2026-01-02)\n",
    ] {
        assert!(said.out.contains(line), "{line}\n{}", said.out);
    }
    world.write("allow.diff", &said.out);
    world.git(&["apply", "allow.diff"]);
    let after = world.run(&["check", "--format", "json"]);
    assert_eq!(after.findings(), ["b/b.go:3 BP02 -"]);
    assert_eq!(after.json()["summary"]["allowed"], 2);
    let again = world.run(&["export-allow", "acme/queue"]);
    assert_eq!((again.status, again.out.as_str()), (0, ""), "{again:?}");
    assert_eq!(world.run(&["export-allow", "acme"]).status, 2);
    assert_eq!(world.run(&["export-allow", "acme/other"]).status, 2);
}

#[test]
fn a_clone_elsewhere_gives_paths_from_its_root() {
    let world = World::new(&[("clone/a/a.go", TWO)]);
    let found = world.run(&["check", "clone", "--format", "json"]).json();
    let print = found["findings"][0]["fingerprint"].as_str().unwrap();
    kept(&world, async |store| {
        store.remember_pull(&pull()).await.unwrap();
        store.dismiss(&dismissal(print, "small")).await.unwrap();
    });
    let said = world.run(&["export-allow", "acme/queue", "--before", "clone"]);
    assert!(
        said.out.starts_with("--- a/a/a.go\n+++ b/a/a.go\n"),
        "{said:?}"
    );
}

#[test]
fn a_copy_holds_all_that_the_database_holds() {
    let world = World::new(&[]);
    kept(&world, async |store| {
        store.ask(&review(1), 10).await.unwrap();
        // The server works meanwhile, and what it wrote last stands beside the file.
        let said = world.run(&["backup", "copy/../copy.db"]);
        assert_eq!(said.status, 2, "there is no such directory: {said:?}");
        let said = world.run(&["backup", "copy.db"]);
        assert_eq!(said.status, 0, "{said:?}");
        let again = world.run(&["backup", "copy.db"]);
        assert_eq!(again.status, 2, "{again:?}");
        assert!(again.err.contains("is there already"), "{again:?}");
    });
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = world.root.path().join("copy.db");
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
    let said = world.run(&["queue", "--database-url", "sqlite://copy.db"]);
    assert!(said.out.starts_with("1 job waits"), "{said:?}");
    let said = world.run(&["backup", "x.db", "--data-dir", "elsewhere"]);
    assert_eq!(said.status, 2, "{said:?}");
}
