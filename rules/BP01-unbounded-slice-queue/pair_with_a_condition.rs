// A queue and its condition in one shared pair, taken apart under other names in each method.
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};

pub struct Mail {
    pub to: String,
}

#[derive(Clone, Default)]
pub struct Outbox {
    shared: Arc<(Mutex<VecDeque<Mail>>, Condvar)>,
}

impl Outbox {
    pub fn put(&self, mail: Mail) {
        let (mails, arrived) = &*self.shared;
        mails.lock().unwrap().push_back(mail); //~ BP01 high
        arrived.notify_one();
    }

    pub fn next(&self) -> Mail {
        let (mails, arrived) = &*self.shared;
        let mut waiting = mails.lock().unwrap();
        loop {
            if let Some(mail) = waiting.pop_front() {
                return mail;
            }
            waiting = arrived.wait(waiting).unwrap();
        }
    }
}
