// The numbers stand in the defaults; what starts the tasks says which of them counts the workers.
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

#[derive(Clone)]
pub struct Layout {
    pub ovens: usize,
    pub shelf: usize,
    pub per_loaf: Duration,
    pub target: Duration,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            ovens: 4,
            shelf: 600, //~ BP19 medium
            per_loaf: Duration::from_millis(90),
            target: Duration::from_millis(900),
        }
    }
}

pub fn small() -> Layout {
    Layout {
        ovens: 4,
        shelf: 30,
        per_loaf: Duration::from_millis(90),
        target: Duration::from_millis(900),
    }
}

pub fn open(layout: &Layout) -> (Sender<u64>, Vec<JoinHandle<u64>>) {
    let (order, orders) = bounded(layout.shelf);
    let ovens = (0..layout.ovens)
        .map(|_| {
            let orders = orders.clone();
            thread::spawn(move || bake(orders))
        })
        .collect();
    (order, ovens)
}

fn bake(orders: Receiver<u64>) -> u64 {
    let mut baked = 0;
    for loaf in orders {
        baked += loaf;
    }
    baked
}
