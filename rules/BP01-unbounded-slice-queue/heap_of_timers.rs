// What is taken from a heap is what is due next. Most of them list timers or who waits, as many as
// there are callers, so there is only a question.
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Mutex;

pub struct Timers {
    due: Mutex<BinaryHeap<Reverse<u64>>>,
}

impl Timers {
    pub fn wake_at(&self, time: u64) {
        self.due.lock().unwrap().push(Reverse(time)); //~ BP01 low
    }

    pub fn next(&self) -> Option<u64> {
        self.due.lock().unwrap().pop().map(|Reverse(time)| time)
    }
}
