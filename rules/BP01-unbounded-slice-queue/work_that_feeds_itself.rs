// Whoever takes from these queues also fills them, or is woken by what comes in: with a bound it
// would wait for itself.
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};
use std::time::Duration;

pub async fn walk(roots: Vec<PathBuf>) {
    let mut roots: VecDeque<PathBuf> = roots.into();
    let (found, folders) = async_channel::unbounded(); //~ BP01 low
    while let Some(root) = roots.pop_front() {
        if found.send(root).await.is_err() {
            return;
        }
    }
    let mut walkers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        walkers.spawn(walk_on(folders.clone(), found.clone()));
    }
    drop(found);
    while walkers.join_next().await.is_some() {}
}

async fn walk_on(folders: async_channel::Receiver<PathBuf>, found: async_channel::Sender<PathBuf>) {
    loop {
        let next = tokio::time::timeout(Duration::from_millis(50), folders.recv()).await;
        let Ok(Ok(folder)) = next else { break };
        for below in list(&folder).await {
            if found.send(below).await.is_err() {
                return;
            }
        }
    }
}

async fn list(_folder: &PathBuf) -> Vec<PathBuf> {
    Vec::new()
}

/// What runs tasks, and which of them want to go on.
pub struct Runner {
    ready: Mutex<VecDeque<u64>>,
    parked: Mutex<Option<Waker>>,
}

impl Runner {
    fn want(&self, task: u64) {
        self.ready.lock().unwrap().push_back(task); //~ BP01 low
        if let Some(parked) = self.parked.lock().unwrap().take() {
            parked.wake();
        }
    }

    pub fn run_ready(&self) {
        loop {
            let next = self.ready.lock().unwrap().pop_front();
            let Some(task) = next else { break };
            poll(task);
        }
    }
}

struct Nudge {
    task: u64,
    of: Arc<Runner>,
}

impl Wake for Nudge {
    fn wake(self: Arc<Self>) {
        self.of.want(self.task);
    }
}

pub fn nudge(task: u64, of: Arc<Runner>) -> Waker {
    Waker::from(Arc::new(Nudge { task, of }))
}

fn poll(_task: u64) {}
