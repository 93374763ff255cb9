//! A database as it is, whatever tables it has.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

use crate::github::stage::empty_postgres;

/// A database of one's own, and its tables.
pub struct Raw {
    /// Where it is.
    pub url: String,
    _directory: Option<tempfile::TempDir>,
}

/// A table and its columns, each with its type.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Name and type, `text` or `bigint`, in small letters.
    pub columns: Vec<(String, String)>,
}

impl Table {
    /// Whether it has a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| name == column)
    }
}

impl Raw {
    /// Empty databases of each kind.
    pub async fn all(name: &str) -> Vec<Raw> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("raw.db");
        let mut all = vec![Raw {
            url: format!("sqlite://{}?mode=rwc", file.display()),
            _directory: Some(directory),
        }];
        all.extend(empty_postgres(name).await.map(Raw::at));
        all
    }

    /// The database at a URL.
    pub fn at(url: String) -> Raw {
        Raw {
            url,
            _directory: None,
        }
    }

    /// Whether it is one of PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        !self.url.starts_with("sqlite:")
    }

    /// A connection without any manners.
    pub async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&self.url).await.unwrap()
    }

    /// What a question finds.
    pub async fn ask(&self, sql: &str) -> Vec<AnyRow> {
        let mut connection = self.connect().await;
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection);
        let rows = rows.await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.unwrap();
        rows
    }

    /// How many rows a table has that are such.
    pub async fn count(&self, table: &str, such: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) AS rows FROM {table} WHERE {such}");
        self.ask(&sql).await[0].get("rows")
    }

    /// All tables but those of the migrations.
    pub async fn tables(&self) -> Vec<Table> {
        let names = if self.is_postgres() {
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables WHERE table_schema = 'public'"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        let mut tables = Vec::new();
        for row in self.ask(&format!("{names} ORDER BY name")).await {
            let name: String = row.get("name");
            if name.starts_with("_sqlx") {
                continue;
            }
            let columns = if self.is_postgres() {
                format!(
                    "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS type \
                     FROM information_schema.columns WHERE table_name = '{name}' ORDER BY ordinal_position"
                )
            } else {
                format!("SELECT name, LOWER(type) AS type FROM pragma_table_info('{name}')")
            };
            let columns = self.ask(&columns).await;
            let columns = columns
                .iter()
                .map(|row| (row.get("name"), row.get("type")))
                .collect();
            tables.push(Table { name, columns });
        }
        tables
    }

    /// All texts that stand anywhere, with the names of their tables.
    pub async fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for Table { name, columns } in self.tables().await {
            for (column, _) in columns.iter().filter(|(_, kind)| kind == "text") {
                let sql = format!("SELECT {column} AS text FROM {name} WHERE {column} IS NOT NULL");
                let rows = self.ask(&sql).await;
                texts.extend(rows.iter().map(|row| (name.clone(), row.get("text"))));
            }
        }
        texts
    }
}
