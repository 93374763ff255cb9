// What is a part of where a reader stands goes on and back with it, and counts nothing; amounts
// that are added to a number that is told as well are no secret. A count of what was lost, beside
// either of them, has no reader.
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct Reader {
    data: Vec<u8>,
    starts: Vec<usize>,
    offset_in_data: usize,
    part_index: usize,
    since_start: usize,
    torn: u64,
}

impl Reader {
    pub fn seek(&mut self, part: usize) {
        self.part_index = part;
        self.offset_in_data = self.starts[part];
        self.since_start = 0;
    }

    pub fn read(&mut self) -> Option<u8> {
        let Some(&byte) = self.data.get(self.offset_in_data) else {
            self.torn += 1; //~ BP21 high
            return None;
        };
        self.offset_in_data += 1;
        self.since_start += 1; //~ BP21 low
        Some(byte)
    }

    pub fn part(&self) -> usize {
        self.part_index
    }
}

#[derive(Default)]
struct Window {
    bytes: u64,
}

#[derive(Default)]
pub struct Traffic {
    all: AtomicU64,
    refused: AtomicU64,
    window: Mutex<Window>,
}

impl Traffic {
    pub fn note(&self, size: u64) {
        self.all.fetch_add(size, Ordering::Relaxed); //~ BP21 low
        let mut window = self.window.lock().unwrap();
        window.bytes += size;
    }

    pub fn refuse(&self, size: u64) {
        self.refused.fetch_add(size, Ordering::Relaxed); //~ BP21 high
    }

    pub fn recent(&self) -> u64 {
        self.window.lock().unwrap().bytes
    }
}
