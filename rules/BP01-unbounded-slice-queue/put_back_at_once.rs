// What does not fit is put back by the loop that has just taken it: nothing comes in that way. What
// others add does.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

pub struct Crate(pub usize);

#[derive(Default)]
struct Piles {
    left_over: VecDeque<Crate>,
    fresh: VecDeque<Crate>,
}

#[derive(Clone, Default)]
pub struct Quay {
    piles: Arc<Mutex<Piles>>,
}

impl Piles {
    fn pop(&mut self) -> Option<Crate> {
        if let Some(load) = self.left_over.pop_front() {
            return Some(load);
        }
        self.fresh.pop_front()
    }
}

impl Quay {
    pub fn land(&self, load: Crate) {
        self.piles.lock().unwrap().fresh.push_back(load); //~ BP01 high
    }

    fn leave_over(&self, load: Crate) {
        self.piles.lock().unwrap().left_over.push_back(load);
    }

    fn next(&self) -> Option<Crate> {
        self.piles.lock().unwrap().pop()
    }
}

pub fn load_truck(quay: &Quay, mut room: usize) {
    while let Some(load) = quay.next() {
        if load.0 > room {
            quay.leave_over(load);
            break;
        }
        room -= load.0;
    }
}
