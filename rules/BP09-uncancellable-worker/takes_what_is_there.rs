//highwater:nocompile needs flume
// Both hold the sender beside the receiver. What takes what is there goes on at once; what waits
// for the end of all senders waits for its own.

pub struct Courier {
    send: flume::Sender<String>,
    letters: flume::Receiver<String>,
    left: Vec<String>,
}

impl Courier {
    pub fn new() -> Courier {
        let (send, letters) = flume::bounded(8);
        let left = Vec::new();
        Courier {
            send,
            letters,
            left,
        }
    }

    pub fn sender(&self) -> flume::Sender<String> {
        self.send.clone()
    }

    pub fn reset(&mut self) {
        let waiting: Vec<String> = self.letters.drain().collect();
        self.left.extend(waiting);
    }

    pub fn count(&self) -> usize {
        let mut seen = 0;
        for letter in self.letters.try_iter() {
            seen += letter.len();
        }
        seen
    }
}

pub struct Archive {
    send: flume::Sender<String>,
    letters: flume::Receiver<String>,
}

impl Archive {
    pub fn new() -> Archive {
        let (send, letters) = flume::bounded(8);
        Archive { send, letters }
    }

    pub fn sender(&self) -> flume::Sender<String> {
        self.send.clone()
    }

    pub fn finish(self) -> Vec<String> {
        self.letters.iter().collect() //~ BP09 medium
    }
}
