// Values whose end gives back a place that was counted by hand: a free one, a seat behind a lock, a name in a
// set. Kept by the function that starts the thread they end with it; moved along, also as what a method is
// called on, they last.
use std::collections::HashSet;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub struct Shop {
    free: AtomicUsize,
    seats: Mutex<usize>,
    names: Mutex<HashSet<String>>,
}

struct Bench(Arc<Shop>);

impl Drop for Bench {
    fn drop(&mut self) {
        self.0.free.fetch_add(1, Ordering::AcqRel);
    }
}

struct Seat {
    shop: Arc<Shop>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        *self.shop.seats.lock().unwrap() -= 1;
    }
}

struct Turn {
    shop: Arc<Shop>,
    name: String,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.shop.names.lock().unwrap().remove(&self.name);
    }
}

struct Order {
    name: String,
    _seat: Seat,
}

impl Order {
    async fn carry_out(self) {
        build(&self.name);
    }
}

impl Shop {
    fn bench(self: &Arc<Self>) -> Option<Bench> {
        let one_less = |free: usize| free.checked_sub(1);
        self.free
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, one_less)
            .ok()
            .map(|_| Bench(Arc::clone(self)))
    }

    fn seat(self: &Arc<Self>) -> Result<Seat, String> {
        let mut seats = self.seats.lock().unwrap();
        if *seats >= 4 {
            return Err("no seat is left".to_owned());
        }
        *seats += 1;
        Ok(Seat { shop: Arc::clone(self) })
    }

    fn turn(self: &Arc<Self>, name: &str) -> Option<Turn> {
        if !self.names.lock().unwrap().insert(name.to_owned()) {
            return None;
        }
        Some(Turn { shop: Arc::clone(self), name: name.to_owned() })
    }

    pub fn at_bench(self: &Arc<Self>, name: String) -> bool {
        let Some(_bench) = self.bench() else {
            return false;
        };
        self.start(name);
        true
    }

    fn start(&self, name: String) {
        std::thread::spawn(move || build(&name)); //~ BP12 high
    }

    pub fn at_bench_well(self: &Arc<Self>, name: String) -> bool {
        let Some(bench) = self.bench() else {
            return false;
        };
        std::thread::spawn(move || {
            build(&name);
            drop(bench);
        });
        true
    }

    pub fn seated(self: &Arc<Self>, name: String) -> Result<(), String> {
        let _seat = self.seat()?;
        std::thread::spawn(move || build(&name)); //~ BP12 high
        Ok(())
    }

    pub fn ordered(self: &Arc<Self>, name: String) -> Result<(), String> {
        let order = Order { name, _seat: self.seat()? };
        tokio::spawn(order.carry_out());
        Ok(())
    }

    pub fn once(self: &Arc<Self>, name: String) -> bool {
        let Some(_turn) = self.turn(&name) else {
            return false;
        };
        std::thread::spawn(move || build(&name)); //~ BP12 high
        true
    }
}

fn build(name: &str) {
    let _ = Command::new("make").arg(name).status();
}
