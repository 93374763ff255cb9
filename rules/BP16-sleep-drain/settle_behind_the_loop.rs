// The loop is left where the end was heard, and what follows it waits for the clock. A message that is named
// for an end tells as well, and a path that is joined is no task that is.
use std::path::PathBuf;
use std::sync::mpsc as threads;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub trait Ledger {
    fn seal(&self);
}

pub struct Clerk<L> {
    ledger: L,
    stop: CancellationToken,
    grace: Duration,
}

impl<L: Ledger> Clerk<L> {
    pub async fn serve(self, mut entries: mpsc::Receiver<u64>) {
        loop {
            tokio::select! {
                _ = self.stop.cancelled() => break,
                entry = entries.recv() => {
                    let Some(entry) = entry else { break };
                    let _ = entry.to_string();
                }
            }
        }
        self.wind_down().await
    }

    async fn wind_down(&self) {
        settle(self.grace).await;
        self.ledger.seal();
    }
}

async fn settle(time: Duration) {
    tracing::info!("writers have {time:?}");
    tokio::time::sleep(time).await; //~ BP16 high
}

pub async fn listen(stop: CancellationToken, mut calls: mpsc::Receiver<u64>) {
    while !stop.is_cancelled() {
        let Some(call) = calls.recv().await else { break };
        let _ = call.to_string();
    }
    tokio::time::sleep(Duration::from_secs(5)).await; //~ BP16 high
    tracing::info!("no more calls");
}

pub enum Note {
    Write(String),
    Finish,
}

pub struct Log {
    notes: threads::Sender<Note>,
    dir: PathBuf,
}

impl Log {
    pub fn write(&self, line: &str) {
        let _ = self.notes.send(Note::Write(line.to_owned()));
    }

    pub fn close(self) -> std::io::Result<()> {
        let _ = self.notes.send(Note::Finish);
        thread::sleep(Duration::from_millis(500)); //~ BP16 high
        std::fs::rename(self.dir.join("open"), self.dir.join("sealed"))
    }
}

pub struct Diary {
    pages: threads::Sender<Note>,
    writer: thread::JoinHandle<()>,
    dir: PathBuf,
}

impl Diary {
    pub fn close(self) -> std::io::Result<()> {
        let _ = self.pages.send(Note::Finish);
        let _ = self.writer.join();
        std::fs::rename(self.dir.join("open"), self.dir.join("sealed"))
    }
}
