//highwater:nocompile needs wire
// The failure says why: somebody else was first, the other side is not so far, or nothing came. And a beat
// of a minute is no load.
use std::time::Duration;

pub enum Refusal {
    NameTaken(String),
    Broken,
}

pub struct Registry;

impl Registry {
    async fn enter(&self, _name: u64) -> Result<u64, Refusal> {
        wire::call("enter").await.map_err(|_| Refusal::Broken)
    }

    // Each try draws another number: there is nothing to wait for.
    pub async fn enter_retrying(&self) -> Result<u64, Refusal> {
        for attempt in 1..=4 {
            match self.enter(rand::random()).await {
                Ok(entered) => return Ok(entered),
                Err(Refusal::NameTaken(_)) if attempt < 4 => tracing::info!("taken"),
                Err(refusal) => return Err(refusal),
            }
        }
        Err(Refusal::Broken)
    }
}

pub async fn transact(database: &wire::Client) -> Result<(), wire::Error> {
    let mut retries = 0;
    loop {
        match database.send_transaction().await {
            Ok(()) => return Ok(()),
            Err(wire::Error::Query(wire::Kind::SerializationFailure, _)) if retries < 5 => retries += 1,
            Err(error) => return Err(error),
        }
    }
}

// A person agrees elsewhere; the server says how often to ask.
pub async fn permission(client: &wire::Client, every: Duration) -> Result<wire::Token, wire::Error> {
    loop { //~ BP11 low
        tokio::time::sleep(every).await;
        match client.exchange().await {
            Ok(token) => return Ok(token),
            Err(error) if error.code == "stillPending" => continue,
            Err(error) => return Err(error),
        }
    }
}

pub async fn forward(mut news: wire::Subscription, tell: std::sync::Arc<tokio::sync::Notify>) {
    while news.is_open() { //~ BP11 low
        let heard = news.changed().await.explain(|| "while waiting for news");
        if let Err(error) = heard {
            tracing::warn!("{error}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        tell.notify_one();
    }
}

pub async fn report(address: &str) {
    loop { //~ BP11 low
        let sent = reqwest::get(address).await;
        if sent.is_ok() {
            break;
        }
        tokio::time::sleep(tokio::time::Duration::from_secs(1800)).await;
    }
}

pub struct HealthProbe {
    address: String,
}

impl HealthProbe {
    pub async fn run(&self) {
        loop { //~ BP11 low
            match reqwest::get(&self.address).await {
                Ok(_) => return,
                Err(error) => tracing::info!("{error}"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
