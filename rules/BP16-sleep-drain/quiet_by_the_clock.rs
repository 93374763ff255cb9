// A helper that only closes the way in and sleeps does not bring home what was begun; the tasks themselves do.
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;

pub enum Order {
    Print(String),
    End,
}

pub struct Shop {
    orders: Receiver<Order>,
    grace: Duration,
}

impl Shop {
    pub async fn run(mut self) {
        while let Some(order) = self.orders.recv().await {
            match order {
                Order::Print(text) => {
                    tokio::spawn(async move { println!("{text}") });
                }
                Order::End => {
                    self.quiesce().await;
                    return;
                }
            }
        }
    }

    async fn quiesce(&mut self) {
        self.orders.close();
        tokio::time::sleep(self.grace).await; //~ BP16 high
    }
}

pub struct Bindery {
    open: JoinSet<()>,
}

impl Bindery {
    pub async fn quiesce(&mut self) {
        while self.open.join_next().await.is_some() {}
    }
}
