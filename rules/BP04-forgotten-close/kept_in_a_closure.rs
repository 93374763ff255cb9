// A closure that took the sender along lives on beside the wait for the end of the channel, as does a sender in a field that is only copied from. A closure that is dropped, or moved into the last task, ends with it.
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;

pub fn lengths(names: &[String]) -> Vec<usize> {
    let (tx, rx) = sync_channel(8);
    let report = move |length: usize| {
        let _ = tx.send(length);
    };
    thread::scope(|scope| {
        for name in names {
            scope.spawn(|| report(name.len()));
        }
        let mut all = Vec::new();
        for length in rx.iter() { //~ BP04 high
            all.push(length);
        }
        all
    })
}

pub fn lengths_of_copies(names: &[String]) -> Vec<usize> {
    let (tx, rx) = sync_channel(8);
    let report = move |length: usize| {
        let _ = tx.send(length);
    };
    thread::scope(|scope| {
        for name in names {
            let report = report.clone();
            scope.spawn(move || report(name.len()));
        }
        drop(report);
        let mut all = Vec::new();
        for length in rx.iter() {
            all.push(length);
        }
        all
    })
}

pub fn lengths_of_one_task(names: Vec<String>) -> Vec<usize> {
    let (tx, rx) = sync_channel(8);
    let report = move |length: usize| {
        let _ = tx.send(length);
    };
    thread::spawn(move || {
        for name in names {
            report(name.len());
        }
    });
    let mut all = Vec::new();
    for length in rx.iter() {
        all.push(length);
    }
    all
}

pub struct Tally {
    counts: Sender<usize>,
    counted: Receiver<usize>,
}

impl Tally {
    pub fn new() -> Self {
        let (counts, counted) = channel(); //~ BP01 low
        Self { counts, counted }
    }

    pub fn of(self, parts: Vec<String>) -> usize {
        for part in parts {
            let counts = self.counts.clone();
            thread::spawn(move || count(part, counts));
        }
        let mut sum = 0;
        for n in self.counted.iter() { //~ BP04 high
            sum += n;
        }
        sum
    }
}

fn count(part: String, counts: Sender<usize>) {
    let _ = counts.send(part.len());
}
