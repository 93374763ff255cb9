// A function that is not asynchronous makes a future under its lock and hands it to what runs it: the
// wait in it is another task's. One that blocks on the future waits there.
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

pub struct Center {
    handle: Handle,
}

impl Center {
    fn run_child(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        tracing::info!("{name} begins");
        self.handle.spawn(task);
    }
}

pub struct Peers {
    known: Arc<Mutex<HashMap<u32, usize>>>,
    center: Center,
}

async fn follow(known: Arc<Mutex<HashMap<u32, usize>>>, mut sizes: mpsc::Receiver<(u32, usize)>) {
    while let Some((peer, size)) = sizes.recv().await {
        known.lock().unwrap().insert(peer, size);
    }
}

async fn report(sizes: mpsc::Sender<(u32, usize)>, peer: u32) {
    for size in 0..64 {
        let _ = sizes.send((peer, size)).await;
    }
}

impl Peers {
    pub fn meet(&self, peer: u32, sizes: mpsc::Sender<(u32, usize)>) {
        let mut known = self.known.lock().unwrap();
        if known.contains_key(&peer) {
            return;
        }
        known.insert(peer, 0);
        let reporting = report(sizes, peer);
        self.center.run_child("report", reporting);
    }

    pub fn meet_and_wait(&self, peer: u32, sizes: mpsc::Sender<(u32, usize)>) {
        let mut known = self.known.lock().unwrap();
        known.insert(peer, 0);
        self.center.handle.block_on(report(sizes, peer)); //~ BP23 medium
    }

    pub fn start(&self) -> mpsc::Sender<(u32, usize)> {
        let (sizes, told) = mpsc::channel(1);
        self.center.run_child("follow", follow(self.known.clone(), told));
        sizes
    }
}

pub fn meet_two(peers: &Peers) {
    let sizes = peers.start();
    peers.meet(5, sizes.clone());
    peers.meet_and_wait(7, sizes);
}
