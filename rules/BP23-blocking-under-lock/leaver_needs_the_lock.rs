// Whoever leaves strikes himself off under the lock, and still holds his end of the channel: who
// waits for room in it with the lock held waits for ever.
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

pub trait Line: Send {
    fn write(&mut self, news: &str) -> impl Future<Output = bool> + Send;
}

#[derive(Default)]
pub struct Court {
    criers: Mutex<HashMap<u64, mpsc::Sender<String>>>,
}

impl Court {
    pub async fn proclaim(&self, news: &str) {
        let criers = self.criers.lock().await;
        for crier in criers.values() {
            let _ = crier.send(news.to_owned()).await; //~ BP23 medium
        }
    }

    pub async fn cry(self: Arc<Self>, id: u64, mut line: impl Line) {
        let (crier, mut heard) = mpsc::channel::<String>(8);
        self.criers.lock().await.insert(id, crier);
        while let Some(news) = heard.recv().await {
            if !line.write(&news).await {
                break;
            }
        }
        self.criers.lock().await.remove(&id);
    }
}

// Who is sent to is copied first.
#[derive(Default)]
pub struct Market {
    stalls: Mutex<HashMap<u64, mpsc::Sender<String>>>,
}

impl Market {
    pub async fn tell(&self, news: &str) {
        let stalls: Vec<_> = self.stalls.lock().await.values().cloned().collect();
        for stall in stalls {
            let _ = stall.send(news.to_owned()).await;
        }
    }

    pub async fn keep(self: Arc<Self>, id: u64, mut line: impl Line) {
        let (stall, mut heard) = mpsc::channel::<String>(8);
        self.stalls.lock().await.insert(id, stall);
        while let Some(news) = heard.recv().await {
            if !line.write(&news).await {
                break;
            }
        }
        self.stalls.lock().await.remove(&id);
    }
}
