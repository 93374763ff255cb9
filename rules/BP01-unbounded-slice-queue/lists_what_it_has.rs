// A function that is told nothing lists what another part of the owner holds: as many as there are.
// What callers hand in for each of them has no such bound.
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

#[derive(Default)]
pub struct Work {
    open: HashMap<u64, String>,
    due: VecDeque<u64>,
    mail: VecDeque<(u64, String)>,
}

#[derive(Default)]
pub struct Office {
    work: Mutex<Work>,
}

impl Office {
    pub fn recover(&self) {
        let mut work = self.work.lock().unwrap();
        for id in work.open.keys().copied().collect::<Vec<_>>() {
            work.due.push_back(id); //~ BP01 low
        }
    }

    pub fn next_due(&self) -> Option<u64> {
        self.work.lock().unwrap().due.pop_front()
    }

    pub fn tell_all(&self, news: &str) {
        let mut work = self.work.lock().unwrap();
        for id in work.open.keys().copied().collect::<Vec<_>>() {
            work.mail.push_back((id, news.to_owned())); //~ BP01 high
        }
    }

    pub fn next_mail(&self) -> Option<(u64, String)> {
        self.work.lock().unwrap().mail.pop_front()
    }
}
