//highwater:nocompile needs rumqttc
// A loop that takes messages calls a function with each: what that starts, it starts for each. What
// only a few messages lead to, and what holds a permit, is not said.
use rumqttc::{AsyncClient, Connection, Event, EventLoop, Packet};
use std::sync::Arc;
use std::thread;
use tokio::sync::Semaphore;

pub struct Meters;

impl Meters {
    fn store(&self, _reading: &[u8]) {}

    async fn keep(&self, _reading: Vec<u8>) {}
}

pub struct Station {
    meters: Arc<Meters>,
    places: Arc<Semaphore>,
}

impl Station {
    fn reading(&self, payload: &[u8]) {
        if payload.is_empty() {
            return;
        }
        let (meters, payload) = (Arc::clone(&self.meters), payload.to_vec());
        thread::spawn(move || meters.store(&payload)); //~ BP03 medium
    }

    async fn paced(&self, payload: Vec<u8>) {
        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
            return;
        };
        let meters = Arc::clone(&self.meters);
        tokio::spawn(async move {
            meters.keep(payload).await;
            drop(place);
        });
    }

    async fn alarmed(&self, payload: Vec<u8>) {
        if payload.first() == Some(&0xff) {
            let meters = Arc::clone(&self.meters);
            tokio::spawn(async move { meters.keep(payload).await });
        }
    }

    async fn kept(&self, payload: Vec<u8>) {
        let meters = Arc::clone(&self.meters);
        tokio::spawn(async move { meters.keep(payload).await }); //~ BP03 medium
    }
}

pub fn listen(station: &Station, mut connection: Connection) {
    for event in connection.iter() {
        match event {
            Ok(Event::Incoming(Packet::Publish(message))) => station.reading(&message.payload),
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

pub async fn follow(station: Station, client: AsyncClient, mut eventloop: EventLoop) {
    while let Ok(event) = eventloop.poll().await {
        if let Event::Incoming(Packet::Publish(message)) = event {
            station.paced(message.payload.to_vec()).await;
            station.alarmed(message.payload.to_vec()).await;
            station.kept(message.payload.to_vec()).await;
        }
    }
    drop(client);
}
