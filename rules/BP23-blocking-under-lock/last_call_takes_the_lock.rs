// What a task does last is a call, and that needs the lock of whoever waits for the task.
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

pub struct Mill {
    ground: Mutex<u64>,
    hands: Mutex<Vec<JoinHandle<()>>>,
}

impl Mill {
    pub fn hire(self: &Arc<Self>) {
        let mill = self.clone();
        let hand = thread::spawn(move || mill.grind());
        self.hands.lock().unwrap().push(hand);
    }

    fn grind(&self) {
        for _ in 0..10 {
            *self.ground.lock().unwrap() += 1;
        }
    }

    pub fn close(&self) -> u64 {
        let ground = self.ground.lock().unwrap();
        for hand in self.hands.lock().unwrap().drain(..) {
            let _ = hand.join(); //~ BP23 high
        }
        *ground
    }

    pub fn close_well(&self) -> u64 {
        let hands = std::mem::take(&mut *self.hands.lock().unwrap());
        for hand in hands {
            let _ = hand.join();
        }
        *self.ground.lock().unwrap()
    }
}
