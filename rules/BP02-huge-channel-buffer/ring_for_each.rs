// A ring takes all its slots when it is made. A large one for each key is much memory for whoever can
// name a key; one for the process, and a small one for each, is how far a reader may fall behind.
use std::collections::HashMap;
use tokio::sync::broadcast;

const BEHIND: usize = 1 << 17;

pub struct Tables {
    moves: HashMap<u64, broadcast::Sender<u64>>,
    chats: HashMap<u64, broadcast::Sender<u64>>,
    hints: HashMap<u64, broadcast::Sender<u64>>,
    news: broadcast::Sender<u64>,
}

impl Tables {
    pub fn new() -> Tables {
        let (news, _) = broadcast::channel(BEHIND);
        Tables {
            moves: HashMap::new(),
            chats: HashMap::new(),
            hints: HashMap::new(),
            news,
        }
    }

    pub fn join(&mut self, table: u64) -> broadcast::Receiver<u64> {
        self.moves
            .entry(table)
            .or_insert_with(|| broadcast::channel(BEHIND).0) //~ BP02 medium
            .subscribe()
    }

    pub fn open(&mut self, table: u64) -> broadcast::Receiver<u64> {
        let (chat, reader) = broadcast::channel(200_000); //~ BP02 medium
        self.chats.insert(table, chat);
        reader
    }

    pub fn ask(&mut self, table: u64) -> broadcast::Receiver<u64> {
        self.hints
            .entry(table)
            .or_insert_with(|| broadcast::channel(256).0)
            .subscribe()
    }

    pub fn follow(&self) -> broadcast::Receiver<u64> {
        self.news.subscribe()
    }
}
