//! The command line: arguments to calls, files and repositories to bytes, reviews to the terminal.
//!
//! The only part that reads disks, runs `git` and knows a terminal. Exit status: 0 nothing found
//! at or above the chosen confidence, 1 findings, 2 bad usage or unreadable input.

#[cfg(feature = "server")]
mod actions;
mod args;
mod check;
#[cfg(feature = "server")]
mod database;
mod explain;
mod git;
#[cfg(feature = "server")]
mod log;
mod manual;
#[cfg(feature = "server")]
mod open;
#[cfg(feature = "server")]
mod operate;
mod practice;
mod renames;
mod review;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod server;
mod settings;
mod terminal;
#[cfg(feature = "server")]
mod traces;
mod tree;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use args::{Arguments, Colour, Command, How};
use settings::InForce;

use crate::report::{self, Sources};
use crate::review::Review;

/// Stack of the threads that work: code may be nested deeply.
const STACK: usize = 64 << 20;
/// The status of bad usage and unreadable input.
const FAILED: u8 = 2;

/// Does what the arguments of the process say.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let jobs = match &arguments.command {
        Command::Check(check) => check.how.jobs,
        Command::Review(review) => review.how.jobs,
        _ => None,
    };
    let done = pool(jobs.map_or(0, Into::into)).and_then(|pool| pool.install(|| run(&arguments)));
    done.unwrap_or_else(|error| {
        terminal::tell(&format!("error: {error:#}"));
        ExitCode::from(FAILED)
    })
}

/// The threads that work; 0 for as many as there are processors.
fn pool(jobs: usize) -> anyhow::Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .stack_size(STACK);
    pool.build()
        .context("cannot start threads; try fewer with --jobs")
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let colour = arguments.color;
    match &arguments.command {
        #[cfg(feature = "server")]
        Command::Serve(serve) => serve::run(serve)?,
        #[cfg(feature = "server")]
        Command::Queue(queue) => operate::queue::run(queue)?,
        #[cfg(feature = "server")]
        Command::Doctor(doctor) => return operate::doctor::run(doctor),
        #[cfg(feature = "server")]
        Command::Backup(backup) => operate::backup::run(backup)?,
        #[cfg(feature = "server")]
        Command::Purge(purge) => operate::purge::run(purge)?,
        #[cfg(feature = "server")]
        Command::ExportAllow(export) => operate::allow::run(export)?,
        Command::Check(check) => return check::run(check, colour),
        #[cfg(feature = "server")]
        Command::Review(review) if review.github => return actions::run(review, colour),
        Command::Review(review) => return review::run(review, colour),
        Command::Explain { name } => explain::explain(name, terminal::look(colour))?,
        Command::Rules => explain::list(terminal::look(colour))?,
        Command::Practice(practice) => practice::run(practice, terminal::look(colour))?,
        Command::Config(config) => explain::settings(config)?,
        Command::Completions { shell } => manual::completions(*shell)?,
        Command::Man { command } => manual::page(command.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a review and turns it into the exit status.
fn finish(
    review: Review,
    how: &How,
    force: &InForce,
    colour: Colour,
    sources: Sources<'_>,
) -> anyhow::Result<ExitCode> {
    let review = review.at_least(force.settings.min_confidence);
    let look = terminal::look(colour);
    terminal::print(&report::render(&review, how.format.into(), look, sources))?;
    let found = review.reported().next().is_some();
    Ok(ExitCode::from(u8::from(found)))
}
