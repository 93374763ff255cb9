// A permit is waited for before each send and goes along with the item: the semaphore is the bound.
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

pub struct Parcel {
    pub body: Vec<u8>,
    pub room: OwnedSemaphorePermit,
}

pub struct Belt {
    room: Arc<Semaphore>,
    parcels: mpsc::UnboundedSender<Parcel>,
}

impl Belt {
    pub fn start(room: Arc<Semaphore>) -> Belt {
        let (parcels, mut arrived) = mpsc::unbounded_channel(); //~ BP01 low
        tokio::spawn(async move {
            while let Some(parcel) = arrived.recv().await {
                unload(parcel).await;
            }
        });
        Belt { room, parcels }
    }

    pub async fn put(&self, body: Vec<u8>) -> bool {
        let Ok(room) = self.room.clone().acquire_owned().await else {
            return false;
        };
        self.parcels.send(Parcel { body, room }).is_ok()
    }
}

async fn unload(_parcel: Parcel) {}
