// A queue that is trimmed after the item was put in, or by a helper, loses its oldest item as well.
// What nobody takes out is a history, what is told or counted is known, and what is out of date or
// named for its newest items is let go on purpose.
use std::collections::VecDeque;
use std::sync::Mutex;

pub struct Parcels {
    waiting: VecDeque<u64>,
    most: usize,
}

impl Parcels {
    pub fn put(&mut self, parcel: u64) {
        self.waiting.push_back(parcel);
        if self.waiting.len() > self.most { //~ BP07 high
            self.waiting.pop_front();
        }
    }

    pub fn next(&mut self) -> Option<u64> {
        self.waiting.pop_front()
    }
}

pub struct Sheets {
    written: VecDeque<String>,
    most: usize,
}

impl Sheets {
    pub fn write(&mut self, sheet: String) {
        self.written.push_back(sheet);
        self.trim();
    }

    fn trim(&mut self) {
        while self.written.len() > self.most { //~ BP07 high
            self.written.pop_front();
        }
    }

    pub fn take(&mut self, most: usize) -> Vec<String> {
        let count = most.min(self.written.len());
        self.written.drain(..count).collect()
    }
}

pub struct Calls {
    open: Mutex<VecDeque<u64>>,
}

impl Calls {
    pub fn ring(&self, caller: u64) {
        let mut open = self.open.lock().unwrap();
        if open.len() >= 100 { //~ BP07 high
            open.pop_front();
        }
        open.push_back(caller);
    }

    pub fn answer(&self) -> Option<u64> {
        self.open.lock().unwrap().pop_front()
    }
}

pub struct Told {
    waiting: VecDeque<u64>,
    most: usize,
}

impl Told {
    pub fn put(&mut self, parcel: u64) -> Option<u64> {
        self.waiting.push_back(parcel);
        if self.waiting.len() > self.most {
            return self.waiting.pop_front();
        }
        None
    }

    pub fn next(&mut self) -> Option<u64> {
        self.waiting.pop_front()
    }
}

pub struct Logged {
    waiting: VecDeque<u64>,
    most: usize,
}

impl Logged {
    pub fn put(&mut self, parcel: u64) {
        self.waiting.push_back(parcel);
        if self.waiting.len() > self.most {
            let lost = self.waiting.pop_front();
            tracing::warn!("no room, {lost:?} is lost");
        }
    }

    pub fn next(&mut self) -> Option<u64> {
        self.waiting.pop_front()
    }
}

pub struct History {
    seen: VecDeque<u64>,
    most: usize,
}

impl History {
    pub fn see(&mut self, number: u64) {
        self.seen.push_back(number);
        if self.seen.len() > self.most {
            self.seen.pop_front();
        }
    }

    pub fn forget(&mut self) {
        self.seen.clear();
    }

    pub fn all(&self) -> impl Iterator<Item = &u64> {
        self.seen.iter()
    }
}

pub struct Rate {
    times: VecDeque<u64>,
    most: usize,
}

impl Rate {
    pub fn note(&mut self, at: u64) {
        self.times.push_back(at);
        if self.times.len() > self.most {
            self.times.pop_front();
        }
    }

    pub fn of(&mut self, now: u64) -> usize {
        while self.times.front().is_some_and(|&at| at + 60 < now) {
            self.times.pop_front();
        }
        self.times.len()
    }
}

pub struct Pictures {
    shown: VecDeque<u64>,
    most: usize,
}

impl Pictures {
    /// Drops the oldest picture when the screen falls behind.
    pub fn show(&mut self, picture: u64) {
        self.shown.push_back(picture);
        if self.shown.len() > self.most { //~ BP07 low
            self.shown.pop_front();
        }
    }

    pub fn next(&mut self) -> Option<u64> {
        self.shown.pop_front()
    }
}

/// Marks of one input that wait until the others are as far.
pub struct Marks {
    staged: VecDeque<u64>,
}

impl Marks {
    pub fn stage_with_cap(&mut self, mark: u64) {
        if self.staged.len() >= 1024 { //~ BP07 low
            let _ = self.staged.pop_front();
        }
        self.staged.push_back(mark);
    }

    pub fn next_mark(&mut self) -> Option<u64> {
        self.staged.pop_front()
    }
}
