//! `backup`: a copy of the database, while the server runs.

use super::{Backup, wait};
use crate::cli::{database, terminal};

/// Runs the command.
pub fn run(backup: &Backup) -> anyhow::Result<()> {
    let server = backup.place.server()?;
    wait(async {
        let store = database::open_existing(&server).await?;
        let copied = database::copy(&store, &backup.file).await;
        store.close().await;
        copied
    })?;
    terminal::print(&format!("{}\n", backup.file.display()))
}
