// The first type holds both ends, and lets go of its sender before it waits for the end.
use tokio::sync::mpsc;

pub struct Warehouse {
    send: mpsc::Sender<String>,
    receive: mpsc::Receiver<String>,
}

impl Warehouse {
    pub fn new() -> Warehouse {
        let (send, receive) = mpsc::channel(8);
        Warehouse { send, receive }
    }

    pub fn sender(&self) -> mpsc::Sender<String> {
        self.send.clone()
    }

    pub async fn shutdown(mut self) {
        drop(self.send);
        while let Some(item) = self.receive.recv().await {
            tracing::info!("left over: {item}");
        }
    }
}

/// Each worker has a receiver of its own and nothing of the pool; it ends when the pool drops its
/// sender.
#[derive(Default)]
pub struct Workers {
    queues: std::sync::Mutex<Vec<mpsc::Sender<Copy>>>,
}

pub struct Copy(pub String);

impl Workers {
    pub fn resize(&self, wanted: usize) {
        let mut queues = self.queues.lock().unwrap();
        while queues.len() < wanted {
            let (queue, jobs) = mpsc::channel(8);
            queues.push(queue);
            tokio::spawn(async move {
                let mut jobs = jobs;
                while let Some(job) = jobs.recv().await {
                    copy(job).await;
                }
            });
        }
        queues.truncate(wanted);
    }
}

async fn copy(_job: Copy) {}
