// The guard in the head of a `match` lives through its arms. The one who takes from the queue needs
// the lock himself now and then.
use std::collections::hash_map::{Entry, HashMap};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, RwLock};
use std::thread;

type Desks = RwLock<HashMap<String, SyncSender<u64>>>;

#[derive(Default)]
pub struct Hall {
    desks: Arc<Desks>,
}

impl Hall {
    pub fn open(&self, name: String) -> bool {
        let (letters, inbox) = sync_channel(8);
        match self.desks.write().unwrap().entry(name.clone()) {
            Entry::Occupied(_) => return false,
            Entry::Vacant(place) => place.insert(letters),
        };
        let desks = self.desks.clone();
        thread::spawn(move || serve(name, inbox, desks));
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

fn hand_over(desk: &SyncSender<u64>, letter: u64) -> bool {
    desk.send(letter).is_ok()
}

fn serve(name: String, inbox: Receiver<u64>, desks: Arc<Desks>) {
    while let Ok(letter) = inbox.recv() {
        if letter == 0 {
            desks.write().unwrap().remove(&name);
        }
    }
}
