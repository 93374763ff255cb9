//highwater:nocompile needs rdkafka
// A set of tasks that is only swept of those that are done, and waited for when the consumer ends,
// holds as many as there were messages meanwhile. Waited for when it is full, it holds no more.
use rdkafka::consumer::StreamConsumer;
use rdkafka::message::OwnedMessage;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub struct Swept {
    running: JoinSet<()>,
}

impl Swept {
    fn on_record(&mut self, message: OwnedMessage) {
        while self.running.try_join_next().is_some() {}
        self.running.spawn(book(message)); //~ BP03 medium
    }

    pub async fn run(mut self, consumer: StreamConsumer, stop: CancellationToken) {
        loop {
            tokio::select! {
                _ = stop.cancelled() => break,
                taken = consumer.recv() => {
                    if let Ok(message) = taken {
                        self.on_record(message.detach());
                    }
                }
            }
        }
        while self.running.join_next().await.is_some() {}
    }
}

pub struct Full {
    running: JoinSet<()>,
}

impl Full {
    async fn on_record(&mut self, message: OwnedMessage) {
        while self.running.len() >= 64 {
            self.running.join_next().await;
        }
        self.running.spawn(book(message));
    }

    pub async fn run(mut self, consumer: StreamConsumer, stop: CancellationToken) {
        loop {
            tokio::select! {
                _ = stop.cancelled() => break,
                taken = consumer.recv() => {
                    if let Ok(message) = taken {
                        self.on_record(message.detach()).await;
                    }
                }
            }
        }
        while self.running.join_next().await.is_some() {}
    }
}

async fn book(message: OwnedMessage) {
    let taken = reqwest::Client::new().post("http://stock/orders").body(format!("{message:?}"));
    if let Err(error) = taken.send().await {
        tracing::warn!("not booked: {error}");
    }
}
