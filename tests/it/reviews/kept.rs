//! What is kept for the reviewers' pages, in SQLite and in PostgreSQL alike.

use highwater::review::outcome::{Item, Remark, State, Status};
use highwater::review::{Options, Review, run};
use highwater::source::Language;
use highwater::store::Store;
use highwater::store::marks::{Mark, Post};
use highwater::store::purging::Old;
use highwater::store::reviews::{Reviewed, Wanted};

use super::PATH;
use crate::github::blocks::{file, handler};
use crate::github::stage::postgres;

const OLD: Old = Old {
    before: 101,
    deliveries_before: 0,
    repository: None,
};

/// A review of a text, as one of a change that brings all of it.
fn review(text: &str) -> Review {
    let mut review = run::check_text(PATH, text, Language::Go, &Options::default());
    for remark in &mut review.findings {
        remark.state = Some(State::Introduced);
    }
    review
}

fn reviewed(number: i64, made: i64, head: &str) -> Reviewed {
    Reviewed {
        repository: 7,
        number,
        installation: 3,
        owner: "acme".to_owned(),
        name: "queue".to_owned(),
        title: format!("Change {number}"),
        author: if number % 2 == 0 { "ada" } else { "ben" }.to_owned(),
        state: "open".to_owned(),
        head: head.to_owned(),
        made,
        introduced: 1,
    }
}

async fn stores(name: &str) -> Vec<Store> {
    let mut stores = vec![Store::open("sqlite::memory:").await.unwrap()];
    stores.extend(postgres(name).await);
    stores
}

#[tokio::test]
async fn reviews_are_listed_in_pages_and_forgotten() {
    let found = review(&file(0, &[handler("A")]));
    let remark: &Remark = &found.findings[0];
    assert!(!remark.excerpt.is_empty());
    let flagged = |item: &&Item| item.status == Status::Flagged;
    assert!(found.checklist.iter().any(|item| flagged(&item)));
    for store in stores("reviews").await {
        for number in 1..=7 {
            // Some at the same time.
            let pull = reviewed(number, 100 + number / 3, "aa");
            store.keep_review(&pull, "base", &found).await.unwrap();
        }
        let mut wanted = Wanted {
            most: 3,
            ..Wanted::default()
        };
        let mut seen = Vec::new();
        loop {
            let some = store.list_reviewed(&wanted).await.unwrap();
            let Some(last) = some.last() else { break };
            wanted.after = Some((last.made, last.repository, last.number));
            seen.extend(some.iter().map(|pull| pull.number));
        }
        assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
        let of_ada = Wanted {
            author: "ada".to_owned(),
            repository: "acme/queue".to_owned(),
            state: "open".to_owned(),
            most: 50,
            ..Wanted::default()
        };
        assert_eq!(store.list_reviewed(&of_ada).await.unwrap().len(), 3);
        store.close_reviewed(7, 2).await.unwrap();
        assert_eq!(store.list_reviewed(&of_ada).await.unwrap().len(), 2);
        let kept = store.review_of(7, 1, "aa").await.unwrap().unwrap();
        assert!(kept.review.findings[0].excerpt.is_empty());
        assert_eq!(kept.review.findings[0].fingerprint, remark.fingerprint);
        assert_eq!(
            store.pushes(7, Some(1), 9).await.unwrap()[0].all()[0],
            found.findings.len() as u32
        );

        store.mark(&a_mark("ok")).await.unwrap();
        store.mark(&a_mark("concern")).await.unwrap();
        let marks = store.marks(7, 1).await.unwrap();
        assert_eq!(marks, [a_mark("concern")], "one of each reviewer");
        let look = async |head: &str| store.look((7, 1, 3), "local", head, 5).await.unwrap();
        assert_eq!(look("aa").await, None);
        assert_eq!(look("bb").await.as_deref(), Some("aa"));
        assert_eq!(
            look("bb").await.as_deref(),
            Some("aa"),
            "until there is a newer one"
        );

        store.forget_old(&OLD).await.unwrap();
        assert!(store.marks(7, 1).await.unwrap().is_empty());
        assert_eq!(store.pushes(7, None, 9).await.unwrap().len(), 5);
        store.purge(3).await.unwrap();
        assert!(store.pushes(7, None, 9).await.unwrap().is_empty());
    }
}

fn a_mark(state: &str) -> Mark {
    Mark {
        repository: 7,
        number: 1,
        item: "C1".to_owned(),
        viewer: "local".to_owned(),
        installation: 3,
        name: "me".to_owned(),
        state: state.to_owned(),
        note: "it's \u{fc}".to_owned(),
        head: "aa".to_owned(),
        digest: "d".to_owned(),
        made: 9,
    }
}

#[tokio::test]
async fn what_changes_is_told_to_every_server() {
    for store in stores("events").await {
        let hearing = tokio::spawn(store.clone().hear());
        let mut events = store.events();
        let post = Post {
            id: "p".to_owned(),
            repository: 7,
            number: 1,
            viewer: "local".to_owned(),
            installation: 3,
            body: "words".to_owned(),
            made: 1,
            posted: None,
        };
        store.ask_to_post(&post).await.unwrap();
        let heard = async {
            loop {
                // Whoever begins to listen late is told that anything may have changed.
                let event = events.recv().await.unwrap();
                if event == (7, 1) {
                    break;
                }
                store.ask_to_post(&post).await.unwrap();
            }
        };
        let patience = std::time::Duration::from_secs(10);
        tokio::time::timeout(patience, heard).await.unwrap();
        hearing.abort();
    }
}
