// Whoever puts an item into a sink has waited for room before: only the end of the channel can
// refuse it.
use futures::Sink;
use futures::channel::mpsc::Sender;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pub struct Again {
    to: Sender<String>,
    item: Option<String>,
}

impl Again {
    pub fn poll_hand_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let is_open = ready!(self.to.poll_ready(cx));
        if let (Ok(()), Some(item)) = (is_open, self.item.take()) {
            let _ = self.to.start_send(item);
        }
        Pin::new(&mut self.to).poll_flush(cx).map(|_| ())
    }
}

pub struct Subscription {
    key: u64,
    to_server: tokio::sync::mpsc::Sender<u64>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // This may not get through when the server's list is full; it sees that nobody listens
        // with the next message.
        let key = self.key;
        let _ = self.to_server.try_send(key); //~ BP07 low
    }
}
