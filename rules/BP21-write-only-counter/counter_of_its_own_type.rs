// A counter with a type of its own is counted up by a method and read by another. The one that is never read
// is a number for nobody. One whose method also yields the number is read by whoever takes it.
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
struct Tally(AtomicU64);

impl Tally {
    fn more(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    fn one(&self) {
        self.more(1);
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub struct Mill {
    sacks: Tally,
    torn: Tally,
    labels: Tally,
    kilos: Tally,
}

impl Mill {
    pub fn grind(&self, kilos: u64, is_torn: bool) -> String {
        self.sacks.one();
        self.kilos.more(kilos);
        if is_torn {
            self.torn.one(); //~ BP21 high
        }
        format!("sack {}", self.labels.next())
    }

    pub fn report(&self) -> String {
        format!("{} sacks, {} kg", self.sacks.so_far(), self.kilos.so_far())
    }
}
