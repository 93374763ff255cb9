//! Databases of every earlier version come to today's with all that they hold; those of a later one
//! are refused.

use std::borrow::Cow;
use std::path::Path;

use highwater::store::Store;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqlSafeStr};

use super::raw::{Raw, Table};

/// The steps that have landed, in order.
fn migrations() -> Vec<Migration> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    let files = std::fs::read_dir(place)
        .unwrap()
        .map(|one| one.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    let migration = |file: &std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let (version, name) = name.split_once('_').unwrap();
        Migration::new(
            version.parse().unwrap(),
            Cow::Owned(name.to_owned()),
            MigrationType::Simple,
            AssertSqlSafe(std::fs::read_to_string(file).unwrap()).into_sql_str(),
            false,
        )
    };
    files.iter().map(migration).collect()
}

/// Makes a database as programs made it up to this version, each of which wrote what it writes.
async fn make(raw: &Raw, version: usize) {
    let mut connection = raw.connect().await;
    for step in 1..=version {
        let steps = migrations().into_iter().take(step).collect();
        let migrator = Migrator::with_migrations(steps);
        migrator.run(&mut connection).await.unwrap();
        if let Some(written) = WRITTEN.get(step - 1) {
            connection.execute(*written).await.unwrap();
        }
    }
    connection.close().await.unwrap();
}

/// What a version wrote, by its own statements.
const WRITTEN: [&str; 4] = [
    "INSERT INTO kept (id, body, bytes, maker, made, ends) VALUES ('k', '{\"text\":\"x\"}', 12, 'm', 1, 99)",
    "INSERT INTO deliveries VALUES ('guid', 'pull_request', 3, 'pull:7:1', 1); \
     INSERT INTO jobs (key, lane, installation, body, asked, state, tries, due, holder, lease, failure, made) \
     VALUES ('pull:7:1', 'pull:7:1', 3, '{}', 1, 'dead', 2, 5, NULL, 0, 'broken', 1); \
     INSERT INTO pacing (installation, holder, lease, free, paused) VALUES (3, NULL, 0, 5, 77); \
     INSERT INTO pulls VALUES (7, 1, 3, 'acme', 'queue', 'aa', 1); \
     INSERT INTO dismissals VALUES (7, 'f', 3, 'ignored', 'BP06', 'a.go', 'known', 'ada', 1, 1, NULL); \
     INSERT INTO repositories VALUES (7, 3, 'acme', 'queue', 1)",
    "UPDATE pacing SET patience = 40 WHERE installation = 3",
    "INSERT INTO reviewed VALUES (7, 1, 3, 'acme', 'queue', 'A change', 'ada', 'open', 'aa', 5, 1); \
     INSERT INTO reviews VALUES (7, 1, 'aa', 'base', 3, '{\"summary\":{\"files\":1,\"lines\":2,\"findings\":\
     {\"high\":0,\"medium\":0,\"low\":0}},\"findings\":[],\"smell\":[],\"checklist\":[],\"skipped\":[]}', '{\"BP06\":[1,0,0]}', 5); \
     INSERT INTO marks VALUES (7, 1, 'C1', 'local', 3, 'me', 'ok', 'note', 'aa', 'd', 5); \
     INSERT INTO looks VALUES (7, 1, 'local', 3, 'aa', '', 5); \
     INSERT INTO posts VALUES ('p', 7, 1, 'local', 3, 'words', 5, NULL); \
     INSERT INTO audits VALUES ('a', 7, 3, 'me', 'reading', 'aa', 1, 9, NULL, 5)",
];

