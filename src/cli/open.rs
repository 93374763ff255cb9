//! `review --open`: a change on this machine as the page that reviewers of pull requests have, from
//! a server that nobody else can reach, until it is stopped.

use std::io::IsTerminal;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;

use super::review::Ends;
use super::{serve, terminal};
use crate::github::clock::Clock;
use crate::review::Review;
use crate::source::change::Change;
use crate::store::Store;
use crate::store::reviews::Reviewed;
use crate::web::reviews::LOCAL;
use crate::web::{self, Settings, Site};

/// Programs that open an address, where they are there.
const OPENERS: [&str; 2] = ["xdg-open", "open"];
/// The only change that there is.
const NUMBER: i64 = 1;

/// Serves the page of a review until the process is told to stop.
///
/// # Errors
///
/// When no port can be had.
pub fn run(change: Change, review: &Review, ends: Ends) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(super::STACK)
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(until_stopped(change, review, ends))?;
    Ok(ExitCode::SUCCESS)
}

async fn until_stopped(change: Change, review: &Review, ends: Ends) -> anyhow::Result<()> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .context("cannot listen on 127.0.0.1")?;
    let site = format!("http://{}", listener.local_addr()?);
    let stop = serve::stopped()?;
    // Nothing outlives the process: neither the review nor what was said of it.
    let store = Store::open("sqlite::memory:").await?;
    let pull = Reviewed {
        repository: LOCAL,
        number: NUMBER,
        installation: 0,
        owner: "local".to_owned(),
        name: name(&ends.top),
        title: ends.title,
        author: String::new(),
        state: "open".to_owned(),
        head: ends.head.clone(),
        made: Clock::real().now(),
        introduced: i64::try_from(review.reported().count()).unwrap_or(i64::MAX),
    };
    store.keep_review(&pull, &ends.base, review).await?;
    let address = format!("{site}/reviews/{}/{}/{NUMBER}", pull.owner, pull.name);
    let code = move |commit: &str, path: &str| {
        let side = if commit == ends.head {
            &change.head
        } else {
            &change.base
        };
        let is_whole = !side.fragments.contains_key(path);
        let file = side.files.get(path).filter(|_| is_whole)?;
        Some(file.text.clone())
    };
    let settings = Settings {
        public_url: site,
        ..Settings::default()
    };
    let site = Site::new(settings)
        .keeping_in(store)
        .with_code(Box::new(code));
    terminal::print(&format!("The review is at {address}\nCtrl-C ends it.\n"))?;
    if std::io::stdout().is_terminal() {
        show(&address);
    }
    web::serve(listener, site, stop)
        .await
        .context("the server failed")
}

/// Opens a browser, where there is one; the address is printed in any case.
fn show(address: &str) {
    for opener in OPENERS {
        let started = Command::new(opener)
            .arg(address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if started.is_ok() {
            return;
        }
    }
}

/// The name of a directory as a part of an address.
fn name(top: &Path) -> String {
    let name = top.file_name().unwrap_or_default().to_string_lossy();
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    let name: String = name.chars().filter(is_plain).collect();
    let is_name = name.chars().any(|c| c != '.');
    if is_name { name } else { "change".to_owned() }
}
