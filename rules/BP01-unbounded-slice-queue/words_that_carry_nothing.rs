// Words that only say which of a few things is to happen; and the same with something to carry.
use tokio::sync::mpsc;

pub enum Turn {
    Halt,
    Resume,
}

pub struct Player {
    turns: mpsc::UnboundedSender<Turn>,
}

impl Player {
    pub fn new() -> (Player, mpsc::UnboundedReceiver<Turn>) {
        let (turns, taken) = mpsc::unbounded_channel(); //~ BP01 low
        (Player { turns }, taken)
    }

    pub fn halt(&self) {
        self.turns.send(Turn::Halt).ok();
    }

    pub fn resume(&self) {
        self.turns.send(Turn::Resume).ok();
    }
}

pub enum Note {
    Played(String),
    Skipped,
}

pub struct Diary {
    notes: mpsc::UnboundedSender<Note>,
}

impl Diary {
    pub fn new() -> (Diary, mpsc::UnboundedReceiver<Note>) {
        let (notes, taken) = mpsc::unbounded_channel(); //~ BP01 medium
        (Diary { notes }, taken)
    }

    pub fn played(&self, title: String) {
        self.notes.send(Note::Played(title)).ok();
    }

    pub fn skipped(&self) {
        self.notes.send(Note::Skipped).ok();
    }
}
