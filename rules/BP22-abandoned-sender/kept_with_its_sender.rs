// Where both ends are parts of one value, the receiving end is there for as long as anybody sends: a receiver that stops
// leaves who sends waiting. And a slot for one answer that a table keeps is no better than a promise there.
use crossbeam_channel::{Receiver, Sender, bounded, select};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
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
