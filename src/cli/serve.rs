//! `serve`: the web app, until the process is told to stop.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::signal;

use super::args::Serve;
use super::terminal;
use crate::web::{self, Settings, Site};

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
    terminal::print(&format!("Highwater is at http://{address}\n"))?;
    web::serve(listener, Site::new(settings(serve, address)), stop)
        .await
        .context("the server failed")
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
