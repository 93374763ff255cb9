// What a match yields is the counter that is counted up, not a number of its own; what only the
// tests beside the code look at is a note.
use std::sync::atomic::{AtomicU64, Ordering};

pub enum Reason {
    Timeout,
    Refused,
}

#[derive(Default)]
pub struct Losses {
    by_timeout: AtomicU64,
    refused: AtomicU64,
    direct_reads: AtomicU64,
}

impl Losses {
    pub fn note(&self, reason: Reason) {
        match reason {
            Reason::Timeout => &self.by_timeout,
            Reason::Refused => &self.refused,
        }
        .fetch_add(1, Ordering::Relaxed);
    }

    pub fn total(&self) -> u64 {
        self.by_timeout.load(Ordering::Relaxed) + self.refused.load(Ordering::Relaxed)
    }

    pub fn read_directly(&self) {
        self.direct_reads.fetch_add(1, Ordering::Relaxed); //~ BP21 low
    }
}

/// How far a walk over files has come.
pub struct Walk {
    files: Vec<String>,
    current_index: usize,
}

impl Walk {
    pub fn finish_one(&mut self) -> Option<String> {
        self.current_index += 1; //~ BP21 low
        self.files.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_direct() {
        let losses = Losses::default();
        losses.read_directly();
        assert_eq!(losses.direct_reads.load(Ordering::Relaxed), 1);
    }
}
