// Where many places drop on one channel in silence, that is how the channel is used: said where it
// is first done, and worth a look in the other places. Elsewhere it is said again.
use tokio::sync::mpsc;

pub enum Change {
    Added(String),
    Moved(String, u64),
    Removed(String),
    Renamed(String, String),
}

pub struct Tree {
    changes: mpsc::Sender<Change>,
    copies: mpsc::Sender<Change>,
}

impl Tree {
    pub fn new() -> (Tree, mpsc::Receiver<Change>, mpsc::Receiver<Change>) {
        let (changes, told) = mpsc::channel(128);
        let (copies, copied) = mpsc::channel(128);
        (Tree { changes, copies }, told, copied)
    }

    pub fn add(&self, name: String) {
        self.changes.try_send(Change::Added(name)).ok(); //~ BP07 high
    }

    pub fn shift(&self, name: String, to: u64) {
        self.changes.try_send(Change::Moved(name, to)).ok(); //~ BP07 low
    }

    pub fn remove(&self, name: String) {
        self.changes.try_send(Change::Removed(name)).ok(); //~ BP07 low
    }

    pub fn rename(&self, name: String, to: String) {
        self.changes.try_send(Change::Renamed(name, to)).ok(); //~ BP07 low
    }

    pub fn copy(&self, name: String) {
        self.copies.try_send(Change::Added(name)).ok(); //~ BP07 high
    }
}
