// Nothing bounds these channels, and little goes through them: what has changed, last words, one
// question at a time.
use std::sync::mpsc;
use std::thread;
use tokio::sync::mpsc::{self as async_mpsc, UnboundedSender};

pub enum Shown {
    Sessions(u32),
    Failed(String),
}

pub fn show_sessions(draw: impl Fn(Shown) + Send + 'static) -> UnboundedSender<Shown> {
    let (shows, mut shown) = async_mpsc::unbounded_channel(); //~ BP01 low
    tokio::spawn(watch_sessions(shows.clone()));
    tokio::spawn(async move {
        while let Some(next) = shown.recv().await {
            draw(next);
        }
    });
    shows
}

async fn watch_sessions(shows: UnboundedSender<Shown>) {
    let mut last = 0;
    while let Ok(count) = ask_for_count().await {
        if count != last {
            last = count;
            let _ = shows.send(Shown::Sessions(count));
        }
    }
}

async fn ask_for_count() -> Result<u32, String> {
    Err("the server is gone".to_owned())
}

pub fn copy_until_it_fails(files: std::fs::ReadDir) -> mpsc::Receiver<String> {
    let (says, heard) = mpsc::channel(); //~ BP01 low
    thread::spawn(move || {
        let mut files = files;
        loop {
            let Some(next) = files.next() else {
                let _ = says.send("all is copied".to_owned());
                return;
            };
            if let Err(err) = next {
                let _ = says.send(format!("cannot copy: {err}"));
                break;
            }
        }
    });
    heard
}

pub enum Ask {
    Password(String),
}

/// The other ends are handed to a window that is drawn elsewhere.
pub fn log_in(draw: fn(mpsc::Receiver<Ask>, mpsc::Sender<String>), tries: mpsc::Receiver<String>) {
    let (asks, asked) = mpsc::channel(); //~ BP01 low
    let (answers, answered) = mpsc::channel(); //~ BP01 low
    draw(asked, answers);
    thread::spawn(move || {
        loop {
            let Ok(refused) = tries.recv() else { break };
            if asks.send(Ask::Password(refused)).is_err() {
                break;
            }
            match answered.recv() {
                Ok(password) => try_password(&password),
                Err(_) => break,
            }
        }
    });
}

fn try_password(_password: &str) {}

/// Callers tell of files, and whoever takes waits for nothing but the next.
pub struct Seen {
    files: UnboundedSender<String>,
}

impl Seen {
    pub fn new() -> Seen {
        let (files, mut told) = async_mpsc::unbounded_channel(); //~ BP01 low
        tokio::spawn(async move {
            let mut known = std::collections::HashSet::new();
            while let Some(file) = told.recv().await {
                known.insert(file);
            }
        });
        Seen { files }
    }

    pub fn file(&self, file: String) {
        let _ = self.files.send(file);
    }
}
