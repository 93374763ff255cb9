// Under the lock of the receiver nobody else takes what was seen to be there, so the receive does not
// wait. And the guard that a call was handed in place is gone before the wait.
use std::ops::DerefMut;
use std::sync::Mutex;
use tokio::sync::{RwLock, mpsc, oneshot};

pub struct Source {
    put: mpsc::Sender<u64>,
    taken: RwLock<mpsc::Receiver<u64>>,
}

impl Source {
    pub fn new() -> Source {
        let (put, taken) = mpsc::channel(64);
        Source { put, taken: RwLock::new(taken) }
    }

    pub async fn put(&self, value: u64) {
        let _ = self.put.send(value).await;
    }

    async fn flush(&self) -> u64 {
        let mut sum = 0;
        loop {
            let mut taken = self.taken.write().await;
            if sum > 1000 || taken.is_empty() {
                break;
            }
            if let Some(value) = taken.recv().await {
                sum += value;
            }
        }
        sum
    }
}

pub struct Node {
    sources: RwLock<Vec<Source>>,
}

impl Node {
    pub async fn flush(&self) -> u64 {
        let sources = self.sources.read().await;
        sources[0].flush().await
    }

    pub async fn feed(&self, value: u64) {
        let sources = self.sources.write().await;
        sources[0].put(value).await; //~ BP23 medium
    }
}

pub struct Ids {
    free: Mutex<Vec<u64>>,
    waiting: Mutex<Option<Vec<oneshot::Sender<bool>>>>,
}

impl Ids {
    pub async fn next(&self, pick: fn(&mut Vec<u64>) -> Option<u64>) -> u64 {
        loop {
            if let Some(id) = pick(self.free.lock().unwrap().deref_mut()) {
                return id;
            }
            let waiter = self.join_the_others();
            if let Some(waiter) = waiter {
                let _ = waiter.await;
                continue;
            }
            self.refill();
        }
    }

    fn join_the_others(&self) -> Option<oneshot::Receiver<bool>> {
        let (told, waiter) = oneshot::channel();
        self.waiting.lock().unwrap().as_mut()?.push(told);
        Some(waiter)
    }

    fn refill(&self) {
        self.free.lock().unwrap().push(1);
        for waiter in self.waiting.lock().unwrap().take().into_iter().flatten() {
            let _ = waiter.send(true);
        }
    }
}
