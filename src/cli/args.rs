//! The arguments: what can be asked for, in the words of `--help`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::Format;
use crate::review::outcome::Confidence;

/// Finds backpressure bugs in Go and Rust code: queues without bounds, sends that block for ever, retries
/// that add to the fire, workers that nobody can stop.
#[derive(Debug, Parser)]
#[command(
    name = "highwater",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit status: 0 nothing found at or above the chosen confidence, 1 findings, 2 bad usage or unreadable input."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the web app
    #[cfg(feature = "server")]
    Serve(Serve),
    /// Show what waits to be done for pull requests, and what was given up
    #[cfg(feature = "server")]
    Queue(super::operate::Queue),
    /// Examine whether the bot can work: the App, its permissions, its webhook, the database
    #[cfg(feature = "server")]
    Doctor(super::operate::Doctor),
    /// Copy the server's SQLite database into a file, while the server runs
    #[cfg(feature = "server")]
    Backup(super::operate::Backup),
    /// Forget reviews and what belongs to them: what is old, or all of a repository
    #[cfg(feature = "server")]
    Purge(super::operate::Purge),
    /// Turn what was dismissed on pull requests of a repository into allow comments
    #[cfg(feature = "server")]
    ExportAllow(super::operate::ExportAllow),
    /// Review files and trees as they are
    Check(Check),
    /// Review what a change introduces and what it fixes
    Review(Review),
    /// Explain a bug class
    Explain {
        /// Its code or slug: `BP06` or `blocking-send-in-handler`
        name: String,
    },
    /// List all bug classes
    Rules,
    /// Train your eye: find the bug, or see that there is none
    Practice(Practice),
    /// Show the settings in force and where each comes from
    Config(Config),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// The command whose page is wanted; the program's own without
        command: Option<String>,
    },
}

/// `serve`
#[cfg(feature = "server")]
#[derive(Debug, Args)]
pub struct Serve {
    /// Read what neither arguments nor the environment set from this TOML file, with the tables
    /// `[server]`, `[github]` and `[reviews]`; `highwater config` shows all keys
    #[arg(long, env = "HIGHWATER_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Let a GitHub App be registered at the address that is printed, and its settings be written
    /// into the data directory
    #[arg(long)]
    pub setup: bool,
    /// What is set.
    #[command(flatten)]
    pub flags: super::server::Flags,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// Files and directories; `-` reads code from standard input
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The language of standard input; recognised without
    #[arg(long, value_enum)]
    pub language: Option<Tongue>,
    /// How.
    #[command(flatten)]
    pub how: How,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// Go
    Go,
    /// Rust
    Rust,
}

/// `review`
#[derive(Debug, Args)]
pub struct Review {
    /// Compare with this commit: the work tree against where it branched off REV. `A..B` and
    /// `A...B` compare two commits. Without it: what is not committed yet
    #[arg(long, value_name = "REV", conflicts_with = "diff")]
    pub base: Option<String>,
    /// Review this commit and not the work tree
    #[arg(long, value_name = "REV", conflicts_with = "diff")]
    pub head: Option<String>,
    /// Review a unified diff from a file, or from standard input (`-`)
    #[arg(long, value_name = "FILE")]
    pub diff: Option<PathBuf>,
    /// In a job of GitHub Actions: review the pull request that the job is for, and comment on it
    /// by the job's token (GITHUB_TOKEN)
    #[cfg(feature = "server")]
    #[arg(long, conflicts_with_all = ["base", "head", "diff"])]
    pub github: bool,
    /// Show the review in a browser, as the page that reviewers of a pull request have: its
    /// address is printed, and only this machine can reach it
    #[cfg(feature = "server")]
    #[arg(long, conflicts_with = "github")]
    pub open: bool,
    /// Where the files are as they were before the diff
    #[arg(long, value_name = "DIR", requires = "diff")]
    pub before: Option<PathBuf>,
    /// Where the files are as they are after the diff
    #[arg(long, value_name = "DIR", requires = "diff")]
    pub after: Option<PathBuf>,
    /// How.
    #[command(flatten)]
    pub how: How,
}

/// `practice`
#[derive(Debug, Args)]
pub struct Practice {
    /// How many pieces of code to look at
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub rounds: usize,
    /// The same seed gives the same pieces in the same order
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// `config`
#[derive(Debug, Args)]
pub struct Config {
    /// The file or directory whose settings are asked for
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// The file that `serve --config` would read
    #[cfg(feature = "server")]
    #[arg(long, env = "HIGHWATER_CONFIG", value_name = "FILE")]
    pub server: Option<PathBuf>,
    /// What is chosen on the command line.
    #[command(flatten)]
    pub choice: Choice,
}

/// How a review is made and printed.
#[derive(Debug, Args)]
pub struct How {
    /// How to print what was found
    #[arg(long, short, value_enum, default_value_t = Form::Text)]
    pub format: Form,
    /// Threads to use; as many as there are processors without
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Analyse generated files as well
    #[arg(long)]
    pub generated: bool,
    /// What is chosen.
    #[command(flatten)]
    pub choice: Choice,
}

/// What settings and limits are in force.
#[derive(Debug, Default, Args)]
pub struct Choice {
    /// Least confidence that is reported and that counts for the exit status [default: medium]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub min_confidence: Option<Sureness>,
    /// Read settings from this file and not from the nearest `.highwater.toml`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Largest file that is parsed, in bytes [default: 4194304]
    #[arg(long, value_name = "N")]
    pub limit_bytes: Option<NonZeroUsize>,
    /// Most syntax nodes of a file that are looked at [default: 3000000]
    #[arg(long, value_name = "N")]
    pub limit_nodes: Option<NonZeroUsize>,
    /// Longest time that a file may be parsed, in seconds [default: 5]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub limit_seconds: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    if seconds > 0.0 {
        Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
    } else {
        Err("must be more than 0".to_owned())
    }
}

/// `--color`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `--format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Source excerpts with carets
    Text,
    /// JSON, a stable contract
    Json,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Markdown for a comment
    Markdown,
}

impl From<Form> for Format {
    fn from(form: Form) -> Format {
        match form {
            Form::Text => Format::Text,
            Form::Json => Format::Json,
            Form::Sarif => Format::Sarif,
            Form::Github => Format::Github,
            Form::Markdown => Format::Markdown,
        }
    }
}

/// `--min-confidence`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sureness {
    /// The code shown proves it
    High,
    /// True unless code out of view mends it
    Medium,
    /// Worth a look
    Low,
}

impl From<Sureness> for Confidence {
    fn from(sureness: Sureness) -> Confidence {
        match sureness {
            Sureness::High => Confidence::High,
            Sureness::Medium => Confidence::Medium,
            Sureness::Low => Confidence::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
