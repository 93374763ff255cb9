//! `review --github`: a review within a job of GitHub Actions, posted by the job's own token.
//!
//! Where the token may not write, as for pull requests from forks, the findings become annotations
//! of the job.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use secrecy::SecretString;
use serde::Deserialize;

use super::args::{Colour, Review};
use super::check::options;
use super::git::Git;
use super::settings::{self, InForce};
use super::{operate, review, terminal};
use crate::github::actions::{self, Job};
use crate::github::client::Failure;
use crate::github::read::Repository;
use crate::github::read::answers::PullRequest;
use crate::github::settings::{API, SITE};
use crate::report::plain::{counted, printable};
use crate::report::{self, Format};
use crate::review::config::{FILE_NAME, Settings};
use crate::review::{Review as Outcome, change};
use crate::source::change::Change;

/// The largest summary of a step, in bytes.
/// source: docs.github.com, "Workflow commands": at most 1 MiB.
const LARGEST_SUMMARY: usize = 1 << 20;
/// The largest event that is read, in bytes.
const LARGEST_EVENT: usize = 25 << 20;

/// The event that started the job, as far as it is read.
#[derive(Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
}

/// Runs the command.
pub fn run(arguments: &Review, colour: Colour) -> anyhow::Result<ExitCode> {
    let pull = pull_request()?;
    let repository = repository(&pull)?;
    let git = Git::open(Path::new("."))?;
    let found = |name: &str| {
        git.commit(name)
            .context("check the repository out with `fetch-depth: 0`")
    };
    let (base, head) = (found(&pull.base.sha)?, found(&pull.head.sha)?);
    let merge_base = git
        .merge_base(&base, &head)
        .context("the pull request has no commit in common with its base here; check the repository out with `fetch-depth: 0`")?;
    let force = in_force(arguments, &git, &base)?;
    let (change, skipped) = review::compared(&git, &merge_base, Some(&head), force.limits.bytes)?;
    let mut outcome = change::review(&change, &options(&arguments.how, &force));
    outcome.skipped.extend(skipped);
    outcome.skipped.sort();
    outcome.skipped.dedup();
    let outcome = outcome.at_least(force.settings.min_confidence);
    summarise(&outcome)?;
    let job = Job {
        api_url: variable("GITHUB_API_URL").unwrap_or_else(|| API.to_owned()),
        html_url: variable("GITHUB_SERVER_URL").unwrap_or_else(|| SITE.to_owned()),
        token: token()?,
        key: variable("HIGHWATER_SEAL_KEY").map(SecretString::from),
        repository,
        number: pull.number,
        head,
        merge_base,
    };
    let form = post(&job, &change, &outcome)?.unwrap_or(arguments.how.format.into());
    let sources = |path: &str| review::whole_file(&change, path);
    terminal::print(&report::render(
        &outcome,
        form,
        terminal::look(colour),
        &sources,
    ))?;
    let found = outcome.reported().next().is_some();
    Ok(ExitCode::from(u8::from(found)))
}

/// Posts the review, and tells how that went. Where it could not be posted: the form that it is to
/// be printed in instead.
fn post(job: &Job, change: &Change, outcome: &Outcome) -> anyhow::Result<Option<Format>> {
    let place = format!("{}#{}", job.repository, job.number);
    let posted = operate::wait(async { Ok(actions::post(job, change, outcome).await) })?;
    match posted {
        Ok(posted) => {
            let comments = counted(posted.comments as u64, "new comment");
            let beside = match posted.beside {
                0 => String::new(),
                number => format!("; {number} more in the job's summary alone"),
            };
            terminal::tell(&format!("{comments} on {place}{beside}"));
            Ok(None)
        }
        Err(Failure::Forbidden { message, .. }) => {
            terminal::tell(&format!(
                "this job may not comment on {place} ({}), so its findings are annotations. A job for a fork's pull request may only read; others need `permissions: pull-requests: write`",
                printable(&message)
            ));
            Ok(Some(Format::Github))
        }
        Err(Failure::Moved) => {
            terminal::tell(&format!(
                "{place} has a newer commit, or is closed: nothing was posted"
            ));
            Ok(None)
        }
        Err(failure) => Err(failure).context("the review could not be posted"),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn token() -> anyhow::Result<SecretString> {
    let token = variable("GITHUB_TOKEN").or_else(|| variable("GH_TOKEN"));
    token.map(SecretString::from).context(
        "GITHUB_TOKEN is not set: give the step `env: { GITHUB_TOKEN: \"${{ github.token }}\" }`",
    )
}

/// The pull request that the job is for.
fn pull_request() -> anyhow::Result<PullRequest> {
    let path = variable("GITHUB_EVENT_PATH").context(
        "GITHUB_EVENT_PATH is not set: --github is for jobs of GitHub Actions; elsewhere use --base",
    )?;
    let bytes = super::check::read_named(Path::new(&path), LARGEST_EVENT)?;
    let event: Event = serde_json::from_slice(&bytes)
        .with_context(|| format!("{path} is not understood as the event of a job"))?;
    let Some(pull) = event.pull_request else {
        let name = variable("GITHUB_EVENT_NAME").unwrap_or_else(|| "another event".to_owned());
        bail!(
            "this job was started by {}, not by a pull request: run it `on: pull_request`, or use --base",
            printable(&name)
        );
    };
    Ok(pull)
}

/// The repository that the pull request is to go to, which is the job's.
fn repository(pull: &PullRequest) -> anyhow::Result<Repository> {
    let named = pull
        .base
        .repo
        .as_ref()
        .context("the event does not say which repository the pull request is to go to")?;
    let repository = Repository {
        id: named.id,
        owner: named.owner.login.clone(),
        name: named.name.clone(),
    };
    if let Some(job) = variable("GITHUB_REPOSITORY")
        && !job.eq_ignore_ascii_case(&repository.to_string())
    {
        bail!(
            "the job belongs to {}, and the pull request to {repository}",
            printable(&job)
        );
    }
    Ok(repository)
}

/// What is set. A pull request does not choose how it is reviewed, so the file comes from its base.
fn in_force(arguments: &Review, git: &Git, base: &str) -> anyhow::Result<InForce> {
    let choice = &arguments.how.choice;
    let mut force = settings::load(choice, std::slice::from_ref(&git.top))?;
    if choice.config.is_some() {
        return Ok(force);
    }
    force.settings = match git.file(base, FILE_NAME) {
        None => Settings::default(),
        Some(bytes) => {
            Settings::parse(FILE_NAME, &crate::source::decode(bytes)).map_err(|errors| {
                let first = errors.first().map(ToString::to_string);
                anyhow::anyhow!("of the base: {}", first.unwrap_or_default())
            })?
        }
    };
    if let Some(sureness) = choice.min_confidence {
        force
            .settings
            .set_min_confidence(sureness.into(), "--min-confidence");
    }
    Ok(force)
}

/// Writes the review into the summary of the job, where there is one.
fn summarise(outcome: &Outcome) -> anyhow::Result<()> {
    let Some(path) = variable("GITHUB_STEP_SUMMARY") else {
        return Ok(());
    };
    let mut text = report::render(outcome, Format::Markdown, report::Look::default(), &|_| {
        None
    });
    if text.len() > LARGEST_SUMMARY - 1024 {
        text.truncate(text.floor_char_boundary(LARGEST_SUMMARY - 1024));
        text += "\n\n(cut: there is more than a summary can show)\n";
    }
    let file = OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write the summary {path}"))
}
