// Where one arm is for what found no room, that arm is where the item is lost.
use std::sync::mpsc::{SyncSender, TrySendError};

pub struct Gone;

pub fn weigh(scale: &SyncSender<u32>, grams: u32) -> Result<(), Gone> {
    match scale.try_send(grams) {
        Ok(()) => Ok(()),
        Err(TrySendError::Full(_)) => Ok(()), //~ BP07 high
        Err(TrySendError::Disconnected(_)) => Err(Gone),
    }
}

pub fn weigh_or_say(scale: &SyncSender<u32>, grams: u32) -> Result<bool, Gone> {
    match scale.try_send(grams) {
        Ok(()) => Ok(true),
        Err(TrySendError::Full(_)) => Ok(false),
        Err(TrySendError::Disconnected(_)) => Err(Gone),
    }
}
