// The sender waits for an empty crate, and the receiver gives crates back: as many are under way
// as there are crates.
use std::sync::mpsc::{self, Receiver, Sender};

pub struct Crates {
    pub full: Sender<Vec<u8>>,
    pub empty: Receiver<Vec<u8>>,
}

pub fn haul(count: usize) -> Crates {
    let (full, loaded) = mpsc::channel::<Vec<u8>>(); //~ BP01 low
    let (back, empty) = mpsc::channel::<Vec<u8>>(); //~ BP01 low
    for _ in 0..count {
        let _ = back.send(Vec::with_capacity(4096));
    }
    std::thread::spawn(move || {
        while let Ok(mut apples) = loaded.recv() {
            sell(&apples);
            apples.clear();
            let _ = back.send(apples);
        }
    });
    Crates { full, empty }
}

impl Crates {
    pub fn pick(&self, tree: &Tree) {
        loop {
            let Ok(mut apples) = self.empty.recv() else {
                return;
            };
            tree.shake(&mut apples);
            if self.full.send(apples).is_err() {
                return;
            }
        }
    }
}

pub struct Tree;

impl Tree {
    fn shake(&self, _into: &mut Vec<u8>) {}
}

fn sell(_apples: &[u8]) {}
