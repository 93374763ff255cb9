// A helper counts up what it is given the place of. What nobody reads is for nobody, whoever counts.
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
struct Marks {
    taken: AtomicU64,
    torn: AtomicU64,
}

fn mark(place: &AtomicU64) {
    place.fetch_add(1, Ordering::Relaxed);
}

fn one_more(place: &mut u64) {
    *place += 1;
}

fn next(place: &AtomicU64) -> u64 {
    place.fetch_add(1, Ordering::Relaxed)
}

#[derive(Default)]
pub struct Desk {
    marks: Marks,
    number: AtomicU64,
    forms: u64,
    blots: u64,
}

impl Desk {
    pub fn take(&mut self, is_torn: bool) -> u64 {
        mark(&self.marks.taken);
        one_more(&mut self.forms);
        if is_torn {
            mark(&self.marks.torn); //~ BP21 high
            one_more(&mut self.blots); //~ BP21 high
        }
        next(&self.number)
    }

    pub fn report(&self) -> String {
        format!("{} of {}", self.forms, self.marks.taken.load(Ordering::Relaxed))
    }
}
