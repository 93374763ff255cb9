// The outcome has a name before it is asked, or one that is not meant to be asked.
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

pub struct Desk {
    orders: Sender<u64>,
    amends: Sender<u64>,
}

impl Desk {
    pub fn order(&self, number: u64) {
        let sent = self.orders.try_send(number); //~ BP07 high
        if sent.is_err() {
            return;
        }
    }

    pub fn amend(&self, order: u64) {
        let _sent = self.amends.try_send(order); //~ BP07 high
    }
}

pub struct Counted {
    orders: Sender<u64>,
}

impl Counted {
    pub fn order(&self, number: u64) {
        let sent = self.orders.try_send(number);
        if let Err(TrySendError::Full(number)) = sent {
            tracing::warn!(number, "no room for an order");
        }
    }
}
