//highwater:nocompile needs reqwest
// What an attempt yields need be no result: the form that leads round is the failure, the one that leaves went well.
use std::time::Duration;

const TRIES: u32 = 6;

enum Outcome {
    Done(u64),
    Refused(String),
}

struct Bank {
    http: reqwest::Client,
}

impl Bank {
    async fn pay(&self, order: u64) -> Option<u64> {
        for attempt in 1..=TRIES { //~ BP11 medium
            match self.post(order).await {
                Outcome::Done(receipt) => return Some(receipt),
                Outcome::Refused(why) => tracing::warn!(attempt, why, "not paid"),
            }
        }
        None
    }

    async fn pay_gently(&self, order: u64) -> Option<u64> {
        for attempt in 0..TRIES {
            match self.post(order).await {
                Outcome::Done(receipt) => return Some(receipt),
                Outcome::Refused(why) => tracing::warn!(attempt, why, "not paid"),
            }
            let most = 50 << attempt;
            let wait = rand::random_range(0..most);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        None
    }

    // A page that is not there yet is followed by the next one: nothing is tried again.
    async fn first_paid(&self, orders: &[u64]) -> Option<u64> {
        for &order in orders {
            match self.post(order).await {
                Outcome::Done(receipt) => return Some(receipt),
                Outcome::Refused(why) => tracing::info!(order, why, "not this one"),
            }
        }
        None
    }

    async fn post(&self, order: u64) -> Outcome {
        let sent = self.http.post("http://bank/orders").body(order.to_string());
        match sent.send().await {
            Ok(answer) => Outcome::Done(answer.content_length().unwrap_or(0)),
            Err(failed) => Outcome::Refused(failed.to_string()),
        }
    }
}
