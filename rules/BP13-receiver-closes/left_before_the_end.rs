// The only receiver has had enough, or what it does with an item has failed, and its end goes with it, while the sender
// takes that for impossible. Who takes all there is, and who sends until nobody wants more, is fine.
use std::sync::mpsc::{SyncSender, sync_channel};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

pub fn first_leaves(most: usize) -> Vec<u64> {
    let (leaves, pile) = sync_channel(16);
    std::thread::spawn(move || shake(leaves));
    pile.into_iter().filter(|leaf| leaf % 2 == 0).take(most).collect() //~ BP13 medium
}

fn shake(leaves: SyncSender<u64>) {
    for leaf in 0..1_000_000 {
        leaves.send(leaf).expect("somebody sweeps");
    }
}

pub struct Wire {
    words: mpsc::Sender<Vec<u8>>,
}

impl Wire {
    pub fn open(peer: TcpStream) -> Wire {
        let (words, said) = mpsc::channel(16);
        tokio::spawn(write_out(peer, said));
        Wire { words }
    }

    pub async fn say(&self, word: Vec<u8>) {
        self.words.send(word).await.expect("the wire is up");
    }
}

async fn write_out(mut peer: TcpStream, mut said: mpsc::Receiver<Vec<u8>>) {
    while let Some(word) = said.recv().await {
        if peer.write_all(&word).await.is_err() {
            return; //~ BP13 medium
        }
    }
}

pub fn first_nuts(most: usize) -> Vec<u64> {
    let (nuts, pile) = sync_channel(16);
    std::thread::spawn(move || drop_nuts(nuts));
    pile.into_iter().take(most).collect()
}

fn drop_nuts(nuts: SyncSender<u64>) {
    for nut in 0..1_000_000 {
        if nuts.send(nut).is_err() {
            return;
        }
    }
}

pub fn all_twigs() -> u64 {
    let (twigs, pile) = sync_channel(16);
    std::thread::spawn(move || break_twigs(twigs));
    let mut sum = 0;
    for twig in pile {
        if twig == 7 {
            continue;
        }
        sum += twig;
    }
    sum
}

fn break_twigs(twigs: SyncSender<u64>) {
    for twig in 0..1_000_000 {
        twigs.send(twig).expect("all are gathered");
    }
}

/// As many answers as there are questions.
pub fn answers(questions: Vec<u64>) -> u64 {
    let (answer, given) = sync_channel(questions.len());
    let count = questions.len();
    for question in questions {
        let answer = answer.clone();
        std::thread::spawn(move || answer.send(question * 2).expect("all are awaited"));
    }
    given.iter().take(count).sum()
}

/// The loop counts what it is given, so the sender that is kept beside it does not matter.
pub struct Tally {
    answer: SyncSender<u64>,
    given: std::sync::mpsc::Receiver<u64>,
}

impl Tally {
    pub fn of(&self, questions: Vec<u64>) -> u64 {
        let count = questions.len();
        for question in questions {
            let answer = self.answer.clone();
            std::thread::spawn(move || answer.send(question * 2).expect("all are awaited"));
        }
        let mut sum = 0;
        for given in self.given.iter().take(count) {
            sum += given;
        }
        sum
    }
}
