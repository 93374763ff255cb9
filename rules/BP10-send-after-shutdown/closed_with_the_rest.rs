// The taker closes its end when all are told to stop, and those who send are told in the same moment: the
// last word of one of them panics. So does who asks a flag first and sends then.
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub async fn keep(mut notes: mpsc::Receiver<String>, stop: CancellationToken) {
    loop {
        tokio::select! {
            _ = stop.cancelled() => break,
            note = notes.recv() => match note {
                Some(note) => println!("{note}"),
                None => break,
            },
        }
    }
    notes.close();
    while let Some(note) = notes.recv().await {
        println!("{note}");
    }
}

pub async fn walk(notes: mpsc::Sender<String>, stop: CancellationToken) {
    let mut steps = tokio::time::interval(std::time::Duration::from_secs(1));
    loop {
        tokio::select! {
            _ = stop.cancelled() => {
                notes.send("home".to_owned()).await.expect("somebody writes"); //~ BP10 high
                return;
            }
            _ = steps.tick() => {}
        }
    }
}

pub fn day(stop: &CancellationToken) {
    let (notes, kept) = mpsc::channel(8);
    tokio::spawn(keep(kept, stop.clone()));
    tokio::spawn(walk(notes, stop.clone()));
}

pub struct Press {
    is_over: AtomicBool,
    sheets: async_channel::Sender<String>,
}

impl Press {
    pub async fn print(&self, sheet: String) -> bool {
        if self.is_over.load(Ordering::Acquire) {
            return false;
        }
        self.sheets.send(sheet).await.expect("the press runs"); //~ BP10 high
        true
    }

    pub async fn print_if_possible(&self, sheet: String) -> bool {
        self.sheets.send(sheet).await.is_ok()
    }

    pub fn stop(&self) {
        self.is_over.store(true, Ordering::Release);
        self.sheets.close();
    }
}
