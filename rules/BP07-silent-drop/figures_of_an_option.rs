// Figures of how a program is used go to a part that may be switched off, and then nobody is told
// either: that a few are lost is worth a look. Orders are no such figures.
use std::sync::Arc;
use tokio::sync::mpsc;

pub struct Collector {
    figures: mpsc::Sender<String>,
}

pub struct UsageReport {
    collector: Option<Arc<Collector>>,
}

impl UsageReport {
    pub fn start(is_wanted: bool) -> UsageReport {
        let collector = is_wanted.then(|| {
            let (figures, mut taken) = mpsc::channel(100); //~ BP19 low
            tokio::spawn(async move {
                while let Some(figure) = taken.recv().await {
                    post(figure).await;
                }
            });
            Arc::new(Collector { figures })
        });
        UsageReport { collector }
    }

    pub fn publish(&self, figure: String) {
        if let Some(collector) = &self.collector {
            let _ = collector.figures.try_send(figure); //~ BP07 low
        }
    }
}

pub struct Kitchen {
    orders: Option<mpsc::Sender<String>>,
}

impl Kitchen {
    pub fn open() -> Kitchen {
        let (orders, mut taken) = mpsc::channel(100); //~ BP19 low
        tokio::spawn(async move {
            while let Some(order) = taken.recv().await {
                post(order).await;
            }
        });
        Kitchen { orders: Some(orders) }
    }

    pub fn order(&self, dish: String) {
        if let Some(orders) = &self.orders {
            let _ = orders.try_send(dish); //~ BP07 high
        }
    }
}

async fn post(_figure: String) {}
