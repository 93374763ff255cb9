// One way in asks whether there is room, the other does not: the heap is a queue with a limit that
// does not hold. Where both ask, it does.
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex};

pub struct Plan {
    jobs: Mutex<BinaryHeap<u64>>,
    came: Condvar,
    most: usize,
}

impl Plan {
    pub fn submit(&self, job: u64) -> Result<(), u64> {
        let mut jobs = self.jobs.lock().unwrap();
        if jobs.len() >= self.most {
            return Err(job);
        }
        jobs.push(job);
        self.came.notify_one();
        Ok(())
    }

    pub fn submit_all(&self, more: Vec<u64>) {
        let mut jobs = self.jobs.lock().unwrap();
        jobs.extend(more); //~ BP01 high
        self.came.notify_all();
    }

    pub fn next(&self) -> u64 {
        let mut jobs = self.jobs.lock().unwrap();
        loop {
            if let Some(job) = jobs.pop() {
                return job;
            }
            jobs = self.came.wait(jobs).unwrap();
        }
    }
}
