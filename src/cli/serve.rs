//! `serve`: the web app, until the process is told to stop.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::signal;
use tokio_util::sync::CancellationToken;

use super::args::Serve;
use super::server::{self, Server};
use super::{database, log, terminal};
use crate::github::clock::Clock;
use crate::github::{self, Bot};
use crate::store::Store;
use crate::web::{self, Settings, Setup, Site};

/// The file in the data directory that the set-up writes.
const SETTINGS: &str = "github.toml";

/// Serves until SIGINT or SIGTERM, then lets running requests end.
///
/// # Errors
///
/// When the address cannot be listened on.
pub fn run(serve: &Serve) -> anyhow::Result<()> {
    let server = server::load(&serve.flags, serve.config.as_deref())?;
    let traces = log::begin(&server)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(super::STACK)
        .build()
        .context("cannot start the runtime")?;
    let ended = runtime.block_on(until_stopped(server, serve.setup));
    // An analysis that was given up may run on for a while.
    runtime.shutdown_timeout(LAST_THREADS);
    if let Some(traces) = traces {
        traces.end();
    }
    ended
}

async fn until_stopped(server: Server, is_set_up: bool) -> anyhow::Result<()> {
    let listen = server.listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; try another --listen"))?;
    let address = listener.local_addr()?;
    let stop = stopped()?;
    let store = database::open(&server).await?;
    let public_url = server.public_url.unwrap_or(format!("http://{address}"));
    let (setup, invitation) = setup(&server.data_dir, server.github_at, is_set_up, &public_url)?;
    let mut site = Site::new(Settings {
        public_url: public_url.clone(),
        ..server.web
    })
    .with_setup(setup);
    let bot = match server.github {
        Some(github) => {
            let github = github::Settings {
                public_url,
                retention: server.retention,
                ..github
            };
            Some(bot(github, store.clone())?)
        }
        None => None,
    };
    if let Some(bot) = &bot {
        site = site.with_bot(bot.clone());
    }
    terminal::print(&format!("Highwater is at http://{address}\n{invitation}"))?;
    let ends = CancellationToken::new();
    let working = bot.map(|bot| tokio::spawn(bot.run(ends.clone())));
    // Answers and work come to their end side by side.
    let stop = {
        let ends = ends.clone();
        async move {
            stop.await;
            ends.cancel();
        }
    };
    let last_work = async {
        ends.cancelled().await;
        if let Some(working) = working {
            // What is not done by then is done by another, or by whoever starts next: its lease runs out.
            let _late = tokio::time::timeout(LAST_WORK, working).await;
        }
    };
    let served = async {
        let served = web::serve(listener, site.keeping_in(store.clone()), stop).await;
        // A server that fails ends its work too.
        ends.cancel();
        served
    };
    let (served, ()) = tokio::join!(served, last_work);
    store.close().await;
    served.context("the server failed")
}

/// How long threads may take to end when all else has.
const LAST_THREADS: Duration = Duration::from_secs(2);
/// How long work on pull requests may take to come to its end when the server stops.
const LAST_WORK: Duration = Duration::from_secs(25);

/// How an App is registered here; with `--setup` also from elsewhere, by whoever has the address
/// that is told.
fn setup(
    data_dir: &Path,
    (api_url, html_url): (String, String),
    is_asked: bool,
    public_url: &str,
) -> anyhow::Result<(Setup, String)> {
    let setup = Setup::new(api_url, html_url);
    if !is_asked {
        return Ok((setup, String::new()));
    }
    let key = random()?;
    let invitation = format!("Set the bot up at {public_url}/setup?key={key}\n");
    let directory = std::path::absolute(data_dir).context("there is no such data directory")?;
    let write = move |text: &str| -> Result<String, String> {
        let file = directory.join(SETTINGS);
        let told = file.display().to_string();
        write_private(&file, text).map_err(|error| format!("{told}: {error}"))?;
        Ok(told)
    };
    Ok((setup.opened_by(key.into(), Box::new(write)), invitation))
}

/// Writes a file for this user alone. One that is there already stays.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// 128 bits that nobody can guess.
fn random() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(format!("{:032x}", u128::from_le_bytes(bytes)))
}

/// The bot of the App that is set.
fn bot(settings: github::Settings, store: Store) -> anyhow::Result<Arc<Bot>> {
    tracing::info!(
        app = settings.app_id,
        api = settings.api_url,
        "the bot works for this App"
    );
    if settings.webhook_secrets.is_empty() {
        tracing::warn!(
            "no webhook secret is set, so the bot hears of nothing; set HIGHWATER_GITHUB_WEBHOOK_SECRETS"
        );
    }
    let bot = Bot::new(settings, store, Clock::real(), random()?);
    bot.map(Arc::new).context(
        "set HIGHWATER_GITHUB_PRIVATE_KEY or HIGHWATER_GITHUB_PRIVATE_KEY_FILE to the App's key",
    )
}

/// Done when the process is asked to stop.
pub(super) fn stopped() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())
        .context("cannot listen for signals")?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = signal::ctrl_c() => (),
            _ = terminate.recv() => (),
        }
        #[cfg(not(unix))]
        {
            let _ = signal::ctrl_c().await;
        }
        tracing::info!("stopping: what has begun comes to its end");
    })
}
