//highwater:nocompile needs crossbeam_queue
// A queue that has both ends in one: to push is to try to send, to pop to try to receive.
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_queue::ArrayQueue;

pub struct Latest<T> {
    ring: ArrayQueue<T>,
    lost: AtomicU64,
}

impl<T> Latest<T> {
    pub fn new(room: usize) -> Self {
        Latest {
            ring: ArrayQueue::new(room),
            lost: AtomicU64::new(0),
        }
    }

    pub fn put(&self, mut item: T) {
        while let Err(back) = self.ring.push(item) { //~ BP17 medium
            if self.ring.pop().is_some() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
            item = back;
        }
    }

    pub fn take(&self) -> (Option<T>, u64) {
        (self.ring.pop(), self.lost.load(Ordering::Relaxed))
    }
}

/// One puts at a time.
pub struct Ordered<T> {
    ring: ArrayQueue<T>,
    turn: Mutex<u64>,
}

impl<T> Ordered<T> {
    pub fn put(&self, mut item: T) {
        let mut lost = self.turn.lock().unwrap();
        while let Err(back) = self.ring.push(item) {
            self.ring.pop(); //~ BP07 low
            *lost += 1;
            item = back;
        }
    }

    pub fn take(&self) -> (Option<T>, u64) {
        (self.ring.pop(), *self.turn.lock().unwrap())
    }
}

/// Tables that are used again, as many as there is room for.
pub struct Tables {
    spare: ArrayQueue<Vec<u64>>,
}

impl Tables {
    pub fn sum(&self, items: &[u64]) -> u64 {
        let mut table = self.spare.pop().unwrap_or_default();
        table.extend(items);
        let sum = table.iter().sum();
        table.clear();
        let _ = self.spare.push(table);
        sum
    }
}
