// The second call gets a time of its own although the deadline of whoever asked is at hand.
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

pub struct Journey {
    tenant: u64,
    give_up_at: Instant,
}

pub struct Ask {
    town: String,
    wait: Option<Instant>,
}

pub struct Travel {
    own_time: Duration,
}

async fn fetch(_tenant: u64, town: &str) -> String {
    town.to_owned()
}

impl Travel {
    pub async fn there(&self, journey: &Journey, town: &str) -> Option<String> {
        let go = timeout_at(journey.give_up_at, fetch(journey.tenant, town)).await.ok()?;
        let until = Instant::now() + self.own_time; //~ BP20 medium
        let asked = fetch(1, town);
        match timeout_at(until, asked).await {
            Ok(back) => Some(go + &back),
            Err(_) => None,
        }
    }

    // The earlier one of the two ends with the caller.
    pub async fn in_time(&self, journey: &Journey, town: &str) -> Option<String> {
        let until = journey.give_up_at.min(Instant::now() + self.own_time);
        timeout_at(until, fetch(1, town)).await.ok()
    }

    // The deadline is looked at between the tries.
    pub async fn now_and_then(&self, journey: &Journey, town: &str) -> Option<String> {
        while Instant::now() < journey.give_up_at {
            if let Ok(found) = timeout_at(Instant::now() + self.own_time, fetch(1, town)).await {
                return Some(found);
            }
        }
        None
    }
}

pub async fn both_ways(ask: Ask) -> Option<String> {
    let deadline = ask.wait.unwrap_or_else(|| Instant::now() + Duration::from_secs(1));
    let go = timeout_at(deadline, fetch(1, &ask.town)).await.ok()?;
    let back_deadline = Instant::now() + Duration::from_secs(5); //~ BP20 medium
    let back = timeout_at(back_deadline, fetch(2, &ask.town)).await.ok()?;
    Some(go + &back)
}

// Nobody's deadline is at hand but the one made here.
pub async fn one_by_one(town: &str) -> Option<String> {
    let deadline = Instant::now() + Duration::from_secs(1);
    let go = timeout_at(deadline, fetch(1, town)).await.ok()?;
    let back_deadline = Instant::now() + Duration::from_secs(5);
    let back = timeout_at(back_deadline, fetch(2, town)).await.ok()?;
    Some(go + &back)
}
