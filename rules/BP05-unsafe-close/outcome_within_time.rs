// A send that was done within its time has failed all the same, where the channel has been closed on purpose meanwhile:
// who takes being in time for success panics. Who asks for both does not.
use async_channel::{Receiver, Sender};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(3);

#[derive(Clone)]
struct Stall {
    fares: Sender<u32>,
}

#[derive(Default)]
pub struct Stalls {
    open: Mutex<HashMap<u64, Stall>>,
}

impl Stalls {
    pub fn open(&self, id: u64) -> Receiver<u32> {
        let (fares, inbox) = async_channel::bounded(4);
        self.open.lock().unwrap().insert(id, Stall { fares });
        inbox
    }

    pub fn shut(&self, id: u64) {
        if let Some(stall) = self.open.lock().unwrap().remove(&id) {
            stall.fares.close();
        }
    }

    pub async fn tell(&self, fare: u32) {
        let all: Vec<Stall> = self.open.lock().unwrap().values().cloned().collect();
        for stall in all {
            match tokio::time::timeout(PATIENCE, stall.fares.send(fare)).await { //~ BP05 high
                Ok(sent) => sent.unwrap(),
                Err(_) => tracing::warn!("a stall is slow"),
            }
        }
    }
}

#[derive(Clone)]
struct Booth {
    prices: Sender<u32>,
}

#[derive(Default)]
pub struct Booths {
    open: Mutex<HashMap<u64, Booth>>,
}

impl Booths {
    pub fn open(&self, id: u64) -> Receiver<u32> {
        let (prices, inbox) = async_channel::bounded(4);
        self.open.lock().unwrap().insert(id, Booth { prices });
        inbox
    }

    pub fn shut(&self, id: u64) {
        if let Some(booth) = self.open.lock().unwrap().remove(&id) {
            booth.prices.close();
        }
    }

    pub async fn tell(&self, price: u32) {
        let all: Vec<Booth> = self.open.lock().unwrap().values().cloned().collect();
        for booth in all {
            match tokio::time::timeout(PATIENCE, booth.prices.send(price)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => tracing::debug!("a booth has shut"),
                Err(_) => tracing::warn!("a booth is slow"),
            }
        }
    }
}
