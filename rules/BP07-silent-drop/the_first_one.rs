// What is offered first to a channel made with room right here finds room. What comes in a loop, or
// after others were handed the sender, may not.
use tokio::sync::mpsc;

pub struct Hub {
    peers: mpsc::Sender<String>,
}

impl Hub {
    pub fn open(first: String) -> (Hub, mpsc::Receiver<String>) {
        let (peers, joined) = mpsc::channel(4);
        let _ = peers.try_send(first);
        (Hub { peers }, joined)
    }

    pub fn open_all(all: Vec<String>) -> (Hub, mpsc::Receiver<String>) {
        let (peers, joined) = mpsc::channel(4);
        for one in all {
            let _ = peers.try_send(one); //~ BP07 high
        }
        (Hub { peers }, joined)
    }

    pub fn open_late(last: String, greet: fn(mpsc::Sender<String>)) -> (Hub, mpsc::Receiver<String>) {
        let (peers, joined) = mpsc::channel(4);
        greet(peers.clone());
        let _ = peers.try_send(last); //~ BP07 high
        (Hub { peers }, joined)
    }
}
