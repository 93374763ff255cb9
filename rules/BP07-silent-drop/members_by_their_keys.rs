// Those whom a map holds are looked at with their keys; and a guard comes out of a limited wait beside the word
// whether the time was over. Both stay what they were.
use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;

pub struct Town {
    houses: Mutex<HashMap<u32, mpsc::Sender<String>>>,
}

impl Town {
    pub fn cry(&self, news: &str) {
        for (_number, house) in self.houses.lock().unwrap().iter() {
            let _ = house.try_send(news.to_owned()); //~ BP07 high
        }
    }
}

pub struct Village {
    houses: Mutex<HashMap<u32, mpsc::Sender<String>>>,
    missed: Mutex<u64>,
}

impl Village {
    pub fn cry(&self, news: &str) -> u64 {
        for (_number, house) in self.houses.lock().unwrap().iter() {
            if house.try_send(news.to_owned()).is_err() {
                *self.missed.lock().unwrap() += 1;
            }
        }
        *self.missed.lock().unwrap()
    }
}

pub struct Tray {
    papers: Mutex<VecDeque<String>>,
    brought: Condvar,
    room: usize,
}

impl Tray {
    pub fn bring(&self, paper: String) {
        let mut papers = self.papers.lock().unwrap();
        if papers.len() == self.room { //~ BP07 high
            papers.pop_front();
        }
        papers.push_back(paper);
        self.brought.notify_one();
    }

    pub fn next(&self, limit: Duration) -> Option<String> {
        let papers = self.papers.lock().unwrap();
        let (mut papers, _) = self.brought.wait_timeout_while(papers, limit, |papers| papers.is_empty()).unwrap();
        papers.pop_front()
    }
}

pub struct Echo {
    sounds: Mutex<VecDeque<u64>>,
    room: usize,
}

impl Echo {
    pub fn shout(&self, sound: u64) {
        let mut sounds = self.sounds.lock().unwrap();
        // An answer that comes so late no longer matters.
        if sounds.len() == self.room { //~ BP07 low
            sounds.pop_front();
        }
        sounds.push_back(sound);
    }

    pub fn answer(&self) -> Option<u64> {
        self.sounds.lock().unwrap().pop_front()
    }
}
