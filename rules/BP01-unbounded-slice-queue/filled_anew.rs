// The list is emptied before it is filled, under the same lock: it holds one list of stops.
use std::collections::VecDeque;
use std::sync::Mutex;

pub struct Tour {
    stops: Mutex<VecDeque<String>>,
}

impl Tour {
    pub fn plan(&self, stops: Vec<String>) {
        let mut left = self.stops.lock().unwrap();
        left.clear();
        for stop in stops {
            left.push_back(stop);
        }
    }

    pub fn next(&self) -> Option<String> {
        self.stops.lock().unwrap().pop_front()
    }
}
