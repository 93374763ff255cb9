// The first queue is emptied by a loop that only starts tasks, so it does not stay full. The second
// waits for the work.
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

pub struct Kitchen {
    orders: mpsc::Sender<String>,
    returns: mpsc::Sender<String>,
}

impl Kitchen {
    pub fn open(mut closing: watch::Receiver<bool>) -> Arc<Kitchen> {
        let (orders, mut ordered) = mpsc::channel::<String>(64);
        let (returns, mut returned) = mpsc::channel::<String>(64);
        let kitchens = Kitchens;
        tokio::spawn(async move {
            loop {
                let order = tokio::select! {
                    order = ordered.recv() => order,
                    _ = closing.changed() => return,
                };
                let Some(order) = order else { return };
                kitchens.spawn_named("cook", async move {
                    cook(order).await;
                });
            }
        });
        tokio::spawn(async move {
            while let Some(order) = returned.recv().await {
                cook(order).await;
            }
        });
        Arc::new(Kitchen { orders, returns })
    }
}

pub async fn order(State(kitchen): State<Arc<Kitchen>>, body: String) -> StatusCode {
    kitchen.orders.send(body).await.ok(); //~ BP06 low
    StatusCode::ACCEPTED
}

pub async fn give_back(State(kitchen): State<Arc<Kitchen>>, body: String) -> StatusCode {
    kitchen.returns.send(body).await.ok(); //~ BP06 high
    StatusCode::ACCEPTED
}

struct Kitchens;

impl Kitchens {
    fn spawn_named<F>(&self, name: &str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tracing::debug!("starts {name}");
        tokio::spawn(task);
    }
}

async fn cook(_order: String) {}
