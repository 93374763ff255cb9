// The guard in the head of a `match` lives through its arms. The one who takes from the queue needs
// the lock himself now and then.
use std::collections::hash_map::{Entry, HashMap};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

type Desks = RwLock<HashMap<String, SyncSender<u64>>>;

#[derive(Default)]
pub struct Hall {
    desks: Arc<Desks>,
}

impl Hall {
    pub fn open(&self, name: String) -> bool {
        let (desk, inbox) = sync_channel(8);
        match self.desks.write().unwrap().entry(name.clone()) {
            Entry::Occupied(_) => return false,
            Entry::Vacant(place) => place.insert(desk),
        };
        let desks = self.desks.clone();
        thread::spawn(move || {
            while let Ok(letter) = inbox.recv() {
                if letter == 0 {
                    desks.write().unwrap().remove(&name);
                }
            }
        });
        true
    }

    pub fn bring(&self, name: &str, letter: u64) -> bool {
        match self.desks.read().unwrap().get(name).cloned() {
            Some(desk) => desk.send(letter).is_ok(), //~ BP23 medium
            None => false,
        }
    }

    pub fn carry(&self, name: &str, letter: u64) -> bool {
        match self.desks.read().unwrap().get(name) {
            Some(desk) => hand_over(desk, letter), //~ BP23 medium
            None => false,
        }
    }

    // The statement ends, and the guard with it.
    pub fn take_there(&self, name: &str, letter: u64) -> bool {
        let desk = self.desks.read().unwrap().get(name).cloned();
        match desk {
            Some(desk) => desk.send(letter).is_ok(),
            None => false,
        }
    }
}

// What a pattern names ends with the statement that it stands in.
pub struct Porch {
    seen: Mutex<Option<Vec<u64>>>,
    letters: SyncSender<u64>,
}

impl Porch {
    pub fn open() -> Arc<Self> {
        let (letters, inbox) = sync_channel(8);
        let porch = Arc::new(Porch {
            seen: Mutex::new(None),
            letters,
        });
        let inside = porch.clone();
        thread::spawn(move || carry_in(inbox, inside));
        porch
    }

    pub fn note_and_bring(&self, letter: u64) -> bool {
        if let Ok(mut seen) = self.seen.lock() {
            seen.get_or_insert_default().push(letter);
        }
        self.letters.send(letter).is_ok()
    }

    pub fn bring_when_open(&self, letter: u64) -> bool {
        match self.seen.lock().unwrap().as_mut() {
            Some(seen) => seen.push(letter),
            None => return false,
        }
        self.letters.send(letter).is_ok()
    }

    pub fn bring_while_noting(&self, letter: u64) {
        if let Ok(mut seen) = self.seen.lock() {
            seen.get_or_insert_default().push(letter);
            let _ = self.letters.send(letter); //~ BP23 medium
        }
    }
}

fn carry_in(inbox: Receiver<u64>, porch: Arc<Porch>) {
    while inbox.recv().is_ok() {
        *porch.seen.lock().unwrap() = None;
    }
}

fn hand_over(desk: &SyncSender<u64>, letter: u64) -> bool {
    desk.send(letter).is_ok()
}
