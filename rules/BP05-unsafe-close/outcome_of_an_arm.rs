// The outcome of a send in an arm has a name, and whoever takes it for a success panics when another part
// has ended the channel. Whoever leaves then does not.
use async_channel::{Receiver, Sender};
use std::collections::HashMap;
use std::sync::Mutex;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub struct Rooms {
    open: Mutex<HashMap<u64, Sender<String>>>,
}

impl Rooms {
    pub fn enter(&self, id: u64, stop: CancellationToken) -> Receiver<String> {
        let (lines, inbox) = async_channel::bounded(16);
        self.open.lock().unwrap().insert(id, lines.clone());
        tokio::spawn(write_all(lines, stop));
        inbox
    }

    pub fn close(&self, id: u64) {
        if let Some(lines) = self.open.lock().unwrap().remove(&id) {
            lines.close();
        }
    }
}

async fn write_all(lines: Sender<String>, stop: CancellationToken) {
    for at in 0.. {
        tokio::select! {
            _ = stop.cancelled() => return,
            sent = lines.send(format!("line {at}")) => sent.expect("the room is open"), //~ BP05 high
        }
    }
}

#[derive(Default)]
pub struct Halls {
    open: Mutex<HashMap<u64, Sender<String>>>,
}

impl Halls {
    pub fn enter(&self, id: u64, stop: CancellationToken) -> Receiver<String> {
        let (words, inbox) = async_channel::bounded(16);
        self.open.lock().unwrap().insert(id, words.clone());
        tokio::spawn(call_out(words, stop));
        inbox
    }

    pub fn close(&self, id: u64) {
        if let Some(words) = self.open.lock().unwrap().remove(&id) {
            words.close();
        }
    }
}

async fn call_out(words: Sender<String>, stop: CancellationToken) {
    for at in 0.. {
        tokio::select! {
            _ = stop.cancelled() => return,
            sent = words.send(format!("word {at}")) => if sent.is_err() {
                return;
            },
        }
    }
}