/// What of that a later version finds.
async fn find(store: &Store, version: usize) {
    let kept = store.kept("k").await.unwrap().unwrap();
    assert_eq!((kept.body.as_str(), kept.ends), ("{\"text\":\"x\"}", 99));
    if version >= 2 {
        assert!(store.knows_delivery("guid").await.unwrap());
        let dead = store.dead().await.unwrap();
        let dead = dead.iter().find(|one| one.key == "pull:7:1").unwrap();
        assert_eq!((dead.failure.as_str(), dead.tries), ("broken", 2));
        assert_eq!(store.paused_until(3).await.unwrap(), 77);
        assert_eq!(store.pulls_with_head(7, "aa").await.unwrap(), [1]);
        let dismissed = store.dismissals(7, 9).await.unwrap();
        assert!(
            dismissed
                .iter()
                .any(|one| one.fingerprint == "f" && one.reason == "known")
        );
        let named = store.repository_named("acme", "queue").await.unwrap();
        assert_eq!(named.unwrap().installation, 3);
    }
    if version >= 4 {
        let reviewed = store.reviewed("acme", "queue", 1).await.unwrap().unwrap();
        assert_eq!(
            (reviewed.title.as_str(), reviewed.introduced),
            ("A change", 1)
        );
        let kept = store.review_of(7, 1, "aa").await.unwrap().unwrap();
        assert_eq!(
            (kept.review.summary.lines, kept.merge_base.as_str()),
            (2, "base")
        );
        assert_eq!(
            store.pushes(7, Some(1), 9).await.unwrap()[0].all(),
            [1, 0, 0]
        );
        assert_eq!(store.marks(7, 1).await.unwrap()[0].note, "note");
        let look = store.look((7, 1, 3), "local", "bb", 6).await.unwrap();
        assert_eq!(look.as_deref(), Some("aa"));
        assert_eq!(store.post("p").await.unwrap().unwrap().body, "words");
        assert_eq!(store.last_audit(7).await.unwrap().unwrap().files, 9);
    }
}

/// Fills every table with rows of any kind, also those that no statement above knows.
async fn fill(raw: &Raw) {
    let mut connection = raw.connect().await;
    for Table { name, columns } in raw.tables().await {
        for row in 100..103 {
            let value = |(at, (_, kind)): (usize, &(String, String))| match kind.as_str() {
                "text" => format!("'text {at} of {row}'"),
                "bytea" => format!("'\\x{row}{row}'"),
                "blob" => format!("x'0{row}'"),
                "boolean" => "TRUE".to_owned(),
                _ => (1000 * at as i64 + row).to_string(),
            };
            let values: Vec<String> = columns.iter().enumerate().map(value).collect();
            let sql = format!("INSERT INTO {name} VALUES ({})", values.join(", "));
            let done = connection.execute(AssertSqlSafe(sql.clone())).await;
            done.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }
    connection.close().await.unwrap();
}

/// The rows of tables in these columns, as texts.
async fn rows(raw: &Raw, tables: &[Table]) -> Vec<String> {
    let mut all = Vec::new();
    for Table { name, columns } in tables {
        let text =
            |(column, _): &(String, String)| format!("COALESCE(CAST({column} AS TEXT), 'nothing')");
        let texts: Vec<String> = columns.iter().map(text).collect();
        let sql = format!("SELECT {} AS row FROM {name}", texts.join(" || '/' || "));
        let found = raw.ask(&sql).await;
        let mut found: Vec<String> = found
            .iter()
            .map(|row| format!("{name}: {}", row.get::<String, _>("row")))
            .collect();
        found.sort();
        all.extend(found);
    }
    all
}

#[tokio::test]
async fn every_earlier_version_comes_to_todays_with_all_that_it_holds() {
    for version in 1..=migrations().len() {
        for raw in Raw::all("migrated").await {
            make(&raw, version).await;
            fill(&raw).await;
            let tables = raw.tables().await;
            let before = rows(&raw, &tables).await;
            assert!(before.len() > 3 * tables.len());
            let store = Store::open(&raw.url).await.unwrap();
            assert_eq!(rows(&raw, &tables).await, before, "from version {version}");
            find(&store, version).await;
            store.close().await;
            // Opened again nothing happens.
            let store = Store::open(&raw.url).await.unwrap();
            assert!(store.is_there().await);
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_refused() {
    for raw in Raw::all("later").await {
        Store::open(&raw.url).await.unwrap().close().await;
        let mut connection = raw.connect().await;
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 9000, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        connection.execute(later).await.unwrap();
        connection.close().await.unwrap();
        let refused = Store::open(&raw.url).await.unwrap_err().to_string();
        let known = migrations().last().unwrap().version;
        assert_eq!(
            refused,
            format!(
                "the database is of a newer version: its tables are at step 9000, and this program knows none after {known}; \
                 start the newer program again, or restore a backup from before it"
            )
        );
    }
}
