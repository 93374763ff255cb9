// Where both ends are parts of one value, the receiving end is there for as long as anybody sends: a receiver that stops
// leaves who sends waiting. And a slot for one answer that a table keeps is no better than a promise there.
use crossbeam_channel::{Receiver, Sender, bounded, select};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Desk {
    give: Sender<u64>,
    take: Receiver<u64>,
    halt: Receiver<()>,
}

impl Desk {
    pub fn new(halt: Receiver<()>) -> Desk {
        let (give, take) = bounded(0);
        Desk { give, take, halt }
    }

    pub fn work(&self) -> u64 {
        let mut sum = 0;
        loop {
            select! {
                recv(self.halt) -> _ => return sum,
                recv(self.take) -> item => match item {
                    Ok(item) => sum += item,
                    Err(_) => return sum,
                },
            }
        }
    }

    pub fn pass(&self, item: u64) -> bool {
        self.give.send(item).is_ok() //~ BP22 medium
    }
}

pub struct Counter {
    give: Sender<u64>,
    take: Receiver<u64>,
    halt: Receiver<()>,
}

impl Counter {
    pub fn new(halt: Receiver<()>) -> Counter {
        let (give, take) = bounded(0);
        Counter { give, take, halt }
    }

    pub fn work(&self) -> u64 {
        let mut sum = 0;
        loop {
            select! {
                recv(self.halt) -> _ => return sum,
                recv(self.take) -> item => match item {
                    Ok(item) => sum += item,
                    Err(_) => return sum,
                },
            }
        }
    }

    // Who sends hears the stop as well.
    pub fn pass(&self, item: u64) -> bool {
        select! {
            recv(self.halt) -> _ => false,
            send(self.give, item) -> sent => sent.is_ok(),
        }
    }
}

pub struct Calls {
    open: Mutex<HashMap<u64, SyncSender<String>>>,
}

impl Calls {
    pub fn ask(&self, id: u64) -> Option<String> {
        let (answer, answered) = sync_channel(1);
        self.open.lock().unwrap().insert(id, answer);
        answered.recv().ok() //~ BP22 medium
    }

    pub fn answer(&self, id: u64, text: String) {
        let asked = self.open.lock().unwrap().remove(&id);
        if let Some(asked) = asked
            && asked.try_send(text).is_err()
        {
            eprintln!("nobody waits for {id}");
        }
    }
}

pub struct Requests {
    open: Mutex<HashMap<u64, SyncSender<String>>>,
}

impl Requests {
    // The wait ends by itself.
    pub fn ask(&self, id: u64) -> Result<String, RecvTimeoutError> {
        let (reply, replied) = sync_channel(1);
        self.open.lock().unwrap().insert(id, reply);
        replied.recv_timeout(Duration::from_secs(5))
    }

    pub fn answer(&self, id: u64, text: String) {
        let found = self.open.lock().unwrap().remove(&id);
        if let Some(found) = found
            && found.try_send(text).is_err()
        {
            eprintln!("nobody waits for {id}");
        }
    }
}

// A task that works the queue off until it is told to stop: the room is taken soon after.
pub struct Press {
    give: Sender<u64>,
    take: Receiver<u64>,
    is_over: AtomicBool,
}

impl Press {
    pub fn start() -> Arc<Press> {
        let (give, take) = bounded(4);
        let is_over = AtomicBool::new(false);
        let press = Arc::new(Press {
            give,
            take,
            is_over,
        });
        let inside = press.clone();
        thread::spawn(move || inside.print());
        press
    }

    fn print(&self) {
        while !self.is_over.load(Ordering::Acquire) {
            if let Ok(sheet) = self.take.recv_timeout(Duration::from_millis(50)) {
                println!("{sheet}");
            }
        }
    }

    pub fn stop(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    pub fn submit(&self, sheet: u64) -> bool {
        self.give.send(sheet).is_ok() //~ BP22 medium
    }
}

// The wait for room has an end.
pub struct Stamp {
    give: Sender<u64>,
    take: Receiver<u64>,
    is_over: AtomicBool,
}

impl Stamp {
    pub fn start() -> Arc<Stamp> {
        let (give, take) = bounded(4);
        let is_over = AtomicBool::new(false);
        let stamp = Arc::new(Stamp {
            give,
            take,
            is_over,
        });
        let inside = stamp.clone();
        thread::spawn(move || inside.press());
        stamp
    }

    fn press(&self) {
        while !self.is_over.load(Ordering::Acquire) {
            if let Ok(sheet) = self.take.recv_timeout(Duration::from_millis(50)) {
                println!("{sheet}");
            }
        }
    }

    pub fn stop(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    pub fn submit(&self, sheet: u64) -> bool {
        let limit = Duration::from_millis(200);
        self.give.send_timeout(sheet, limit).is_ok()
    }
}

// Buffers that go round: there are no more than have room.
pub struct Buffers {
    give: Sender<Vec<u8>>,
    take: Receiver<Vec<u8>>,
    is_over: AtomicBool,
}

impl Buffers {
    pub fn new() -> Buffers {
        let (give, take) = bounded(4);
        let is_over = AtomicBool::new(false);
        let buffers = Buffers {
            give,
            take,
            is_over,
        };
        for _ in 0..4 {
            let _ = buffers.give.send(Vec::new());
        }
        buffers
    }

    pub fn lend(&self) -> Option<Vec<u8>> {
        while !self.is_over.load(Ordering::Acquire) {
            if let Ok(buffer) = self.take.recv_timeout(Duration::from_millis(50)) {
                return Some(buffer);
            }
        }
        None
    }

    pub fn put_back(&self, buffer: Vec<u8>) {
        let _ = self.give.send(buffer);
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Buffers::new()
    }
}
