//! `serve`: the web app, until the process is told to stop.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use tokio::signal;

use super::args::Serve;
use super::terminal;
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
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HIGHWATER_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,highwater=info")),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(super::STACK)
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(until_stopped(serve))
}

async fn until_stopped(serve: &Serve) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(serve.listen)
        .await
        .with_context(|| format!("cannot listen on {}; try another --listen", serve.listen))?;
    let address = listener.local_addr()?;
    let stop = stopped()?;
    let site = Site::new(settings(serve, address)).keeping_in(store(serve).await?);
    terminal::print(&format!("Highwater is at http://{address}\n"))?;
    web::serve(listener, site, stop)
        .await
        .context("the server failed")
}

/// The database that is named, or the file in the data directory.
async fn store(serve: &Serve) -> anyhow::Result<Store> {
    if let Some(url) = &serve.database_url {
        // The URL may hold a password, so it is not repeated.
        return Store::open(url)
            .await
            .context("cannot open the database of DATABASE_URL");
    }
    let directory = serve.data_dir.as_deref().unwrap_or(Path::new("."));
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

fn settings(serve: &Serve, address: SocketAddr) -> Settings {
    let own = Settings::default();
    Settings {
        public_url: serve
            .public_url
            .as_deref()
            .map_or(format!("http://{address}"), |url| {
                url.trim_end_matches('/').to_owned()
            }),
        body_bytes: serve.body_bytes.map_or(own.body_bytes, Into::into),
        analyses: serve.analyses.map_or(own.analyses, Into::into),
        per_minute: serve.per_minute.map_or(own.per_minute, Into::into),
        keep_days: serve.keep_days.unwrap_or(own.keep_days),
        proxies: serve.trusted_proxies.clone(),
        ..own
    }
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
