// What is kept for somebody is taken out with his entry, when he comes back: what made room for newer things is missing
// then. Where that is counted, he is told; of what is only looked at the oldest is let go.
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

const ROOM: usize = 50;

struct Away {
    letters: VecDeque<String>,
}

impl Away {
    fn keep(&mut self, letter: String) {
        if self.letters.len() == ROOM { //~ BP07 medium
            self.letters.pop_front();
        }
        self.letters.push_back(letter);
    }
}

#[derive(Default)]
pub struct Office {
    away: Mutex<HashMap<u64, Away>>,
}

impl Office {
    pub fn post(&self, to: u64, letter: String) -> bool {
        match self.away.lock().unwrap().get_mut(&to) {
            Some(away) => {
                away.keep(letter);
                true
            }
            None => false,
        }
    }

    pub fn back(&self, who: u64) -> Vec<String> {
        let away = self.away.lock().unwrap().remove(&who);
        match away {
            Some(away) => away.letters.into(),
            None => Vec::new(),
        }
    }
}

struct Counted {
    calls: VecDeque<String>,
    missed: usize,
}

impl Counted {
    fn keep(&mut self, call: String) {
        if self.calls.len() == ROOM {
            self.calls.pop_front();
            self.missed += 1;
        }
        self.calls.push_back(call);
    }
}

#[derive(Default)]
pub struct Exchange {
    away: Mutex<HashMap<u64, Counted>>,
}

impl Exchange {
    pub fn ring(&self, to: u64, call: String) {
        if let Some(away) = self.away.lock().unwrap().get_mut(&to) {
            away.keep(call);
        }
    }

    pub fn back(&self, who: u64) -> (Vec<String>, usize) {
        match self.away.lock().unwrap().remove(&who) {
            Some(away) => (away.calls.into(), away.missed),
            None => (Vec::new(), 0),
        }
    }
}

struct Seen {
    faces: VecDeque<String>,
}

impl Seen {
    fn keep(&mut self, face: String) {
        if self.faces.len() == ROOM {
            self.faces.pop_front();
        }
        self.faces.push_back(face);
    }
}

#[derive(Default)]
pub struct Gate {
    seen: Mutex<HashMap<u64, Seen>>,
}

impl Gate {
    pub fn pass(&self, at: u64, face: String) {
        if let Some(seen) = self.seen.lock().unwrap().get_mut(&at) {
            seen.keep(face);
        }
    }

    pub fn last(&self, at: u64) -> Option<String> {
        self.seen.lock().unwrap().get(&at).and_then(|seen| seen.faces.back().cloned())
    }
}
