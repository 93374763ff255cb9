// What is said when the channel has ended says nothing of an item that found no room.
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

pub struct Tap {
    lines: Sender<String>,
}

impl Tap {
    pub fn note(&self, line: String) {
        match self.lines.try_send(line) { //~ BP07 high
            Ok(()) | Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Closed(_)) => tracing::error!("nobody reads the tap"),
        }
    }
}

pub struct Told {
    lines: Sender<String>,
}

impl Told {
    pub fn note(&self, line: String) {
        match self.lines.try_send(line) {
            Ok(()) | Err(TrySendError::Closed(_)) => {}
            Err(TrySendError::Full(line)) => tracing::error!("no room for {line}"),
        }
    }
}
