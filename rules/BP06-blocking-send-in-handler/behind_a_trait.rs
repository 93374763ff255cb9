// A trait of the crate with one type behind it stands for that type: its send is the handler's. Where
// several types are behind one, or the type refuses when it is full, nothing is said.
use axum::extract::{Path, State};
use std::sync::Arc;
use tokio::sync::mpsc;

pub trait Ledger: Send + Sync {
    fn book(&self, cents: u64) -> bool;
}

struct ThreadLedger {
    entries: mpsc::Sender<u64>,
}

impl Ledger for ThreadLedger {
    fn book(&self, cents: u64) -> bool {
        self.entries.blocking_send(cents).is_ok() //~ BP06 high
    }
}

pub async fn pay(State(ledger): State<Arc<dyn Ledger>>, Path(cents): Path<u64>) -> String {
    match ledger.book(cents) {
        true => "booked".to_owned(),
        false => "closed".to_owned(),
    }
}

pub trait Shelf: Send + Sync {
    fn put(&self, item: String) -> bool;
}

struct QuickShelf {
    items: mpsc::Sender<String>,
}

impl Shelf for QuickShelf {
    fn put(&self, item: String) -> bool {
        self.items.try_send(item).is_ok()
    }
}

pub async fn store(State(shelf): State<Arc<dyn Shelf>>, Path(item): Path<String>) -> String {
    match shelf.put(item) {
        true => "stored".to_owned(),
        false => "full".to_owned(),
    }
}

pub trait Bell: Send + Sync {
    fn ring(&self, times: u8) -> bool;
}

struct DoorBell {
    rings: mpsc::Sender<u8>,
}

struct NoBell;

impl Bell for DoorBell {
    fn ring(&self, times: u8) -> bool {
        self.rings.blocking_send(times).is_ok()
    }
}

impl Bell for NoBell {
    fn ring(&self, _times: u8) -> bool {
        true
    }
}

pub async fn visit(State(bell): State<Arc<dyn Bell>>, Path(times): Path<u8>) -> String {
    bell.ring(times).to_string()
}
