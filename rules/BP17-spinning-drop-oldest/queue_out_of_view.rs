//highwater:nocompile needs ringed
// A queue of a kind that is not known: whoever puts an item in asks whether there was room, and takes one out
// where there was none.
use ringed::Ring;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct Tape {
    frames: Ring<u64>,
    turn: Mutex<()>,
    lost: AtomicU64,
}

impl Tape {
    pub fn put(&self, frame: u64) {
        let mut frame = frame;
        while let Err(back) = self.frames.push(frame) { //~ BP17 medium
            frame = back;
            if self.frames.pop().is_some() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub fn put_in_turn(&self, frame: u64) {
        let _turn = self.turn.lock();
        let mut frame = frame;
        while let Err(back) = self.frames.push(frame) {
            frame = back;
            if self.frames.pop().is_some() {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}
