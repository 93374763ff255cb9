//! What is kept, for how long, and that it is gone when it should be; in SQLite and in PostgreSQL alike.

mod copying;
mod migrating;
mod purging;
mod raw;

use highwater::store::Store;

use super::github::blocks::{file, handler};
use super::github::fake_github::{Event, PullRequest, Repo, World};
use super::github::stage::Stage;
use raw::Raw;

const PATH: &str = "queue/queue.go";
/// Stands in the code and nowhere else.
const CANARY: &str = "canary7f3a";

/// Two bugs, and the canary where the code of a finding is.
fn code() -> String {
    let code = file(0, &[handler("A"), handler("B")]);
    let header = format!("Header().Set(\"x\", \"{CANARY}\")");
    let code = code
        .replace("<- 1\n", &format!("<- 1 // {CANARY}\n"))
        .replace("WriteHeader(202)", &header);
    assert_eq!(code.matches(CANARY).count(), 4);
    code
}

/// A stage with this database, and a pull request with a bug, reviewed, answered and dismissed.
async fn staged(raw: &Raw) -> (Stage, Repo, PullRequest) {
    let store = Store::open(&raw.url).await.unwrap();
    let stage = Stage::with(World::start().await, store, |_| ()).await;
    let repo = stage.world.repository("acme/queue");
    repo.set_role("octocat", "write");
    repo.commit("feature", &[(PATH, &code())]);
    let pull = repo.open_pull("feature", "main");
    stage.settle().await;
    let begins = pull.bot_comments()[0].id;
    pull.reply_to(begins, "octocat", "highwater ignore it is known");
    stage.settle().await;
    (stage, repo, pull)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap()
}

/// The tables that have such rows.
async fn tables_with(raw: &Raw, column: &str, value: i64) -> Vec<String> {
    let mut found = Vec::new();
    for table in raw.tables().await.iter().filter(|one| one.has(column)) {
        if raw.count(&table.name, &format!("{column} = {value}")).await > 0 {
            found.push(table.name.clone());
        }
    }
    found
}

#[tokio::test]
async fn of_who_uninstalls_nothing_is_left_in_any_table() {
    for raw in Raw::all("uninstalled").await {
        let (stage, ..) = staged(&raw).await;
        stage.world.repository("beta/pool");
        let (gone, stays) = (
            signed(stage.world.install("acme")),
            signed(stage.world.install("beta")),
        );
        stage.settle().await;
        let before = tables_with(&raw, "installation", gone).await;
        for table in [
            "deliveries",
            "dismissals",
            "pacing",
            "pulls",
            "reviewed",
            "reviews",
        ] {
            assert!(before.contains(&table.to_owned()), "{table} of {before:?}");
        }
        stage.world.uninstall("acme");
        stage.settle().await;
        let after = tables_with(&raw, "installation", gone).await;
        assert_eq!(after, [""; 0], "{before:?}");
        assert!(!tables_with(&raw, "installation", stays).await.is_empty());
    }
}

#[tokio::test]
async fn of_a_repository_that_is_out_of_reach_nothing_is_left() {
    for raw in Raw::all("removed").await {
        for is_deleted in [false, true] {
            let (stage, repo, pull) = staged(&raw).await;
            let other = stage.world.repository("acme/other");
            other.commit("feature", &[(PATH, &file(0, &[handler("A")]))]);
            other.open_pull("feature", "main");
            stage.settle().await;
            let number = signed(repo.id);
            assert!(!tables_with(&raw, "repository", number).await.is_empty());
            // Somebody pushes as it goes.
            pull.push(&[(PATH, &file(1, &[handler("C")]))]);
            if is_deleted {
                delete(&repo);
            } else {
                stage.world.choose_repositories("acme", &["other"]);
            }
            stage.settle().await;
            assert_eq!(tables_with(&raw, "repository", number).await, [""; 0]);
            let stays = tables_with(&raw, "repository", signed(other.id)).await;
            assert!(stays.contains(&"reviews".to_owned()), "{stays:?}");
            assert_eq!(stage.store.depth().await.unwrap().dead, 0);
            stage
                .store
                .purge(signed(stage.world.install("acme")))
                .await
                .unwrap();
        }
    }
}

/// Deletes a repository as its owner does.
fn delete(repo: &Repo) {
    repo.world.with(|state| {
        let sender = state.repositories[&repo.id].owner.clone();
        state.emit(Event {
            name: "repository",
            action: "deleted",
            repository: Some(repo.id),
            payload: serde_json::json!({}),
            sender,
        });
        state.repositories.remove(&repo.id);
    });
}

#[tokio::test]
async fn no_code_stands_in_any_table() {
    for raw in Raw::all("canary").await {
        let (stage, repo, pull) = staged(&raw).await;
        let reviewed = stage.store.reviewed("acme", "queue", 1).await.unwrap();
        let reviewed = reviewed.unwrap();
        assert_eq!(reviewed.head, pull.head());
        let repository = highwater::github::read::Repository {
            id: signed(repo.id),
            owner: "acme".to_owned(),
            name: "queue".to_owned(),
        };
        // The same code on the default branch, in a review of all of it.
        repo.commit("main", &[(PATH, &code())]);
        let audit = highwater::store::audits::Audit {
            id: "one".to_owned(),
            repository: reviewed.repository,
            installation: reviewed.installation,
            who: "somebody".to_owned(),
            state: "waiting".to_owned(),
            head: String::new(),
            done: 0,
            files: 0,
            review: None,
            made: 1,
        };
        stage.bot.ask_for_audit(repository, &audit).await.unwrap();
        stage.settle().await;
        let audit = stage.store.audit("one").await.unwrap().unwrap();
        let found = audit.review.expect("it is done").findings;
        assert!(found.iter().any(|one| one.path == PATH), "{found:?}");
        let texts = raw.texts().await;
        assert!(texts.iter().any(|(_, text)| text.contains(PATH)));
        let told: Vec<_> = texts
            .iter()
            .filter(|(_, text)| text.contains(CANARY))
            .collect();
        assert_eq!(told, Vec::<&(String, String)>::new());
    }
}
