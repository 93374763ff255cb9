//highwater:nocompile needs glommio
// A channel that takes any number refuses nothing for want of room. One with eight places does.
use glommio::channels::local_channel::{LocalReceiver, LocalSender, new_bounded, new_unbounded};
use std::cell::RefCell;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Tellers {
    told: RefCell<BTreeMap<u64, LocalSender<String>>>,
}

impl Tellers {
    pub fn listen(&self, who: u64) -> LocalReceiver<String> {
        let (sender, receiver) = new_unbounded(); //~ BP01 medium
        self.told.borrow_mut().insert(who, sender);
        receiver
    }

    pub fn tell(&self, tale: &str) {
        for (_, listener) in self.told.borrow().iter() {
            let _ = listener.try_send(tale.to_owned());
        }
    }
}

#[derive(Default)]
pub struct Criers {
    told: RefCell<BTreeMap<u64, LocalSender<String>>>,
}

impl Criers {
    pub fn listen(&self, who: u64) -> LocalReceiver<String> {
        let (sender, receiver) = new_bounded(8);
        self.told.borrow_mut().insert(who, sender);
        receiver
    }

    pub fn cry(&self, news: &str) {
        for (_, listener) in self.told.borrow().iter() {
            let _ = listener.try_send(news.to_owned()); //~ BP07 high
        }
    }
}
