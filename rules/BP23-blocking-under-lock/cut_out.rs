//highwater:nocompile needs orchard
// A piece of a file: nobody in view starts the picker, and there is one basket and one lock that it
// can be given.
use orchard::{Apple, Tree};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

pub struct Rows {
    taken: Mutex<HashSet<u64>>,
    basket: crossbeam_channel::Sender<Apple>,
}

impl Rows {
    pub fn offer(&self, apple: Apple) -> bool {
        let mut taken = self.taken.lock().unwrap();
        taken.insert(apple.number) && self.basket.send(apple).is_ok() //~ BP23 medium
    }

    pub fn hand_in(&self, apple: Apple) -> bool {
        let is_new = self.taken.lock().unwrap().insert(apple.number);
        is_new && self.basket.send(apple).is_ok()
    }
}

fn pick(rows: Arc<Rows>, basket: crossbeam_channel::Receiver<Apple>, tree: Tree) {
    for apple in basket {
        tree.peel(&apple);
        rows.taken.lock().unwrap().remove(&apple.number);
    }
}

pub fn rows() -> (Arc<Rows>, crossbeam_channel::Receiver<Apple>) {
    let (basket, apples) = crossbeam_channel::bounded(64);
    let taken = Mutex::default();
    (Arc::new(Rows { taken, basket }), apples)
}
