// What is old enough is taken, nothing sooner: the list is as long as what came in during that
// time, and no taker can fall behind.
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

pub struct Visits {
    seen: Mutex<VecDeque<(u64, Instant)>>,
    keep: Duration,
}

impl Visits {
    pub fn note(&self, visitor: u64) {
        let mut seen = self.seen.lock().unwrap();
        seen.push_back((visitor, Instant::now())); //~ BP01 low
    }

    pub fn forget_old(&self) {
        let mut seen = self.seen.lock().unwrap();
        while let Some((visitor, at)) = seen.front() {
            if at.elapsed() > self.keep {
                println!("forgets {visitor}");
                let _ = seen.pop_front();
            } else {
                break;
            }
        }
    }
}
