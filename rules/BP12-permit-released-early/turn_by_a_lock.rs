// A lock that guards no value lets one work at a time. Given back when the work has only begun, the next
// one looks up what that work has not changed yet. The guard in the task lasts as long as the work; and
// what is noted under the lock tells the next one.
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Mutex;

pub struct Shelf {
    turns: Vec<Arc<Mutex<()>>>,
    busy: AtomicBool,
    root: PathBuf,
}

async fn stale(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut all = tokio::fs::read_dir(root).await?;
    while let Some(entry) = all.next_entry().await? {
        found.push(entry.path());
    }
    Ok(found)
}

async fn sweep(paths: Vec<PathBuf>) {
    for path in paths {
        let _ = tokio::fs::remove_file(path).await;
    }
}

impl Shelf {
    pub async fn begin(&self, at: usize) -> std::io::Result<bool> {
        let Some(turn) = self.turns.get(at) else {
            return Ok(false);
        };
        let _mine = turn.lock().await;
        let paths = stale(&self.root).await?;
        tokio::spawn(async move { sweep(paths).await }); //~ BP12 medium
        Ok(true)
    }

    pub async fn begin_with(&self, at: usize) -> std::io::Result<bool> {
        let Some(turn) = self.turns.get(at) else {
            return Ok(false);
        };
        let mine = Arc::clone(turn).lock_owned().await;
        let paths = stale(&self.root).await?;
        tokio::spawn(async move {
            sweep(paths).await;
            drop(mine);
        });
        Ok(true)
    }

    pub async fn begin_noted(&self, at: usize) -> std::io::Result<bool> {
        let Some(turn) = self.turns.get(at) else {
            return Ok(false);
        };
        let _mine = turn.lock().await;
        if self.busy.load(Ordering::Acquire) {
            return Ok(false);
        }
        let paths = stale(&self.root).await?;
        self.busy.store(true, Ordering::Release);
        tokio::spawn(async move { sweep(paths).await });
        Ok(true)
    }
}

// One lock of the whole process: it keeps apart those who want to begin.
static BEGINNING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn begin(name: &str) {
    let _turn = BEGINNING.lock().await;
    let begun = beginning_of(name);
    tokio::spawn(async move { println!("{begun}") });
}

fn beginning_of(name: &str) -> String {
    format!("{name} begins")
}
