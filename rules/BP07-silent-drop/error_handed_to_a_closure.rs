// What a closure does with the error is done about the item, wherever the result goes then.
use std::net::SocketAddr;
use tokio::sync::mpsc::Sender;

pub struct Egress {
    orders: Sender<(Vec<u8>, SocketAddr)>,
    quotes: Sender<u64>,
}

impl Egress {
    pub fn send(&self, order: Vec<u8>, to: SocketAddr) {
        let _ = self.orders.try_send((order, to)).map_err(|error| {
            tracing::warn!(%error, "an order was not sent");
        });
    }

    pub fn quote(&self, number: u64) {
        self.quotes
            .try_send(number)
            .inspect_err(|error| tracing::warn!(%error, "a quote was not sent"))
            .ok();
    }

    pub fn quote_twice(&self, number: u64) {
        let _ = self.quotes.try_send(number).map_err(|_| ()); //~ BP07 high
    }
}
