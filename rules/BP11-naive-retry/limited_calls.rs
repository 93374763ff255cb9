// A time limit or a token around the call that is tried again changes nothing: what is limited
// is the call, and the wait between two of them is as constant and as deaf as before.
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const LIMIT: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(200);

pub async fn within_a_time(address: &str) -> Option<TcpStream> {
    for _ in 0..70 { //~ BP11 medium
        match timeout(LIMIT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err(error)) => println!("not there: {error}"),
            Err(_) => println!("slow"),
        }
        sleep(PAUSE).await;
    }
    None
}

pub async fn in_one_pattern(address: &str) -> Option<TcpStream> {
    for _ in 0..70 { //~ BP11 low
        if let Ok(Ok(stream)) = timeout(LIMIT, TcpStream::connect(address)).await {
            return Some(stream);
        }
        sleep(PAUSE).await;
    }
    None
}

pub async fn beside_a_token(address: &str, stop: &CancellationToken) -> Option<TcpStream> {
    for _ in 0..70 { //~ BP11 high
        let dialled = tokio::select! {
            _ = stop.cancelled() => return None,
            dialled = TcpStream::connect(address) => dialled,
        };
        match dialled {
            Ok(stream) => return Some(stream),
            Err(error) => println!("not there: {error}"),
        }
        sleep(PAUSE).await;
    }
    None
}

pub async fn in_the_arm(address: &str, stop: &CancellationToken) -> Option<TcpStream> {
    for _ in 0..70 { //~ BP11 high
        tokio::select! {
            _ = stop.cancelled() => return None,
            dialled = TcpStream::connect(address) => match dialled {
                Ok(stream) => return Some(stream),
                Err(error) => println!("not there: {error}"),
            },
        }
        sleep(PAUSE).await;
    }
    None
}

/// What the tick of a clock paces is no retry.
pub async fn on_a_tick(address: &str, stop: &CancellationToken) -> Option<TcpStream> {
    let mut clock = tokio::time::interval(LIMIT);
    loop {
        tokio::select! {
            _ = stop.cancelled() => return None,
            _ = clock.tick() => {
                if let Ok(Ok(stream)) = timeout(LIMIT, TcpStream::connect(address)).await {
                    return Some(stream);
                }
            }
        }
    }
}
