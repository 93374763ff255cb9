// The ends come from elsewhere; that they belong together is told by what is done with them.
use crossbeam_channel::{Receiver, Sender};

pub fn keep_newest(into: &Sender<u64>, out_of: &Receiver<u64>, value: u64) {
    while into.try_send(value).is_err() { //~ BP17 medium
        if let Ok(old) = out_of.try_recv() {
            tracing::debug!("dropped {old}");
        }
    }
}
