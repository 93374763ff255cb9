// A place that is counted by hand: who takes one waits until there is one, and its end counts it back. It is
// given back when the function returns, unless the thread has it.
use std::sync::{Arc, Condvar, Mutex};

#[derive(Default)]
pub struct Hall {
    free: Mutex<usize>,
    left: Condvar,
}

pub struct Desk {
    hall: Arc<Hall>,
}

impl Hall {
    fn take(self: &Arc<Self>) -> Desk {
        let free = self.free.lock().unwrap();
        let mut free = self.left.wait_while(free, |free| *free == 0).unwrap();
        *free -= 1;
        Desk {
            hall: Arc::clone(self),
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        *self.hall.free.lock().unwrap() += 1;
        self.hall.left.notify_one();
    }
}

pub fn examine(hall: &Arc<Hall>, paper: String) {
    let _desk = hall.take();
    std::thread::spawn(move || mark(&paper)); //~ BP12 high
}

pub fn examine_there(hall: &Arc<Hall>, paper: String) {
    let desk = hall.take();
    std::thread::spawn(move || {
        mark(&paper);
        drop(desk);
    });
}

fn mark(paper: &str) {
    println!("{} words", paper.split(' ').count());
}
