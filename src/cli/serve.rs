//! `serve`: the web app, until the process is told to stop.

use std::path::Path;

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::signal;

use super::args::Serve;
use super::server::{self, Server};
use super::{log, terminal};
use crate::store::Store;
use crate::web::{self, Settings, Site};

/// The database where no other is named.
const DATABASE: &str = "highwater.db";

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
    let ended = runtime.block_on(until_stopped(server));
    drop(runtime);
    if let Some(traces) = traces {
        traces.end();
    }
    ended
}

async fn until_stopped(server: Server) -> anyhow::Result<()> {
    let listen = server.listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; try another --listen"))?;
    let address = listener.local_addr()?;
    let stop = stopped()?;
    let store = store(&server).await?;
    let public_url = server.public_url.unwrap_or(format!("http://{address}"));
    let site = Site::new(Settings {
        public_url,
        ..server.web
    });
    terminal::print(&format!("Highwater is at http://{address}\n"))?;
    if let Some(github) = &server.github {
        let days = server.retention.as_secs() / (24 * 60 * 60);
        tracing::info!(app = github.app_id, api = %github.api_url, kept_days = days, "a GitHub App is set");
    }
    web::serve(listener, site.keeping_in(store), stop)
        .await
        .context("the server failed")
}

/// The database that is named, or the file in the data directory.
async fn store(server: &Server) -> anyhow::Result<Store> {
    if let Some(url) = &server.database_url {
        // The URL may hold a password, so it is not repeated.
        return Store::open(url.expose_secret())
            .await
            .context("cannot open the database of DATABASE_URL");
    }
    let directory = &server.data_dir;
    let file = directory.join(DATABASE);
    std::fs::create_dir_all(directory)
        .and_then(|()| make_private(&file))
        .with_context(|| format!("cannot write {}; try another --data-dir", file.display()))?;
    Store::open(&url(&file))
        .await
        .with_context(|| format!("cannot open the database {}", file.display()))
}

/// Makes the file when it is not there, for this user alone: others' code will stand in it.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}

/// The URL of a SQLite file, with the characters quoted that mean something in a URL.
fn url(file: &Path) -> String {
    let path = file.to_string_lossy();
    let path = path
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23");
    format!("sqlite://{path}?mode=rwc")
}

/// Done when the process is asked to stop.
fn stopped() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
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
