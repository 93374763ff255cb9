//! The stand-in for GitHub, to be tried by hand.
//!
//! `cargo run --example fake-github -- --listen 127.0.0.1:9100 --webhook http://127.0.0.1:8080/webhooks/github`

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a program for the terminal of those who work on this one"
)]

#[path = "../mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests and the example each use a part of it"
)]
mod fake_github;

mod demo;
mod page;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use fake_github::{Clock, PullRequest, Repo, Source, World};

const USAGE: &str = "\
usage: cargo run --example fake-github -- [--listen ADDRESS] [--webhook URL] [--load SOURCE [--pull SOURCE]]

  --listen ADDRESS   where to serve (127.0.0.1:9100)
  --webhook URL      where to deliver (http://127.0.0.1:8080/webhooks/github)
  --load SOURCE      fills acme/queue from a directory, or from REPOSITORY@REVISION of git
  --pull SOURCE      opens a pull request from there to this source

While it runs, further pull requests are opened by
  curl -H 'Content-Type: application/json' -d '{\"base\": SOURCE, \"head\": SOURCE, \"title\": TEXT}' ADDRESS/_/replay";

/// What the command line says.
struct Arguments {
    listen: String,
    webhook: String,
    load: Option<String>,
    pull: Option<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut found = Arguments {
        listen: "127.0.0.1:9100".to_owned(),
        webhook: "http://127.0.0.1:8080/webhooks/github".to_owned(),
        load: None,
        pull: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--listen" => found.listen = value()?,
            "--webhook" => found.webhook = value()?,
            "--load" => found.load = Some(value()?),
            "--pull" => found.pull = Some(value()?),
            _ => return Err(format!("{word} is not known")),
        }
    }
    Ok(found)
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("{wrong}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let world = World::start_with(Clock::real(), &arguments.listen, page::routes()).await;
    world.with(|state| state.app.webhook_url.clone_from(&arguments.webhook));
    let repo = world.repository("acme/queue");
    repo.set_role("octocat", "write");
    match opened(&repo, &arguments) {
        Ok(pull) => println!("{}/acme/queue/pull/{}", world.address(), pull.number),
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::FAILURE;
        }
    }
    if let Err(wrong) = say(&world) {
        eprintln!("{wrong}");
        return ExitCode::FAILURE;
    }
    deliver(&world, &arguments.webhook).await
}

fn opened(repo: &Repo, arguments: &Arguments) -> Result<PullRequest, String> {
    match (&arguments.load, &arguments.pull) {
        (Some(base), Some(head)) => {
            repo.replay(&Source::named(base), &Source::named(head), "Replayed")
        }
        (Some(base), None) => {
            repo.load("main", &Source::named(base))?;
            Ok(demo::open(repo))
        }
        _ => Ok(demo::open(repo)),
    }
}

/// Says how to start the server beside it.
fn say(world: &World) -> Result<(), String> {
    let app = world.credentials();
    let port = world
        .address()
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let key = std::env::temp_dir().join(format!("fake-github-{port}.pem"));
    written(&key, &app.private_key).map_err(|error| format!("{}: {error}", key.display()))?;
    println!("\nexport HIGHWATER_GITHUB_API_URL={}", world.address());
    println!("export HIGHWATER_GITHUB_APP_ID={}", app.app_id);
    println!("export HIGHWATER_GITHUB_CLIENT_ID={}", app.client_id);
    println!(
        "export HIGHWATER_GITHUB_CLIENT_SECRET={}",
        app.client_secret
    );
    println!("export HIGHWATER_GITHUB_PRIVATE_KEY_FILE={}", key.display());
    println!(
        "export HIGHWATER_GITHUB_WEBHOOK_SECRETS=\"{}\"",
        app.webhook_secret
    );
    println!("highwater serve\n");
    Ok(())
}

/// Writes a key where nobody else reads it.
fn written(path: &Path, key: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(key.as_bytes())
}

/// Delivers what happens, for as long as the program runs, and says what went wrong.
async fn deliver(world: &World, webhook: &str) -> ExitCode {
    let mut said = 0;
    loop {
        for parcel in world.parcels() {
            let code = world.send(&parcel, webhook).await;
            println!(
                "{code} {} {} {}",
                parcel.event,
                parcel.action.unwrap_or_default(),
                parcel.guid
            );
        }
        let violations = world.violations();
        for violation in &violations[said.min(violations.len())..] {
            println!("violation: {violation}");
        }
        said = violations.len();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
