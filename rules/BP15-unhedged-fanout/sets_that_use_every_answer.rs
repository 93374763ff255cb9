// Sets of calls that no first answer ends.
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::task::JoinSet;

// Every answer counts.
async fn average(replicas: &[Replica], symbol: &str) -> f64 {
    let mut quotes: FuturesUnordered<_> = replicas
        .iter()
        .map(|replica| replica.quote(symbol))
        .collect();
    let (mut sum, mut known) = (0.0, 0.0);
    while let Some(quote) = quotes.next().await {
        if let Ok(price) = quote {
            sum += price;
            known += 1.0;
        }
    }
    sum / known
}

// The first failure ends it, as `?` does everywhere.
async fn all_or_none(replicas: Vec<Replica>, symbol: &str) -> Result<f64, Unavailable> {
    let mut quotes = FuturesUnordered::new();
    for replica in &replicas {
        quotes.push(replica.quote(symbol));
    }
    let mut lowest = f64::MAX;
    while let Some(quote) = quotes.next().await {
        lowest = lowest.min(quote?);
    }
    Ok(lowest)
}

// A window that slides over the list: it goes on being filled while it is emptied.
async fn slide(replicas: Vec<Replica>, symbol: &'static str) -> Vec<f64> {
    let mut window = JoinSet::new();
    let mut prices = Vec::new();
    for replica in replicas {
        if window.len() >= 4
            && let Some(Ok(Ok(price))) = window.join_next().await
        {
            prices.push(price);
        }
        window.spawn(async move { replica.quote(symbol).await });
    }
    while let Some(quote) = window.join_next().await {
        if let Ok(Ok(price)) = quote {
            prices.push(price);
        }
    }
    prices
}
