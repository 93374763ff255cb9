// A helper takes the oldest out, and the send behind it waits for the room that another one may have
// taken. Who tries again and gives the item back does not wait.
use crossbeam_channel::{Receiver, Sender, TrySendError};

pub struct Tape {
    put: Sender<u64>,
    get: Receiver<u64>,
}

impl Tape {
    pub fn write(&self, mark: u64) -> Result<(), u64> {
        let mark = match self.put.try_send(mark) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(mark)) => mark,
            Err(TrySendError::Disconnected(mark)) => return Err(mark),
        };
        self.cut();
        self.put.send(mark).map_err(|unsent| unsent.0) //~ BP17 medium
    }

    fn cut(&self) {
        let _ = self.get.try_recv();
    }
}

pub struct Strip {
    put: Sender<u64>,
    get: Receiver<u64>,
}

impl Strip {
    pub fn write(&self, mark: u64) -> Result<(), u64> {
        let mark = match self.put.try_send(mark) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(mark)) => mark,
            Err(TrySendError::Disconnected(mark)) => return Err(mark),
        };
        self.cut();
        match self.put.try_send(mark) {
            Ok(()) => Ok(()),
            Err(refused) => Err(refused.into_inner()),
        }
    }

    fn cut(&self) {
        let _ = self.get.try_recv();
    }
}
