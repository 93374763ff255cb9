// Workers that leave on a signal, while the receiver of which each has a copy is kept beside the sender: no send fails, and nobody takes what is sent. Where the workers have the only receivers, a send fails once they are gone.
use async_channel::{Receiver, Sender, bounded};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub trait Press: Send + Sync + 'static {
    fn print(&self, sheet: String) -> impl Future<Output = bool> + Send;
}

pub struct Presses<P> {
    press: Arc<P>,
    sheets: Sender<String>,
    waiting: Receiver<String>,
    stop: CancellationToken,
}

impl<P: Press> Presses<P> {
    pub fn new(press: Arc<P>, stop: CancellationToken) -> Self {
        let (sheets, waiting) = bounded(24);
        Self { press, sheets, waiting, stop }
    }

    pub fn add(&self) {
        let shift = work(self.press.clone(), self.waiting.clone(), self.stop.clone());
        tokio::spawn(shift);
    }

    pub async fn put(&self, sheet: String) -> bool {
        self.sheets.send(sheet).await.is_ok() //~ BP22 medium
    }
}

async fn work<P: Press>(press: Arc<P>, waiting: Receiver<String>, stop: CancellationToken) {
    loop {
        tokio::select! {
            _ = stop.cancelled() => return,
            sheet = waiting.recv() => match sheet {
                Ok(sheet) => { press.print(sheet).await; }
                Err(_) => return,
            },
        }
    }
}

/// The task breaks off, and the receiver is kept to be asked for its length.
pub struct Counter {
    tickets: Sender<u32>,
    queue: Receiver<u32>,
}

impl Counter {
    pub fn open(stop: CancellationToken) -> Self {
        let (tickets, queue) = bounded(8);
        let called = queue.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = stop.cancelled() => break,
                    ticket = called.recv() => {
                        let Ok(ticket) = ticket else { break };
                        call(ticket).await;
                    }
                }
            }
        });
        Self { tickets, queue }
    }

    pub fn length(&self) -> usize {
        self.queue.len()
    }

    pub async fn draw(&self, number: u32) -> bool {
        self.tickets.send(number).await.is_ok() //~ BP22 medium
    }
}

async fn call(ticket: u32) {
    println!("number {ticket}");
}

/// The task has the only receiver: it goes with the task.
pub struct Desk {
    letters: Sender<u64>,
}

impl Desk {
    pub fn open(stop: CancellationToken) -> Self {
        let (letters, pile) = bounded(8);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = stop.cancelled() => break,
                    letter = pile.recv() => {
                        let Ok(letter) = letter else { break };
                        println!("letter {letter}");
                    }
                }
            }
        });
        Self { letters }
    }

    pub async fn hand_in(&self, letter: u64) -> bool {
        self.letters.send(letter).await.is_ok()
    }
}
