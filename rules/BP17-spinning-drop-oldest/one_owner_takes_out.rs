// One task has the sending end for itself, and a second receiving end to take the oldest out: whoever
// else receives only makes room. Where the type can be copied, others may take that room.
use crossbeam_channel::{bounded, Receiver, Sender, TrySendError};

struct Recorder {
    frames: Sender<u32>,
    oldest: Receiver<u32>,
    lost: u64,
}

impl Recorder {
    fn put(&mut self, frame: u32) {
        let mut pending = frame;
        loop {
            match self.frames.try_send(pending) {
                Ok(()) => return,
                Err(TrySendError::Full(back)) => {
                    self.lost += u64::from(self.oldest.try_recv().is_ok());
                    pending = back;
                }
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }
}

pub fn record() -> Receiver<u32> {
    let (frames, shown) = bounded(8);
    let mut recorder = Recorder { frames, oldest: shown.clone(), lost: 0 };
    std::thread::spawn(move || {
        for frame in 0..1_000 {
            recorder.put(frame);
        }
        log(recorder.lost);
    });
    shown
}

#[derive(Clone)]
pub struct Copied {
    marks: Sender<String>,
    oldest: Receiver<String>,
}

impl Copied {
    pub fn put(&mut self, mark: String) -> u64 {
        let mut lost = 0;
        let mut pending = mark;
        loop { //~ BP17 medium
            match self.marks.try_send(pending) {
                Ok(()) => return lost,
                Err(TrySendError::Full(back)) => {
                    lost += u64::from(self.oldest.try_recv().is_ok());
                    pending = back;
                }
                Err(TrySendError::Disconnected(_)) => return lost,
            }
        }
    }
}

pub fn copied() -> (Copied, Receiver<String>) {
    let (marks, shown) = bounded(8);
    (Copied { marks, oldest: shown.clone() }, shown)
}

fn log(_lost: u64) {}
