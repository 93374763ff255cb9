// The type holds both ends, and lets go of its sender before it waits for the end.
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
