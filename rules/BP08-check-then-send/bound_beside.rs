// A test for room that is joined with a bound of its own on what is under way: that number may
// well be what leaves room, and is said with less confidence. Without it nothing does.
use std::collections::BTreeSet;
use tokio::sync::mpsc;

pub enum Order {
    Fetch(u64),
    Refresh,
}

pub struct Fetcher {
    orders: mpsc::Sender<Order>,
    done: mpsc::Receiver<u64>,
    most: usize,
}

impl Fetcher {
    pub fn start(room: usize) -> (Fetcher, mpsc::Receiver<Order>) {
        let (orders, queue) = mpsc::channel(room);
        let (_told, done) = mpsc::channel(room);
        tokio::spawn(refresh_later(orders.clone()));
        tokio::spawn(fetch_on(orders.clone()));
        let most = room / 2;
        (Fetcher { orders, done, most }, queue)
    }

    pub async fn run(mut self) {
        let mut under_way = BTreeSet::new();
        let mut next = 0;
        loop {
            while self.orders.capacity() > 0 && under_way.len() < self.most { //~ BP08 medium
                if self.orders.send(Order::Fetch(next)).await.is_err() {
                    return;
                }
                under_way.insert(next);
                next += 1;
            }
            let Some(done) = self.done.recv().await else {
                return;
            };
            under_way.remove(&done);
        }
    }
}

async fn fetch_on(orders: mpsc::Sender<Order>) {
    let mut next = 0;
    loop {
        while orders.capacity() > 0 { //~ BP08 high
            if orders.send(Order::Fetch(next)).await.is_err() {
                return;
            }
            next += 1;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

async fn refresh_later(orders: mpsc::Sender<Order>) {
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let _ = orders.send(Order::Refresh).await;
}
