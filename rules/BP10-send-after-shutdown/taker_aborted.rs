// Who ends the task that takes by its handle takes the receiver away from all who send: one that has tested the flag just
// before panics. Where the end has the value for itself, nobody else is left to send.
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub struct Herald {
    is_over: AtomicBool,
    news: mpsc::Sender<String>,
    crier: JoinHandle<()>,
}

impl Herald {
    pub fn new() -> Herald {
        let (news, mut heard) = mpsc::channel::<String>(8);
        let crier = tokio::spawn(async move {
            while let Some(line) = heard.recv().await {
                println!("{line}");
            }
        });
        Herald {
            is_over: AtomicBool::new(false),
            news,
            crier,
        }
    }

    pub async fn cry(&self, line: String) -> bool {
        if self.is_over.load(Ordering::Acquire) {
            return false;
        }
        self.news.send(line).await.expect("the crier is there"); //~ BP10 medium
        true
    }

    pub fn close(&self) {
        self.is_over.store(true, Ordering::Release);
        self.crier.abort();
    }
}

pub struct Alone {
    words: mpsc::Sender<String>,
    scribe: JoinHandle<()>,
}

impl Alone {
    pub fn new() -> Alone {
        let (words, mut written) = mpsc::channel::<String>(8);
        let scribe = tokio::spawn(async move {
            while let Some(line) = written.recv().await {
                println!("{line}");
            }
        });
        Alone { words, scribe }
    }

    pub async fn say(&self, line: String) {
        self.words.send(line).await.expect("the scribe is there");
    }

    pub fn close(self) {
        self.scribe.abort();
    }
}
