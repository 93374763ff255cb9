// A map whose entries are taken in the order of their keys is a queue, and so is a list of which each turn takes a lot that has a limit. A map whose entries are asked for by their keys is none.
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

pub struct Parcel {
    pub weight: u32,
}

#[derive(Default)]
pub struct Ramp {
    parcels: Mutex<BTreeMap<(u32, u64), Parcel>>,
    changed: Condvar,
}

impl Ramp {
    pub fn bring(&self, place: (u32, u64), parcel: Parcel) {
        self.parcels.lock().unwrap().insert(place, parcel); //~ BP01 high
        self.changed.notify_one();
    }

    pub fn next(&self, patience: Duration) -> Option<Parcel> {
        let (mut parcels, _) = self
            .changed
            .wait_timeout_while(self.parcels.lock().unwrap(), patience, |all| all.is_empty())
            .unwrap();
        parcels.pop_first().map(|(_, parcel)| parcel)
    }
}

pub struct Notes {
    open: Mutex<Vec<String>>,
}

impl Notes {
    pub fn write(&self, note: String) {
        self.open.lock().unwrap().push(note); //~ BP01 high
    }

    /// Whoever reads takes no more than a page at once.
    pub fn page(&self) -> Vec<String> {
        let mut open = self.open.lock().unwrap();
        let most = open.len().min(40);
        open.drain(..most).collect()
    }
}

/// At most a hundred, whatever comes.
pub struct Board {
    rows: Mutex<BTreeMap<u64, Parcel>>,
}

impl Board {
    pub fn hang(&self, at: u64, parcel: Parcel) -> bool {
        let mut rows = self.rows.lock().unwrap();
        if rows.len() >= 100 {
            return false;
        }
        rows.insert(at, parcel);
        true
    }

    pub fn take_down(&self) -> Option<Parcel> {
        self.rows.lock().unwrap().pop_first().map(|(_, parcel)| parcel)
    }
}

pub struct Lockers {
    held: Mutex<BTreeMap<u64, Parcel>>,
}

impl Lockers {
    pub fn store(&self, key: u64, parcel: Parcel) {
        self.held.lock().unwrap().insert(key, parcel);
    }

    pub fn fetch(&self, key: u64) -> Option<Parcel> {
        self.held.lock().unwrap().remove(&key)
    }
}
