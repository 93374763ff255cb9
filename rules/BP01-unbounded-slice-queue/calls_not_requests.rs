//highwater:nocompile needs tonic
// The stream of a call that a peer holds open is one item for each peer. What comes in by such a
// stream, or by calls that are soon over, comes as often as peers like.
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tonic::{Request, Response, Status, Streaming};

pub struct Beat {
    pub load: String,
}

pub struct Fleet {
    joined: UnboundedSender<(u64, Streaming<Beat>)>,
    beats: UnboundedSender<Beat>,
}

impl Fleet {
    pub fn new() -> (Fleet, UnboundedReceiver<(u64, Streaming<Beat>)>, UnboundedReceiver<Beat>) {
        let (joined, members) = mpsc::unbounded_channel(); //~ BP01 low
        let (beats, felt) = mpsc::unbounded_channel(); //~ BP01 medium
        (Fleet { joined, beats }, members, felt)
    }

    pub async fn join(&self, request: Request<Streaming<Beat>>) -> Result<Response<()>, Status> {
        let _ = self.joined.send((7, request.into_inner()));
        Ok(Response::new(()))
    }

    pub async fn beat(&self, request: Request<Beat>) -> Result<Response<()>, Status> {
        let _ = self.beats.send(request.into_inner());
        Ok(Response::new(()))
    }
}
