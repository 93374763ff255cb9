// A bound made by hand: it is sent only while a number beside the channel is below a limit, and it
// counts that number up. A number that is only shown bounds nothing.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Notify, mpsc};

pub struct Weighed {
    limit: usize,
    bags: mpsc::UnboundedSender<Vec<u8>>,
    weight: Arc<AtomicUsize>,
    lighter: Arc<Notify>,
}

pub struct Scale {
    bags: mpsc::UnboundedReceiver<Vec<u8>>,
    weight: Arc<AtomicUsize>,
    lighter: Arc<Notify>,
}

impl Weighed {
    pub fn new(limit: usize) -> (Weighed, Scale) {
        let (bags, taken) = mpsc::unbounded_channel(); //~ BP01 low
        let weight = Arc::new(AtomicUsize::new(0));
        let lighter = Arc::new(Notify::new());
        let scale = Scale {
            bags: taken,
            weight: weight.clone(),
            lighter: lighter.clone(),
        };
        let weighed = Weighed {
            limit,
            bags,
            weight,
            lighter,
        };
        (weighed, scale)
    }

    pub async fn put(&self, bag: Vec<u8>) -> bool {
        let added = bag.len().min(self.limit);
        loop {
            let before = self.weight.load(Ordering::Acquire);
            if before + added <= self.limit {
                let grown = self.weight.compare_exchange(
                    before,
                    before + added,
                    Ordering::SeqCst,
                    Ordering::SeqCst,
                );
                match grown {
                    Ok(_) => return self.bags.send(bag).is_ok(),
                    Err(_) => continue,
                }
            }
            self.lighter.notified().await;
        }
    }
}

impl Scale {
    pub async fn take(&mut self) -> Option<Vec<u8>> {
        let bag = self.bags.recv().await?;
        self.weight.fetch_sub(bag.len(), Ordering::SeqCst);
        self.lighter.notify_waiters();
        Some(bag)
    }
}

pub struct Shown {
    bags: mpsc::UnboundedSender<Vec<u8>>,
    weight: Arc<AtomicUsize>,
}

impl Shown {
    pub fn new() -> (Shown, mpsc::UnboundedReceiver<Vec<u8>>) {
        let (bags, taken) = mpsc::unbounded_channel(); //~ BP01 medium
        let weight = Arc::new(AtomicUsize::new(0));
        (Shown { bags, weight }, taken)
    }

    pub fn put(&self, bag: Vec<u8>) {
        self.weight.fetch_add(bag.len(), Ordering::SeqCst);
        self.bags.send(bag).ok();
    }

    pub fn weight(&self) -> usize {
        self.weight.load(Ordering::Relaxed)
    }
}
