// Three lanes of one queue, filled by one function: one finding. A list that one task fills and
// empties by itself, with no lock, is no queue between tasks.
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::sync::Notify;

pub enum Lane {
    High,
    Low,
}

#[derive(Default)]
struct Lanes {
    high: VecDeque<Vec<u8>>,
    low: VecDeque<Vec<u8>>,
}

#[derive(Default)]
pub struct Scheduler {
    lanes: Mutex<Lanes>,
    wake: Notify,
}

impl Scheduler {
    pub fn enqueue(&self, lane: Lane, item: Vec<u8>) {
        let mut lanes = self.lanes.lock().unwrap();
        match lane {
            Lane::High => lanes.high.push_back(item), //~ BP01 high
            Lane::Low => lanes.low.push_back(item),
        }
        drop(lanes);
        self.wake.notify_one();
    }

    pub fn dequeue(&self) -> Option<Vec<u8>> {
        let mut lanes = self.lanes.lock().unwrap();
        lanes.high.pop_front().or_else(|| lanes.low.pop_front())
    }
}

/// One run of one machine: whoever has it turns it.
#[derive(Default)]
pub struct Machine {
    commands: VecDeque<String>,
    nudge: Notify,
}

impl Machine {
    pub fn handle(&mut self, event: &str) {
        self.commands.push_back(event.to_owned()); //~ BP01 low
        self.nudge.notify_one();
    }

    pub fn turn(&mut self) {
        while let Some(command) = self.commands.pop_front() {
            apply(&command);
        }
    }
}

fn apply(_command: &str) {}
