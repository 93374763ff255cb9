// Handles that are kept in a set or a map and awaited one by one: the handler is there until the last is
// done. What is put into a map and left is not waited for.
use axum::extract::State;
use futures::stream::FuturesUnordered;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

pub struct Depots {
    names: Vec<String>,
}

impl Depots {
    async fn stock(&self, name: &str) -> u64 {
        name.len() as u64
    }
}

pub async fn all(State(depots): State<Arc<Depots>>) -> String {
    let asked = FuturesUnordered::new();
    for name in depots.names.clone() {
        let depots = depots.clone();
        asked.push(tokio::spawn(async move { depots.stock(&name).await }));
    }
    let mut sum = 0;
    for one in asked {
        sum += one.await.unwrap_or(0);
    }
    sum.to_string()
}

pub struct Asked {
    by_depot: BTreeMap<String, JoinHandle<u64>>,
}

impl Asked {
    fn start(depots: &Arc<Depots>) -> Self {
        let mut by_depot = BTreeMap::new();
        for name in depots.names.clone() {
            let depots = depots.clone();
            let of = name.clone();
            by_depot.insert(name, tokio::spawn(async move { depots.stock(&of).await }));
        }
        Self { by_depot }
    }

    async fn finish(self) -> u64 {
        let mut sum = 0;
        for (_, one) in self.by_depot {
            sum += one.await.unwrap_or(0);
        }
        sum
    }
}

pub async fn by_depot(State(depots): State<Arc<Depots>>) -> String {
    let asked = Asked::start(&depots);
    asked.finish().await.to_string()
}

pub async fn warm(State(depots): State<Arc<Depots>>) -> &'static str {
    let mut asked = Vec::new();
    for name in depots.names.clone() {
        let depots = depots.clone();
        asked.push(tokio::spawn(async move { depots.stock(&name).await })); //~ BP03 high
    }
    "asked"
}
