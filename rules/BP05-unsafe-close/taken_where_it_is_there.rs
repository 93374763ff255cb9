// A sender that is used up by its send, and those who know whether it is still there.
use tokio::sync::oneshot;

struct Upload {
    done: Option<oneshot::Sender<u64>>,
}

impl Upload {
    fn finish(&mut self, bytes: u64) {
        if self.done.is_some() {
            let _ = self.done.take().unwrap().send(bytes);
        }
    }

    // The value is gone after it.
    fn give_up(mut self) {
        if let Some(done) = self.done.take() {
            let _ = done.send(0);
        }
    }
}

// One way only: the state machine is not asked again after its end.
struct Handshake {
    done: Option<oneshot::Sender<bool>>,
}

impl Handshake {
    fn step(&mut self, accepted: bool) {
        if accepted {
            let _ = self.done.take().unwrap().send(true);
        } else {
            let _ = self.done.take().unwrap().send(false);
        }
    }
}
