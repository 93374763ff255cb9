// A helper picks the lane with the most room, and who asked it sends there: others have picked the same. Where the try
// itself decides, the pick is only the best guess.
use std::sync::Arc;
use tokio::sync::mpsc::{Sender, error::TrySendError};

pub struct Lane {
    carts: Sender<u64>,
}

#[derive(Clone)]
pub struct Yard {
    lanes: Arc<Vec<Lane>>,
}

impl Yard {
    fn widest(&self) -> Option<&Lane> {
        self.lanes.iter().filter(|lane| lane.carts.capacity() > 0).max_by_key(|lane| lane.carts.capacity()) //~ BP08 medium
    }

    pub async fn send(&self, cart: u64) -> Result<(), u64> {
        let Some(lane) = self.widest() else {
            return Err(cart);
        };
        lane.carts.send(cart).await.map_err(|refused| refused.0)
    }
}

pub struct Track {
    wagons: Sender<u64>,
}

#[derive(Clone)]
pub struct Depot {
    tracks: Arc<Vec<Track>>,
}

impl Depot {
    fn widest(&self) -> Option<&Track> {
        self.tracks.iter().filter(|track| track.wagons.capacity() > 0).max_by_key(|track| track.wagons.capacity())
    }

    pub fn send(&self, wagon: u64) -> Result<(), u64> {
        let Some(track) = self.widest() else {
            return Err(wagon);
        };
        track.wagons.try_send(wagon).map_err(TrySendError::into_inner)
    }
}
