// A question that finds no room takes the reply channel with it, so the other end says that there is
// no answer. An order without a reply is lost without a word.
use tokio::sync::{mpsc, oneshot};

pub enum Order {
    Flush(oneshot::Sender<usize>),
    Register(String),
}

pub struct Exporter {
    orders: mpsc::Sender<Order>,
}

impl Exporter {
    pub fn start() -> (Exporter, mpsc::Receiver<Order>) {
        let (orders, taken) = mpsc::channel(16);
        (Exporter { orders }, taken)
    }

    pub async fn flush(&self) -> Option<usize> {
        let (reply, written) = oneshot::channel();
        let _ = self.orders.try_send(Order::Flush(reply));
        written.await.ok()
    }

    pub fn register(&self, name: String) {
        let _ = self.orders.try_send(Order::Register(name)); //~ BP07 high
    }
}

impl Exporter {
    pub async fn written(&self) -> usize {
        let (reply, written) = oneshot::channel();
        if self.orders.try_send(Order::Flush(reply)).is_ok()
            && let Ok(count) = written.await
        {
            return count;
        }
        0
    }
}

pub enum Ask {
    State(tokio::sync::mpsc::Sender<usize>),
}

// Who asks has made room for the one answer.
pub fn tell(count: usize, reply_to: tokio::sync::mpsc::Sender<usize>) {
    let _ = reply_to.try_send(count); //~ BP07 low
}

pub fn tell_all(count: usize, readers: tokio::sync::mpsc::Sender<usize>) {
    let _ = readers.try_send(count); //~ BP07 high
}
