//! Commands for whoever runs a server. They read the same settings as `serve` and work on the same
//! database, whether the server runs or not.

pub mod allow;
pub mod backup;
pub mod doctor;
pub mod purge;
pub mod queue;

use std::future::Future;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};

use super::server::{self, Flags, Server};

/// Which server is meant.
#[derive(Debug, Args)]
pub struct Place {
    /// The file that `serve --config` reads
    #[arg(long, env = "HIGHWATER_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// The server's database [env: DATABASE_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub database_url: Option<String>,
    /// The server's data directory [default: .] [env: HIGHWATER_DATA_DIR]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<String>,
}

impl Place {
    /// What the server runs with.
    pub fn server(&self) -> anyhow::Result<Server> {
        let given = [
            ("server.database_url", &self.database_url),
            ("server.data_dir", &self.data_dir),
        ];
        let given = given
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.clone()?)));
        server::load(&Flags(given.collect()), self.config.as_deref())
    }
}

/// `queue`
#[derive(Debug, Args)]
pub struct Queue {
    /// What to do; without it: list.
    #[command(subcommand)]
    pub action: Option<Action>,
    /// How to print it
    #[arg(long, short, value_enum, default_value_t = Shown::Text, global = true)]
    pub format: Shown,
    /// Where.
    #[command(flatten)]
    pub place: Place,
}

/// What to do with the queue.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Show how much waits, and what was given up for what reason
    List,
    /// Try what was given up again
    Revive {
        /// The key of a job, as the list shows it
        #[arg(required_unless_present = "all")]
        key: Option<String>,
        /// All that was given up
        #[arg(long, conflicts_with = "key")]
        all: bool,
    },
}

/// `doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// How to print it
    #[arg(long, short, value_enum, default_value_t = Shown::Text)]
    pub format: Shown,
    /// Where.
    #[command(flatten)]
    pub place: Place,
}

/// `backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// The file that is to be made; one that is there already stays as it is
    pub file: PathBuf,
    /// Where.
    #[command(flatten)]
    pub place: Place,
}

/// `purge`
#[derive(Debug, Args)]
pub struct Purge {
    /// What is older than so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub older_than: Option<u32>,
    /// Of this repository alone; without --older-than all that is kept of it
    #[arg(long, value_name = "OWNER/NAME")]
    pub repository: Option<String>,
    /// Only count
    #[arg(long)]
    pub dry_run: bool,
    /// How to print it
    #[arg(long, short, value_enum, default_value_t = Shown::Text)]
    pub format: Shown,
    /// Where.
    #[command(flatten)]
    pub place: Place,
}

/// `export-allow`
#[derive(Debug, Args)]
pub struct ExportAllow {
    /// The repository on GitHub
    #[arg(value_name = "OWNER/NAME")]
    pub repository: String,
    /// Where its files are; nothing is written there
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub before: PathBuf,
    /// Where.
    #[command(flatten)]
    pub place: Place,
}

/// How something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// For a person
    Text,
    /// JSON
    Json,
}

/// Waits for work that needs a runtime.
pub fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(work)
}
