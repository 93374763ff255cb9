//! Copies that are made while servers write are whole: what was written together is there together,
//! and a server reads it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use highwater::store::Store;

use super::purging::keep_all;
use super::raw::Raw;
use crate::github::stage::empty_postgres;
use crate::replicas::cluster::program;
use crate::world::World;

/// Writes to a database until it is told to stop; how much that was.
struct Writing {
    ends: Arc<AtomicBool>,
    written: Arc<AtomicI64>,
    task: tokio::task::JoinHandle<()>,
}

impl Writing {
    fn to(store: Store) -> Writing {
        let (ends, written) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicI64::new(0)),
        );
        let (stop, count) = (ends.clone(), written.clone());
        let task = tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                let number = count.load(Ordering::SeqCst) + 1;
                keep_all(&store, 7, number, number).await;
                count.store(number, Ordering::SeqCst);
            }
        });
        Writing {
            ends,
            written,
            task,
        }
    }

    /// Waits until so many more are written.
    async fn more(&self, number: i64) -> i64 {
        let wanted = self.written.load(Ordering::SeqCst) + number;
        while self.written.load(Ordering::SeqCst) < wanted {
            assert!(!self.task.is_finished(), "writing fails");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        wanted
    }

    async fn end(self) {
        self.ends.store(true, Ordering::SeqCst);
        self.task.await.unwrap();
    }
}

/// A copy has all that was written before it began, nothing of what was written after it ended, and of
/// what was written together all or nothing; a server finds it as it was.
async fn is_whole(copy: &Raw, original: &Raw, (before, after): (i64, i64)) {
    let names = async |raw: &Raw| {
        let tables = raw.tables().await;
        tables
            .into_iter()
            .map(|table| table.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(copy).await, names(original).await);
    for table in [
        "reviews",
        "reviewed",
        "marks",
        "looks",
        "posts",
        "audits",
        "pulls",
        "jobs",
        "deliveries",
    ] {
        let rows = copy.count(table, "1 = 1").await;
        assert!(
            (before..=after + 1).contains(&rows),
            "{before} {rows} {after} of {table}"
        );
    }
    let (reviews, reviewed) = (
        copy.count("reviews", "1 = 1").await,
        copy.count("reviewed", "1 = 1").await,
    );
    assert_eq!(reviews, reviewed, "they are written together");
    let store = Store::open(&copy.url).await.unwrap();
    let last = store.review_of(7, before, "aa").await.unwrap().unwrap();
    assert!(!last.review.findings.is_empty());
    assert_eq!(store.marks(7, before).await.unwrap().len(), 1);
    // It goes on from there.
    keep_all(&store, 8, 1, 1).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_copied_while_a_server_writes() {
    let world = World::new(&[]);
    let file = world.root.path().join("highwater.db");
    let original = Raw::at(format!("sqlite://{}?mode=rwc", file.display()));
    let store = Store::open(&original.url).await.unwrap();
    let writing = Writing::to(store.clone());
    let before = writing.more(50).await;
    let said = world.run(&["backup", "elsewhere.db"]);
    assert_eq!(said.status, 0, "{said:?}");
    let after = writing.more(5).await;
    writing.end().await;
    store.close().await;
    // Restored as the documents say: put in the place of the other, without what stood beside that.
    let restored = World::new(&[]);
    let place = restored.root.path().join("highwater.db");
    std::fs::copy(world.root.path().join("elsewhere.db"), &place).unwrap();
    let said = restored.run(&["queue"]);
    assert!(said.out.contains("jobs given up"), "{said:?}");
    let copy = Raw::at(format!("sqlite://{}?mode=rwc", place.display()));
    is_whole(&copy, &original, (before, after)).await;
}

/// Runs one of PostgreSQL's programs.
fn run(program: &Path, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", program.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_copied_by_its_own_programs_while_a_server_writes() {
    let programs: Option<Vec<PathBuf>> =
        ["pg_dump", "pg_restore"].map(program).into_iter().collect();
    let (Some(programs), Some(from), Some(to)) = (
        programs,
        empty_postgres("dumped").await,
        empty_postgres("restored").await,
    ) else {
        eprintln!("SKIPPED: pg_dump, or a server, is not there");
        return;
    };
    let (original, copy) = (Raw::at(from), Raw::at(to));
    let store = Store::open(&original.url).await.unwrap();
    let refused = store.copy_into("x").await.unwrap_err().to_string();
    assert!(refused.contains("pg_dump"), "{refused}");
    let writing = Writing::to(store.clone());
    let before = writing.more(50).await;
    let directory = tempfile::tempdir().unwrap();
    let dump = directory
        .path()
        .join("highwater.dump")
        .display()
        .to_string();
    run(
        &programs[0],
        &["--format=custom", "--file", &dump, &original.url],
    );
    let after = writing.more(5).await;
    writing.end().await;
    store.close().await;
    let database = format!("--dbname={}", copy.url);
    run(&programs[1], &["--clean", "--if-exists", &database, &dump]);
    is_whole(&copy, &original, (before, after)).await;
}
