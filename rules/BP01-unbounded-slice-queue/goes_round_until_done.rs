// What is taken is kept under a number until it is done, and given back when it is not: it goes
// round. What is moved on from elsewhere comes in like anything else.
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

pub struct Parcel(pub Vec<u8>);

const ROOM: usize = 256;

#[derive(Default)]
struct Shelf {
    waiting: VecDeque<Parcel>,
    out: HashMap<u64, Parcel>,
    last: u64,
}

#[derive(Default)]
pub struct Depot {
    shelf: Mutex<Shelf>,
}

impl Depot {
    pub fn bring(&self, parcel: Parcel) -> Result<(), Parcel> {
        let mut shelf = self.shelf.lock().unwrap();
        if shelf.waiting.len() + shelf.out.len() >= ROOM {
            return Err(parcel);
        }
        shelf.waiting.push_back(parcel);
        Ok(())
    }

    pub fn carry(&self) -> Option<u64> {
        let mut shelf = self.shelf.lock().unwrap();
        let parcel = shelf.waiting.pop_front()?;
        shelf.last += 1;
        let number = shelf.last;
        shelf.out.insert(number, parcel);
        Some(number)
    }

    pub fn not_at_home(&self, number: u64) {
        let mut shelf = self.shelf.lock().unwrap();
        if let Some(parcel) = shelf.out.remove(&number) {
            shelf.waiting.push_back(parcel);
        }
    }
}

#[derive(Default)]
struct Desk {
    drafts: HashMap<u64, String>,
    outgoing: VecDeque<String>,
}

#[derive(Default)]
pub struct Office {
    desk: Mutex<Desk>,
}

impl Office {
    pub fn write(&self, number: u64, line: &str) {
        let mut desk = self.desk.lock().unwrap();
        desk.drafts.insert(number, line.to_owned());
    }

    pub fn sign(&self, number: u64) {
        let mut desk = self.desk.lock().unwrap();
        if let Some(letter) = desk.drafts.remove(&number) {
            desk.outgoing.push_back(letter); //~ BP01 high
        }
    }

    pub fn post(&self) -> Option<String> {
        self.desk.lock().unwrap().outgoing.pop_front()
    }
}
