// A helper decides by the count, and a limit around the token's end is the wait. What is waited for
// again and again is one call that began earlier.
use std::future::Future;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub struct Refused;

async fn wake(name: &str) -> Result<u16, Refused> {
    name.parse().map_err(|_| Refused)
}

fn goes_on(_: &Refused, attempt: u32) -> bool {
    attempt < 5
}

pub async fn port(name: &str, token: &CancellationToken) -> Result<u16, Refused> {
    let mut attempt = 0;
    loop {
        match wake(name).await {
            Err(refused) if !goes_on(&refused, attempt) => return Err(refused),
            Err(refused) => tracing::info!("attempt {attempt}: {refused:?}"),
            Ok(port) => return Ok(port),
        }
        attempt += 1;
        let pause = Duration::from_millis(10 << attempt).mul_f64(rand::random());
        let _ = tokio::time::timeout(pause, token.cancelled()).await;
    }
}

pub async fn watched<F: Future + Unpin>(mut work: F) -> F::Output {
    let begun = Instant::now();
    loop {
        let done = tokio::time::timeout(Duration::from_secs(5), &mut work).await;
        if let Ok(done) = done {
            return done;
        }
        tracing::info!("still at it after {:?}", begun.elapsed());
    }
}
