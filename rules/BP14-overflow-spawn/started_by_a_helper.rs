// The full arm calls a helper, and the helper starts the thread that waits for room. A helper that is also
// called where nothing was refused starts a thread for something else.
use std::sync::mpsc::{SyncSender, TrySendError};

pub struct Post {
    letters: SyncSender<String>,
    parcels: SyncSender<String>,
}

impl Post {
    pub fn letter(&self, text: String) {
        match self.letters.try_send(text) {
            Ok(()) => {}
            Err(TrySendError::Full(text)) => bring_later(&self.letters, text),
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    pub fn parcel(&self, name: String) {
        if let Err(TrySendError::Full(name)) = self.parcels.try_send(name) {
            carry(&self.parcels, name);
        }
    }

    pub fn heavy_parcel(&self, name: String) {
        carry(&self.parcels, name);
    }
}

fn carry(parcels: &SyncSender<String>, name: String) {
    let parcels = parcels.clone();
    std::thread::spawn(move || {
        let _ = parcels.send(name);
    });
}

fn bring_later(letters: &SyncSender<String>, text: String) {
    let letters = letters.clone();
    std::thread::spawn(move || { //~ BP14 high
        let _ = letters.send(text);
    });
}
