// A lock that holds nothing but the sender only lets it be taken away: who waits for the lock sends
// too, and would wait for room all the same. A lock around state beside a send is another thing.
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

pub struct Outbox {
    lines: Arc<Mutex<Option<mpsc::Sender<String>>>>,
}

impl Outbox {
    pub async fn say(&self, line: String) {
        if let Some(lines) = self.lines.lock().await.as_ref() {
            let _ = lines.send(line).await; //~ BP23 low
        }
    }

    pub async fn say_twice(&self, line: String) -> Result<(), mpsc::error::SendError<String>> {
        let lines = self.lines.lock().await;
        let Some(lines) = lines.as_ref() else {
            return Ok(());
        };
        lines.send(line.clone()).await?; //~ BP23 low
        lines.send(line).await
    }

    pub async fn end(&self) {
        *self.lines.lock().await = None;
    }
}

pub struct Printer {
    pages: std::sync::Mutex<std::sync::mpsc::SyncSender<String>>,
}

pub fn printer() -> Printer {
    let (pages, to_print) = std::sync::mpsc::sync_channel(0);
    std::thread::spawn(move || {
        for page in to_print {
            println!("{page}");
        }
    });
    Printer {
        pages: std::sync::Mutex::new(pages),
    }
}

impl Printer {
    pub fn print(&self, page: String) {
        let _ = self.pages.lock().unwrap().send(page); //~ BP23 low
    }

    pub fn print_twice(&self, page: String) {
        let pages = self.pages.lock().unwrap();
        let _ = pages.send(page.clone()); //~ BP23 low
        let _ = pages.send(page);
    }

    pub fn replace(&self, pages: std::sync::mpsc::SyncSender<String>) {
        *self.pages.lock().unwrap() = pages;
    }
}

pub struct Ledger {
    entries: Mutex<HashMap<String, u64>>,
    changes: mpsc::Sender<String>,
}

pub fn ledger() -> Arc<Ledger> {
    let (changes, mut told) = mpsc::channel(4);
    let ledger = Arc::new(Ledger {
        entries: Mutex::default(),
        changes,
    });
    let seen = ledger.clone();
    tokio::spawn(async move {
        while let Some(name) = told.recv().await {
            let known = seen.entries.lock().await.len();
            tracing::info!("{name} is one of {known}");
        }
    });
    ledger
}

impl Ledger {
    pub async fn enter_all(&self, new: Vec<(String, u64)>) {
        let mut entries = self.entries.lock().await;
        for (name, amount) in new {
            entries.insert(name.clone(), amount);
            let _ = self.changes.send(name).await; //~ BP23 medium
        }
    }
}
