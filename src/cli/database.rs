//! The server's database: the one that is named, or the file in the data directory.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use secrecy::ExposeSecret;

use super::server::Server;
use crate::store::Store;

/// The database where no other is named.
const DATABASE: &str = "highwater.db";

/// Opens the server's database, which is made where it is not there.
pub async fn open(server: &Server) -> anyhow::Result<Store> {
    if let Some(url) = &server.database_url {
        // The URL may hold a password, so it is not repeated.
        return Store::open(url.expose_secret())
            .await
            .context("cannot open the database of DATABASE_URL");
    }
    let file = file(server);
    std::fs::create_dir_all(&server.data_dir)
        .and_then(|()| make_private(&file))
        .with_context(|| format!("cannot write {}; try another --data-dir", file.display()))?;
    Store::open(&url(&file))
        .await
        .with_context(|| format!("cannot open the database {}", file.display()))
}

/// Opens the database of a server that has run before. An empty one in its place would say that
/// all is well.
pub async fn open_existing(server: &Server) -> anyhow::Result<Store> {
    if !is_there(server) {
        bail!(
            "there is no database {}; name the server's with --data-dir or DATABASE_URL",
            file(server).display()
        );
    }
    open(server).await
}

/// Whether a server has run before. Of a database that is named nobody can tell.
pub fn is_there(server: &Server) -> bool {
    server.database_url.is_some() || file(server).exists()
}

/// The file in the data directory.
fn file(server: &Server) -> PathBuf {
    server.data_dir.join(DATABASE)
}

/// Copies the database into a file that must not be there yet.
pub async fn copy(store: &Store, into: &Path) -> anyhow::Result<()> {
    if into.exists() {
        bail!("{} is there already", into.display());
    }
    let name = into
        .to_str()
        .context("the name of the file must be UTF-8")?;
    make_private(into).with_context(|| format!("cannot write {}", into.display()))?;
    if let Err(error) = store.copy_into(name).await {
        // What is there is empty, or no whole copy.
        let _ = std::fs::remove_file(into);
        return Err(error).context("the database could not be copied");
    }
    Ok(())
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
