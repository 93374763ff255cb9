// The only sender, which its owner has for itself while it sends: nobody else can take the room that
// was seen. One that is lent to many, that is copied with its owner or beside it, may lose it.
use crossbeam_channel::{Receiver, Sender, bounded};

const ROOM: usize = 16;

pub struct Scale {
    weights: Sender<u32>,
    left_out: u32,
}

impl Scale {
    pub fn new(work: fn(u32)) -> Scale {
        let (weights, queue) = bounded(ROOM);
        std::thread::spawn(move || queue.iter().for_each(work));
        Scale {
            weights,
            left_out: 0,
        }
    }

    pub fn weigh(&mut self, grams: u32) {
        if self.weights.len() < ROOM {
            let _ = self.weights.send(grams);
        } else {
            self.left_out += 1;
        }
    }

    pub fn end(self) -> u32 {
        drop(self.weights);
        self.left_out
    }
}

pub struct Lent {
    weights: Sender<u32>,
}

impl Lent {
    pub fn new() -> (Lent, Receiver<u32>) {
        let (weights, queue) = bounded(ROOM);
        (Lent { weights }, queue)
    }

    pub fn weigh(&self, grams: u32) -> bool {
        if self.weights.len() < ROOM { //~ BP08 medium
            return self.weights.send(grams).is_ok();
        }
        false
    }
}

#[derive(Clone)]
pub struct Copied {
    weights: Sender<u32>,
}

impl Copied {
    pub fn new() -> (Copied, Receiver<u32>) {
        let (weights, queue) = bounded(ROOM);
        (Copied { weights }, queue)
    }

    pub fn weigh(&mut self, grams: u32) -> bool {
        if self.weights.len() < ROOM { //~ BP08 medium
            return self.weights.send(grams).is_ok();
        }
        false
    }
}

pub struct Beside {
    weights: Sender<u32>,
}

impl Beside {
    pub fn new() -> (Beside, Receiver<u32>) {
        let (weights, queue) = bounded(ROOM);
        (Beside { weights }, queue)
    }

    pub fn weigh(&mut self, grams: u32) -> bool {
        if self.weights.len() < ROOM { //~ BP08 medium
            return self.weights.send(grams).is_ok();
        }
        false
    }

    pub fn end(&self) -> Sender<u32> {
        self.weights.clone()
    }
}
