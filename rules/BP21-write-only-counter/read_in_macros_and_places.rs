//highwater:nocompile needs doc!
// Counters that are read where no expression names them plainly: in the tokens of a macro, as each
// element of a list, as the place at which something is put in, and through a module's own names.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct Writer {
    rows: u64,
    bytes: u64,
    places: Vec<u8>,
}

impl Writer {
    pub fn row(&mut self) {
        let document = doc!(key => self.rows);
        self.rows += 1;
        store(document);
    }

    pub fn sent(&mut self, length: u64, took: u64) {
        self.bytes += length;
        own_event!(level, db.bytes = self.bytes, ?took);
    }

    pub fn put(&mut self, value: u8) {
        let mut at = 0;
        for &other in &self.places {
            if other > value {
                break;
            }
            at += 1;
        }
        self.places.insert(at, value);
    }

    pub fn widths(&self) -> Vec<usize> {
        let mut width = 0;
        for &place in &self.places {
            width += place as usize;
        }
        vec![width; self.places.len()]
    }
}

mod kept {
    mod parts {
        use std::sync::atomic::{AtomicU64, Ordering};

        #[derive(Default)]
        pub struct Workers {
            pub(crate) count: AtomicU64,
        }

        impl Workers {
            pub fn join(&self) {
                self.count.fetch_add(1, Ordering::AcqRel);
            }
        }
    }
    pub use parts::*;
}

pub struct Round {
    workers: Arc<crate::kept::Workers>,
}

impl Round {
    pub fn left(&self) -> u64 {
        self.workers.count.load(Ordering::Acquire)
    }
}

pub struct Tally {
    lost: AtomicU64,
}

impl Tally {
    pub fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed); //~ BP21 high
    }
}
