// Losses that are told in words where they happen, or to whoever calls: low. That a queue is full says
// when an item is lost, and not why that is right.
use tokio::sync::mpsc;

pub struct Pointer {
    pub x: u32,
}

pub struct Screen {
    moves: mpsc::Sender<Pointer>,
    frames: mpsc::Sender<Vec<u8>>,
}

impl Screen {
    pub fn new() -> (Screen, mpsc::Receiver<Pointer>, mpsc::Receiver<Vec<u8>>) {
        let (moves, moved) = mpsc::channel(64);
        let (frames, shown) = mpsc::channel(8);
        (Screen { moves, frames }, moved, shown)
    }

    pub fn point(&self, to: Pointer) {
        // Moves are shed under overload.
        let _ = self.moves.try_send(to); //~ BP07 low
    }

    /// Shows a frame. Frames are skipped when the viewer falls behind.
    pub fn show(&self, frame: Vec<u8>) {
        let _ = self.frames.try_send(frame); //~ BP07 low
    }

    pub fn press(&self, at: Pointer) {
        // Does not wait when the queue is full.
        let _ = self.moves.try_send(at); //~ BP07 high
    }
}

/// Keeps what was seen last. When there is no room, the oldest sightings are dropped.
#[derive(Clone)]
pub struct Sightings {
    seen: async_channel::Sender<Pointer>,
    old: async_channel::Receiver<Pointer>,
}

impl Sightings {
    pub fn new() -> Sightings {
        let (seen, old) = async_channel::bounded(32);
        Sightings { seen, old }
    }

    pub fn add(&self, mut sighting: Pointer) {
        while let Err(async_channel::TrySendError::Full(back)) = self.seen.try_send(sighting) { //~ BP17 medium
            sighting = back;
            let _ = self.old.try_recv(); //~ BP07 low
        }
    }
}
