//highwater:nocompile needs Collector
// A library calls the one function once, while it is set up, and the channel has room for far more
// than that; it calls the other one with every reading.
use collectors::{Collector, Pipeline, Reading};
use tokio::sync::mpsc;

enum Message {
    Register(Pipeline),
    Reading(Reading),
}

pub struct Forwarder {
    messages: mpsc::Sender<Message>,
}

impl Forwarder {
    pub fn start() -> Forwarder {
        let (messages, mut taken) = mpsc::channel(256); //~ BP19 low
        tokio::spawn(async move {
            while let Some(message) = taken.recv().await {
                handle(message).await;
            }
        });
        Forwarder { messages }
    }
}

impl Collector for Forwarder {
    fn register_pipeline(&self, pipeline: Pipeline) {
        let _ = self.messages.try_send(Message::Register(pipeline)); //~ BP07 low
    }

    fn observe(&self, reading: Reading) {
        let _ = self.messages.try_send(Message::Reading(reading)); //~ BP07 high
    }
}

async fn handle(_message: Message) {}
