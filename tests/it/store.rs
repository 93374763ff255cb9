//! What is kept, in SQLite and in PostgreSQL alike. `HIGHWATER_TEST_POSTGRES` names a server that
//! may be written to; `tests/run` starts one.

use highwater::store::kept::{New, Room};
use highwater::store::{Error, Store};

const ROOM: Room = Room {
    results: 3,
    bytes: 1000,
};

/// A database of each kind. Those of one PostgreSQL server share their tables, so every test has
/// addresses of its own.
async fn stores() -> Vec<Store> {
    let mut stores = vec![Store::open("sqlite::memory:").await.unwrap()];
    stores.extend(postgres().await);
    stores
}

async fn postgres() -> Option<Store> {
    match std::env::var("HIGHWATER_TEST_POSTGRES") {
        Ok(url) => Some(Store::open(&url).await.unwrap()),
        Err(_) => {
            let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!is_ci, "HIGHWATER_TEST_POSTGRES is not set");
            eprintln!("SKIPPED: HIGHWATER_TEST_POSTGRES is not set, so only SQLite is tested");
            None
        }
    }
}

fn new<'a>(id: &'a str, body: &'a str) -> New<'a> {
    New {
        id,
        body,
        secret: "mine",
        made: 100,
        ends: 200,
    }
}

/// One test, since what is counted is the whole table.
#[tokio::test]
async fn what_is_kept_is_found_bounded_and_forgotten() {
    for store in stores().await {
        assert!(store.is_there().await);
        store.forget_ended(i64::MAX).await.unwrap();
        let text = "{\"text\":\"var x = \\u0000 'ü' -- ; DROP TABLE kept\"}";
        store.keep(new("a", text), ROOM).await.unwrap();
        let kept = store.kept("a").await.unwrap().unwrap();
        assert_eq!((kept.body.as_str(), kept.ends), (text, 200));
        assert!(kept.is_made_by("a", "mine"));
        assert!(!kept.is_made_by("a", "yours"));
        assert!(!kept.is_made_by("b", "mine"), "a secret opens one address");
        let again = store.keep(new("a", "other"), ROOM).await;
        assert!(
            matches!(again, Err(Error::Database(_))),
            "an address is taken once"
        );

        let large = "x".repeat(1000);
        let refused = store.keep(new("b", &large), ROOM).await;
        assert!(matches!(refused, Err(Error::Full)));
        store.keep(new("b", "2"), ROOM).await.unwrap();
        store.keep(new("c", "3"), ROOM).await.unwrap();
        let refused = store.keep(new("d", "4"), ROOM).await;
        assert!(matches!(refused, Err(Error::Full)));
        let later = New {
            made: 200,
            ends: 300,
            ..new("d", "4")
        };
        store.keep(later, ROOM).await.unwrap();
        assert!(
            store.kept("a").await.unwrap().is_none(),
            "what has ended makes room"
        );

        store.forget("d").await.unwrap();
        assert!(store.kept("d").await.unwrap().is_none());
        assert_eq!(store.forget_ended(i64::MAX).await.unwrap(), 0);
        store.close().await;
        assert!(!store.is_there().await);
    }
}

#[tokio::test]
async fn a_file_is_opened_again_and_many_write_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite://{}?mode=rwc",
        directory.path().join("own.db").display()
    );
    let room = Room {
        results: 20,
        bytes: 1000,
    };
    let store = Store::open(&url).await.unwrap();
    let writers: Vec<_> = (0..40)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .keep(new(&number.to_string(), "x"), room)
                    .await
                    .is_ok()
            })
        })
        .collect();
    let mut written = 0;
    for writer in writers {
        written += u32::from(writer.await.unwrap());
    }
    assert_eq!(written, 20, "as many as there is room for");
    store.close().await;
    let again = Store::open(&url).await.unwrap();
    assert_eq!(again.forget_ended(200).await.unwrap(), 20);
}

#[tokio::test]
async fn what_is_no_database_is_an_error() {
    assert!(Store::open("sqlite:///nowhere/at/all.db").await.is_err());
    assert!(Store::open("poem:roses").await.is_err());
}
